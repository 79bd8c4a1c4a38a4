//! What a provider's origin says of itself: a page at `/__sandbox`, and the endpoints in the answer to what is none of them.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;

use super::page;
use crate::record::Record;

/// One call that the origin answers.
pub(crate) struct Endpoint {
    pub method: &'static str,
    /// As the router has it: `{id}` stands for a value.
    pub path: &'static str,
    /// Of the body, the query and the headers. One that may be left out ends in `?`.
    pub fields: &'static str,
    pub does: &'static str,
    /// Which names are guesses, as no public documentation has them. Empty: none.
    pub guess: &'static str,
}

/// A row of a provider's table.
pub(crate) const fn endpoint(
    method: &'static str,
    path: &'static str,
    fields: &'static str,
    does: &'static str,
    guess: &'static str,
) -> Endpoint {
    Endpoint { method, path, fields, does, guess }
}

/// A way to end: its name, what the launcher gives then, what happens, and the modes in which it ends so.
pub(crate) struct Ending {
    pub name: String,
    pub expect: &'static str,
    pub what: String,
    pub modes: String,
}

/// Everything that there is to say about a provider's origin.
pub(crate) struct Guide {
    pub name: &'static str,
    pub endpoints: &'static [Endpoint],
    /// Whether it sends webhooks, and so has calls for them.
    pub has_webhooks: bool,
    /// What to know, and what to type: what it is for, and its value.
    pub logins: &'static [(&'static str, &'static str)],
    pub endings: fn() -> Vec<Ending>,
    /// 404 or 405 in the provider's own form.
    pub refusal: fn(StatusCode, String) -> Value,
}

/// What those have that send webhooks: who is told, and of what.
const WEBHOOKS: [Endpoint; 4] = [
    endpoint("GET", "/__sandbox/webhooks", "", "The receivers.", ""),
    endpoint("POST", "/__sandbox/webhooks", "url", "Adds a receiver.", ""),
    endpoint("DELETE", "/__sandbox/webhooks", "url?", "Forgets one, or all.", ""),
    endpoint(
        "POST",
        "/__sandbox/webhooks/bad",
        "kind",
        "Sends one that must be refused, or be taken once only.",
        "",
    ),
];

/// What every origin has.
const OWN: [Endpoint; 2] = [
    endpoint("GET", "/__sandbox/log", "", "What came here, and what was sent.", ""),
    endpoint("POST", "/__sandbox/reset", "", "It forgets all that it knows, and its log.", ""),
];

impl Guide {
    fn all(&self) -> impl Iterator<Item = &Endpoint> {
        let webhooks = if self.has_webhooks { &WEBHOOKS[..] } else { &[] };
        self.endpoints.iter().chain(webhooks).chain(&OWN)
    }
}

/// A provider's scenarios as the rows of its guide.
macro_rules! endings {
    () => {
        || {
            let rows = Scenario::ALL.into_iter().map(|scenario| {
                let row = scenario.describe();
                crate::providers::guide::Ending {
                    name: scenario.name(),
                    expect: row.expect,
                    what: format!("{}. {}", row.title, row.hint),
                    modes: row.modes.join(", "),
                }
            });
            rows.collect()
        }
    };
}
pub(crate) use endings;

/// Adds the page and the refusals to a provider's router, and records what comes to it.
pub(crate) fn guided(guide: &'static Guide, record: Record, router: Router) -> Router {
    let router = router
        .fallback(move |request: Request| async move { refuse(guide, StatusCode::NOT_FOUND, &request) })
        .method_not_allowed_fallback(move |request: Request| async move {
            refuse(guide, StatusCode::METHOD_NOT_ALLOWED, &request)
        });
    let router = page::asset(router, "guide.css", include_str!("../../pages/guide.css"));
    let html = html(guide);
    record.observe(router).route("/__sandbox", get(move || async move { page::page(&html, &Value::Null) }))
}

fn refuse(guide: &Guide, status: StatusCode, request: &Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    let message = if status == StatusCode::NOT_FOUND {
        format!("There is no {path} in the sandbox of {}", guide.name)
    } else {
        format!("{path} takes no {method}")
    };
    let mut body = (guide.refusal)(status, message);
    let endpoints = guide.all().map(|endpoint| format!("{} {}", endpoint.method, endpoint.path));
    body["endpoints"] = endpoints.collect();
    (status, Json(body)).into_response()
}

fn html(guide: &Guide) -> String {
    let endpoints = guide.all().map(|row| {
        let call = format!("{} {}", row.method, row.path);
        let guess = if row.guess.is_empty() { String::new() } else { format!("guess: {}", row.guess) };
        [code(&call), code(row.fields), escaped(row.does), escaped(&guess)]
    });
    let logins = guide.logins.iter().map(|(what, value)| [escaped(what), code(value)]);
    let endings = (guide.endings)()
        .into_iter()
        .map(|row| [code(&row.name), code(row.expect), escaped(&row.what), escaped(&row.modes)]);
    include_str!("../../pages/guide.html")
        .replace("{{name}}", guide.name)
        .replace("{{endpoints}}", &rows(endpoints))
        .replace("{{logins}}", &rows(logins))
        .replace("{{endings}}", &rows(endings))
}

fn rows<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> String {
    rows.map(|cells| format!("<tr><td>{}</td></tr>\n", cells.join("</td><td>"))).collect()
}

fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<code>{}</code>", escaped(text)) }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

//! What an origin says of itself: a page at `/__sandbox`, and the endpoints in the answer to what is none of them.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::page;
use crate::provider::{Endpoint, Provider, Setup, endpoint};

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

fn endpoints(provider: &Provider) -> impl Iterator<Item = &'static Endpoint> {
    let webhooks = if provider.has_webhooks { &WEBHOOKS[..] } else { &[] };
    provider.endpoints.iter().chain(webhooks).chain(&OWN)
}

/// A provider's router with its page, its refusals, and a record of what comes to it.
pub(crate) fn guided(provider: &'static Provider, setup: &Setup) -> Router {
    let router = (provider.router)(setup)
        .fallback(move |request: Request| async move { refuse(provider, StatusCode::NOT_FOUND, &request) })
        .method_not_allowed_fallback(move |request: Request| async move {
            refuse(provider, StatusCode::METHOD_NOT_ALLOWED, &request)
        });
    let router = page::asset(router, "guide.css", include_str!("../../pages/guide.css"));
    let html = html(provider.name, endpoints(provider), &of_provider(provider));
    setup.record.clone().observe(router).route("/__sandbox", at(html))
}

/// The page of an origin that is no provider's, with the styles that it needs.
pub fn guide(name: &str, endpoints: &[Endpoint]) -> Router {
    let router = page::common_assets(Router::new().route("/__sandbox", at(html(name, endpoints, ""))));
    page::asset(router, "guide.css", include_str!("../../pages/guide.css"))
}

fn at(html: String) -> MethodRouter {
    get(move || async move { page::page(&html, &Value::Null) })
}

/// Says what is not there, and what is.
pub fn not_found<'a>(endpoints: impl IntoIterator<Item = &'a Endpoint>, path: &str) -> Response {
    let body = json!({ "error": format!("There is no {path} here"), "endpoints": calls(endpoints) });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

fn calls<'a>(endpoints: impl IntoIterator<Item = &'a Endpoint>) -> Vec<String> {
    endpoints.into_iter().map(|endpoint| format!("{} {}", endpoint.method, endpoint.path)).collect()
}

fn refuse(provider: &Provider, status: StatusCode, request: &Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    let message = if status == StatusCode::NOT_FOUND {
        format!("There is no {path} in the sandbox of {}", provider.name)
    } else {
        format!("{path} takes no {method}")
    };
    let mut body = (provider.refusal)(status, message);
    body["endpoints"] = calls(endpoints(provider)).into();
    (status, Json(body)).into_response()
}

/// `more` is what a provider's page has beside its endpoints.
fn html<'a>(name: &str, endpoints: impl IntoIterator<Item = &'a Endpoint>, more: &str) -> String {
    let endpoints = endpoints.into_iter().map(|row| {
        let call = format!("{} {}", row.method, row.path);
        let guess = if row.guess.is_empty() { String::new() } else { format!("guess: {}", row.guess) };
        [code(&call), code(row.fields), escaped(row.does), escaped(&guess)]
    });
    include_str!("../../pages/guide.html")
        .replace("{{name}}", name)
        .replace("{{endpoints}}", &rows(endpoints))
        .replace("{{more}}", more)
}

/// How to sign in, and the scenarios.
fn of_provider(provider: &Provider) -> String {
    let logins = provider.logins.iter().map(|(what, value)| [escaped(what), code(value)]);
    let endings = provider.endings().into_iter().map(|row| {
        let what = format!("{}. {}", row.title, row.hint);
        [code(row.id), code(row.expect), escaped(&what), row.modes.join(", ")]
    });
    include_str!("../../pages/guide-provider.html")
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

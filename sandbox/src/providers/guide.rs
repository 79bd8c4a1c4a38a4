//! What an origin says of itself: a page at `/__sandbox`, and the endpoints in the answer to what is none of them.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::page;
use crate::provider::{Provider, Setup};

/// A call that an origin answers.
#[derive(Deserialize)]
struct Endpoint {
    method: &'static str,
    /// As the router has it: `{id}` stands for a value.
    path: &'static str,
    /// Of the body, the query and the headers. One that may be left out ends in `?`.
    #[serde(default)]
    fields: &'static str,
    does: &'static str,
    /// Which names are guesses, as no public documentation has them.
    #[serde(default)]
    guess: &'static str,
}

fn rows_of(table: &'static str) -> Vec<Endpoint> {
    serde_json::from_str(table).expect("a table of ours")
}

/// A provider's own calls, those of all that send webhooks, and those of every origin.
fn endpoints(provider: &Provider) -> Vec<Endpoint> {
    let own = format!("{}/endpoints.json", provider.id);
    let webhooks = provider.has_webhooks.then_some("webhooks.json");
    let tables = [own.as_str()].into_iter().chain(webhooks).chain(["endpoints.json"]);
    tables.flat_map(|path| rows_of(page::text(path))).collect()
}

/// A provider's router with its page, its refusals, and a record of what comes to it.
pub(crate) fn guided(provider: &'static Provider, setup: &Setup) -> Router {
    let router = (provider.router)(setup.clone())
        .fallback(move |request: Request| async move { refuse(provider, StatusCode::NOT_FOUND, &request) })
        .method_not_allowed_fallback(move |request: Request| async move {
            refuse(provider, StatusCode::METHOD_NOT_ALLOWED, &request)
        });
    let router = page::with_assets(router, provider.id);
    let html = html(provider.name, endpoints(provider), &of_provider(provider));
    setup.record.clone().observe(router).route("/__sandbox", at(html))
}

/// The page of an origin that is no provider's, with the styles that it needs. `table` has its endpoints as JSON, like
/// those of the folder `pages`.
pub fn guide(name: &str, table: &'static str) -> Router {
    page::with_assets(Router::new().route("/__sandbox", guide_alone(name, table)), "")
}

pub(super) fn guide_alone(name: &str, table: &'static str) -> MethodRouter {
    at(html(name, rows_of(table), ""))
}

fn at(html: String) -> MethodRouter {
    get(move || async move { page::send(&html, &Value::Null) })
}

/// Says what is not there, with 404 or 405, and which endpoints of the `table` are.
pub fn no_endpoint(table: &'static str, status: StatusCode, request: &Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    let error = if status == StatusCode::METHOD_NOT_ALLOWED {
        format!("{path} takes no {method}")
    } else {
        format!("There is no {path} here")
    };
    (status, Json(json!({ "error": error, "endpoints": calls(rows_of(table)) }))).into_response()
}

fn calls(endpoints: Vec<Endpoint>) -> Vec<String> {
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
fn html(name: &str, endpoints: Vec<Endpoint>, more: &str) -> String {
    let endpoints = endpoints.into_iter().map(|row| {
        let call = format!("{} {}", row.method, row.path);
        let guess = if row.guess.is_empty() { String::new() } else { format!("guess: {}", row.guess) };
        [code(&call), code(row.fields), escaped(row.does), escaped(&guess)]
    });
    page::text("guide.html")
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
    page::text("guide-provider.html")
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

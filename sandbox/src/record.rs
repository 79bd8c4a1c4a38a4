//! What a simulated provider got and sent, at `GET /__sandbox/log` of its origin.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};

/// The largest body that a simulated provider reads, in bytes.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;

const KEPT: usize = 1000;
const SECRET: [&str; 5] = ["client_secret", "token", "refresh_token", "password", "code"];

/// The last thousand entries. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Record(Arc<Mutex<VecDeque<Value>>>);

impl Record {
    /// Adds an entry: `kind` is `request`, `message` or `webhook`.
    pub fn add(&self, kind: &str, mut entry: Value) {
        entry["kind"] = kind.into();
        entry["at"] = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true).into();
        let mut entries = self.0.lock().unwrap();
        if entries.len() == KEPT {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    /// Adds `GET /__sandbox/log`, and records every other request to `router`.
    pub fn observe(self, router: Router) -> Router {
        router
            .layer(axum::middleware::from_fn_with_state(self.clone(), observe))
            .route("/__sandbox/log", get(show).with_state(self))
    }
}

async fn show(State(record): State<Record>) -> Json<Value> {
    let entries = record.0.lock().unwrap();
    Json(json!({ "entries": entries.iter().collect::<Vec<_>>() }))
}

async fn observe(State(record): State<Record>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let method = parts.method.to_string();
    let path = parts.uri.to_string();
    let seen = readable(&body);
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let status = response.status().as_u16();
    // the page's own scripts and styles are no part of the protocol
    if !path.starts_with("/assets/") {
        record.add("request", json!({ "method": method, "path": path, "body": seen, "status": status }));
    }
    response
}

fn readable(body: &Bytes) -> Value {
    let mut value = serde_json::from_slice(body).unwrap_or(Value::Null);
    if let Value::Object(fields) = &mut value {
        for (_, field) in fields.iter_mut().filter(|(name, _)| SECRET.contains(&name.as_str())) {
            *field = "(hidden)".into();
        }
    }
    value
}

//! The calls under `/__sandbox/`, which no provider has: how they read what they get, and refuse it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use serde_json::{Value, json};

/// What is wrong with a call, and what is expected: `{ "error": "…" }`.
pub(crate) struct Refused(pub StatusCode, pub String);

impl Refused {
    /// 400.
    pub fn because(reason: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, reason.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// The text that the body must have in this field; `example` is such a body.
pub(crate) fn text(body: &[u8], field: &str, example: &str) -> Result<String, Refused> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = body[field].as_str().map(Into::into);
    text.ok_or_else(|| Refused::because(format!("the body must be JSON with `{field}`, such as {example}")))
}

/// A call that takes nothing and says nothing.
pub(crate) fn act<P: Send + Sync + 'static>(does: fn(&P)) -> MethodRouter<Arc<P>> {
    post(async move |State(provider): State<Arc<P>>| {
        does(&provider);
        StatusCode::NO_CONTENT
    })
}

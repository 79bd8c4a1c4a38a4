use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::store::id;

/// An error in the provider's own form: `{ id, name, message }`.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiError {
    pub status: StatusCode,
    pub name: &'static str,
    pub message: String,
}

impl ApiError {
    /// 400: the request itself is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, name: "InvalidRequest", message: message.into() }
    }

    /// 401: no token, or one that is wrong or has expired.
    pub fn unauthorized(message: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, name: "Unauthorized", message: message.into() }
    }

    /// 404: nothing has this ID.
    pub fn not_found(what: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, name: "NotFound", message: format!("There is no such {what}") }
    }

    /// 409: the thing is there, and is not in a state for this.
    pub fn conflict(message: &str) -> Self {
        Self { status: StatusCode::CONFLICT, name: "Conflict", message: message.into() }
    }
}

/// The form of every error.
pub(crate) fn body(name: &str, message: &str) -> Value {
    json!({ "id": id("err_"), "name": name, "message": message })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(body(self.name, &self.message))).into_response()
    }
}

/// The object that a request's body must be.
pub(crate) fn object(body: &[u8]) -> Result<Value, ApiError> {
    match serde_json::from_slice(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(ApiError::invalid("The body must be a JSON object")),
    }
}

/// A string that must be there and not be empty.
pub(crate) fn required<'a>(body: &'a Value, name: &str) -> Result<&'a str, ApiError> {
    optional(body, name)?.ok_or_else(|| ApiError::invalid(format!("The {name} parameter is required")))
}

/// A string that may be absent.
pub(crate) fn optional<'a>(body: &'a Value, name: &str) -> Result<Option<&'a str>, ApiError> {
    match &body[name] {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(ApiError::invalid(format!("The {name} parameter must be a string"))),
    }
}

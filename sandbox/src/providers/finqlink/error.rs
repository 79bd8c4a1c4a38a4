use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// An error in the provider's own form: `{ id, request_id, code, message }`. The documented codes come with 400.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiError {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
}

impl ApiError {
    /// 400, with one of the documented codes.
    pub fn of(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    /// 400: the payload is not of the right form.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::of("validation_error", message)
    }

    /// 401: no credentials, or wrong ones.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, code: "unauthorized", message: message.into() }
    }

    /// 404: nothing has this ID.
    pub fn not_found(what: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "not_found", message: format!("There is no such {what}") }
    }
}

/// The form of every error.
pub(crate) fn body(code: &str, message: &str) -> Value {
    json!({ "id": Uuid::new_v4(), "request_id": Uuid::new_v4(), "code": code, "message": message })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(body(self.code, &self.message))).into_response()
    }
}

/// What most calls answer.
pub(super) type Answer = Result<Json<Value>, ApiError>;

/// An answer with the `request_id` that every one has.
pub(super) fn answer(mut body: Value) -> Json<Value> {
    body["request_id"] = Uuid::new_v4().to_string().into();
    Json(body)
}

/// The object that a request's body must be.
pub(crate) fn object(body: &[u8]) -> Result<Value, ApiError> {
    match serde_json::from_slice(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(ApiError::of("bad_request", "The body must be a JSON object")),
    }
}

/// A string that must be there and not be empty.
pub(crate) fn required<'a>(body: &'a Value, name: &str) -> Result<&'a str, ApiError> {
    optional(body, name)?.ok_or_else(|| ApiError::validation(format!("{name} is required")))
}

/// A string that may be absent. `name` may be a path, such as `options.type`.
pub(crate) fn optional<'a>(body: &'a Value, name: &str) -> Result<Option<&'a str>, ApiError> {
    match name.split('.').fold(body, |value, part| &value[part]) {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(ApiError::validation(format!("{name} must be a string"))),
    }
}

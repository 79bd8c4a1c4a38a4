use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fields::{self, Complaint};

pub(super) type Answer = Result<Json<Value>, ApiError>;
pub(super) type Body = fields::Body<ApiError>;

/// An error in the provider's own form: its status, code and message. The documented codes come with 400.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiError(StatusCode, &'static str, String);

impl ApiError {
    /// One of the documented codes.
    pub fn of(code: &'static str, message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, code, message.into())
    }

    /// The payload is not of the right form.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::of("validation_error", message)
    }

    /// No credentials, or wrong ones.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self(StatusCode::UNAUTHORIZED, "unauthorized", message.into())
    }

    /// Nothing has this ID.
    pub fn not_found(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}"))
    }
}

impl Complaint for ApiError {
    fn no_object() -> Self {
        Self::of("bad_request", "The body must be a JSON object")
    }

    fn field(name: &str, wrong: &str) -> Self {
        Self::validation(format!("{name} {wrong}"))
    }
}

/// The form of every error.
pub(crate) fn body(code: &str, message: &str) -> Value {
    json!({ "id": Uuid::new_v4(), "request_id": Uuid::new_v4(), "code": code, "message": message })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.0, Json(body(self.1, &self.2))).into_response()
    }
}

/// An answer with the `request_id` that every one has.
pub(super) fn answer(mut body: Value) -> Json<Value> {
    body["request_id"] = Uuid::new_v4().to_string().into();
    Json(body)
}

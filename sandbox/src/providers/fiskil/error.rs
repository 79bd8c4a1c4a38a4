use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::store::id;
use crate::fields::{self, Complaint};

pub(super) type Answer = Result<Json<Value>, ApiError>;
pub(super) type Body = fields::Body<ApiError>;

/// An error in the provider's own form: its status, name and message.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiError(StatusCode, &'static str, String);

impl ApiError {
    /// The request itself is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, "InvalidRequest", message.into())
    }

    /// No token, or one that is wrong or has expired.
    pub fn unauthorized(message: &str) -> Self {
        Self(StatusCode::UNAUTHORIZED, "Unauthorized", message.into())
    }

    /// Nothing has this ID.
    pub fn not_found(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, "NotFound", format!("There is no such {what}"))
    }

    /// The thing is there, and is not in a state for this.
    pub fn conflict(message: &str) -> Self {
        Self(StatusCode::CONFLICT, "Conflict", message.into())
    }
}

impl Complaint for ApiError {
    fn no_object() -> Self {
        Self::invalid("The body must be a JSON object")
    }

    fn field(name: &str, wrong: &str) -> Self {
        Self::invalid(format!("The {name} parameter {wrong}"))
    }
}

/// The form of every error.
pub(crate) fn body(name: &str, message: &str) -> Value {
    json!({ "id": id("err_"), "name": name, "message": message })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.0, Json(body(self.1, &self.2))).into_response()
    }
}

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::fields::{self, Complaint};
use crate::providers::page::PageError;

pub(super) type Body = fields::Body<ApiError>;

/// An error in the provider's own form: its status, code and message.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiError(StatusCode, &'static str, String);

impl ApiError {
    /// The request itself is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, "INVALID_REQUEST", message.into())
    }

    /// The RequestId is unknown or has ended.
    pub fn no_session() -> Self {
        let message = "There is no session with this RequestId";
        Self(StatusCode::BAD_REQUEST, "SESSION_NONEXISTENT", message.into())
    }

    /// A key or a token that is missing, wrong, used or expired.
    pub fn unauthorized(message: &str) -> Self {
        Self(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", message.into())
    }

    pub fn invalid_login() -> Self {
        Self(StatusCode::UNAUTHORIZED, "INVALID_LOGIN", "LoginId not found or invalid".into())
    }

    pub fn no_customer() -> Self {
        Self(StatusCode::NOT_FOUND, "CUSTOMER_NOT_FOUND", "There is no such customer".into())
    }
}

impl Complaint for ApiError {
    fn no_object() -> Self {
        Self::invalid("The body must be a JSON object")
    }

    fn field(name: &str, wrong: &str) -> Self {
        Self::invalid(format!("{name} {wrong}"))
    }

    fn empty() -> Result<Value, Self> {
        Ok(json!({}))
    }
}

impl From<ApiError> for PageError {
    fn from(ApiError(status, _, message): ApiError) -> Self {
        Self(status, message)
    }
}

/// The form of every error.
pub(crate) fn body(status: StatusCode, code: &str, message: &str) -> Value {
    json!({ "HttpStatusCode": status.as_u16(), "FlinksCode": code, "Message": message })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.0, Json(body(self.0, self.1, &self.2))).into_response()
    }
}

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error in the provider's own form: `{ HttpStatusCode, FlinksCode, Message }`.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiError {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
}

impl ApiError {
    /// 400: the request itself is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "INVALID_REQUEST", message: message.into() }
    }

    /// 400: the RequestId is unknown or has ended.
    pub fn no_session() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "SESSION_NONEXISTENT",
            message: "There is no session with this RequestId".into(),
        }
    }

    /// 401: a key or a token that is missing, wrong, used or expired.
    pub fn unauthorized(message: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, code: "UNAUTHORIZED", message: message.into() }
    }

    /// 401: nothing has this LoginId.
    pub fn invalid_login() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "INVALID_LOGIN",
            message: "LoginId not found or invalid".into(),
        }
    }

    /// 404: nobody is this customer.
    pub fn no_customer() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            code: "CUSTOMER_NOT_FOUND",
            message: "There is no such customer".into(),
        }
    }
}

/// The form of every error.
pub(crate) fn body(status: StatusCode, code: &str, message: &str) -> Value {
    json!({ "HttpStatusCode": status.as_u16(), "FlinksCode": code, "Message": message })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(body(self.status, self.code, &self.message))).into_response()
    }
}

/// The object that a request's body must be. None at all counts as an empty one.
pub(crate) fn object(body: &[u8]) -> Result<Value, ApiError> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    match serde_json::from_slice(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(ApiError::invalid("The body must be a JSON object")),
    }
}

/// A string that must be there and not be empty.
pub(crate) fn required<'a>(body: &'a Value, name: &str) -> Result<&'a str, ApiError> {
    match &body[name] {
        Value::String(text) if !text.is_empty() => Ok(text),
        Value::Null | Value::String(_) => Err(ApiError::invalid(format!("{name} is required"))),
        _ => Err(ApiError::invalid(format!("{name} must be a string"))),
    }
}

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// What the back end tells the page: `{ error }`, a sentence without secrets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShopError {
    pub status: StatusCode,
    pub message: String,
}

impl ShopError {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// 400: the page asked for something impossible.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 403: what the page brought is not of this link.
    pub fn another_link() -> Self {
        Self::new(StatusCode::FORBIDDEN, "This answer belongs to another link")
    }

    /// 404: nothing has this reference.
    pub fn unknown_reference() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such reference")
    }

    /// 409: somebody wants to reconnect what was never connected, or what the provider does not reconnect.
    pub fn no_connection() -> Self {
        Self::new(StatusCode::CONFLICT, "This link has no connection to come back to")
    }

    /// 502: the provider's answer was an error, or there was none.
    pub fn provider(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, message)
    }
}

impl IntoResponse for ShopError {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.message }))).into_response()
    }
}

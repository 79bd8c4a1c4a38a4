use axum::Json;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::fields::{self, Complaint};
use crate::providers::page::PageError;

pub(super) type Answer = Result<Json<Value>, ApiError>;
pub(super) type Body = fields::Body<ApiError>;

/// An error as RFC 6749, section 5.2 and RFC 6750, section 3.1 word it: its status, name and description.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiError(StatusCode, &'static str, String);

impl ApiError {
    /// The request itself is wrong.
    pub fn invalid(description: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, "invalid_request", description.into())
    }

    /// A code or refresh token that is unknown, used, expired, or of another redirect_uri.
    pub fn invalid_grant(description: &str) -> Self {
        Self(StatusCode::BAD_REQUEST, "invalid_grant", description.into())
    }

    pub fn unsupported_grant_type() -> Self {
        let description = "grant_type must be authorization_code or refresh_token";
        Self(StatusCode::BAD_REQUEST, "unsupported_grant_type", description.into())
    }

    pub fn invalid_client() -> Self {
        let description = "The client credentials are missing or wrong";
        Self(StatusCode::UNAUTHORIZED, "invalid_client", description.into())
    }

    pub fn invalid_token() -> Self {
        let description = "The access token is missing, wrong or expired";
        Self(StatusCode::UNAUTHORIZED, "invalid_token", description.into())
    }

    pub fn not_found(description: &str) -> Self {
        Self(StatusCode::NOT_FOUND, "not_found", description.into())
    }

    /// The flow is not in a state for this.
    pub fn out_of_turn(description: &str) -> Self {
        Self(StatusCode::CONFLICT, "out_of_turn", description.into())
    }
}

impl Complaint for ApiError {
    fn no_object() -> Self {
        Self::invalid("The body must be a JSON object")
    }

    fn field(name: &str, wrong: &str) -> Self {
        Self::invalid(format!("{name} {wrong}"))
    }
}

impl From<ApiError> for PageError {
    fn from(ApiError(status, _, description): ApiError) -> Self {
        Self(status, description)
    }
}

/// The form of every error.
pub(crate) fn body(error: &str, description: &str) -> Value {
    json!({ "error": error, "error_description": description })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let response = (self.0, Json(body(self.1, &self.2)));
        match self.1 {
            "invalid_client" => ([(WWW_AUTHENTICATE, "Basic")], response).into_response(),
            "invalid_token" => ([(WWW_AUTHENTICATE, "Bearer")], response).into_response(),
            _ => response.into_response(),
        }
    }
}

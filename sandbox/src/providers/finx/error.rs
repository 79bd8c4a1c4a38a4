use axum::Json;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error as RFC 6749, section 5.2 and RFC 6750, section 3.1 word it: `{ error, error_description }`.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiError {
    pub status: StatusCode,
    pub error: &'static str,
    pub description: String,
}

impl ApiError {
    /// 400: the request itself is wrong.
    pub fn invalid(description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error: "invalid_request", description: description.into() }
    }

    /// 400: a code or refresh token that is unknown, used, expired, or of another redirect_uri.
    pub fn invalid_grant(description: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error: "invalid_grant", description: description.into() }
    }

    /// 400: a grant type that is neither of the two.
    pub fn unsupported_grant_type() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error: "unsupported_grant_type",
            description: "grant_type must be authorization_code or refresh_token".into(),
        }
    }

    /// 401: no client, or a wrong one.
    pub fn invalid_client() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            error: "invalid_client",
            description: "The client credentials are missing or wrong".into(),
        }
    }

    /// 401: no access token, or one that is wrong or has expired.
    pub fn invalid_token() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            error: "invalid_token",
            description: "The access token is missing, wrong or expired".into(),
        }
    }

    /// 409: the flow is not in a state for this.
    pub fn out_of_turn(description: &str) -> Self {
        Self { status: StatusCode::CONFLICT, error: "out_of_turn", description: description.into() }
    }
}

/// The form of every error.
pub(crate) fn body(error: &str, description: &str) -> Value {
    json!({ "error": error, "error_description": description })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(body(self.error, &self.description))).into_response();
        let scheme = match self.error {
            "invalid_client" => "Basic",
            "invalid_token" => "Bearer",
            _ => return response,
        };
        response.headers_mut().insert(WWW_AUTHENTICATE, scheme.parse().expect("a header"));
        response
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
    optional(body, name)?.ok_or_else(|| ApiError::invalid(format!("{name} is required")))
}

/// A string that may be absent.
pub(crate) fn optional<'a>(body: &'a Value, name: &str) -> Result<Option<&'a str>, ApiError> {
    match &body[name] {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(ApiError::invalid(format!("{name} must be a string"))),
    }
}

use std::collections::HashMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error in the provider's own form: `{ message: [...], error, statusCode }`.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiError {
    pub status: StatusCode,
    pub error: &'static str,
    pub message: Vec<String>,
}

impl ApiError {
    /// 400: everything that is wrong with the request.
    pub fn bad_request(message: Vec<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error: "Bad request", message }
    }

    /// 401: no token, or wrong credentials.
    pub fn unauthorized(message: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "Unauthorized", message: vec![message.into()] }
    }

    /// 404: nothing has this ID.
    pub fn not_found(message: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, error: "Not found", message: vec![message.into()] }
    }
}

/// The form of every error.
pub(crate) fn body(status: StatusCode, error: &str, message: &[String]) -> Value {
    json!({ "message": message, "error": error, "statusCode": status.as_u16() })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(body(self.status, self.error, &self.message))).into_response()
    }
}

/// What most calls answer.
pub(super) type Answer = Result<Json<Value>, ApiError>;

/// A query parameter that is a whole number from 1.
pub(super) fn count(query: &HashMap<String, String>, name: &str, default: usize) -> Result<usize, ApiError> {
    match query.get(name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .ok()
            .filter(|count| *count >= 1)
            .ok_or_else(|| ApiError::bad_request(vec![format!("{name} must not be less than 1")])),
    }
}

/// Reads a request's fields and gathers what is wrong with them.
pub(crate) struct Fields {
    body: Value,
    wrong: Vec<String>,
}

impl Fields {
    pub fn of(body: &[u8]) -> Self {
        match serde_json::from_slice(body) {
            Ok(body @ Value::Object(_)) => Self { body, wrong: Vec::new() },
            _ => Self { body: Value::Null, wrong: vec!["body must be a JSON object".into()] },
        }
    }

    /// The parameters of a query.
    pub fn of_query(query: &HashMap<String, String>) -> Self {
        Self { body: json!(query), wrong: Vec::new() }
    }

    /// A string that may be absent.
    pub fn optional(&mut self, name: &str) -> Option<String> {
        match &self.body[name] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            _ => {
                self.wrong.push(format!("{name} must be a string"));
                None
            }
        }
    }

    /// A string that must be there and not be empty.
    pub fn required(&mut self, name: &str) -> String {
        let text = self.optional(name).filter(|text| !text.is_empty());
        if text.is_none() && !self.wrong.iter().any(|wrong| wrong.starts_with(name)) {
            self.wrong.push(format!("{name} is required"));
        }
        text.unwrap_or_default()
    }

    /// One of these, which may be absent.
    pub fn one_of(&mut self, name: &str, known: &[&str]) -> Option<String> {
        let text = self.optional(name)?;
        if !known.contains(&text.as_str()) {
            self.wrong.push(format!("{name} must be one of the following values: {}", known.join(", ")));
        }
        Some(text)
    }

    /// One of these.
    pub fn required_one_of(&mut self, name: &str, known: &[&str]) -> String {
        let text = self.required(name);
        if !text.is_empty() {
            self.one_of(name, known);
        }
        text
    }

    pub fn value(&self, name: &str) -> &Value {
        &self.body[name]
    }

    pub fn complain(&mut self, message: impl Into<String>) {
        self.wrong.push(message.into());
    }

    /// 400 where anything was wrong.
    pub fn check(&self) -> Result<(), ApiError> {
        if self.wrong.is_empty() { Ok(()) } else { Err(ApiError::bad_request(self.wrong.clone())) }
    }
}

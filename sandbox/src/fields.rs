//! What a provider is sent, and what it says of JSON that is wrong: that is in its own form.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::Deref;

use axum::body::Bytes;
use axum::extract::{FromRequest, Query, Request};
use axum::response::IntoResponse;
use serde_json::Value;

/// What stands in the query of an address.
pub(crate) type Parameters = Query<HashMap<String, String>>;

/// A provider's error, as far as it is about a body.
pub(crate) trait Complaint: IntoResponse + Sized {
    /// The body must be a JSON object.
    fn no_object() -> Self;

    /// `wrong` follows the field's name: `is required`.
    fn field(name: &str, wrong: &str) -> Self;

    /// What no body at all stands for.
    fn empty() -> Result<Value, Self> {
        Err(Self::no_object())
    }
}

/// The object that a request's body must be. `E`: the form of the errors.
pub(crate) struct Body<E>(Value, PhantomData<fn() -> E>);

impl<E> Deref for Body<E> {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl<E: Complaint> Body<E> {
    pub fn read(bytes: &[u8]) -> Result<Self, E> {
        let value = match serde_json::from_slice(bytes) {
            Ok(value @ Value::Object(_)) => value,
            _ if bytes.is_empty() => E::empty()?,
            _ => return Err(E::no_object()),
        };
        Ok(Self(value, PhantomData))
    }

    /// A string that must be there and not be empty.
    pub fn required(&self, name: &str) -> Result<&str, E> {
        self.optional(name)?.ok_or_else(|| E::field(name, "is required"))
    }

    /// A string that may be absent. `name` may be a path, such as `options.type`.
    pub fn optional(&self, name: &str) -> Result<Option<&str>, E> {
        match name.split('.').fold(&self.0, |value, part| &value[part]) {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            _ => Err(E::field(name, "must be a string")),
        }
    }

    /// The strings of a list; whatever else it holds is passed over.
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.0[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

impl<S: Send + Sync, E: Complaint> FromRequest<S> for Body<E> {
    type Rejection = E;

    async fn from_request(request: Request, state: &S) -> Result<Self, E> {
        Self::read(&Bytes::from_request(request, state).await.map_err(|_| E::no_object())?)
    }
}

//! Reads untrusted records field by field: only what is asked for, only own properties, only so much.

use crate::value::Value;

/// How much of one field is read, in bytes of UTF-8.
pub const LIMIT: usize = 64 * 1024;

/// How many items of one list are read. A list may claim any length.
pub const MOST_ITEMS: usize = 1024;

/// A field that is read is longer than [`LIMIT`] or [`MOST_ITEMS`]: the message does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// A record of unknown make: an object in a page, JSON, or the query of a URL.
///
/// Reading never fails but for length: a field that is absent, inherited or of another type than the
/// one asked for is `None`.
pub trait Fields: Sized {
    /// The field's own value. Lists hold texts only; other items are dropped.
    fn value(&self, name: &str) -> Result<Value, TooLong>;

    /// The record in this field.
    fn record(&self, name: &str) -> Option<Self>;

    /// The text itself, where this is not a record but a text.
    fn whole(&self) -> Result<Option<String>, TooLong>;

    /// Reads a record from JSON.
    fn from_json(text: &str) -> Option<Self>;

    /// The field, where it is a text.
    fn text(&self, name: &str) -> Result<Option<String>, TooLong> {
        Ok(match self.value(name)? {
            Value::Text(text) => Some(text.into_owned()),
            _ => None,
        })
    }

    /// The field, where it is a boolean.
    fn flag(&self, name: &str) -> Result<Option<bool>, TooLong> {
        Ok(match self.value(name)? {
            Value::Bool(flag) => Some(flag),
            _ => None,
        })
    }
}

/// A text that is not longer than [`LIMIT`].
pub(crate) fn limited(text: String) -> Result<String, TooLong> {
    if text.len() > LIMIT { Err(TooLong) } else { Ok(text) }
}

/// A list of texts that together are not longer than [`LIMIT`].
pub(crate) fn list(texts: impl Iterator<Item = String>) -> Result<Value, TooLong> {
    let mut read = 0;
    let mut items = Vec::new();
    for text in texts {
        read += text.len();
        if read > LIMIT {
            return Err(TooLong);
        }
        items.push(text.into());
    }
    Ok(Value::List(items))
}

#[cfg(not(target_arch = "wasm32"))]
impl Fields for serde_json::Value {
    fn value(&self, name: &str) -> Result<Value, TooLong> {
        Ok(match self.get(name) {
            None => Value::Absent,
            Some(Self::Bool(flag)) => Value::Bool(*flag),
            Some(Self::Number(number)) => number.as_f64().into(),
            Some(Self::String(text)) => limited(text.clone())?.into(),
            Some(Self::Array(items)) => {
                if items.len() > MOST_ITEMS {
                    return Err(TooLong);
                }
                list(items.iter().filter_map(Self::as_str).map(str::to_owned))?
            }
            Some(Self::Null | Self::Object(_)) => Value::Other,
        })
    }

    fn record(&self, name: &str) -> Option<Self> {
        self.get(name).filter(|value| value.is_object()).cloned()
    }

    fn whole(&self) -> Result<Option<String>, TooLong> {
        self.as_str().map(|text| limited(text.to_owned())).transpose()
    }

    fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(Self::is_object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_over_the_limit_is_not_read() {
        let fits = serde_json::json!({ "a": "x".repeat(LIMIT) });
        let over = serde_json::json!({ "a": "x".repeat(LIMIT + 1), "b": "short" });
        assert!(fits.text("a").is_ok());
        assert_eq!(over.text("a"), Err(TooLong));
        assert_eq!(over.text("b"), Ok(Some("short".into())));
        let list = serde_json::json!({ "a": ["x".repeat(LIMIT), "y"] });
        assert_eq!(list.value("a"), Err(TooLong));
    }
}

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
            Value::Text(text) => Some(text),
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
        items.push(Value::Text(text));
    }
    Ok(Value::List(items))
}

/// The parameters of a URL's query, decoded. Of a name that comes twice, the first counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query(pub Vec<(String, String)>);

impl Query {
    /// The query of a URL or of a relative reference: from the first `?` to the fragment.
    pub fn of(url: &str) -> Self {
        let url = url.split('#').next().unwrap_or_default();
        let Some((_, query)) = url.split_once('?') else {
            return Self::default();
        };
        Self(
            query
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name, true), decode(value, true))
                })
                .collect(),
        )
    }

    /// The first parameter of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Fields for Query {
    fn value(&self, name: &str) -> Result<Value, TooLong> {
        self.get(name).map(|text| limited(text.to_owned())).transpose().map(Value::from)
    }

    fn record(&self, _: &str) -> Option<Self> {
        None
    }

    fn whole(&self) -> Result<Option<String>, TooLong> {
        Ok(None)
    }

    fn from_json(_: &str) -> Option<Self> {
        None
    }
}

/// Undoes percent-encoding. What is no valid escape stays as it is; what is no UTF-8 becomes U+FFFD.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| (*byte as char).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        decoded.push(match (byte, digit(bytes.get(at)), digit(bytes.get(at + 1))) {
            (b'%', Some(high), Some(low)) => {
                at += 2;
                (high * 16 + low) as u8
            }
            (b'+', ..) if plus_is_space => b' ',
            _ => byte,
        });
    }
    String::from_utf8(decoded).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(not(target_arch = "wasm32"))]
impl Fields for serde_json::Value {
    fn value(&self, name: &str) -> Result<Value, TooLong> {
        Ok(match self.get(name) {
            None => Value::Absent,
            Some(Self::Bool(flag)) => Value::Bool(*flag),
            Some(Self::Number(number)) => number.as_f64().into(),
            Some(Self::String(text)) => Value::Text(limited(text.clone())?),
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
    use proptest::prelude::*;

    #[test]
    fn reads_a_query() {
        for (url, name, value) in [
            ("https://a.example/?code=1", "code", Some("1")),
            ("/path?a=1&b=2", "b", Some("2")),
            ("?a=1&a=2", "a", Some("1")),
            ("?a", "a", Some("")),
            ("?a=b=c", "a", Some("b=c")),
            ("?&&a=1", "a", Some("1")),
            ("?a+b=c+d%2Be", "a b", Some("c d+e")),
            ("?a=%E2%82%AC%zz%4", "a", Some("€%zz%4")),
            ("?a=%FF", "a", Some("\u{fffd}")),
            ("?a=1?b=2", "a", Some("1?b=2")),
            ("https://a.example/code=1", "code", None),
            ("https://a.example/#?code=1", "code", None),
            ("", "code", None),
        ] {
            assert_eq!(Query::of(url).get(name), value, "{url}");
        }
    }

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

    proptest! {
        #[test]
        fn decodes_as_the_url_standard_does(pairs in proptest::collection::vec((".{0,8}", ".{0,8}"), 0..4), tail in ".{0,30}") {
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            prop_assert_eq!(&Query::of(&["?", query.as_str()].concat()).0, &pairs);
            let raw = tail.replace('#', "");
            let expected: Vec<_> = url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
            prop_assert_eq!(Query::of(&["?", raw.as_str()].concat()).0, expected);
        }
    }
}

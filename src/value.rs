//! Plain data on its way to or from JavaScript.

use serde::ser::{Serialize, SerializeMap, Serializer};
use std::borrow::Cow;

/// Named values, in the order in which they were added.
pub type Record = Vec<(&'static str, Value)>;

/// One value. Everything that crosses to JavaScript takes this shape, so that what a result, an event
/// or an error looks like there is decided, and tested, without a browser.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `undefined`, or no such field. Left out of a record that is handed over.
    #[default]
    Absent,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(Cow<'static, str>),
    /// An array.
    List(Vec<Value>),
    /// An object.
    Record(Record),
    /// An object whose names come from outside.
    Pairs(Vec<(String, String)>),
    /// Anything else: `null`, a function, a getter that throws. Nothing accepts it.
    Other,
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value.into())
    }
}

impl From<&'static str> for Value {
    fn from(value: &'static str) -> Self {
        Self::Text(value.into())
    }
}

impl From<Cow<'static, str>> for Value {
    fn from(value: Cow<'static, str>) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(value: Vec<T>) -> Self {
        Self::List(value.into_iter().map(Into::into).collect())
    }
}

impl From<Record> for Value {
    fn from(value: Record) -> Self {
        Self::Record(value)
    }
}

/// Adds a field, unless there is nothing to say.
pub(crate) fn put(record: &mut Record, name: &'static str, value: impl Into<Value>) {
    let value = value.into();
    if value != Value::Absent {
        record.push((name, value));
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Other => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(values) => serializer.collect_seq(values),
            Self::Record(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::Pairs(pairs) => serializer.collect_map(pairs.iter().map(|(name, value)| (name, value))),
        }
    }
}

/// One text out of several. `concat` and `format!` do the same for a kilobyte more of WebAssembly each.
pub(crate) fn join(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

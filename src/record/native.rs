//! A record without JavaScript: JSON.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Named values from a provider, as the npm package returns them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(Map<String, Value>);

impl Record {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value under this name, if it is a string.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    /// Converts it to a type with these fields.
    ///
    /// # Errors
    /// A field is missing, or of another type.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_value(Value::Object(self.0.clone())).map_err(|error| error.to_string())
    }

    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(crate) fn put_text(&mut self, name: &str, text: &str) {
        self.put(name, text);
    }

    pub(crate) fn put_flag(&mut self, name: &str, flag: bool) {
        self.put(name, flag);
    }

    pub(crate) fn put_number(&mut self, name: &str, number: f64) {
        // As JavaScript writes it: a whole number has no fraction.
        match number as i64 {
            whole if whole as f64 == number => self.put(name, whole),
            _ => self.put(name, number),
        }
    }

    pub(crate) fn put_texts(&mut self, name: &str, texts: &[String]) {
        self.put(name, texts);
    }

    pub(crate) fn put_record(&mut self, name: &str, record: Self) {
        self.put(name, record.0);
    }
}

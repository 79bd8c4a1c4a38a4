//! A record in JavaScript: a plain object.

use crate::browser::fields::own_text;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/record/page.js")]
extern "C" {
    fn record() -> JsValue;
    fn list() -> JsValue;
    #[wasm_bindgen(js_name = put)]
    fn put_text(record: &JsValue, name: &str, text: &str);
    #[wasm_bindgen(js_name = put)]
    fn put_number(record: &JsValue, name: &str, number: f64);
    #[wasm_bindgen(js_name = put)]
    fn put_value(record: &JsValue, name: &str, value: &JsValue);
    fn push(list: &JsValue, text: &str);
}

/// Named values from a provider, as the npm package returns them.
///
/// In the browser this is a JavaScript object: clones share it, and two are equal only if they are the same object. On
/// a server clones and comparisons use the values.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    object: JsValue,
    is_empty: bool,
}

impl Default for Record {
    fn default() -> Self {
        Self { object: record(), is_empty: true }
    }
}

impl Record {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// As a plain object.
    pub fn into_object(self) -> JsValue {
        self.object
    }

    /// The value under this name, if it is a string.
    pub fn text(&self, name: &str) -> Option<String> {
        own_text(&self.object, name, usize::MAX)
    }

    /// Converts it to a type with these fields.
    ///
    /// # Errors
    /// A field is missing, or of another type.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        serde_wasm_bindgen::from_value(self.object.clone()).map_err(|error| error.to_string())
    }

    pub(crate) fn put_text(&mut self, name: &str, text: &str) {
        self.is_empty = false;
        put_text(&self.object, name, text);
    }

    pub(crate) fn put_flag(&mut self, name: &str, flag: bool) {
        self.is_empty = false;
        put_value(&self.object, name, &JsValue::from_bool(flag));
    }

    pub(crate) fn put_number(&mut self, name: &str, number: f64) {
        self.is_empty = false;
        put_number(&self.object, name, number);
    }

    pub(crate) fn put_texts(&mut self, name: &str, texts: &[String]) {
        let list = list();
        for text in texts {
            push(&list, text);
        }
        self.is_empty = false;
        put_value(&self.object, name, &list);
    }

    pub(crate) fn put_record(&mut self, name: &str, record: Self) {
        self.is_empty = false;
        put_value(&self.object, name, &record.object);
    }
}

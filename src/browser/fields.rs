//! Untrusted JavaScript values, read field by field.

use crate::provider::fields::{Fields, LONGEST_TEXT, MOST_ITEMS};
use elsa::FrozenVec;
use js_sys::JSON;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/fields.js")]
extern "C" {
    fn own(data: &JsValue, name: &str) -> JsValue;
    #[wasm_bindgen(js_name = own)]
    pub(crate) fn item(list: &JsValue, index: u32) -> JsValue;
    /// A string, cut to `most` letters and one.
    fn text(value: &JsValue, most: usize) -> Option<String>;
    #[cfg(feature = "npm")]
    #[wasm_bindgen(catch)]
    pub(crate) fn option(options: &JsValue, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = ownText)]
    pub(crate) fn own_text(data: &JsValue, name: &str, most: usize) -> Option<String>;
    #[wasm_bindgen(js_name = ownText)]
    fn item_text(list: &JsValue, index: u32, most: usize) -> Option<String>;
    #[cfg(feature = "npm")]
    #[wasm_bindgen(js_name = isSignal)]
    pub(crate) fn is_signal(value: &JsValue) -> bool;
    #[wasm_bindgen(js_name = isList)]
    fn is_list(data: &JsValue) -> bool;
    /// The strings, numbers and booleans of a record, as a name, its value, the next name and so on; undefined if it is
    /// anything else.
    #[cfg(feature = "npm")]
    #[wasm_bindgen(js_name = textsOf)]
    pub(crate) fn texts_of(record: &JsValue) -> JsValue;
}

/// The pairs in a list of a name, its value, the next name and so on.
pub(crate) fn pairs_of(list: &JsValue) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let item = |index| item_text(list, index, usize::MAX);
    while let Some(name) = item(pairs.len() as u32 * 2) {
        let value = item(pairs.len() as u32 * 2 + 1);
        pairs.push((name, value.unwrap_or_default()));
    }
    pairs
}

/// Own data properties of a value of any kind.
#[derive(Default)]
pub(crate) struct JsFields {
    value: JsValue,
    /// The strings that were read, which last as long as this.
    #[allow(clippy::box_collection, reason = "what a `&String` points to must stay where it is")]
    texts: FrozenVec<Box<String>>,
    is_too_long: Rc<Cell<bool>>,
}

impl JsFields {
    pub fn new(value: JsValue) -> Self {
        Self { value, ..Self::default() }
    }

    /// The field as it is.
    pub fn value(&self, name: &str) -> JsValue {
        own(&self.value, name)
    }

    /// The string, if it is not too long.
    fn limited(&self, text: Option<String>) -> Option<String> {
        let text = text?;
        if text.len() > LONGEST_TEXT {
            self.is_too_long.set(true);
            return None;
        }
        Some(text)
    }
}

/// The value, if it is a string of at most 64 KiB.
#[cfg(feature = "npm")]
pub(crate) fn short_text(value: &JsValue) -> Option<String> {
    text(value, LONGEST_TEXT).filter(|text| text.len() <= LONGEST_TEXT)
}

impl Fields for JsFields {
    fn text(&self, name: &str) -> Option<&String> {
        let text = self.limited(own_text(&self.value, name, LONGEST_TEXT))?;
        Some(self.texts.push_get(Box::new(text)))
    }

    fn has(&self, name: &str) -> bool {
        !self.value(name).is_undefined()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.value(name).as_bool()
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.value(name).as_f64()
    }

    fn texts(&self, name: &str) -> Option<Vec<String>> {
        let list = self.value(name);
        if !is_list(&list) {
            return None;
        }
        let length = own(&list, "length").as_f64().unwrap_or_default();
        let mut texts = Vec::new();
        let mut total = 0;
        if length <= MOST_ITEMS as f64 {
            for index in 0..length as u32 {
                if total > LONGEST_TEXT {
                    break;
                }
                if let Some(text) = item_text(&list, index, LONGEST_TEXT) {
                    total += text.len();
                    texts.push(text);
                }
            }
        } else {
            total = usize::MAX;
        }
        if total > LONGEST_TEXT {
            self.is_too_long.set(true);
            return None;
        }
        Some(texts)
    }

    fn record(&self, name: &str) -> Option<Box<dyn Fields + '_>> {
        let value = self.value(name);
        let is_too_long = self.is_too_long.clone();
        value.is_object().then(|| Box::new(Self { value, is_too_long, ..Self::default() }) as Box<dyn Fields>)
    }

    fn unpacked(&self) -> Option<Box<dyn Fields + '_>> {
        let value = JSON::parse(&self.limited(text(&self.value, LONGEST_TEXT))?).ok()?;
        Some(Box::new(Self { value, is_too_long: self.is_too_long.clone(), ..Self::default() }))
    }

    fn is_too_long(&self) -> bool {
        self.is_too_long.get()
    }
}

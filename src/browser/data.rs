//! Untrusted data, as JavaScript gives it.

use crate::provider::fields::{Fields, LIMIT};
use js_sys::Array;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/data.js")]
extern "C" {
    fn own(data: &JsValue, name: &str) -> JsValue;
    fn text(value: &JsValue) -> JsValue;
    fn texts(value: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = fromJson)]
    fn from_json(json: &JsValue) -> JsValue;
}

/// Untrusted data, such as a message's. Only own data properties are read: no getter runs.
pub(crate) struct Untrusted {
    value: JsValue,
    is_too_long: Rc<Cell<bool>>,
}

impl Untrusted {
    pub fn new(value: JsValue) -> Self {
        Self { value, is_too_long: Rc::default() }
    }

    fn within(&self, value: JsValue) -> Self {
        Self { value, is_too_long: self.is_too_long.clone() }
    }

    /// The text, where it is one of at most 64 KiB.
    pub fn read(&self, value: &JsValue) -> Option<String> {
        let text = text(value);
        let read = text.as_string();
        if text.is_null() || read.as_ref().is_some_and(|read| read.len() > LIMIT) {
            self.is_too_long.set(true);
        }
        read
    }
}

impl Fields for Untrusted {
    fn text(&self, name: &str) -> Option<String> {
        self.read(&own(&self.value, name))
    }

    fn flag(&self, name: &str) -> Option<bool> {
        own(&self.value, name).as_bool()
    }

    fn number(&self, name: &str) -> Option<f64> {
        own(&self.value, name).as_f64()
    }

    fn texts(&self, name: &str) -> Option<Vec<String>> {
        let texts = texts(&own(&self.value, name));
        if texts.is_null() {
            self.is_too_long.set(true);
        }
        let texts = texts.dyn_into::<Array>().ok()?;
        Some((0..texts.length()).filter_map(|index| texts.get(index).as_string()).collect())
    }

    fn record(&self, name: &str) -> Option<Self> {
        let value = own(&self.value, name);
        value.is_object().then(|| self.within(value))
    }

    fn unpacked(&self) -> Option<Self> {
        self.read(&self.value)?;
        Some(self.within(from_json(&self.value)))
    }

    fn is_too_long(&self) -> bool {
        self.is_too_long.get()
    }
}

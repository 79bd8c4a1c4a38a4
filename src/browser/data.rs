//! Untrusted data and options, as JavaScript gives them.

use crate::error::LinkError;
use crate::options::{Given, PAIRS, Value};
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
    fn pairs(value: &JsValue) -> JsValue;
    fn option(options: &JsValue, name: &str) -> JsValue;
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

    fn read(&self, value: &JsValue) -> Option<String> {
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

/// The options that a caller gave. Inherited properties and getters count.
pub(crate) struct GivenOptions(pub JsValue);

impl GivenOptions {
    /// The option as it is. `undefined`: not given. `null`: its getter threw.
    pub fn get(&self, name: &str) -> JsValue {
        option(&self.0, name)
    }
}

impl Given for GivenOptions {
    fn value(&self, name: &str) -> Value {
        let value = self.get(name);
        if value.is_undefined() {
            Value::Absent
        } else if let Some(flag) = value.as_bool() {
            Value::Flag(flag)
        } else if let Some(number) = value.as_f64() {
            Value::Number(number)
        } else {
            some_text(&value).map_or(Value::Other, Value::Text)
        }
    }

    fn pairs(&self, name: &str) -> Result<Vec<(String, String)>, LinkError> {
        let pairs = pairs(&self.get(name));
        if pairs.is_null() {
            return Err(LinkError::invalid(name, PAIRS));
        }
        let pairs = pairs.unchecked_ref::<Array>();
        let text = |index| pairs.get(index).as_string().unwrap_or_default();
        Ok((0..pairs.length() / 2).map(|pair| (text(pair * 2), text(pair * 2 + 1))).collect())
    }
}

/// The text, where it is one of at most 64 KiB.
pub(crate) fn some_text(value: &JsValue) -> Option<String> {
    Untrusted::new(JsValue::UNDEFINED).read(value).filter(|text| text.len() <= LIMIT)
}

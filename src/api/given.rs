//! The options that a caller gave.

use crate::browser::data::Untrusted;
use crate::error::LinkError;
use crate::options::{Given, PAIRS, Value};
use crate::provider::fields::LIMIT;
use js_sys::Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/data.js")]
extern "C" {
    fn pairs(value: &JsValue) -> JsValue;
    fn option(options: &JsValue, name: &str) -> JsValue;
}

/// The options that a caller gave. Inherited properties and getters count.
pub(super) struct GivenOptions(pub JsValue);

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
pub(super) fn some_text(value: &JsValue) -> Option<String> {
    Untrusted::new(JsValue::UNDEFINED).read(value).filter(|text| text.len() <= LIMIT)
}

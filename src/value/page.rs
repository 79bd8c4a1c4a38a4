//! The list as JavaScript has it: see `browser/values.js`.

use wasm_bindgen::prelude::*;

pub const FALSE: i32 = 1;
pub const TRUE: i32 = 2;

/// A plain object.
pub type Object = JsValue;

pub fn read_object<T: serde::de::DeserializeOwned>(object: &Object) -> Result<T, String> {
    serde_wasm_bindgen::from_value(object.clone()).map_err(|error| error.to_string())
}

#[wasm_bindgen(module = "/src/browser/values.js")]
extern "C" {
    pub fn mark() -> i32;
    pub fn release(mark: i32);
    pub fn hold(value: &JsValue) -> i32;
    #[wasm_bindgen(js_name = hold)]
    pub fn recall(object: &JsValue) -> i32;
    #[wasm_bindgen(js_name = valueAt)]
    pub fn object(at: i32) -> JsValue;
    #[wasm_bindgen(js_name = valueAt)]
    pub fn string(at: i32) -> String;
    #[wasm_bindgen(js_name = isTooLong)]
    pub fn is_too_long() -> bool;

    #[wasm_bindgen(js_name = hold)]
    pub fn text(text: &str) -> i32;
    pub fn record() -> i32;
    pub fn get(at: i32, name: &str, kind: i32) -> i32;
    pub fn number(at: i32, name: &str) -> f64;
    pub fn items(at: i32, name: &str) -> i32;
    pub fn item(at: i32, index: i32) -> i32;
    pub fn unpacked(at: i32) -> i32;
    #[wasm_bindgen(js_name = isEmpty)]
    pub fn is_empty(at: i32) -> bool;
    pub fn put(at: i32, name: &str, value: i32);
    #[wasm_bindgen(js_name = putNumber)]
    pub fn put_number(at: i32, name: &str, number: f64);
    pub fn copy(to: i32, from: i32, names: &str, kind: i32);
    pub fn add(at: i32, name: &str, text: i32) -> bool;
    pub fn without(at: i32, names: &str) -> i32;

    pub fn position(at: i32, patterns: &str) -> i32;
    pub fn same(at: i32, other: i32) -> bool;
    pub fn part(at: i32, pattern: &str) -> i32;
    pub fn between(at: i32, before: &str, after: &str) -> i32;
    pub fn decode(at: i32) -> i32;
    pub fn url(at: i32, base: &str) -> i32;
    pub fn query(at: i32) -> i32;
    #[wasm_bindgen(js_name = withParameters)]
    pub fn with_parameters(at: i32, parameters: i32) -> i32;
}

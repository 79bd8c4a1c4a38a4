//! Plain data to and from JavaScript.

use crate::provider::fields::{Fields, LIMIT, MOST_ITEMS, TooLong, limited, list};
use crate::value::Value;
use js_sys::{Array, JSON, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;

/// Untrusted data, such as a message's. Only own data properties are read: no getter runs. A proxy's
/// traps may run, and may throw; what they keep back is absent.
pub(crate) struct Untrusted(pub JsValue);

impl Untrusted {
    fn own(&self, name: &str) -> JsValue {
        if !self.0.is_object() {
            return JsValue::UNDEFINED;
        }
        Reflect::get_own_property_descriptor(self.0.unchecked_ref::<Object>(), &name.into())
            .and_then(|descriptor| Reflect::get(&descriptor, &"value".into()))
            .unwrap_or_default()
    }
}

impl Fields for Untrusted {
    fn value(&self, name: &str) -> Result<Value, TooLong> {
        plain(&self.own(name))
    }

    fn record(&self, name: &str) -> Option<Self> {
        let value = self.own(name);
        value.is_object().then_some(Self(value))
    }

    fn whole(&self) -> Result<Option<String>, TooLong> {
        text(&self.0)
    }

    fn from_json(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
    }
}

/// The options that a caller gave: inherited properties and getters count; what throws is no value of
/// any type.
pub(crate) struct Given(pub JsValue);

impl Given {
    /// The option as it is. `undefined`: not given.
    ///
    /// # Errors
    /// Its getter threw.
    pub fn get(&self, name: &str) -> Result<JsValue, JsValue> {
        if self.0.is_undefined() { Ok(JsValue::UNDEFINED) } else { Reflect::get(&self.0, &name.into()) }
    }
}

impl Fields for Given {
    fn value(&self, name: &str) -> Result<Value, TooLong> {
        self.get(name).map_or(Ok(Value::Other), |value| plain(&value))
    }

    fn record(&self, name: &str) -> Option<Self> {
        self.get(name).ok().filter(JsValue::is_object).map(Self)
    }

    fn whole(&self) -> Result<Option<String>, TooLong> {
        Ok(None)
    }

    fn from_json(_: &str) -> Option<Self> {
        None
    }
}

/// The text, if it is one. Its length is looked at before it is copied.
pub(crate) fn text(value: &JsValue) -> Result<Option<String>, TooLong> {
    match value.dyn_ref::<JsString>() {
        Some(string) if string.length() as usize > LIMIT => Err(TooLong),
        Some(_) => value.as_string().map(limited).transpose(),
        None => Ok(None),
    }
}

fn plain(value: &JsValue) -> Result<Value, TooLong> {
    if value.is_undefined() {
        return Ok(Value::Absent);
    }
    if let Some(flag) = value.as_bool() {
        return Ok(flag.into());
    }
    if let Some(number) = value.as_f64() {
        return Ok(number.into());
    }
    if let Some(text) = text(value)? {
        return Ok(text.into());
    }
    if !Array::is_array(value) {
        return Ok(Value::Other);
    }
    let array = value.unchecked_ref::<Array>();
    if array.length() as usize > MOST_ITEMS {
        return Err(TooLong);
    }
    let mut texts = Vec::new();
    for item in 0..array.length() {
        // An index of an array may be a getter of a proxy's.
        let item = Reflect::get_u32(array, item).unwrap_or_default();
        texts.extend(text(&item)?);
    }
    list(texts.into_iter())
}

/// As JavaScript sees it.
pub(crate) fn to_js(value: Value) -> JsValue {
    match value {
        Value::Absent | Value::Other => JsValue::UNDEFINED,
        Value::Bool(flag) => flag.into(),
        Value::Number(number) => number.into(),
        Value::Text(text) => (&*text).into(),
        Value::List(items) => {
            let array = Array::new();
            for item in items {
                array.push(&to_js(item));
            }
            array.into()
        }
        Value::Record(fields) => object(fields.into_iter().map(|(name, value)| (name.into(), to_js(value)))),
        Value::Pairs(pairs) => object(pairs.into_iter().map(|(name, value)| (name.into(), value.into()))),
    }
}

/// Defines own properties, whatever they are called; assigning would trip over `__proto__`.
fn object(fields: impl Iterator<Item = (JsValue, JsValue)>) -> JsValue {
    let entries = Array::new();
    for (name, value) in fields {
        entries.push(&Array::of2(&name, &value));
    }
    from_entries(&entries)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Object, js_name = fromEntries)]
    fn from_entries(entries: &Array) -> JsValue;
}

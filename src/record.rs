//! Records on their way out: plain objects in WebAssembly, JSON elsewhere.
//!
//! What a result, an event or an error looks like to JavaScript is so decided, and tested, without a
//! browser, and takes no second form on its way there.

#[cfg(not(target_arch = "wasm32"))]
mod platform {
    use crate::url::Query;
    use serde_json::{Map, Value};

    /// A plain record, such as an error's details.
    #[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
    pub struct Record(Map<String, Value>);

    impl Record {
        pub(crate) fn text(&mut self, name: &str, value: &str) {
            self.0.insert(name.into(), value.into());
        }

        pub(crate) fn number(&mut self, name: &str, value: f64) {
            self.0.insert(name.into(), value.into());
        }

        pub(crate) fn flag(&mut self, name: &str, value: bool) {
            self.0.insert(name.into(), value.into());
        }

        pub(crate) fn texts(&mut self, name: &str, values: &[String]) {
            self.0.insert(name.into(), values.into());
        }

        pub(crate) fn record(&mut self, name: &str, value: Record) {
            self.0.insert(name.into(), Value::Object(value.0));
        }

        /// The parameters of a query, the first of each name, without those of these names.
        pub(crate) fn of_query(query: &Query, without: &[&str]) -> Self {
            let mut parameters = Map::new();
            for (name, value) in &query.0 {
                if !without.contains(&name.as_str()) {
                    parameters.entry(name.as_str()).or_insert_with(|| value.as_str().into());
                }
            }
            Self(parameters)
        }

        /// Whether there is nothing in it.
        pub fn is_empty(&self) -> bool {
            self.0.is_empty()
        }

        /// As JSON.
        pub fn to_json(&self) -> Value {
            Value::Object(self.0.clone())
        }

        pub(crate) fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
            serde_json::from_value(self.to_json()).map_err(|error| error.to_string())
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod platform {
    use crate::url::Query;
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/src/browser/data.js")]
    extern "C" {
        fn put(record: &JsValue, name: &str, value: &JsValue);
        #[wasm_bindgen(js_name = put)]
        fn put_text(record: &JsValue, name: &str, value: &str);
        fn parameters(query: &JsValue, without: &str) -> JsValue;
        #[wasm_bindgen(js_name = isEmpty)]
        fn is_empty(record: &JsValue) -> bool;
    }

    /// A plain record, such as an error's details.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Record(JsValue);

    impl Default for Record {
        fn default() -> Self {
            Self(js_sys::Object::new().into())
        }
    }

    impl Record {
        pub(crate) fn text(&mut self, name: &str, value: &str) {
            put_text(&self.0, name, value);
        }

        pub(crate) fn number(&mut self, name: &str, value: f64) {
            put(&self.0, name, &value.into());
        }

        pub(crate) fn flag(&mut self, name: &str, value: bool) {
            put(&self.0, name, &value.into());
        }

        pub(crate) fn texts(&mut self, name: &str, values: &[String]) {
            let array = js_sys::Array::new();
            for value in values {
                array.push(&value.into());
            }
            put(&self.0, name, &array);
        }

        pub(crate) fn record(&mut self, name: &str, value: Record) {
            put(&self.0, name, &value.0);
        }

        /// The parameters of a query, the first of each name, without those of these names.
        pub(crate) fn of_query(query: &Query, without: &[&str]) -> Self {
            let mut names = String::new();
            for name in without {
                names.push_str(name);
                names.push(' ');
            }
            Self(parameters(&query.0, &names))
        }

        /// Whether there is nothing in it.
        pub fn is_empty(&self) -> bool {
            is_empty(&self.0)
        }

        pub(crate) fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
            serde_wasm_bindgen::from_value(self.0.clone()).map_err(|error| error.to_string())
        }
    }

    impl From<JsValue> for Record {
        fn from(value: JsValue) -> Self {
            Self(value)
        }
    }

    impl From<Record> for JsValue {
        fn from(record: Record) -> Self {
            record.0
        }
    }
}

pub use platform::Record;

impl Record {
    /// Adds a text, if there is one.
    pub(crate) fn maybe(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }
}

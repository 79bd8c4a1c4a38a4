//! The exports for pages that a provider sends the user back to.

use super::given::some_text;
use super::named;
use crate::browser::data::Untrusted;
use crate::flow::pending::{Pending, Return, come_back};
use crate::provider::Provider;
use crate::provider::fields::Fields;
use crate::provider::finqlink::sca_query_string;
use crate::record::Record;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// What `url` is to a page that flows may come back to: see [`come_back`]. `records`: an array of
/// `{ provider, state, returnUrl, expires }`. `undefined`: no callback. Else `parameters` are to be scrubbed,
/// the record at `index` is consumed, where there is one, and `result` or the parts of an error are its
/// answer; `provider` is whose it is.
#[wasm_bindgen(js_name = comeBack)]
pub fn come_back_to(records: &Array, url: &JsValue, now_ms: f64) -> JsValue {
    let mut pending = Vec::new();
    for index in 0..records.length() {
        let record = Untrusted::new(records.get(index));
        let provider = record.number("provider").and_then(|provider| named(provider as usize).ok());
        pending.push(Pending {
            provider: provider.unwrap_or(Provider::Fiskil),
            state: record.text("state"),
            return_url: record.text("returnUrl"),
            expires_ms: record.number("expires").unwrap_or(f64::INFINITY),
        });
    }
    let mut back = Record::default();
    let index = match come_back(&pending, &some_text(url).unwrap_or_default(), now_ms) {
        Return::None => return JsValue::UNDEFINED,
        Return::Foreign(error) => {
            if let Some(provider) = error.provider {
                back.number("provider", f64::from(provider as u8));
            }
            error.put_into(&mut back);
            None
        }
        Return::Expired(index) => Some(index),
        Return::Answer(index, answer) => {
            match answer {
                Ok(result) => back.record("result", result.into_record()),
                Err(error) => error.put_into(&mut back),
            }
            Some(index)
        }
    };
    if let Some(index) = index {
        back.number("index", index as f64);
    }
    if let Some(record) = index.and_then(|index| pending.get(index)) {
        back.number("provider", f64::from(record.provider as u8));
    }
    back.into()
}

/// The names of the parameters that a provider adds to a return URL, parted by spaces.
#[wasm_bindgen(js_name = parametersOf)]
pub fn parameters_of(provider: usize) -> JsValue {
    named(provider).map_or(JsValue::UNDEFINED, |provider| provider.parameters().into())
}

/// See `scaQueryString` in `index.d.ts`.
#[wasm_bindgen(js_name = scaQueryString)]
pub fn sca_query_string_of(url: &JsValue) -> JsValue {
    let url = some_text(url).unwrap_or_default();
    let Some((query_string, state)) = sca_query_string(&url) else { return JsValue::NULL };
    let mut record = Record::default();
    record.text("queryString", query_string);
    record.text("state", &state);
    record.into()
}

//! Runs a flow on a page: hears what happens there, and carries out what the flow decides.

mod back;
mod driver;
pub(crate) mod fields;
#[cfg(not(feature = "npm"))]
pub(crate) mod future;
mod page;

#[cfg(feature = "npm")]
pub(crate) use {
    back::{complete_callback, resume},
    driver::{Driver, Host, LinkEvent, Place, not_found},
    fields::{JsFields, is_signal, option, pairs_of, short_text, texts_of},
    page::{Stage, emit, find, inside, settle},
};

#[cfg(feature = "npm")]
use crate::error::LinkError;
#[cfg(feature = "npm")]
use crate::record::Record;
#[cfg(feature = "npm")]
use wasm_bindgen::JsValue;

/// What a LinkError is made of in JavaScript.
#[cfg(feature = "npm")]
pub(crate) fn parts_of(error: LinkError) -> JsValue {
    let mut record = Record::default();
    if let Some(provider) = error.provider {
        record.put_text("provider", provider.name());
    }
    error.put_into(&mut record);
    record.into_object()
}

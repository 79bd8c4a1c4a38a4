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
    driver::{Driver, Host, LinkEvent, Place, Request, not_found},
    fields::{JsFields, is_signal, option, pairs_of, short_text, texts_of},
    page::{Stage, emit, find, inside, settle},
};

//! The pages that users come back to.

use super::fields::{JsFields, item};
use super::page::{address, close_soon, forget, hand, replace_address, stored, today};
use crate::error::{Checked, LinkError};
use crate::flow::pending::{Pending, Return, come_back};
use crate::provider::fields::Fields;
use crate::provider::scrub::scrubbed;
use crate::provider::{Answer, Provider, SECRETS};
use crate::url::Url;
use wasm_bindgen::JsValue;

/// How a flow ended that left by redirect, with the address that it came back to, without the answer.
pub(crate) struct Resumed {
    /// `None`: the record has expired.
    pub answer: Option<Answer>,
    /// The URL without the answer.
    pub clean: String,
}

/// Whether `url`, which may be this page's address, is the answer to a flow that left this tab by redirect. It is used
/// up and taken out of the address. `None`: it is not.
pub(crate) fn resume(url: &str) -> Option<Resumed> {
    let mut pending = Vec::new();
    let mut places = Vec::new();
    let records = stored();
    for place in 0.. {
        let record = item(&records, place);
        if record.is_undefined() {
            break;
        }
        if let Some(record) = read(record) {
            pending.push(record);
            places.push(place);
        }
    }
    let Return { provider, consumed, answer } = come_back(&pending, url, today())?;
    // Before anything else can read the address.
    let clean = scrubbed(url, &[provider]);
    if url == address() {
        replace_address(&clean, &secrets());
    }
    if let Some(consumed) = consumed {
        forget(places[consumed]);
    }
    Some(Resumed { answer, clean })
}

/// The names of the parameters that let somebody in or tie an answer to a flow, with spaces between.
fn secrets() -> String {
    let mut names = String::from("state");
    for name in SECRETS {
        names += " ";
        names += name;
    }
    names
}

/// `None`: it is no provider's of ours.
fn read(record: JsValue) -> Option<Pending> {
    let record = JsFields::new(record);
    Some(Pending {
        provider: Provider::from_name(record.text("provider")?)?,
        state: record.text("state").cloned(),
        return_url: record.text("returnUrl").cloned(),
        expires_ms: record.number("expires"),
    })
}

/// Takes the answer out of the address of this callback page, hands `url` to the page that waits for it, and closes the
/// popup.
///
/// # Errors
/// LINK_INVALID_OPTIONS: `url` is no URL.
pub(crate) fn complete_callback(url: &str) -> Checked<()> {
    if Url::parse(url).is_none() {
        return Err(LinkError::invalid("url", "a string: an absolute URL"));
    }
    // Before anything else can read the address.
    if url == address() {
        replace_address(&scrubbed(url, Provider::ALL), &secrets());
    }
    hand(url);
    close_soon();
    Ok(())
}

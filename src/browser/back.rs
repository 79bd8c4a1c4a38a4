//! The pages that users come back to.

use super::fields::{JsFields, item};
use super::page::{close_soon, forget, hand, scrub_address, since_1970_ms, stored};
use crate::error::{Checked, LinkError};
use crate::flow::pending::{Pending, Return, match_return};
use crate::provider::fields::Fields;
use crate::provider::scrub::scrubbed;
use crate::provider::{Answer, Provider, SECRETS};
use crate::url::Url;
use wasm_bindgen::JsValue;

/// How the flow ended that left this tab by redirect and is answered by `url`, such as this page's address. The answer
/// is used up, and taken out of the address. `None` if `url` answers no flow, or came too late.
pub(crate) fn resume(url: &str) -> Option<Answer> {
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
    let Return { provider, consumed, answer } = match_return(&pending, url, since_1970_ms())?;
    // An answer of another flow may be any provider's.
    let providers = if consumed.is_some() { &[provider] } else { Provider::ALL };
    // Before anything else can read the address.
    scrub_address(url, &scrubbed(url, providers), &secrets());
    if let Some(consumed) = consumed {
        forget(places[consumed]);
    }
    answer
}

/// The names of the parameters that grant access or tie an answer to a flow, separated by spaces.
fn secrets() -> String {
    let mut names = String::from("state");
    for name in SECRETS {
        names += " ";
        names += name;
    }
    names
}

/// `None` if the provider is unknown. `redirect.js` has checked the types.
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
    scrub_address(url, &scrubbed(url, Provider::ALL), &secrets());
    hand(url);
    close_soon();
    Ok(())
}

//! FinqLink (Romania): how a return URL ends a flow. Its pages post no message.

use super::fields::Fields;
use super::{Outcome, Protocol, callback_completed, denied, failed};
use crate::error::ErrorCode;
use crate::record::Record;
use crate::url::{Query, decode};

pub(crate) struct Finqlink;

impl Protocol for Finqlink {
    const PARAMETERS: &str = "";

    fn message<F: Fields>(_: &F) -> Option<Outcome> {
        None
    }

    fn callback(url: &str, query: &Query) -> Outcome {
        let mut details = Record::default();
        if let Some(error) = query.get("error") {
            if error == "access_denied" {
                return denied();
            }
            let description = query.get("error_description");
            details.text("error", &error);
            details.maybe("error_description", description.as_deref());
            return failed(ErrorCode::ProviderError, description, FAILED, details);
        }
        let status = query.get("status");
        match status.as_deref() {
            Some("failed" | "suspended" | "funds_rejected") => {
                details.maybe("status", status.as_deref());
                failed(ErrorCode::ProviderError, None, FAILED, details)
            }
            Some("expired") => {
                failed(ErrorCode::ConsentTimeout, None, "The FinqLink consent has expired.", details)
            }
            Some("revoked") => denied(),
            _ => callback_completed(url, query),
        }
    }
}

const FAILED: &str = "FinqLink sent the user back with a failure.";

/// What a `direct_sca` landing page relays to `/ais/consents/redirect` or `/links/redirect`: the query
/// string, byte for byte as it came, with its `state` decoded. `None`: it is not of the form that FinqLink
/// documents, `^(?:[^&=]+=[^&]*&)*state=[^&]*(?:&[^&=]+=[^&]*)*$`.
pub fn sca_query_string(url: &str) -> Option<(&str, String)> {
    let end = url.find('#').unwrap_or(url.len());
    let text = url.get(..end)?;
    let start = text.find('?').map_or(0, |at| at + 1);
    let query = text.get(start..)?;
    let mut state = None;
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=')?;
        if name.is_empty() {
            return None;
        }
        if name == "state" && state.is_none() {
            state = Some(value);
        }
    }
    let state = state?;
    Some((query, decode(state).unwrap_or_else(|| state.to_owned())))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn relays_a_query_string_as_it_came() {
        for (url, expected) in [
            ("https://app.example/cb?code=a%20b&state=s%2F1&x=", Some(("code=a%20b&state=s%2F1&x=", "s/1"))),
            ("https://app.example/cb?state=s#f", Some(("state=s", "s"))),
            ("?state=s&a=b=c", Some(("state=s&a=b=c", "s"))),
            ("state=", Some(("state=", ""))),
            ("state=a+b", Some(("state=a+b", "a+b"))),
            ("state=%zz", Some(("state=%zz", "%zz"))),
            ("state=1&state=2", Some(("state=1&state=2", "1"))),
            ("https://app.example/cb?code=1", None),
            ("https://app.example/cb", None),
            ("https://app.example/state=1", None),
            ("?state", None),
            ("?state=1&", None),
            ("?&state=1", None),
            ("?=1&state=1", None),
            ("?a&state=1", None),
            ("?State=1", None),
            ("", None),
        ] {
            let expected = expected.map(|(query, state)| (query, state.to_owned()));
            assert_eq!(sca_query_string(url), expected, "{url}");
        }
    }
}

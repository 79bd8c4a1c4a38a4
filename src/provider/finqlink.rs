//! FinqLink (Romania): how a return URL ends a flow. Its pages post no message.

use super::{Protocol, Said, callback_completed, denied, failed};
use crate::error::{ErrorCode, Failure};
use crate::url::secure;
use crate::value::{Text, Url, Value, in_turn};

pub(crate) struct Finqlink;

impl Protocol for Finqlink {
    const PARAMETERS: &str = "";

    fn open_url<'t>(target: Value<'t>) -> Result<Url<'t>, Failure<'t>> {
        secure(target.turn(), target.text("subject"), "url")
    }

    fn callback<'t>(url: Text<'t>, query: Value<'t>) -> Said<'t> {
        let details = url.turn().record();
        if let Some(error) = query.some_text("error") {
            if error.is("access_denied") {
                return denied(url.turn());
            }
            details.put("error", error);
            details.copy(query, "error_description");
            return failed(ErrorCode::ProviderError, query.some_text("error_description"), FAILED, details);
        }
        if query.is("status", "failed|suspended|funds_rejected") {
            details.copy(query, "status");
            failed(ErrorCode::ProviderError, None, FAILED, details)
        } else if query.is("status", "expired") {
            failed(ErrorCode::ConsentTimeout, None, "The FinqLink consent has expired.", details)
        } else if query.is("status", "revoked") {
            denied(url.turn())
        } else {
            callback_completed(url, query)
        }
    }
}

const FAILED: &str = "FinqLink sent the user back with a failure.";

/// What a `direct_sca` landing page relays to `/ais/consents/redirect` or `/links/redirect`: the query
/// string, byte for byte as it came, with its `state` decoded. `None`: it is not of the form that FinqLink
/// documents, `^(?:[^&=]+=[^&]*&)*state=[^&]*(?:&[^&=]+=[^&]*)*$`.
pub fn sca_query_string(url: &str) -> Option<(String, String)> {
    in_turn(|turn| {
        let (query, state) = sca(turn.text(url))?;
        Some((query.to_string(), state.to_string()))
    })
}

/// See [`sca_query_string`].
pub(crate) fn sca(url: Text<'_>) -> Option<(Text<'_>, Text<'_>)> {
    let query = url.part(r"(?:[^#?&=]*[/:][^#?]*\?|\?)?([^#]*)(?:#.*)?")?;
    let state = query.part("(?:[^&=]+=[^&]*&)*?state=([^&]*)(?:&[^&=]+=[^&]*)*")?;
    Some((query, state.decoded().unwrap_or(state)))
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
            ("code=a?b=1&state=2", Some(("code=a?b=1&state=2", "2"))),
            ("/cb?state=s", Some(("state=s", "s"))),
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
            let expected = expected.map(|(query, state): (&str, &str)| (query.to_owned(), state.to_owned()));
            assert_eq!(sca_query_string(url), expected, "{url}");
        }
    }
}

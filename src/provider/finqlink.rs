//! FinqLink (Romania): how a return URL ends a flow. Its pages post no message.

use super::fields::{Fields, cut};
use super::{
    Answer, Launcher, Protocol, Provider, Target, callback_completed, denied, failed,
    failed_by_error_parameter,
};
use crate::error::{Checked, ErrorCode, LinkError};
use crate::options::Mode;
use crate::record::Record;
use crate::url::{Url, decode, secure};

const FAILED: &str = "FinqLink sent the user back with an error.";

impl Target {
    /// FinqLink's WebUI: a payment link or a consent link.
    pub fn finqlink(url: impl Into<String>) -> Self {
        Self::new(Provider::Finqlink, Some(url.into()))
    }
}

pub(super) struct Finqlink;

impl Protocol for Finqlink {
    fn launcher(&self) -> Launcher {
        Launcher { function: "openFinqlink", subject: Some("url"), options: &[] }
    }

    /// Whether its pages may be framed is not documented.
    fn default_mode(&self) -> Mode {
        Mode::Popup
    }

    fn parameters(&self) -> &'static [&'static str] {
        &[]
    }

    fn open_url(&self, target: &Target) -> Checked<Url> {
        secure("url", target.subject.as_deref())
    }

    fn callback(&self, url: &String, query: &dyn Fields) -> Answer {
        if query.is("error", "access_denied") {
            return Err(denied());
        }
        if query.some_text("error").is_some() {
            return Err(failed_by_error_parameter(query, FAILED));
        }
        match query.text("status").map(String::as_str) {
            Some("failed" | "suspended" | "funds_rejected") => {
                let mut details = Record::default();
                details.copy_texts(query, &["status"]);
                Err(failed(ErrorCode::ProviderError, None, FAILED, details))
            }
            Some("expired") => {
                Err(LinkError::new(ErrorCode::ConsentTimeout, "The FinqLink consent has expired."))
            }
            Some("revoked") => Err(denied()),
            _ => Ok(callback_completed(Provider::Finqlink, url, query)),
        }
    }
}

/// What a `direct_sca` landing page relays to `/ais/consents/redirect` or `/links/redirect`: the query string, byte for
/// byte as it came, with its `state` decoded. `url` may be only a query, with or without its `?`. `None` if it does not
/// have the form that FinqLink documents, `^(?:[^&=]+=[^&]*&)*state=[^&]*(?:&[^&=]+=[^&]*)*$`.
pub fn sca_query_string(url: &str) -> Option<(&str, String)> {
    let (url, _) = cut(url, b'#');
    let (before, after) = cut(url, b'?');
    // A query on its own may contain a question mark, too: `code=a?b=1&state=2`.
    let is_address = before.is_empty()
        || before
            .bytes()
            .find(|byte| [b'/', b':', b'&', b'='].contains(byte))
            .is_some_and(|byte| byte == b'/' || byte == b':');
    let query = after.filter(|_| is_address).unwrap_or(url);

    let mut state = None;
    let mut rest = Some(query);
    while let Some(text) = rest {
        let (pair, others) = cut(text, b'&');
        let (name, value) = cut(pair, b'=');
        let value = value.filter(|_| !name.is_empty())?;
        if name == "state" && state.is_none() {
            state = Some(decode(value).unwrap_or_else(|| value.to_owned()));
        }
        rest = others;
    }
    Some((query, state?))
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
            let expected = expected.map(|(query, state): (&str, &str)| (query, state.to_owned()));
            assert_eq!(sca_query_string(url), expected, "{url}");
        }
    }
}

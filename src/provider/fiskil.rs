//! Fiskil (Australia): its URL, messages, return parameters and codes.

use super::fields::{Fields, cut};
use super::{Answer, Launcher, LinkResult, Outcome, Protocol, Provider, ResultType, Target, failed};
use crate::error::{Checked, ErrorCode, LinkError};
use crate::options::AN_HTTPS_URL;
use crate::record::Record;
use crate::url::{Query, Url, decode, may_be_followed, pairs, secure};
use serde::{Deserialize, Serialize};

/// Where Fiskil hosts its consent pages.
pub const AUTH_SERVER: &str = "https://auth.fiskil.com";

/// The codes that Fiskil's pages may name, in exactly this spelling.
const CODES: [(&str, ErrorCode); 8] = [
    ("CONSENT_ENDUSER_DENIED", ErrorCode::EnduserDenied),
    ("CONSENT_OTP_FAILURE", ErrorCode::OtpFailure),
    ("CONSENT_ENDUSER_INELIGIBLE", ErrorCode::EnduserIneligible),
    ("CONSENT_TIMEOUT", ErrorCode::ConsentTimeout),
    ("CONSENT_UPSTREAM_PROCESSING_ERROR", ErrorCode::UpstreamProcessingError),
    ("AUTH_SESSION_CANCELLED", ErrorCode::SessionCancelled),
    ("LINK_INVALID_SESSION", ErrorCode::InvalidSession),
    // Fiskil's API and its pages name the same state differently.
    ("AUTH_SESSION_INVALID", ErrorCode::InvalidSession),
];

/// The code with this name.
fn code_of(name: &[u8]) -> Option<ErrorCode> {
    CODES.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, code)| *code)
}

/// How a Fiskil flow completed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FiskilResult {
    /// The consent, as Fiskil's API takes it in `consent_id`. Confirm on your server whose it is.
    #[serde(rename = "consentID", skip_serializing_if = "Option::is_none")]
    pub consent_id: Option<String>,
    /// Where the provider would have sent the user, as configured with the session.
    #[serde(rename = "redirectURL", skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
}

fn completed(consent_id: Option<&String>, redirect_url: Option<&String>) -> LinkResult {
    let mut result = Record::default();
    result.put_text_if_some("consentID", consent_id);
    result.put_text_if_some("redirectURL", redirect_url);
    LinkResult::new(Provider::Fiskil, result)
}

impl ResultType for FiskilResult {
    const PROVIDERS: &'static [Provider] = &[Provider::Fiskil];
}

impl Target {
    /// Fiskil's consent pages, for the `session_id` that its API returned, or for the whole `auth_url`.
    pub fn fiskil(session: impl Into<String>) -> Self {
        Self::new(Provider::Fiskil, Some(session.into()))
    }

    /// Uses another server than [`AUTH_SERVER`]; an `auth_url` must be of its origin.
    #[must_use]
    pub fn at_auth_server(self, url: impl Into<String>) -> Self {
        self.with_option("authServer", url.into())
    }
}

/// How Fiskil names the parts of a failure.
struct Names {
    id: &'static str,
    kind: &'static str,
    description: &'static str,
    uri: &'static str,
}

const IN_MESSAGE: Names =
    Names { id: "errorID", kind: "errorType", description: "errorDescription", uri: "errorURI" };
const IN_QUERY: Names =
    Names { id: "error_id", kind: "error_type", description: "error_description", uri: "error_uri" };

/// The parts of a failure. Empty strings count as absent.
struct Report<'a> {
    error: Option<&'a String>,
    id: Option<&'a String>,
    kind: Option<&'a String>,
    description: Option<&'a String>,
    uri: Option<&'a String>,
}

impl<'a> Report<'a> {
    fn read(data: &'a dyn Fields, names: &Names) -> Self {
        Self {
            error: data.some_text("error"),
            id: data.some_text(names.id),
            kind: data.some_text(names.kind),
            description: data.some_text(names.description),
            uri: data.some_text(names.uri),
        }
    }

    fn is_empty(&self) -> bool {
        [self.error, self.id, self.kind, self.description, self.uri].iter().all(Option::is_none)
    }

    /// The code in `error_type` or, if that is absent, in `error`. `None` if that is none of [`CODES`].
    fn code(&self) -> Option<ErrorCode> {
        code_of(self.kind.or(self.error)?.as_bytes())
    }

    fn details(&self) -> Record {
        let mut details = Record::default();
        details.put_text_if_some("error_id", self.id);
        details.put_text_if_some("error_type", self.kind);
        details.put_text_if_some("error_description", self.description);
        details.put_text_if_some("error_uri", self.uri.filter(|uri| may_be_followed(uri)));
        details
    }

    /// The error for a message, worded as by the provider's own SDK.
    fn message_error(&self) -> Box<LinkError> {
        let code = self.code().unwrap_or(ErrorCode::InternalError);
        failed(code, self.error, "internal error", self.details())
    }

    /// The error for a URL with this code. Without a code, `error=access_denied` means that the user declined, unless
    /// there is an `error_type`.
    fn url_error(&self, code: Option<ErrorCode>) -> Box<LinkError> {
        let mut details = self.details();
        let is_denial = self.kind.is_none() && self.error.is_some_and(|error| error == "access_denied");
        let (code, otherwise) = match code {
            Some(code) => (code, code.as_str()),
            None if is_denial => (ErrorCode::EnduserDenied, "Unknown error"),
            None => {
                details.put_text_if_some("error", self.error);
                (ErrorCode::InternalError, "Unknown error")
            }
        };
        failed(code, self.kind.or(self.error), otherwise, details)
    }
}

pub(super) struct Fiskil;

impl Protocol for Fiskil {
    fn launcher(&self) -> Launcher {
        Launcher { function: "link", subject: Some("sessionId"), options: &[("authServer", AN_HTTPS_URL)] }
    }

    fn origin(&self) -> Option<&'static str> {
        Some(AUTH_SERVER)
    }

    fn parameters(&self) -> &'static [&'static str] {
        // On the return page even a `state` alone marks the callback: Fiskil's flows expect none.
        &["consent_id", "consentID", "session_id", "sess_id", "state"]
    }

    fn echoes_state(&self) -> bool {
        false
    }

    fn explains_invalid_session(&self) -> bool {
        true
    }

    fn open_url(&self, target: &Target) -> Checked<Url> {
        let server = secure("authServer", Some(target.option("authServer").unwrap_or(AUTH_SERVER)))?;
        let session = target.subject.as_deref().unwrap_or_default();
        if session.is_empty() {
            let takes = "a string that is not empty: the session_id of a Fiskil auth session";
            return Err(LinkError::invalid("sessionId", takes));
        }
        // An ID may contain a colon, too.
        let start = session.to_ascii_lowercase();
        if !start.starts_with("https://") && !start.starts_with("http://") {
            return Ok(server.with_parameter("sess_id", session));
        }
        match Url::parse(session) {
            Some(url) if url.may_be_opened() && url.origin() == server.origin() => Ok(url),
            _ => {
                let takes = "a session_id, or an https auth_url of authServer's origin";
                Err(LinkError::invalid("sessionId", takes))
            }
        }
    }

    fn message(&self, data: &dyn Fields) -> Option<Outcome> {
        let report = Report::read(data, &IN_MESSAGE);
        let is_completed = data.flag("isCompleted") == Some(true);
        let consent_id = data.some_text("consentID");
        let redirect_url = data.text("redirectURL");
        // A string in `error`, even an empty one, is enough for a failure. The other fields count only together with an
        // `isCompleted` of any type.
        let is_failure = data.text("error").is_some() || (!report.is_empty() && data.has("isCompleted"));
        if is_failure && !is_completed {
            return Some(Outcome::Failed(report.message_error()));
        }
        // A failure may come dressed as a success.
        if let Some(failure) = redirect_url.and_then(|url| failure_in(url, consent_id.is_some())) {
            return Some(Outcome::Failed(failure));
        }
        if is_completed && consent_id.is_none() && !report.is_empty() {
            return Some(Outcome::Failed(report.message_error()));
        }
        is_completed.then(|| {
            Outcome::Completed(completed(consent_id, redirect_url.filter(|url| may_be_followed(url))))
        })
    }

    /// Like the provider's own SDK: only messages with `isCompleted`. A bank's page in our frame may post an `error` of
    /// its own.
    fn is_fatal_elsewhere(&self, data: &dyn Fields) -> bool {
        data.flag("isCompleted").is_some() && Provider::Fiskil.read_message(data).is_some()
    }

    fn callback(&self, url: &String, query: &dyn Fields) -> Answer {
        let report = Report::read(query, &IN_QUERY);
        if report.error.is_some() || report.kind.is_some() {
            return Err(report.url_error(report.code()));
        }
        let consent_id = query.some_text("consent_id").or_else(|| query.some_text("consentID"));
        if consent_id.is_none()
            && let Some(code) = code_within(url, 2)
        {
            return Err(report.url_error(Some(code)));
        }
        Ok(completed(consent_id, Some(url)))
    }
}

/// The failure in a `redirectURL`, if any. The URL is the application's own and may contain any word, even an `error`
/// of its own. With a consent, only one of [`CODES`] in the query's error parameters counts. Without one, anything that
/// looks like a failure is a failure.
fn failure_in(url: &str, has_consent: bool) -> Option<Box<LinkError>> {
    // Some pages percent-encode the whole of it.
    let is_readable = url.bytes().any(|byte| byte == b':' || byte == b'?');
    let decoded = decode(url).filter(|_| !is_readable);
    let text = decoded.as_deref().unwrap_or(url);
    let query = if has_consent { Query::of(cut(text, b'#').0) } else { Query::of_return_url(text) };
    let report = Report::read(&query, &IN_QUERY);
    let code = report.code().or_else(|| if has_consent { None } else { code_within(url, 2) });
    let is_failure = code.is_some() || !(has_consent || report.is_empty());
    is_failure.then(|| report.url_error(code))
}

/// The first of [`CODES`] to occur as a word in this URL, which is decoded up to `times` times.
fn code_within(url: &str, times: u8) -> Option<ErrorCode> {
    let mut words = url.as_bytes().split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    match words.find_map(code_of) {
        // Decoded as a query, in which an invalid encoding stays as it is.
        None if times > 0 => pairs(url)
            .iter()
            .find_map(|(name, value)| code_within(name, times - 1).or_else(|| code_within(value, times - 1))),
        found => found,
    }
}

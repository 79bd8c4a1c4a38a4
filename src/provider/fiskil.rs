//! Fiskil (Australia): its URL, messages, return parameters and codes.

use super::fields::Fields;
use super::{LinkResult, Outcome, Protocol, failed};
use crate::error::{ErrorCode, LinkError};
use crate::record::Record;
use crate::url::{Query, Url, decode};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Where Fiskil hosts its consent pages.
pub const AUTH_SERVER: &str = "https://auth.fiskil.com";

/// What a completed Fiskil flow gives.
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

fn completed(consent_id: Option<&str>, redirect_url: Option<&str>) -> Outcome {
    let mut result = Record::default();
    result.maybe("consentID", consent_id);
    result.maybe("redirectURL", redirect_url);
    Outcome::Completed(LinkResult(result))
}

/// The page that lets the user consent.
///
/// `session` is the `session_id` that Fiskil's API gave, or the whole `auth_url`; `auth_server` is
/// [`AUTH_SERVER`] unless you are told otherwise.
///
/// # Errors
/// LINK_INVALID_OPTIONS: `session` is empty, a URL is not https, or `session` is a URL of another origin
/// than `auth_server`.
pub(crate) fn open_url(session: &str, auth_server: Option<&str>) -> Result<Url, LinkError> {
    let mut server = Url::secure("authServer", auth_server.unwrap_or(AUTH_SERVER))?;
    if session.is_empty() {
        return Err(LinkError::invalid("sessionId", "the session_id of a Fiskil auth session; it is empty"));
    }
    if Url::parse(session).is_some() {
        let url = Url::secure("sessionId", session)?;
        if url.origin() != server.origin() {
            return Err(LinkError::invalid(
                "sessionId",
                "a session_id, or an auth_url of authServer's origin",
            ));
        }
        return Ok(url);
    }
    server.set_parameter("sess_id", session);
    Ok(server)
}

/// How Fiskil names the parts of a failure in a message and in a URL.
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

/// The parts of a failure. Empty texts count as absent.
struct Failure {
    error: Option<String>,
    id: Option<String>,
    kind: Option<String>,
    description: Option<String>,
    uri: Option<String>,
}

impl Failure {
    fn read<F: Fields>(data: &F, names: &Names) -> Self {
        Self {
            error: data.some_text("error"),
            id: data.some_text(names.id),
            kind: data.some_text(names.kind),
            description: data.some_text(names.description),
            uri: data.some_text(names.uri).filter(|uri| Url::may_be_followed(uri)),
        }
    }

    fn is_empty(&self) -> bool {
        [&self.error, &self.id, &self.kind, &self.description, &self.uri].iter().all(|part| part.is_none())
    }

    /// The code that it names, in `error_type` or else in `error`. `None`: it names none that is known.
    fn code(&self) -> Option<ErrorCode> {
        known(self.kind.as_deref().or(self.error.as_deref())?)
    }

    /// As an outcome. In a URL `error=access_denied` alone means that the user declined.
    fn outcome(self, is_url: bool) -> Outcome {
        let known = self.code();
        let denied = is_url && self.kind.is_none() && self.error.as_deref() == Some("access_denied");
        let code = known.unwrap_or(if denied { ErrorCode::EnduserDenied } else { ErrorCode::InternalError });
        let mut details = Record::default();
        if is_url && known.is_none() && !denied {
            details.maybe("error", self.error.as_deref());
        }
        details.maybe("error_id", self.id.as_deref());
        details.maybe("error_type", self.kind.as_deref());
        details.maybe("error_description", self.description.as_deref());
        details.maybe("error_uri", self.uri.as_deref());
        // As the provider's own SDK words it.
        if is_url {
            failed(code, self.kind.or(self.error), "Unknown error", details)
        } else {
            failed(code, self.error, "internal error", details)
        }
    }
}

/// The codes that Fiskil's pages may name, spelled exactly so.
fn known(name: &str) -> Option<ErrorCode> {
    Some(match name {
        "CONSENT_ENDUSER_DENIED" => ErrorCode::EnduserDenied,
        "CONSENT_OTP_FAILURE" => ErrorCode::OtpFailure,
        "CONSENT_ENDUSER_INELIGIBLE" => ErrorCode::EnduserIneligible,
        "CONSENT_TIMEOUT" => ErrorCode::ConsentTimeout,
        "CONSENT_UPSTREAM_PROCESSING_ERROR" => ErrorCode::UpstreamProcessingError,
        "AUTH_SESSION_CANCELLED" => ErrorCode::SessionCancelled,
        // Fiskil's API and its pages name the same state differently.
        "LINK_INVALID_SESSION" | "AUTH_SESSION_INVALID" => ErrorCode::InvalidSession,
        _ => return None,
    })
}

pub(crate) struct Fiskil;

impl Protocol for Fiskil {
    const PARAMETERS: &str = "consent_id consentID session_id sess_id";

    const ORIGIN: Option<&str> = Some(AUTH_SERVER);
    const EXPLAINS_INVALID_SESSION: bool = true;

    fn message<F: Fields>(data: &F) -> Option<Outcome> {
        let is_completed = data.flag("isCompleted");
        let failure = Failure::read(data, &IN_MESSAGE);
        let Some(is_completed) = is_completed else {
            // An envelope that only says `error`, even where it says nothing in it.
            return data.text("error").map(|_| failure.outcome(false));
        };
        let consent_id = data.some_text("consentID");
        let redirect_url = data.text("redirectURL");
        if !is_completed && !failure.is_empty() {
            return Some(failure.outcome(false));
        }
        if let Some(url) = &redirect_url {
            let in_url = Failure::read(&Query::of(&readable(url)), &IN_QUERY);
            // A failure may come dressed as a success. The application's own URL may carry an `error` of
            // its own, so next to a consent only a code of Fiskil's counts.
            if in_url.code().is_some() || (consent_id.is_none() && !in_url.is_empty()) {
                return Some(in_url.outcome(true));
            }
        }
        if consent_id.is_none() && !failure.is_empty() {
            return Some(failure.outcome(false));
        }
        let is_success = is_completed && (consent_id.is_some() || redirect_url.is_some());
        let redirect_url = redirect_url.as_deref().filter(|url| Url::may_be_followed(url));
        is_success.then(|| completed(consent_id.as_deref(), redirect_url))
    }

    /// As the provider's own SDK: only what says `isCompleted`. A bank's page in our frame may post an
    /// `error` of its own.
    fn is_fatal_elsewhere<F: Fields>(data: &F) -> bool {
        data.flag("isCompleted").is_some() && Self::message(data).is_some()
    }

    fn callback(url: &str, query: &Query) -> Outcome {
        let failure = Failure::read(query, &IN_QUERY);
        if failure.error.is_some() || failure.kind.is_some() {
            return failure.outcome(true);
        }
        let consent_id = query.some_text("consent_id").or_else(|| query.some_text("consentID"));
        completed(consent_id.as_deref(), Some(url))
    }
}

/// The URL as it can be searched for a query: some pages percent-encode it as a whole.
fn readable(url: &str) -> Cow<'_, str> {
    let is_readable = url.bytes().any(|byte| byte == b':' || byte == b'?');
    let decoded = if is_readable { None } else { decode(url) };
    decoded.map_or(Cow::Borrowed(url), Cow::Owned)
}

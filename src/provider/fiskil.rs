//! Fiskil (Australia): its URL, messages, return parameters and codes.

use super::fields::{Fields, TooLong};
use super::{LinkResult, Outcome, Protocol, failed};
use crate::error::{ErrorCode, LinkError};
use crate::url::{Query, Url, decode};
use crate::value::{Record, put};
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

impl FiskilResult {
    pub(crate) fn into_record(self) -> Record {
        let mut record = Record::new();
        put(&mut record, "consentID", self.consent_id);
        put(&mut record, "redirectURL", self.redirect_url);
        record
    }
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
    fn read<F: Fields>(data: &F, names: &Names) -> Result<Self, TooLong> {
        let text = |name| -> Result<_, TooLong> { Ok(data.text(name)?.filter(|text| !text.is_empty())) };
        Ok(Self {
            error: text("error")?,
            id: text(names.id)?,
            kind: text(names.kind)?,
            description: text(names.description)?,
            uri: text(names.uri)?.filter(|uri| Url::may_be_followed(uri)),
        })
    }

    fn is_empty(&self) -> bool {
        [&self.error, &self.id, &self.kind, &self.description, &self.uri].iter().all(|part| part.is_none())
    }

    /// The code that it names, in `error_type` or else in `error`. `None`: it names none that is known.
    fn code(&self) -> Option<ErrorCode> {
        known(self.kind.as_ref().or(self.error.as_ref())?)
    }

    fn details(self) -> Record {
        let mut details = Record::new();
        put(&mut details, "error_id", self.id);
        put(&mut details, "error_type", self.kind);
        put(&mut details, "error_description", self.description);
        put(&mut details, "error_uri", self.uri);
        details
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
    const ORIGIN: Option<&str> = Some(AUTH_SERVER);
    const EXPLAINS_INVALID_SESSION: bool = true;

    fn message<F: Fields>(data: &F) -> Result<Option<Outcome>, TooLong> {
        let completed = data.flag("isCompleted")?;
        let consent_id = data.text("consentID")?.filter(|id| !id.is_empty());
        let redirect_url = data.text("redirectURL")?;
        let failure = Failure::read(data, &IN_MESSAGE)?;

        if completed.is_none() {
            // An envelope that only says `error`, even where it says nothing in it.
            return Ok(data.text("error")?.map(|_| message_failure(failure)));
        }
        if completed == Some(false) && !failure.is_empty() {
            return Ok(Some(message_failure(failure)));
        }
        if let Some(url) = &redirect_url {
            let in_url = Failure::read(&Query::of(&readable(url)), &IN_QUERY)?;
            // A failure may come dressed as a success. The application's own URL may carry an `error` of
            // its own, so next to a consent only a code of Fiskil's counts.
            if in_url.code().is_some() || (consent_id.is_none() && !in_url.is_empty()) {
                return Ok(Some(url_failure(in_url)));
            }
        }
        if completed == Some(false) {
            return Ok(None);
        }
        if consent_id.is_none() && !failure.is_empty() {
            return Ok(Some(message_failure(failure)));
        }
        if consent_id.is_none() && redirect_url.is_none() {
            return Ok(None);
        }
        Ok(Some(Outcome::Completed(LinkResult::Fiskil(FiskilResult {
            consent_id,
            redirect_url: redirect_url.filter(|url| Url::may_be_followed(url)),
        }))))
    }

    /// As the provider's own SDK: only what says `isCompleted`. A bank's page in our frame may post an
    /// `error` of its own.
    fn is_fatal_elsewhere<F: Fields>(data: &F) -> bool {
        matches!(data.flag("isCompleted"), Ok(Some(_))) && matches!(Self::message(data), Ok(Some(_)))
    }

    fn callback(url: &str, query: &Query) -> Result<Outcome, TooLong> {
        let failure = Failure::read(query, &IN_QUERY)?;
        if failure.error.is_some() || failure.kind.is_some() {
            return Ok(url_failure(failure));
        }
        let consent_id = query.get("consent_id").or_else(|| query.get("consentID"));
        Ok(Outcome::Completed(LinkResult::Fiskil(FiskilResult {
            consent_id: consent_id.filter(|id| !id.is_empty()),
            redirect_url: Some(url.to_owned()),
        })))
    }
}

fn message_failure(failure: Failure) -> Outcome {
    let code = failure.code().unwrap_or(ErrorCode::InternalError);
    failed(code, failure.error.clone(), "internal error", failure.details())
}

/// A failure in a URL, where `error=access_denied` alone means that the user declined.
fn url_failure(failure: Failure) -> Outcome {
    let code = failure.code();
    let denied = failure.kind.is_none() && failure.error.as_deref() == Some("access_denied");
    let message = failure.kind.clone().or(failure.error.clone());
    let mut raw = Record::new();
    if code.is_none() && !denied {
        put(&mut raw, "error", failure.error.clone());
    }
    raw.extend(failure.details());
    let otherwise = if denied { ErrorCode::EnduserDenied } else { ErrorCode::InternalError };
    failed(code.unwrap_or(otherwise), message, "Unknown error", raw)
}

/// The URL as it can be searched for a query: some pages percent-encode it as a whole.
fn readable(url: &str) -> Cow<'_, str> {
    let is_readable = url.bytes().any(|byte| byte == b':' || byte == b'?');
    let decoded = if is_readable { None } else { decode(url) };
    decoded.map_or(Cow::Borrowed(url), Cow::Owned)
}

//! Fiskil (Australia): its URL, messages, return parameters and codes.

use super::{Protocol, Said, failed};
use crate::error::{ErrorCode, Failure, must_be};
use crate::url::{may_be_followed, secure};
use crate::value::{Record, Text, Url, Value};
use serde::{Deserialize, Serialize};

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

/// The parts of a failure, under the names that they have in a URL. Empty texts count as absent.
#[derive(Clone, Copy)]
struct Report<'t> {
    error: Option<Text<'t>>,
    /// The others.
    details: Record<'t>,
}

impl<'t> Report<'t> {
    fn in_message(data: Value<'t>) -> Self {
        let names = "errorID:error_id errorType:error_type errorDescription:error_description";
        Self::read(data, names, "errorURI")
    }

    fn in_query(query: Value<'t>) -> Self {
        Self::read(query, "error_id error_type error_description", "error_uri")
    }

    fn read(data: Value<'t>, names: &str, uri: &str) -> Self {
        let details = data.turn().record();
        details.copy_some(data, names);
        details.maybe("error_uri", data.some_text(uri).filter(|uri| may_be_followed(*uri)));
        Self { error: data.some_text("error"), details }
    }

    fn is_empty(self) -> bool {
        self.error.is_none() && self.details.value().is_empty()
    }

    fn kind(self) -> Option<Text<'t>> {
        self.details.value().text("error_type")
    }

    /// The code that it names, in `error_type` or else in `error`, spelled exactly so. `None`: it names none
    /// that Fiskil's pages may name.
    fn code(self) -> Option<ErrorCode> {
        const KNOWN: [ErrorCode; 7] = [
            ErrorCode::EnduserDenied,
            ErrorCode::OtpFailure,
            ErrorCode::EnduserIneligible,
            ErrorCode::ConsentTimeout,
            ErrorCode::UpstreamProcessingError,
            ErrorCode::SessionCancelled,
            ErrorCode::InvalidSession,
        ];
        // Fiskil's API and its pages name the same state differently.
        const NAMES: &str = "CONSENT_ENDUSER_DENIED CONSENT_OTP_FAILURE CONSENT_ENDUSER_INELIGIBLE \
            CONSENT_TIMEOUT CONSENT_UPSTREAM_PROCESSING_ERROR AUTH_SESSION_CANCELLED \
            LINK_INVALID_SESSION|AUTH_SESSION_INVALID";
        KNOWN.get(self.kind().or(self.error)?.position(NAMES)).copied()
    }

    /// As an outcome. In a URL `error=access_denied` alone means that the user declined.
    fn outcome(self, is_url: bool) -> Said<'t> {
        let Self { error, details } = self;
        let mut code = self.code();
        if is_url && code.is_none() {
            if self.kind().is_none() && error.is_some_and(|error| error.is("access_denied")) {
                code = Some(ErrorCode::EnduserDenied);
            } else {
                details.maybe("error", error);
            }
        }
        // As the provider's own SDK words it.
        let (message, otherwise) =
            if is_url { (self.kind().or(error), "Unknown error") } else { (error, "internal error") };
        failed(code.unwrap_or(ErrorCode::InternalError), message, otherwise, details)
    }
}

pub(crate) struct Fiskil;

impl Protocol for Fiskil {
    const PARAMETERS: &str = "consent_id consentID session_id sess_id";

    const ORIGIN: Option<&str> = Some(AUTH_SERVER);
    const EXPLAINS_INVALID_SESSION: bool = true;

    /// `subject` is the `session_id` that Fiskil's API gave, or the whole `auth_url`, which must be of the
    /// origin of `authServer`.
    fn open_url<'t>(target: Value<'t>) -> Result<Url<'t>, Failure<'t>> {
        let turn = target.turn();
        let server = target.text("authServer").unwrap_or_else(|| turn.text(AUTH_SERVER));
        let server = secure(turn, Some(server), "authServer")?;
        let Some(session) = target.some_text("subject") else {
            return Err(must_be!(
                turn,
                "sessionId",
                "a string that is not empty: the session_id of a Fiskil auth session"
            ));
        };
        let Some(url) = session.url("") else {
            let parameters = turn.record();
            parameters.put("sess_id", session);
            return Ok(server.with(parameters));
        };
        if url.may_be_opened() && url.part("origin").same(server.part("origin")) {
            return Ok(url);
        }
        Err(must_be!(turn, "sessionId", "a session_id, or an https auth_url of authServer's origin"))
    }

    fn message<'t>(data: Value<'t>) -> Option<Said<'t>> {
        let report = Report::in_message(data);
        let Some(is_completed) = data.flag("isCompleted") else {
            // An envelope that only says `error`, even where it says nothing in it.
            return data.text("error").map(|_| report.outcome(false));
        };
        let has_consent = data.some_text("consentID").is_some();
        let redirect_url = data.text("redirectURL");
        if !is_completed && !report.is_empty() {
            return Some(report.outcome(false));
        }
        if let Some(url) = redirect_url {
            let in_url = Report::in_query(readable(url).query());
            // A failure may come dressed as a success. The application's own URL may carry an `error` of
            // its own, so next to a consent only a code of Fiskil's counts.
            if in_url.code().is_some() || (!has_consent && !in_url.is_empty()) {
                return Some(in_url.outcome(true));
            }
        }
        if !has_consent && !report.is_empty() {
            return Some(report.outcome(false));
        }
        if !is_completed || (!has_consent && redirect_url.is_none()) {
            return None;
        }
        let result = data.turn().record();
        result.copy_some(data, "consentID");
        result.maybe("redirectURL", redirect_url.filter(|url| may_be_followed(*url)));
        Some(Said::Completed(result))
    }

    /// As the provider's own SDK: only what says `isCompleted`. A bank's page in our frame may post an
    /// `error` of its own.
    fn is_fatal_elsewhere(data: Value) -> bool {
        data.flag("isCompleted").is_some() && Self::message(data).is_some()
    }

    fn callback<'t>(url: Text<'t>, query: Value<'t>) -> Said<'t> {
        let report = Report::in_query(query);
        if report.error.is_some() || report.kind().is_some() {
            return report.outcome(true);
        }
        let result = url.turn().record();
        // What is in both is what the first says.
        result.copy_some(query, "consentID");
        result.copy_some(query, "consent_id:consentID");
        result.put("redirectURL", url);
        Said::Completed(result)
    }
}

/// The URL as it can be searched for a query: some pages percent-encode it as a whole.
fn readable(url: Text<'_>) -> Text<'_> {
    if url.is(".*[:?].*") { url } else { url.decoded().unwrap_or(url) }
}

//! `LinkError` and its closed set of codes.

use crate::provider::Provider;
use crate::value::{Owned, Record, Text, Turn, Value};
use serde::{Deserialize, Serialize};

/// Who can do something about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// The person in front of the page.
    User,
    /// Whoever integrates this package.
    Developer,
    /// The provider, or the bank behind it.
    Provider,
}

/// What an error means to the person in front of the page. See [`ErrorCode::description`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    /// A sentence for the user, in English.
    pub message: &'static str,
    /// Whether the same call may succeed when it is made again.
    pub retryable: bool,
    /// Whether the back end must create a new session or link first.
    pub needs_new_session: bool,
    /// Who can do something about it.
    pub party: Party,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $retryable:ident $needs_new_session:ident $party:ident $message:literal;)*) => {
        /// Why a flow did not complete. The set is closed: what a provider invents is mapped to one of these.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        /// Every code with what it means, in the order of the documentation.
        pub const CODES: &[(ErrorCode, Description)] = &[$((ErrorCode::$variant, Description {
            message: $message,
            retryable: codes!($retryable),
            needs_new_session: codes!($needs_new_session),
            party: Party::$party,
        }),)*];

        impl ErrorCode {
            /// The code as JavaScript and the documentation spell it, such as `LINK_TIMEOUT`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// All of them, by number.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code that is spelled so.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// What it means to the user.
            pub fn description(self) -> Description {
                match self { $(Self::$variant => CODES[Self::$variant as usize].1,)* }
            }
        }
    };
    (yes) => { true };
    (no) => { false };
}

// The columns: code, retryable, needs a new session, who acts, what the user reads.
codes! {
    /// The user closed the flow, or the page called `close()`.
    UserCancelled "LINK_USER_CANCELLED" yes no User
        "You cancelled the linking process.";
    /// The flow took longer than `timeoutMs`.
    Timeout "LINK_TIMEOUT" yes no User
        "The session timed out. Please try again.";
    /// The session does not exist, has expired or was used before.
    InvalidSession "LINK_INVALID_SESSION" no yes Developer
        "Invalid session. Please restart the process.";
    /// The provider's frame answered from another origin than the allowed one.
    OriginMismatch "LINK_ORIGIN_MISMATCH" no no Developer
        "Security error. Please try again.";
    /// The container is not in the document.
    NotFound "LINK_NOT_FOUND" no no Developer
        "Display error. Please refresh and try again.";
    /// Something went wrong that has no code of its own.
    InternalError "LINK_INTERNAL_ERROR" yes no Provider
        "An error occurred. Please try again.";
    /// An argument or option is not what it must be.
    InvalidOptions "LINK_INVALID_OPTIONS" no no Developer
        "This page could not start the bank connection. Please contact its support.";
    /// The browser did not let the page open a window.
    PopupBlocked "LINK_POPUP_BLOCKED" yes no User
        "Your browser blocked the bank window. Please allow pop-ups for this page and try again.";
    /// The page's Content-Security-Policy does not let the provider's page be framed.
    FrameBlocked "LINK_FRAME_BLOCKED" no no Developer
        "This page does not allow the bank connection to be shown. Please contact its support.";
    /// The provider's page did not load within `loadTimeoutMs`.
    LoadTimeout "LINK_LOAD_TIMEOUT" yes no Provider
        "The bank connection did not load. Please check your internet connection and try again.";
    /// The answer belongs to another flow than the one that was started.
    StateMismatch "LINK_STATE_MISMATCH" no yes Developer
        "This answer belongs to another bank connection. Please restart the process.";
    /// The provider reported a failure that has no code of its own.
    ProviderError "LINK_PROVIDER_ERROR" yes no Provider
        "There was an issue with the bank connection. Please try again later.";
    /// The browser or the page's policy lacks something that the widget cannot do without.
    Unsupported "LINK_UNSUPPORTED" no no Developer
        "Your browser cannot show the bank connection here. Please try another browser.";
    /// The user declined to share the data.
    EnduserDenied "CONSENT_ENDUSER_DENIED" yes no User
        "You declined to share your data.";
    /// The one-time password was not accepted.
    OtpFailure "CONSENT_OTP_FAILURE" yes no User
        "Verification failed. Please try again.";
    /// The user's account cannot be shared.
    EnduserIneligible "CONSENT_ENDUSER_INELIGIBLE" no no User
        "Your account is not eligible for data sharing.";
    /// The consent was not given in time.
    ConsentTimeout "CONSENT_TIMEOUT" yes no User
        "The consent process timed out. Please try again.";
    /// The bank or the provider failed.
    UpstreamProcessingError "CONSENT_UPSTREAM_PROCESSING_ERROR" yes no Provider
        "There was an issue with your bank. Please try again later.";
    /// The user cancelled on the provider's page, which ends the session.
    SessionCancelled "AUTH_SESSION_CANCELLED" no yes User
        "You cancelled the bank connection. Please restart the process.";
}

impl core::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a flow did not complete.
///
/// `message` is for developers: what was wrong, what was expected, what to do. It is in English and
/// holds no secret. What to tell the user is [`ErrorCode::description`].
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct LinkError {
    /// Which kind of failure.
    pub code: ErrorCode,
    /// For developers.
    pub message: String,
    /// The provider of the flow; `None` where the failure concerns no provider.
    pub provider: Option<Provider>,
    /// What the provider said beyond the code, where it said anything. Never codes, tokens or logins.
    pub details: Option<Owned>,
}

impl LinkError {
    /// An error with no details.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), provider: None, details: None }
    }

    /// The same error, as one of this provider's.
    pub fn of(mut self, provider: Provider) -> Self {
        self.provider = Some(provider);
        self
    }
}

/// A [`LinkError`] on its way: a record of its `code`, as a number, its `message` and its `details`.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'t>(Record<'t>);

impl<'t> Failure<'t> {
    /// A failure with nothing to add.
    pub fn new(code: ErrorCode, message: Text<'t>) -> Self {
        let parts = message.turn().record();
        parts.put_number("code", f64::from(code as u8));
        parts.put("message", message);
        Self(parts)
    }

    /// An argument or option that is not what it must be: what it is called, and what it takes.
    pub(crate) fn invalid(turn: Turn<'t>, sentence: &str) -> Self {
        Self::new(ErrorCode::InvalidOptions, turn.text(sentence))
    }

    /// The same failure, with details, if there are any.
    pub(crate) fn with(self, details: Record<'t>) -> Self {
        if !details.value().is_empty() {
            self.0.put("details", details);
        }
        self
    }

    /// Which kind of failure.
    pub fn code(self) -> ErrorCode {
        let code = ErrorCode::ALL.get(self.parts().number("code") as usize);
        code.copied().unwrap_or(ErrorCode::InternalError)
    }

    /// Its parts.
    pub(crate) fn parts(self) -> Value<'t> {
        self.0.value()
    }
}

impl From<Failure<'_>> for LinkError {
    fn from(failure: Failure<'_>) -> Self {
        let parts = failure.parts();
        let message = parts.text("message").map(|message| message.to_string());
        let details = parts.record("details").map(Owned::from);
        Self { details, ..Self::new(failure.code(), message.unwrap_or_default()) }
    }
}

/// `name must be takes.`, without what puts texts together at run time.
macro_rules! must_be {
    ($turn:expr, $name:literal, $takes:literal) => {
        $crate::error::Failure::invalid($turn, concat!($name, " must be ", $takes, "."))
    };
}
pub(crate) use must_be;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn each_code_describes_itself() {
        for (code, description) in CODES {
            assert_eq!(code.description(), *description, "{code}");
            assert_eq!(ErrorCode::from_name(code.as_str()), Some(*code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str(), "serde and as_str spell it alike");
        }
        assert_eq!(CODES.len(), 19);
    }

    #[test]
    fn reads_as_a_sentence() {
        let message = "timeoutMs must be a number of milliseconds, 0 or more.";
        let error = LinkError::new(ErrorCode::InvalidOptions, message);
        assert_eq!(
            error.to_string(),
            "LINK_INVALID_OPTIONS: timeoutMs must be a number of milliseconds, 0 or more."
        );
    }
}

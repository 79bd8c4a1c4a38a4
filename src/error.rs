//! `LinkError` and its closed set of codes.

use crate::provider::names::{LastStep, Provider};
use crate::record::Record;
use serde::{Deserialize, Serialize};

/// Who can resolve an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// The user of the page.
    User,
    /// The developer who integrates this package.
    Developer,
    /// The provider, or the bank behind it.
    Provider,
}

/// What an error means for the user. See [`ErrorCode::description`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    /// A sentence for the user, in English.
    pub message: &'static str,
    /// Whether the same call may succeed if it is made again.
    pub retryable: bool,
    /// Whether the back end must create a new session or link first.
    pub needs_new_session: bool,
    /// Who can resolve it.
    pub party: Party,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $retryable:literal $needs_new_session:literal $party:ident $message:literal;)*) => {
        /// Why a flow did not complete. The set is closed: any other code of a provider is mapped to one of these.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        /// Every code with what it means, in the order of the documentation.
        pub const CODES: &[(ErrorCode, Description)] = &[$((ErrorCode::$variant, Description {
            message: $message,
            retryable: $retryable,
            needs_new_session: $needs_new_session,
            party: Party::$party,
        }),)*];

        impl ErrorCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            const NAMES: &[&str] = &[$($name,)*];
        }
    };
}

// The columns: code, retryable, needs a new session, who acts, what the user reads.
codes! {
    /// The user closed the flow, or the page called `close()`.
    UserCancelled "LINK_USER_CANCELLED" true false User
        "You cancelled the linking process.";
    /// The flow took longer than `timeoutMs`.
    Timeout "LINK_TIMEOUT" true false User
        "The session timed out. Please try again.";
    /// The session or token does not exist, has expired or was used before.
    InvalidSession "LINK_INVALID_SESSION" false true Developer
        "Invalid session. Please restart the process.";
    /// The provider's window answered from another origin than the allowed one.
    OriginMismatch "LINK_ORIGIN_MISMATCH" false false Developer
        "Security error. Please try again.";
    /// The container is not in the document.
    NotFound "LINK_NOT_FOUND" false false Developer
        "Display error. Please refresh and try again.";
    /// Something went wrong that has no code of its own.
    InternalError "LINK_INTERNAL_ERROR" true false Provider
        "An error occurred. Please try again.";
    /// An argument or option is not what it must be.
    InvalidOptions "LINK_INVALID_OPTIONS" false false Developer
        "This page could not start the bank connection. Please contact its support.";
    /// The browser did not let the page open a window.
    PopupBlocked "LINK_POPUP_BLOCKED" true false User
        "Your browser blocked the bank window. Please allow pop-ups for this page and try again.";
    /// A policy does not let the provider's page be framed: the page's own, or the provider's.
    FrameBlocked "LINK_FRAME_BLOCKED" false false Developer
        "This page does not allow the bank connection to be shown. Please contact its support.";
    /// The provider's page did not load within `loadTimeoutMs`.
    LoadTimeout "LINK_LOAD_TIMEOUT" true false Provider
        "The bank connection did not load. Please check your internet connection and try again.";
    /// The answer belongs to another flow than the one that was started.
    StateMismatch "LINK_STATE_MISMATCH" false true Developer
        "This answer belongs to another bank connection. Please restart the process.";
    /// The provider reported a failure that has no code of its own.
    ProviderError "LINK_PROVIDER_ERROR" true false Provider
        "There was an issue with the bank connection. Please try again later.";
    /// The browser or the page's policy lacks something that the widget cannot do without.
    Unsupported "LINK_UNSUPPORTED" false false Developer
        "Your browser cannot show the bank connection here. Please try another browser.";
    /// The user declined to share the data.
    EnduserDenied "CONSENT_ENDUSER_DENIED" true false User
        "You declined to share your data.";
    /// The one-time password was not accepted.
    OtpFailure "CONSENT_OTP_FAILURE" true false User
        "Verification failed. Please try again.";
    /// The user's account is not eligible for sharing.
    EnduserIneligible "CONSENT_ENDUSER_INELIGIBLE" false false User
        "Your account is not eligible for data sharing.";
    /// The consent was not given in time.
    ConsentTimeout "CONSENT_TIMEOUT" true false User
        "The consent process timed out. Please try again.";
    /// The bank or the provider failed.
    UpstreamProcessingError "CONSENT_UPSTREAM_PROCESSING_ERROR" true false Provider
        "There was an issue with your bank. Please try again later.";
    /// The user cancelled on the provider's page, which ends the session.
    SessionCancelled "AUTH_SESSION_CANCELLED" false true User
        "You cancelled the bank connection. Please restart the process.";
}

impl ErrorCode {
    /// The code as JavaScript and the documentation spell it, such as `LINK_TIMEOUT`.
    pub const fn as_str(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The code with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// What it means for the user.
    pub fn description(self) -> Description {
        CODES[self as usize].1
    }
}

impl core::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a flow did not complete.
///
/// `message` is for developers: what was wrong, what was expected, what to do. It is in English and contains no secret.
/// [`ErrorCode::description`] says what to tell the user.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct LinkError {
    /// Which kind of failure.
    pub code: ErrorCode,
    /// For developers.
    pub message: String,
    /// The provider of the flow; `None` if the failure concerns no provider.
    pub provider: Option<Provider>,
    /// What the provider said beyond the code, if anything, and where the user stopped: [`Self::last_step`]. Never
    /// codes, tokens or logins.
    pub details: Option<Record>,
}

/// A checked value, or its error. Boxed, because most results are moved and few are errors.
pub(crate) type Checked<T> = Result<T, Box<LinkError>>;

impl LinkError {
    /// An error with no details.
    pub(crate) fn new(code: ErrorCode, message: &str) -> Box<Self> {
        Box::new(Self { code, message: message.to_owned(), provider: None, details: None })
    }

    /// An invalid argument or option: `{name} must be {takes}.`
    pub(crate) fn invalid(name: &str, takes: &str) -> Box<Self> {
        Self::new(ErrorCode::InvalidOptions, &[name, " must be ", takes, "."].concat())
    }

    /// The same error, with its provider.
    pub(crate) fn for_provider(mut self: Box<Self>, provider: Provider) -> Box<Self> {
        self.provider = Some(provider);
        self
    }

    /// Where the user stopped: for LINK_USER_CANCELLED and LINK_TIMEOUT, if the provider reported a step.
    pub fn last_step(&self) -> Option<LastStep> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Details {
            last_step: LastStep,
        }
        self.details.as_ref()?.read().ok().map(|details: Details| details.last_step)
    }

    /// Adds its parts, except the provider, under their names in the npm package.
    #[cfg(any(feature = "npm", all(test, not(target_arch = "wasm32"))))]
    pub(crate) fn put_into(self, record: &mut Record) {
        record.put_text("code", self.code.as_str());
        record.put_text("message", &self.message);
        if let Some(details) = self.details {
            record.put_record("details", details);
        }
    }

    /// The same error, with these details if there are any.
    pub(crate) fn with_details(mut self: Box<Self>, details: Record) -> Box<Self> {
        self.details = Some(details).filter(|details| !details.is_empty());
        self
    }
}

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
    fn is_given_as_the_npm_package_gives_it() {
        let given = |error: Box<LinkError>| {
            let mut record = Record::default();
            error.put_into(&mut record);
            serde_json::json!(record)
        };
        let error = || LinkError::new(ErrorCode::Timeout, "Too late.").for_provider(Provider::Finx);
        assert_eq!(given(error()), serde_json::json!({ "code": "LINK_TIMEOUT", "message": "Too late." }));
        let mut details = Record::default();
        details.put_text("a", "b");
        let expected =
            serde_json::json!({ "code": "LINK_TIMEOUT", "message": "Too late.", "details": { "a": "b" } });
        assert_eq!(given(error().with_details(details)), expected);
    }

    #[test]
    fn reads_as_a_sentence() {
        let error = LinkError::invalid("timeoutMs", "a number of milliseconds, 0 or more");
        assert_eq!(
            error.to_string(),
            "LINK_INVALID_OPTIONS: timeoutMs must be a number of milliseconds, 0 or more."
        );
    }
}

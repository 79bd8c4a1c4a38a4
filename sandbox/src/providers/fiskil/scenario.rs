//! How a consent can end. Chosen by the customer ID typed in, or by `scenario` when the session is created.

use strum::{EnumMessage, EnumProperty, EnumString, IntoStaticStr, VariantArray};

/// One way for a consent to end. Its name in JSON is also the customer ID that chooses it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumMessage, EnumProperty, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Scenario {
    /// The person consents.
    #[strum(message = "Consent given", props(expect = "completed", typed = true))]
    Success,
    /// The answer carries a redirectURL beside the consent ID.
    #[strum(message = "Consent given, with a redirectURL", props(expect = "completed", typed = true))]
    SuccessRedirectUrl,
    /// The answer carries no consent ID: the server finds the consent.
    #[strum(message = "Consent given, redirectURL alone", props(expect = "completed", typed = true))]
    SuccessRedirectOnly,
    /// The provider’s Cross-Origin-Opener-Policy cuts the popup off; the answer comes by the return page.
    #[strum(message = "Consent given in a severed popup", props(expect = "completed", modes = "popup"))]
    SuccessSevered,
    /// The person declines to share.
    #[strum(message = "Consent declined", props(expect = "CONSENT_ENDUSER_DENIED", typed = true))]
    Denied,
    /// No code is right; after three the bank gives up.
    #[strum(message = "Wrong one-time password", props(expect = "CONSENT_OTP_FAILURE", typed = true))]
    OtpFailure,
    /// The bank says that this person may not share.
    #[strum(message = "Not eligible", props(expect = "CONSENT_ENDUSER_INELIGIBLE", typed = true))]
    Ineligible,
    /// The bank waited too long for the person.
    #[strum(message = "Consent timed out", props(expect = "CONSENT_TIMEOUT", typed = true))]
    ConsentTimeout,
    /// The bank answers with an error of its own.
    #[strum(message = "The bank fails", props(expect = "CONSENT_UPSTREAM_PROCESSING_ERROR", typed = true))]
    UpstreamError,
    /// The person presses Cancel there.
    #[strum(message = "Cancelled in the provider’s page")]
    #[strum(props(expect = "AUTH_SESSION_CANCELLED", typed = true))]
    Cancelled,
    /// The provider’s page says so and stays, for the person to read.
    #[strum(message = "Invalid session", props(expect = "LINK_INVALID_SESSION", typed = true))]
    InvalidSession,
    /// The provider names it AUTH_SESSION_INVALID.
    #[strum(message = "Invalid session, by its other name")]
    #[strum(props(expect = "LINK_INVALID_SESSION", typed = true))]
    InvalidSessionAlias,
    /// The session is older than five days.
    #[strum(message = "Expired session", props(expect = "LINK_INVALID_SESSION"))]
    ExpiredSession,
    /// The session has been used before.
    #[strum(message = "Used session", props(expect = "LINK_INVALID_SESSION"))]
    UsedSession,
    /// The provider names a code that nobody knows yet.
    #[strum(message = "An error type of tomorrow", props(expect = "LINK_INTERNAL_ERROR", typed = true))]
    UnknownError,
    /// isCompleted is true, and the error stands in the redirectURL’s query.
    #[strum(message = "A failure inside redirectURL")]
    #[strum(props(expect = "CONSENT_ENDUSER_DENIED", modes = "overlay container popup", typed = true))]
    SmuggledError,
    /// The message is { error } and nothing else.
    #[strum(message = "A bare error", props(expect = "LINK_INTERNAL_ERROR", typed = true))]
    BareError,
    /// The page goes to another origin, which claims success.
    #[strum(message = "A success from another origin")]
    #[strum(props(expect = "LINK_ORIGIN_MISMATCH", modes = "overlay container popup", typed = true))]
    Stranger,
    /// It loads, and then nothing happens.
    #[strum(message = "The page never answers")]
    #[strum(props(expect = "LINK_TIMEOUT", modes = "overlay container popup", typed = true))]
    NeverAnswers,
    /// The provider’s server holds the page back.
    #[strum(message = "The page never loads")]
    #[strum(props(expect = "LINK_LOAD_TIMEOUT", modes = "overlay container"))]
    NeverLoads,
}

impl Scenario {
    /// The provider's name for the failure, where it has one.
    pub fn error_type(self) -> Option<&'static str> {
        Some(match self {
            Self::Denied | Self::SmuggledError => "CONSENT_ENDUSER_DENIED",
            Self::OtpFailure => "CONSENT_OTP_FAILURE",
            Self::Ineligible => "CONSENT_ENDUSER_INELIGIBLE",
            Self::ConsentTimeout => "CONSENT_TIMEOUT",
            Self::UpstreamError => "CONSENT_UPSTREAM_PROCESSING_ERROR",
            Self::Cancelled => "AUTH_SESSION_CANCELLED",
            Self::InvalidSession | Self::ExpiredSession | Self::UsedSession => "LINK_INVALID_SESSION",
            Self::InvalidSessionAlias => "AUTH_SESSION_INVALID",
            Self::UnknownError => "CONSENT_LUNAR_ECLIPSE",
            _ => return None,
        })
    }

    /// Whether a consent comes of it.
    pub fn consents(self) -> bool {
        matches!(
            self,
            Self::Success | Self::SuccessRedirectUrl | Self::SuccessRedirectOnly | Self::SuccessSevered
        )
    }

    /// Whether the session is spent by it. The other failures can be tried again with the same session.
    pub fn spends(self) -> bool {
        self.consents() || matches!(self, Self::Cancelled | Self::Ineligible) || self.is_invalid_session()
    }

    /// Whether the page says that the session is invalid, and stays.
    pub fn is_invalid_session(self) -> bool {
        matches!(
            self,
            Self::InvalidSession | Self::InvalidSessionAlias | Self::ExpiredSession | Self::UsedSession
        )
    }

    /// Whether it is settled as soon as the bank knows the person. The others go on to consent.
    pub fn ends_at_sign_in(self) -> bool {
        !self.consents() && self != Self::OtpFailure
    }
}

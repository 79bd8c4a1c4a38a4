//! How a consent can end. Chosen by the customer ID typed in, or by `scenario` when the session is created.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One way for a consent to end. Its name in JSON is also the customer ID that chooses it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scenario {
    Success,
    SuccessRedirectUrl,
    SuccessRedirectOnly,
    SuccessSevered,
    Denied,
    OtpFailure,
    Ineligible,
    ConsentTimeout,
    UpstreamError,
    Cancelled,
    InvalidSession,
    InvalidSessionAlias,
    ExpiredSession,
    UsedSession,
    UnknownError,
    SmuggledError,
    BareError,
    Stranger,
    NeverAnswers,
    NeverLoads,
}

/// The consent page, for the rows that work in all modes.
pub(crate) const ALL_MODES: &[&str] = &["overlay", "container", "popup", "redirect"];
const FRAMED: &[&str] = &["overlay", "container"];
const WITH_A_LISTENER: &[&str] = &["overlay", "container", "popup"];

/// What the demo page says about a scenario.
pub(crate) struct Description {
    pub title: &'static str,
    /// `completed`, or the code of the LinkError.
    pub expect: &'static str,
    pub hint: &'static str,
    /// The modes in which it ends as expected.
    pub modes: &'static [&'static str],
    /// Whether a customer ID of its name is listed on the sign-in page.
    pub typed: bool,
}

impl Scenario {
    pub const ALL: [Self; 20] = [
        Self::Success,
        Self::SuccessRedirectUrl,
        Self::SuccessRedirectOnly,
        Self::SuccessSevered,
        Self::Denied,
        Self::OtpFailure,
        Self::Ineligible,
        Self::ConsentTimeout,
        Self::UpstreamError,
        Self::Cancelled,
        Self::InvalidSession,
        Self::InvalidSessionAlias,
        Self::ExpiredSession,
        Self::UsedSession,
        Self::UnknownError,
        Self::SmuggledError,
        Self::BareError,
        Self::Stranger,
        Self::NeverAnswers,
        Self::NeverLoads,
    ];

    /// `None`: there is no such scenario.
    pub fn from_name(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::String(name)) => name,
            _ => unreachable!("a unit variant is a string"),
        }
    }

    pub fn describe(self) -> Description {
        let row = |title, expect, hint, modes, typed| Description { title, expect, hint, modes, typed };
        match self {
            Self::Success => row("Consent given", "completed", "The person consents.", ALL_MODES, true),
            Self::SuccessRedirectUrl => row(
                "Consent given, with a redirectURL",
                "completed",
                "The answer carries a redirectURL beside the consent ID.",
                ALL_MODES,
                true,
            ),
            Self::SuccessRedirectOnly => row(
                "Consent given, redirectURL alone",
                "completed",
                "The answer carries no consent ID: the server finds the consent.",
                ALL_MODES,
                true,
            ),
            Self::SuccessSevered => row(
                "Consent given in a severed popup",
                "completed",
                "The provider’s Cross-Origin-Opener-Policy cuts the popup off; the answer comes by the return page.",
                &["popup"],
                false,
            ),
            Self::Denied => row(
                "Consent declined",
                "CONSENT_ENDUSER_DENIED",
                "The person declines to share.",
                ALL_MODES,
                true,
            ),
            Self::OtpFailure => row(
                "Wrong one-time password",
                "CONSENT_OTP_FAILURE",
                "No code is right; after three the bank gives up.",
                ALL_MODES,
                true,
            ),
            Self::Ineligible => row(
                "Not eligible",
                "CONSENT_ENDUSER_INELIGIBLE",
                "The bank says that this person may not share.",
                ALL_MODES,
                true,
            ),
            Self::ConsentTimeout => row(
                "Consent timed out",
                "CONSENT_TIMEOUT",
                "The bank waited too long for the person.",
                ALL_MODES,
                true,
            ),
            Self::UpstreamError => row(
                "The bank fails",
                "CONSENT_UPSTREAM_PROCESSING_ERROR",
                "The bank answers with an error of its own.",
                ALL_MODES,
                true,
            ),
            Self::Cancelled => row(
                "Cancelled in the provider’s page",
                "AUTH_SESSION_CANCELLED",
                "The person presses Cancel there.",
                ALL_MODES,
                true,
            ),
            Self::InvalidSession => row(
                "Invalid session",
                "LINK_INVALID_SESSION",
                "The provider’s page says so and stays, for the person to read.",
                ALL_MODES,
                true,
            ),
            Self::InvalidSessionAlias => row(
                "Invalid session, by its other name",
                "LINK_INVALID_SESSION",
                "The provider names it AUTH_SESSION_INVALID.",
                ALL_MODES,
                true,
            ),
            Self::ExpiredSession => row(
                "Expired session",
                "LINK_INVALID_SESSION",
                "The session is older than five days.",
                ALL_MODES,
                false,
            ),
            Self::UsedSession => row(
                "Used session",
                "LINK_INVALID_SESSION",
                "The session has been used before.",
                ALL_MODES,
                false,
            ),
            Self::UnknownError => row(
                "An error type of tomorrow",
                "LINK_INTERNAL_ERROR",
                "The provider names a code that nobody knows yet.",
                ALL_MODES,
                true,
            ),
            Self::SmuggledError => row(
                "A failure inside redirectURL",
                "CONSENT_ENDUSER_DENIED",
                "isCompleted is true, and the error stands in the redirectURL’s query.",
                WITH_A_LISTENER,
                true,
            ),
            Self::BareError => row(
                "A bare error",
                "LINK_INTERNAL_ERROR",
                "The message is { error } and nothing else.",
                ALL_MODES,
                true,
            ),
            Self::Stranger => row(
                "A success from another origin",
                "LINK_ORIGIN_MISMATCH",
                "The page goes to another origin, which claims success.",
                WITH_A_LISTENER,
                true,
            ),
            Self::NeverAnswers => row(
                "The page never answers",
                "LINK_TIMEOUT",
                "It loads, and then nothing happens.",
                WITH_A_LISTENER,
                true,
            ),
            Self::NeverLoads => row(
                "The page never loads",
                "LINK_LOAD_TIMEOUT",
                "The provider’s server holds the page back.",
                FRAMED,
                false,
            ),
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_listed_once_and_found_by_its_name() {
        for (index, scenario) in Scenario::ALL.into_iter().enumerate() {
            assert_eq!(Scenario::from_name(&scenario.name()), Some(scenario));
            assert_eq!(Scenario::ALL.iter().position(|&other| other == scenario), Some(index));
            assert_eq!(scenario.describe().expect == "completed", scenario.consents(), "{scenario:?}");
        }
        assert_eq!(Scenario::from_name("nonsense"), None);
    }
}

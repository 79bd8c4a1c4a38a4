//! How a consent flow can end. Chosen by `scenario` when the process is created, which the page then plays by itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One way to end.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scenario {
    Success,
    BadData,
    Visualisation,
    Denied,
    AuthError,
    ExpiredLink,
    Revoked,
    SuccessSevered,
    OtherTab,
    ColdCallback,
    WrongState,
    ClosesItself,
    NeverAnswers,
    NeverLoads,
}

/// First the default.
pub(crate) const ALL_MODES: &[&str] = &["popup", "redirect"];
const POPUP: &[&str] = &["popup"];
const REDIRECT: &[&str] = &["redirect"];

/// What the demo page says about a scenario.
pub(crate) struct Description {
    pub title: &'static str,
    /// `completed`, the code of the LinkError, or `none` where the page is told nothing.
    pub expect: &'static str,
    pub hint: &'static str,
    /// The modes in which it ends as expected.
    pub modes: &'static [&'static str],
}

impl Scenario {
    pub const ALL: [Self; 14] = [
        Self::Success,
        Self::BadData,
        Self::Visualisation,
        Self::Denied,
        Self::AuthError,
        Self::ExpiredLink,
        Self::Revoked,
        Self::SuccessSevered,
        Self::OtherTab,
        Self::ColdCallback,
        Self::WrongState,
        Self::ClosesItself,
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
        let row = |title, expect, hint, modes| Description { title, expect, hint, modes };
        match self {
            Self::Success => row(
                "Consent given, good data",
                "completed",
                "The person of 199503096316: a salary, savings, no surprises.",
                ALL_MODES,
            ),
            Self::BadData => row(
                "Consent given, bad data",
                "completed",
                "The person of 197710114682: quick loans, gambling, debt collection.",
                ALL_MODES,
            ),
            Self::Visualisation => row(
                "Consent given, then the visualisation",
                "completed",
                "What matters here is below: the server fetches a short-lived link, and the page embeds it.",
                ALL_MODES,
            ),
            Self::Denied => row(
                "Consent declined",
                "CONSENT_ENDUSER_DENIED",
                "The return URL says customerDeniedConsent.",
                ALL_MODES,
            ),
            Self::AuthError => row(
                "The sign-in fails",
                "LINK_PROVIDER_ERROR",
                "The bank refuses the sign-in; the return URL says authError.",
                ALL_MODES,
            ),
            Self::ExpiredLink => row(
                "Expired link",
                "LINK_PROVIDER_ERROR",
                "The link is older than 24 hours; the return URL says error=link_expired.",
                ALL_MODES,
            ),
            Self::Revoked => row(
                "Consent revoked",
                "CONSENT_ENDUSER_DENIED",
                "The return URL says consent=revoked; all data is deleted.",
                ALL_MODES,
            ),
            Self::SuccessSevered => row(
                "Consent given in a severed popup",
                "completed",
                "The provider’s Cross-Origin-Opener-Policy cuts the popup off; the answer comes by the return page.",
                POPUP,
            ),
            Self::OtherTab => row(
                "The bank returns in another tab",
                "completed",
                "The return page opens without an opener, and still finds the page that waits. One click.",
                POPUP,
            ),
            Self::ColdCallback => row(
                "A callback that nobody waits for",
                "none",
                "The return page opens in a tab that began nothing: resume() is null. One click.",
                REDIRECT,
            ),
            Self::WrongState => row(
                "Somebody else’s state",
                "LINK_STATE_MISMATCH",
                "The return URL carries another state than the server gave.",
                ALL_MODES,
            ),
            Self::ClosesItself => row(
                "The popup closes itself",
                "LINK_USER_CANCELLED",
                "The provider’s page closes its window without an answer.",
                POPUP,
            ),
            Self::NeverAnswers => {
                row("The page never answers", "LINK_TIMEOUT", "It loads, and then nothing happens.", POPUP)
            }
            Self::NeverLoads => row(
                "The page never loads",
                "LINK_TIMEOUT",
                "The provider’s server holds the page back. A popup’s loading cannot be seen: only the whole flow’s time runs out.",
                POPUP,
            ),
        }
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
        }
        assert_eq!(Scenario::from_name("nonsense"), None);
    }
}

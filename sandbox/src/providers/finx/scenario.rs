//! How a flow can end. Chosen by the customer number typed in, or by `scenario` when the link is created.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One way for a flow to end. Its name in JSON is also the customer number that chooses it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scenario {
    Success,
    SuccessLocationOnly,
    Severed,
    ExpiredCode,
    Cancel,
    Failure,
    Denied,
    StateSwapped,
    StateMissing,
    Stranger,
    NeverAnswers,
    NeverLoads,
}

/// The pages, for the rows that work in all modes.
pub(crate) const ALL_MODES: &[&str] = &["overlay", "container", "popup", "redirect"];
const FRAMED: &[&str] = &["overlay", "container"];
const WITHOUT_REDIRECT: &[&str] = &["overlay", "container", "popup"];

/// What the demo page says about a scenario.
pub(crate) struct Description {
    pub title: &'static str,
    /// `completed`, or the code of the LinkError.
    pub expect: &'static str,
    pub hint: &'static str,
    /// The modes in which it ends as expected.
    pub modes: &'static [&'static str],
    /// The name in the page's words of what it does, where it is listed there.
    pub typed: Option<&'static str>,
}

impl Scenario {
    pub const ALL: [Self; 12] = [
        Self::Success,
        Self::SuccessLocationOnly,
        Self::Severed,
        Self::ExpiredCode,
        Self::Cancel,
        Self::Failure,
        Self::Denied,
        Self::StateSwapped,
        Self::StateMissing,
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
            Self::Success => row(
                "Bank connected",
                "completed",
                "The person shares all accounts.",
                ALL_MODES,
                Some("customer-success"),
            ),
            Self::SuccessLocationOnly => row(
                "Bank connected, the code in location alone",
                "completed",
                "The message’s query is empty; its location carries everything.",
                ALL_MODES,
                Some("customer-location"),
            ),
            Self::Severed => row(
                "Bank connected in a severed popup",
                "completed",
                "The provider’s Cross-Origin-Opener-Policy cuts the popup off; the answer comes by the return page.",
                &["popup"],
                None,
            ),
            Self::ExpiredCode => row(
                "Bank connected, the code expired",
                "completed",
                "The page has its answer; the server’s exchange of the code then fails.",
                ALL_MODES,
                Some("customer-expired"),
            ),
            Self::Cancel => row(
                "Cancelled in the provider’s page",
                "LINK_USER_CANCELLED",
                "The person presses Cancel there.",
                ALL_MODES,
                Some("customer-cancel"),
            ),
            Self::Failure => row(
                "The bank fails",
                "LINK_PROVIDER_ERROR",
                "The answer is success=false, and nobody cancelled.",
                ALL_MODES,
                Some("customer-failure"),
            ),
            Self::Denied => row(
                "Access denied",
                "CONSENT_ENDUSER_DENIED",
                "The answer carries error=access_denied.",
                ALL_MODES,
                Some("customer-denied"),
            ),
            Self::StateSwapped => row(
                "Somebody else’s state",
                "LINK_STATE_MISMATCH",
                "The answer is a success with another state than the server gave.",
                ALL_MODES,
                Some("customer-swapped"),
            ),
            Self::StateMissing => row(
                "No state",
                "LINK_STATE_MISMATCH",
                "The answer is a success that leaves the state out.",
                ALL_MODES,
                Some("customer-missing"),
            ),
            Self::Stranger => row(
                "A success from another origin",
                "LINK_TIMEOUT",
                "The page goes to another origin, which claims success: it is not heard.",
                WITHOUT_REDIRECT,
                Some("customer-stranger"),
            ),
            Self::NeverAnswers => row(
                "The page never answers",
                "LINK_TIMEOUT",
                "It loads, and then nothing happens.",
                WITHOUT_REDIRECT,
                Some("customer-never"),
            ),
            Self::NeverLoads => row(
                "The page never loads",
                "LINK_LOAD_TIMEOUT",
                "The provider’s server holds the page back.",
                FRAMED,
                None,
            ),
        }
    }

    /// Whether a code comes of it.
    pub fn connects(self) -> bool {
        matches!(
            self,
            Self::Success
                | Self::SuccessLocationOnly
                | Self::Severed
                | Self::ExpiredCode
                | Self::StateSwapped
                | Self::StateMissing
        )
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
            assert!(scenario.connects() || scenario.describe().expect != "completed", "{scenario:?}");
        }
        assert_eq!(Scenario::from_name("nonsense"), None);
    }
}

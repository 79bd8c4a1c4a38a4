//! How a payment or a consent can end. Chosen by the user name typed in, or by `scenario` when the link is created.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::store::Status;

/// One way to end. Its name in JSON is also the user name that chooses it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scenario {
    Success,
    Payment,
    DirectSca,
    DirectScaDenied,
    Denied,
    Failed,
    Expired,
    Revoked,
    Suspended,
    FundsRejected,
    ProviderError,
    SuccessSevered,
    OtherTab,
    ColdCallback,
    WrongState,
    ClosesItself,
    NeverAnswers,
    NeverLoads,
    NeverLoadsPopup,
}

/// The provider's own, first the default.
pub(crate) const ALL_MODES: &[&str] = &["popup", "redirect", "overlay", "container"];
const WITH_A_PAGE_BEHIND: &[&str] = &["popup", "overlay", "container"];
const FRAMED: &[&str] = &["overlay", "container"];
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
    /// Whether a user name of its name is listed on the bank's sign-in.
    pub typed: bool,
}

impl Scenario {
    pub const ALL: [Self; 19] = [
        Self::Success,
        Self::Payment,
        Self::DirectSca,
        Self::DirectScaDenied,
        Self::Denied,
        Self::Failed,
        Self::Expired,
        Self::Revoked,
        Self::Suspended,
        Self::FundsRejected,
        Self::ProviderError,
        Self::SuccessSevered,
        Self::OtherTab,
        Self::ColdCallback,
        Self::WrongState,
        Self::ClosesItself,
        Self::NeverAnswers,
        Self::NeverLoads,
        Self::NeverLoadsPopup,
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
                "Consent given",
                "completed",
                "The person shares accounts; the return URL says active.",
                ALL_MODES,
                false,
            ),
            Self::Payment => row(
                "Payment made",
                "completed",
                "The person pays 100.50 RON; the return URL says completed.",
                ALL_MODES,
                false,
            ),
            Self::DirectSca => row(
                "Straight to the bank (direct_sca)",
                "completed",
                "The bank returns to the merchant, whose server relays the query string byte for byte.",
                ALL_MODES,
                false,
            ),
            Self::DirectScaDenied => row(
                "Straight to the bank, declined",
                "CONSENT_ENDUSER_DENIED",
                "The bank returns to the merchant with error=access_denied.",
                ALL_MODES,
                false,
            ),
            Self::Denied => {
                row("Declined", "CONSENT_ENDUSER_DENIED", "The person declines at the bank.", ALL_MODES, true)
            }
            Self::Failed => {
                row("The bank fails", "LINK_PROVIDER_ERROR", "The return URL says failed.", ALL_MODES, true)
            }
            Self::Expired => row(
                "Expired link",
                "CONSENT_TIMEOUT",
                "The link is older than its expires_in; the return URL says expired.",
                ALL_MODES,
                false,
            ),
            Self::Revoked => row(
                "Revoked",
                "CONSENT_ENDUSER_DENIED",
                "The person has revoked the consent at the bank.",
                ALL_MODES,
                true,
            ),
            Self::Suspended => row(
                "Suspended",
                "LINK_PROVIDER_ERROR",
                "The bank has suspended the consent.",
                ALL_MODES,
                true,
            ),
            Self::FundsRejected => row(
                "Funds rejected",
                "LINK_PROVIDER_ERROR",
                "The payment is made, and the creditor’s bank rejects the funds.",
                ALL_MODES,
                true,
            ),
            Self::ProviderError => row(
                "An error of the provider’s",
                "LINK_PROVIDER_ERROR",
                "The return URL says error=server_error.",
                ALL_MODES,
                true,
            ),
            Self::SuccessSevered => row(
                "Consent given in a severed popup",
                "completed",
                "The provider’s Cross-Origin-Opener-Policy cuts the popup off; the answer comes by the return page.",
                POPUP,
                false,
            ),
            Self::OtherTab => row(
                "The bank returns in another tab",
                "completed",
                "The return page opens without an opener, and still finds the page that waits. One click.",
                POPUP,
                false,
            ),
            Self::ColdCallback => row(
                "A callback that nobody waits for",
                "none",
                "The return page opens in a tab that began nothing: resume() is null. One click.",
                REDIRECT,
                false,
            ),
            Self::WrongState => row(
                "Somebody else’s state",
                "LINK_STATE_MISMATCH",
                "The return URL carries another state than the server gave.",
                ALL_MODES,
                false,
            ),
            Self::ClosesItself => row(
                "The popup closes itself",
                "LINK_USER_CANCELLED",
                "The provider’s page closes its window without an answer.",
                POPUP,
                false,
            ),
            Self::NeverAnswers => row(
                "The page never answers",
                "LINK_TIMEOUT",
                "It loads, and then nothing happens.",
                WITH_A_PAGE_BEHIND,
                false,
            ),
            Self::NeverLoads => row(
                "The page never loads",
                "LINK_LOAD_TIMEOUT",
                "The provider’s server holds the page back.",
                FRAMED,
                false,
            ),
            Self::NeverLoadsPopup => row(
                "The popup never loads",
                "LINK_TIMEOUT",
                "The provider’s server holds the page back. A popup’s loading cannot be seen: only the whole flow’s time runs out.",
                POPUP,
                false,
            ),
        }
    }

    /// Whether it is about a payment. The others are about a consent, or can be about either.
    pub fn pays(self) -> bool {
        matches!(self, Self::Payment | Self::FundsRejected)
    }

    /// Whether the link leads straight to the bank.
    pub fn is_direct(self) -> bool {
        matches!(self, Self::DirectSca | Self::DirectScaDenied)
    }

    /// What the payment or consent becomes, step by step. `None`: nothing happens to it.
    pub fn statuses(self, pays: bool) -> Option<&'static [Status]> {
        Some(match self {
            Self::ClosesItself | Self::NeverAnswers | Self::NeverLoads | Self::NeverLoadsPopup => {
                return None;
            }
            Self::Denied | Self::DirectScaDenied | Self::Failed | Self::ProviderError => &[Status::Failed],
            Self::Expired => &[Status::Expired],
            Self::Revoked => &[Status::Revoked],
            Self::Suspended => &[Status::Suspended],
            Self::FundsRejected if pays => &[Status::Submitted, Status::Completed, Status::FundsRejected],
            Self::FundsRejected => &[Status::Failed],
            _ if pays => &[Status::Submitted, Status::Completed, Status::FundsReceived],
            _ => &[Status::Authorized, Status::Active],
        })
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

//! How a person fares in Flinks Connect. Chosen by the username typed in, or by `scenario` when the token is minted.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::session::{ANSWER, Action, DISABLED_INSTITUTION, INSTITUTION, PASSWORD, USERNAME};

/// One way to fare. Its name in JSON is also the username that chooses it, where it can be typed.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scenario {
    Success,
    SuccessUrlOnly,
    SuccessAccounts,
    Stringify,
    EveryStep,
    WrongPassword,
    MfaRetry,
    InstitutionDisabled,
    RedirectWithoutLogin,
    BankWindow,
    Severed,
    TokenInvalidOnce,
    Closed,
    Denied,
    MaximumRetry,
    TokenInvalid,
    SessionExpired,
    Stranger,
    NeverAnswers,
    NeverLoads,
}

/// The pages, for the rows that work in all modes.
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
}

impl Scenario {
    pub const ALL: [Self; 20] = [
        Self::Success,
        Self::SuccessUrlOnly,
        Self::SuccessAccounts,
        Self::Stringify,
        Self::EveryStep,
        Self::WrongPassword,
        Self::MfaRetry,
        Self::InstitutionDisabled,
        Self::RedirectWithoutLogin,
        Self::BankWindow,
        Self::Severed,
        Self::TokenInvalidOnce,
        Self::Closed,
        Self::Denied,
        Self::MaximumRetry,
        Self::TokenInvalid,
        Self::SessionExpired,
        Self::Stranger,
        Self::NeverAnswers,
        Self::NeverLoads,
    ];

    /// Those that the page lists as usernames. The rest comes of what a person does, or of the token.
    pub const TYPED: [Self; 6] = [
        Self::SuccessUrlOnly,
        Self::RedirectWithoutLogin,
        Self::EveryStep,
        Self::SessionExpired,
        Self::Stranger,
        Self::NeverAnswers,
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
            Self::Success => row("Bank connected", "completed", "The person shares one account.", ALL_MODES),
            Self::SuccessUrlOnly => row(
                "Bank connected, loginId in the URL alone",
                "completed",
                "The REDIRECT event has no loginId field, as in older versions.",
                ALL_MODES,
            ),
            Self::SuccessAccounts => row(
                "Bank connected, several accounts",
                "completed",
                "The person shares all accounts; accountIds names them.",
                ALL_MODES,
            ),
            Self::Stringify => row(
                "Bank connected, events as strings",
                "completed",
                "With stringify=true every event is a JSON string.",
                ALL_MODES,
            ),
            Self::EveryStep => row(
                "Bank connected, by way of every step",
                "completed",
                "Every documented event comes once, and one that nobody knows.",
                ALL_MODES,
            ),
            Self::WrongPassword => row(
                "Wrong password, then the right one",
                "completed",
                "An INVALID_PASSWORD event is a step: the person tries again.",
                ALL_MODES,
            ),
            Self::MfaRetry => row(
                "Wrong answer, then the right one",
                "completed",
                "An INVALID_SECURITY_RESPONSE event is a step: the bank asks again.",
                ALL_MODES,
            ),
            Self::InstitutionDisabled => row(
                "A bank that is out of order",
                "completed",
                "After DISABLED_INSTITUTION the person picks another bank.",
                ALL_MODES,
            ),
            Self::RedirectWithoutLogin => row(
                "A REDIRECT without a loginId",
                "completed",
                "It is no success; the one that follows is.",
                ALL_MODES,
            ),
            Self::BankWindow => row(
                "The bank in a window of its own",
                "completed",
                "POPUP_BLOCKED and POPUP_OPENED: an OAuth bank opens its own page.",
                ALL_MODES,
            ),
            Self::Severed => row(
                "Bank connected in a severed popup",
                "completed",
                "The provider’s Cross-Origin-Opener-Policy cuts the popup off; the answer comes by the return page.",
                &["popup"],
            ),
            Self::TokenInvalidOnce => row(
                "A stale token, renewed",
                "completed",
                "After TOKEN_INVALID the page gets a new token from its server, and the widget loads again.",
                WITH_A_LISTENER,
            ),
            Self::Closed => row(
                "Closed in the provider’s page",
                "LINK_USER_CANCELLED",
                "The person presses the cross there.",
                WITH_A_LISTENER,
            ),
            Self::Denied => {
                row("Consent declined", "CONSENT_ENDUSER_DENIED", "The person declines to share.", ALL_MODES)
            }
            Self::MaximumRetry => row(
                "Wrong too often",
                "LINK_PROVIDER_ERROR",
                "After three wrong answers the bank gives up.",
                ALL_MODES,
            ),
            Self::TokenInvalid => row(
                "No token is good",
                "LINK_INVALID_SESSION",
                "The new token is refused as well.",
                WITH_A_LISTENER,
            ),
            Self::SessionExpired => row(
                "Expired session",
                "LINK_INVALID_SESSION",
                "The session ends while the person signs in.",
                WITH_A_LISTENER,
            ),
            Self::Stranger => row(
                "A success from another origin",
                "LINK_TIMEOUT",
                "The page goes to another origin, which claims success: it is not heard.",
                WITH_A_LISTENER,
            ),
            Self::NeverAnswers => {
                row("The page never answers", "LINK_TIMEOUT", "It stops after the sign-in.", WITH_A_LISTENER)
            }
            Self::NeverLoads => row(
                "The page never loads",
                "LINK_LOAD_TIMEOUT",
                "The provider’s server holds the page back.",
                FRAMED,
            ),
        }
    }

    /// What the invented person does, where the page plays by itself.
    pub fn script(self) -> Vec<Action> {
        let sign_in =
            |password: &str| Action::SignIn { username: USERNAME.into(), password: password.into() };
        let choose = |institution: &str| Action::Choose { institution: institution.into() };
        let answer = |answer: &str| Action::Answer { answer: answer.into() };
        let mut script = vec![Action::AcceptConsent];
        match self {
            Self::TokenInvalid | Self::TokenInvalidOnce | Self::NeverLoads => return Vec::new(),
            Self::Denied => return vec![Action::DenyConsent],
            Self::Closed => {
                script.extend([choose(INSTITUTION), Action::Close]);
                return script;
            }
            Self::InstitutionDisabled => script.push(choose(DISABLED_INSTITUTION)),
            _ => {}
        }
        script.push(choose(INSTITUTION));
        if self == Self::BankWindow {
            script.extend([Action::BankWindow { opened: false }, Action::BankWindow { opened: true }]);
        }
        if self == Self::WrongPassword {
            script.push(sign_in("wrong"));
        }
        script.push(sign_in(PASSWORD));
        match self {
            Self::SessionExpired | Self::Stranger | Self::NeverAnswers => return script,
            Self::MaximumRetry => {
                script.extend(std::iter::repeat_n(answer("wrong"), 3));
                return script;
            }
            Self::MfaRetry => script.push(answer("wrong")),
            _ => {}
        }
        script.extend([
            answer(ANSWER),
            Action::Accounts { all: self == Self::SuccessAccounts, accounts: Vec::new() },
        ]);
        script
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

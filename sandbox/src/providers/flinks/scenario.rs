//! How a person fares in Flinks Connect. Chosen by the username typed in, or by `scenario` when the token is minted.

use strum::{EnumMessage, EnumProperty, EnumString, IntoStaticStr, VariantArray};

use super::institutions::{ANSWER, DISABLED_INSTITUTION, INSTITUTION, PASSWORD, USERNAME};
use super::turn::Action;

/// One way to fare. Its name in JSON is also the username that chooses it, where it can be typed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumMessage, EnumProperty, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Scenario {
    /// The person shares one account.
    #[strum(message = "Bank connected", props(expect = "completed"))]
    Success,
    /// The REDIRECT event has no loginId field, as in older versions.
    #[strum(message = "Bank connected, loginId in the URL alone", props(expect = "completed", typed = true))]
    SuccessUrlOnly,
    /// The person shares all accounts; accountIds names them.
    #[strum(message = "Bank connected, several accounts", props(expect = "completed"))]
    SuccessAccounts,
    /// With stringify=true every event is a JSON string.
    #[strum(message = "Bank connected, events as strings", props(expect = "completed"))]
    Stringify,
    /// Every documented event comes once, and one that nobody knows.
    #[strum(message = "Bank connected, by way of every step", props(expect = "completed", typed = true))]
    EveryStep,
    /// An INVALID_PASSWORD event is a step: the person tries again.
    #[strum(message = "Wrong password, then the right one", props(expect = "completed"))]
    WrongPassword,
    /// An INVALID_SECURITY_RESPONSE event is a step: the bank asks again.
    #[strum(message = "Wrong answer, then the right one", props(expect = "completed"))]
    MfaRetry,
    /// After DISABLED_INSTITUTION the person picks another bank.
    #[strum(message = "A bank that is out of order", props(expect = "completed"))]
    InstitutionDisabled,
    /// It is no success; the one that follows is.
    #[strum(message = "A REDIRECT without a loginId", props(expect = "completed", typed = true))]
    RedirectWithoutLogin,
    /// POPUP_BLOCKED and POPUP_OPENED: an OAuth bank opens its own page.
    #[strum(message = "The bank in a window of its own", props(expect = "completed"))]
    BankWindow,
    /// The provider’s Cross-Origin-Opener-Policy cuts the popup off; the answer comes by the return page.
    #[strum(message = "Bank connected in a severed popup", props(expect = "completed", modes = "popup"))]
    Severed,
    /// After TOKEN_INVALID the page gets a new token from its server, and the widget loads again.
    #[strum(message = "A stale token, renewed")]
    #[strum(props(expect = "completed", modes = "overlay container popup"))]
    TokenInvalidOnce,
    /// The person presses the cross there.
    #[strum(message = "Closed in the provider’s page")]
    #[strum(props(expect = "LINK_USER_CANCELLED", modes = "overlay container popup"))]
    Closed,
    /// The person declines to share.
    #[strum(message = "Consent declined", props(expect = "CONSENT_ENDUSER_DENIED"))]
    Denied,
    /// After three wrong answers the bank gives up.
    #[strum(message = "Wrong too often", props(expect = "LINK_PROVIDER_ERROR"))]
    MaximumRetry,
    /// The new token is refused as well.
    #[strum(message = "No token is good")]
    #[strum(props(expect = "LINK_INVALID_SESSION", modes = "overlay container popup"))]
    TokenInvalid,
    /// The session ends while the person signs in.
    #[strum(message = "Expired session")]
    #[strum(props(expect = "LINK_INVALID_SESSION", modes = "overlay container popup", typed = true))]
    SessionExpired,
    /// The page goes to another origin, which claims success: it is not heard.
    #[strum(message = "A success from another origin")]
    #[strum(props(expect = "LINK_TIMEOUT", modes = "overlay container popup", typed = true))]
    Stranger,
    /// It stops after the sign-in.
    #[strum(message = "The page never answers")]
    #[strum(props(expect = "LINK_TIMEOUT", modes = "overlay container popup", typed = true))]
    NeverAnswers,
    /// The provider’s server holds the page back.
    #[strum(message = "The page never loads")]
    #[strum(props(expect = "LINK_LOAD_TIMEOUT", modes = "overlay container"))]
    NeverLoads,
}

impl Scenario {
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

//! What a person does in Flinks Connect, and what its page then says, shows and does.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::data::Login;

/// What a person does.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub(crate) enum Action {
    AcceptConsent,
    DenyConsent,
    Choose {
        institution: String,
    },
    SignIn {
        username: String,
        password: String,
    },
    /// A bank's own page was to open beside this one.
    BankWindow {
        opened: bool,
    },
    /// On that page the person agreed.
    BankAgreed,
    Answer {
        answer: String,
    },
    Accounts {
        #[serde(default)]
        all: bool,
        #[serde(default)]
        accounts: Vec<String>,
    },
    Back,
    Close,
}

/// What the page is to do next.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Turn {
    /// The events, in order.
    pub say: Vec<Value>,
    /// The step to show; absent: the one that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show: Option<&'static str>,
    /// The name in the page's words of what went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leave: Option<Leave>,
    /// Somebody else's page, that goes on to speak from its own origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stranger_url: Option<String>,
    #[serde(skip)]
    pub login: Option<Login>,
}

/// Where the person goes when it is over.
#[derive(Debug, Serialize)]
pub(super) struct Leave {
    pub url: String,
    /// Inside the frame instead of the whole tab.
    pub inside: bool,
    /// Only where no window listens: it has been told otherwise.
    pub alone: bool,
}

/// The documented steps that a plain success does not take, and one of tomorrow.
pub(super) const EVERY_OTHER_STEP: [&str; 17] = [
    "APP_OFFLINE",
    "APP_ONLINE",
    "APP_RESIZE",
    "COMPONENT_ACCEPT_PROVIDER_CONSENT",
    "COMPONENT_ACCEPT_TERMS",
    "COMPONENT_DENY_TERMS",
    "COMPONENT_CLICK_TERMS_URL",
    "COMPONENT_CLICK_RESET_PASSWORD",
    "COMPONENT_HELP2FA_INFO",
    "COMPONENT_HELP2FA_TROUBLESHOOTING",
    "ENHANCED_MFA_HAS_QUESTIONS",
    "ENHANCED_MFA_NO_QUESTIONS",
    "POPUP_OPENED",
    "POPUP_BLOCKED",
    "ERROR",
    "RETRY_LATER",
    "COMPONENT_LOAD_LUNAR_ECLIPSE",
];

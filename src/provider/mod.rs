//! What each provider says: how its page is opened, what its messages and return URLs mean.
//!
//! Nothing here touches a page, a clock or a network, so a server can use it as well:
//!
//! ```
//! use link_widget::provider::{Outcome, Provider};
//!
//! let url = "https://shop.example/cancel?error=access_denied&error_type=CONSENT_TIMEOUT";
//! let Outcome::Failed(error) = Provider::Fiskil.parse_callback(url) else { panic!() };
//! assert_eq!(error.code.as_str(), "CONSENT_TIMEOUT");
//! ```

pub mod fields;
pub mod fiskil;

use crate::error::{ErrorCode, LinkError};
use crate::options::{Given, text};
use crate::record::Record;
use crate::url::{Query, Url};
use fields::Fields;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What each provider's file answers.
pub(crate) trait Protocol {
    /// What a message from the provider's page says; `None` where it is not of this protocol.
    fn message<F: Fields>(data: &F) -> Option<Outcome>;

    /// What the URL says that the provider sent the user back to. `query` is that of `url`.
    fn callback(url: &str, query: &Query) -> Outcome;

    /// Whether this message, which came from the provider's window at another origin than the allowed
    /// one, ends the flow with LINK_ORIGIN_MISMATCH. Where not, it is dropped.
    fn is_fatal_elsewhere<F: Fields>(data: &F) -> bool {
        let _ = data;
        false
    }

    /// The origin that it hosts its pages on, where every customer's is the same.
    const ORIGIN: Option<&str> = None;

    /// Whether the provider's page explains an invalid session itself, and should stay to be read.
    const EXPLAINS_INVALID_SESSION: bool = false;
}

macro_rules! providers {
    ($($(#[$doc:meta])* $variant:ident $name:literal $title:literal $protocol:path;)*) => {
        /// An open-banking provider.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Provider {
            $($(#[$doc])* $variant,)*
        }

        impl Provider {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in JavaScript, such as `fiskil`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The provider of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// Its name as people write it.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            fn message<F: Fields>(self, data: &F) -> Option<Outcome> {
                match self { $(Self::$variant => <$protocol>::message(data),)* }
            }

            fn callback(self, url: &str, query: &Query) -> Outcome {
                match self { $(Self::$variant => <$protocol>::callback(url, query),)* }
            }

            pub(crate) fn is_fatal_elsewhere<F: Fields>(self, data: &F) -> bool {
                match self { $(Self::$variant => <$protocol>::is_fatal_elsewhere(data),)* }
            }

            pub(crate) const fn origin(self) -> Option<&'static str> {
                match self { $(Self::$variant => <$protocol>::ORIGIN,)* }
            }

            pub(crate) const fn explains_invalid_session(self) -> bool {
                match self { $(Self::$variant => <$protocol>::EXPLAINS_INVALID_SESSION,)* }
            }
        }
    };
}

providers! {
    /// Fiskil, Australia.
    Fiskil "fiskil" "Fiskil" fiskil::Fiskil;
}

impl Provider {
    /// What a message from the provider's page says. `None`: not this provider's protocol.
    ///
    /// Takes untrusted input of any shape. Where the message came from is the caller's to check.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn parse_message(self, data: &serde_json::Value) -> Option<Outcome> {
        self.read(&fields::Json::new(data.clone()))
    }

    /// What a message says, read from anything.
    pub fn read<F: Fields>(self, data: &F) -> Option<Outcome> {
        let outcome = self.message(data).map(|outcome| outcome.of(self));
        if data.is_too_long() { None } else { outcome }
    }

    /// What the URL says that the provider sent the user back to.
    pub fn parse_callback(self, url: &str) -> Outcome {
        let outcome = if Url::may_be_callback(url) {
            self.callback(url, &Query::of(url))
        } else {
            let takes = "an absolute URL of at most 64 KiB";
            Outcome::Failed(LinkError::invalid("The callback URL", takes))
        };
        outcome.of(self)
    }
}

/// What is to be opened.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// Fiskil's consent pages.
    Fiskil {
        /// The `session_id` that Fiskil's API gave, or the whole `auth_url`.
        session: String,
        /// Where the pages are; `None`: [`fiskil::AUTH_SERVER`].
        auth_server: Option<String>,
    },
}

impl Target {
    /// Fiskil's consent pages for this session.
    pub fn fiskil(session: impl Into<String>) -> Self {
        Self::Fiskil { session: session.into(), auth_server: None }
    }

    /// Whose pages they are.
    pub fn provider(&self) -> Provider {
        match self {
            Self::Fiskil { .. } => Provider::Fiskil,
        }
    }

    /// Reads what a launcher was given: its first argument, and the options that only this provider has.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: not of the type that it must be.
    pub fn read(provider: Provider, subject: Option<String>, given: &impl Given) -> Result<Self, LinkError> {
        let subject = |name, takes| subject.ok_or_else(|| LinkError::invalid(name, takes));
        Ok(match provider {
            Provider::Fiskil => Self::Fiskil {
                session: subject("sessionId", "a string: the session_id of a Fiskil auth session")?,
                auth_server: text(given, "authServer", "a string: an https URL")?,
            },
        })
    }

    /// The page to open.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: no URL that may be opened.
    pub(crate) fn url(&self) -> Result<Url, LinkError> {
        match self {
            Self::Fiskil { session, auth_server } => fiskil::open_url(session, auth_server.as_deref()),
        }
    }
}

/// What a message or a return URL says.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The user has connected.
    Completed(LinkResult),
    /// It ended without a connection.
    Failed(LinkError),
    /// The user is on the way; the flow goes on.
    Step(Step),
}

impl Outcome {
    fn of(self, provider: Provider) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(error.of(provider)),
            other => other,
        }
    }

    /// As `parseMessage` and `parseCallback` give it to JavaScript, but for `provider`.
    pub fn into_record(self) -> Record {
        let mut record = Record::default();
        let kind = match self {
            Self::Completed(result) => {
                record.record("result", result.0);
                "completed"
            }
            Self::Failed(error) => {
                error.put_into(&mut record);
                "failed"
            }
            Self::Step(step) => {
                step.put_into(&mut record);
                "step"
            }
        };
        record.text("kind", kind);
        record
    }
}

/// How a flow completed. What a browser says is a hint: confirm it on your server.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkResult(pub(crate) Record);

impl LinkResult {
    /// The result as its provider's type, such as [`fiskil::FiskilResult`].
    ///
    /// # Errors
    /// It is the result of another provider, in words.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        self.0.read()
    }

    /// As it is given to JavaScript.
    pub fn into_record(self) -> Record {
        self.0
    }
}

/// Where a user is on the way to a connection, the same words for every provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum StepKind {
    Loaded,
    Institution,
    Credentials,
    Mfa,
    Accounts,
    Consent,
    Retry,
    Handoff,
    Offline,
    Online,
    Other,
}

impl StepKind {
    /// Its name in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Institution => "institution",
            Self::Credentials => "credentials",
            Self::Mfa => "mfa",
            Self::Accounts => "accounts",
            Self::Consent => "consent",
            Self::Retry => "retry",
            Self::Handoff => "handoff",
            Self::Offline => "offline",
            Self::Online => "online",
            Self::Other => "other",
        }
    }
}

/// A step on the way to a connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// In the words that all providers share.
    pub step: StepKind,
    /// In the provider's own.
    pub provider_step: String,
    /// What came with it. Never a login, code, token or consent ID.
    pub data: Record,
}

impl Step {
    pub(crate) fn put_into(self, record: &mut Record) {
        record.text("step", self.step.as_str());
        record.text("providerStep", &self.provider_step);
        record.record("data", self.data);
    }
}

/// A failure that the provider reported, with its own message where it gave one.
pub(crate) fn failed(
    code: ErrorCode,
    message: Option<String>,
    otherwise: &'static str,
    details: Record,
) -> Outcome {
    let message = message.filter(|message| !message.is_empty()).map_or(Cow::Borrowed(otherwise), Cow::Owned);
    Outcome::Failed(LinkError::new(code, message).with(details))
}

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
#[cfg(feature = "every-provider")]
pub mod fimento;
#[cfg(feature = "every-provider")]
pub mod finqlink;
#[cfg(feature = "every-provider")]
pub mod finx;
pub mod fiskil;
#[cfg(feature = "every-provider")]
pub mod flinks;

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

    /// The `state` in a message, for protocols that have one.
    fn message_state<F: Fields>(data: &F) -> Option<String> {
        let _ = data;
        None
    }

    /// The parameters of its return URLs, beside `state`, `code`, `status` and `error*`, which are common.
    const PARAMETERS: &str;

    /// Whether a message says that the token in the URL is not accepted, where the page can be loaded again
    /// with another one.
    fn refuses_token<F: Fields>(data: &F) -> bool {
        let _ = data;
        false
    }

    /// The origin that it hosts its pages on, where every customer's is the same.
    const ORIGIN: Option<&str> = None;

    /// Whether the provider's page explains an invalid session itself, and should stay to be read.
    const EXPLAINS_INVALID_SESSION: bool = false;
}

macro_rules! providers {
    ($($(#[$doc:meta])* $variant:ident $name:literal $title:literal $protocol:path $(, $feature:literal)?;)*) => {
        /// An open-banking provider.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Provider {
            $($(#[cfg(feature = $feature)])? $(#[$doc])* $variant,)*
        }

        impl Provider {
            /// All of them.
            pub const ALL: &[Self] = &[$($(#[cfg(feature = $feature)])? Self::$variant,)*];

            /// Its name in JavaScript, such as `fiskil`.
            pub const fn name(self) -> &'static str {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => $name,)* }
            }

            /// The provider of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($(#[cfg(feature = $feature)])? $name => Some(Self::$variant),)* _ => None }
            }

            /// Its name as people write it.
            pub(crate) const fn title(self) -> &'static str {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => $title,)* }
            }

            fn message<F: Fields>(self, data: &F) -> Option<Outcome> {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => <$protocol>::message(data),)* }
            }

            fn callback(self, url: &str, query: &Query) -> Outcome {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => <$protocol>::callback(url, query),)* }
            }

            pub(crate) fn refuses_token<F: Fields>(self, data: &F) -> bool {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => <$protocol>::refuses_token(data),)* }
            }

            /// The names, parted by spaces, of the parameters of its return URLs that are not common to all.
            pub const fn parameters(self) -> &'static str {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => <$protocol>::PARAMETERS,)* }
            }

            fn message_state<F: Fields>(self, data: &F) -> Option<String> {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => <$protocol>::message_state(data),)* }
            }

            pub(crate) fn is_fatal_elsewhere<F: Fields>(self, data: &F) -> bool {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => <$protocol>::is_fatal_elsewhere(data),)* }
            }

            pub(crate) const fn origin(self) -> Option<&'static str> {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => <$protocol>::ORIGIN,)* }
            }

            pub(crate) const fn explains_invalid_session(self) -> bool {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => <$protocol>::EXPLAINS_INVALID_SESSION,)* }
            }
        }
    };
}

providers! {
    /// Fiskil, Australia.
    Fiskil "fiskil" "Fiskil" fiskil::Fiskil;
    /// Flinks Connect, Canada.
    Flinks "flinks" "Flinks" flinks::Flinks, "every-provider";
    /// finX, Germany.
    Finx "finx" "finX" finx::Finx, "every-provider";
    /// FinqLink, Romania.
    Finqlink "finqlink" "FinqLink" finqlink::Finqlink, "every-provider";
    /// Fimento, Sweden and Finland.
    Fimento "fimento" "Fimento" fimento::Fimento, "every-provider";
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

    /// What a message says in a flow that expects this `state`, where it expects one.
    pub(crate) fn read_expecting<F: Fields>(self, data: &F, state: Option<&str>) -> Option<Outcome> {
        let outcome = self.read(data)?;
        let is_right = state.is_none() || self.message_state(data).as_deref() == state;
        Some(if is_right { outcome } else { Outcome::Failed(wrong_state().of(self)) })
    }

    /// Whether a return URL carries parameters of this provider's.
    pub(crate) fn is_callback(self, query: &Query) -> bool {
        let common = "code status error error_type";
        [self.parameters(), common].iter().any(|names| names.split(' ').any(|name| query.get(name).is_some()))
    }

    /// What the URL says that the provider sent the user back to, in a flow that expects this `state`.
    pub fn parse_callback_expecting(self, url: &str, state: &str) -> Outcome {
        let is_right = !Url::may_be_callback(url) || Query::of(url).get("state").as_deref() == Some(state);
        if is_right { self.parse_callback(url) } else { Outcome::Failed(wrong_state().of(self)) }
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

const AN_URL: &str = "a string: an https URL";

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
    /// Flinks Connect.
    #[cfg(feature = "every-provider")]
    Flinks {
        /// The customer's instance, such as `toolbox`. Either this or `url`.
        instance: Option<String>,
        /// The whole URL.
        url: Option<String>,
        /// Parameters of the URL, with `authorizeToken` and `language` among them.
        params: Vec<(String, String)>,
    },
    /// The finX widget, at the `location` that creating the flow gave.
    #[cfg(feature = "every-provider")]
    Finx(String),
    /// FinqLink's WebUI: a payment link or a consent link.
    #[cfg(feature = "every-provider")]
    Finqlink(String),
    /// Fimento's consent link.
    #[cfg(feature = "every-provider")]
    Fimento(String),
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
            #[cfg(feature = "every-provider")]
            Self::Flinks { .. } => Provider::Flinks,
            #[cfg(feature = "every-provider")]
            Self::Finx(_) => Provider::Finx,
            #[cfg(feature = "every-provider")]
            Self::Finqlink(_) => Provider::Finqlink,
            #[cfg(feature = "every-provider")]
            Self::Fimento(_) => Provider::Fimento,
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
                auth_server: text(given, "authServer", AN_URL)?,
            },
            #[cfg(feature = "every-provider")]
            Provider::Flinks => {
                let mut params = given.pairs("params")?;
                for name in ["authorizeToken", "language"] {
                    let value =
                        text(given, name, if name == "language" { "'en' or 'fr'" } else { "a string" })?;
                    params.extend(value.map(|value| (name.to_owned(), value)));
                }
                let language = params.iter().rev().find(|(name, _)| name == "language");
                if language.is_some_and(|(_, language)| language != "en" && language != "fr") {
                    return Err(LinkError::invalid("language", "'en' or 'fr'"));
                }
                Self::Flinks {
                    instance: text(given, "instance", "a string")?,
                    url: text(given, "url", AN_URL)?,
                    params,
                }
            }
            #[cfg(feature = "every-provider")]
            Provider::Finx => Self::Finx(subject("location", AN_URL)?),
            #[cfg(feature = "every-provider")]
            Provider::Finqlink => Self::Finqlink(subject("url", AN_URL)?),
            #[cfg(feature = "every-provider")]
            Provider::Fimento => Self::Fimento(subject("consentLink", AN_URL)?),
        })
    }

    /// The page to open.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: no URL that may be opened.
    pub(crate) fn url(&self) -> Result<Url, LinkError> {
        match self {
            Self::Fiskil { session, auth_server } => fiskil::open_url(session, auth_server.as_deref()),
            #[cfg(feature = "every-provider")]
            Self::Flinks { instance, url, params } => {
                let mut url = flinks::open_url(instance.as_deref(), url.as_deref())?;
                for (name, value) in params {
                    url.set_parameter(name, value);
                }
                Ok(url)
            }
            #[cfg(feature = "every-provider")]
            Self::Finx(location) => Url::secure("location", location),
            #[cfg(feature = "every-provider")]
            Self::Finqlink(url) => Url::secure("url", url),
            #[cfg(feature = "every-provider")]
            Self::Fimento(link) => Url::secure("consentLink", link),
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

/// The answer is not of this flow.
pub(crate) fn wrong_state() -> LinkError {
    let message = "The state that came back is not the one that this flow was started with.";
    LinkError::new(ErrorCode::StateMismatch, message)
}

/// The user declined.
pub(crate) fn denied() -> Outcome {
    let message = "The user declined to share the data.";
    Outcome::Failed(LinkError::new(ErrorCode::EnduserDenied, message))
}

/// What a provider put on the return URL, where its parameters are not public: all of it is the caller's.
pub(crate) fn callback_completed(url: &str, query: &Query) -> Outcome {
    let mut result = Record::default();
    result.record("params", Record::of_query(query, &[]));
    result.maybe("state", query.get("state").as_deref());
    result.maybe("status", query.get("status").as_deref());
    result.text("url", url);
    Outcome::Completed(LinkResult(result))
}

/// What a completed flow of FinqLink or Fimento gives. Confirm it on your server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallbackResult {
    /// The parameters on the return URL; of a name that came twice, the first.
    pub params: std::collections::BTreeMap<String, String>,
    /// The state that was given when the link was created.
    pub state: Option<String>,
    /// The status, where the provider named one.
    pub status: Option<String>,
    /// The whole return URL.
    pub url: String,
}

/// A failure that says nothing but in its parameters, which go into the details, but for secrets.
pub(crate) fn failed_with(params: Record, message: Option<String>, otherwise: &'static str) -> Outcome {
    let mut details = Record::default();
    if !params.is_empty() {
        details.record("params", params);
    }
    failed(ErrorCode::ProviderError, message, otherwise, details)
}

/// Parameters that an error never repeats.
pub(crate) const SECRETS: [&str; 8] =
    ["code", "token", "access_token", "refresh_token", "id_token", "loginId", "consentID", "consent_id"];

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

//! What each provider says: how its page is opened, what its messages and return URLs mean.
//!
//! Nothing here touches a page, a clock or a network, so a server can use it as well:
//!
//! ```
//! use link_widget::{ErrorCode, LinkResult, Outcome, Provider};
//!
//! let url = "https://shop.example/back?consent_id=arr_1";
//! match Provider::Fiskil.parse_callback(url) {
//!     Outcome::Completed(LinkResult::Fiskil(result)) => assert_eq!(result.consent_id.as_deref(), Some("arr_1")),
//!     other => unreachable!("{other:?}"),
//! }
//!
//! let url = "https://shop.example/back?error=access_denied&error_type=CONSENT_TIMEOUT";
//! match Provider::Fiskil.parse_callback(url) {
//!     Outcome::Failed(error) => assert_eq!(error.code, ErrorCode::ConsentTimeout),
//!     other => unreachable!("{other:?}"),
//! }
//! ```

pub mod fimento;
pub mod finqlink;
pub mod finx;
pub mod fiskil;
pub mod flinks;

use crate::error::{ErrorCode, Failure, LinkError, must_be};
use crate::url::may_be_callback;
use crate::value::{LIMIT, Owned, Record, Text, Turn, Url, Value, in_turn};
use finx::FinxResult;
use fiskil::FiskilResult;
use flinks::FlinksResult;
use serde::{Deserialize, Serialize};

/// What each provider's file answers.
pub(crate) trait Protocol {
    /// The page to open, from the fields of [`Target`].
    fn open_url<'t>(target: Value<'t>) -> Result<Url<'t>, Failure<'t>>;

    /// What a message from the provider's page says; `None` where it is not of this protocol.
    fn message<'t>(data: Value<'t>) -> Option<Said<'t>> {
        let _ = data;
        None
    }

    /// What the URL says that the provider sent the user back to. `query` is that of `url`.
    fn callback<'t>(url: Text<'t>, query: Value<'t>) -> Said<'t>;

    /// Whether this message, which came from the provider's window at another origin than the allowed
    /// one, ends the flow with LINK_ORIGIN_MISMATCH. Where not, it is dropped.
    fn is_fatal_elsewhere(data: Value) -> bool {
        let _ = data;
        false
    }

    /// Whether a message is of the flow that expects this `state`, for protocols whose messages carry one.
    fn is_expected(data: Value, state: Text) -> bool {
        let _ = (data, state);
        true
    }

    /// The parameters of its return URLs, beside `state`, `code`, `status` and `error*`, which are common.
    const PARAMETERS: &str;

    /// Whether a message names this step, where the page can be loaded again with another token.
    fn is_step(data: Value, step: &str) -> bool {
        let _ = (data, step);
        false
    }

    /// The origin that it hosts its pages on, where every customer's is the same.
    const ORIGIN: Option<&str> = None;

    /// Whether the provider's page explains an invalid session itself, and should stay to be read.
    const EXPLAINS_INVALID_SESSION: bool = false;
}

macro_rules! providers {
    ($($(#[$doc:meta])* $variant:ident $name:literal $protocol:path;)*) => {
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

            /// The page to open, from the fields of [`Target`].
            pub(crate) fn open_url<'t>(self, target: Value<'t>) -> Result<Url<'t>, Failure<'t>> {
                match self { $(Self::$variant => <$protocol>::open_url(target),)* }
            }

            fn message<'t>(self, data: Value<'t>) -> Option<Said<'t>> {
                match self { $(Self::$variant => <$protocol>::message(data),)* }
            }

            fn callback<'t>(self, url: Text<'t>, query: Value<'t>) -> Said<'t> {
                match self { $(Self::$variant => <$protocol>::callback(url, query),)* }
            }

            pub(crate) fn is_step(self, data: Value, step: &str) -> bool {
                match self { $(Self::$variant => <$protocol>::is_step(data, step),)* }
            }

            /// The names, parted by spaces, of the parameters of its return URLs that are not common to all.
            pub const fn parameters(self) -> &'static str {
                match self { $(Self::$variant => <$protocol>::PARAMETERS,)* }
            }

            fn is_expected(self, data: Value, state: Text) -> bool {
                match self { $(Self::$variant => <$protocol>::is_expected(data, state),)* }
            }

            pub(crate) fn is_fatal_elsewhere(self, data: Value) -> bool {
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
    Fiskil "fiskil" fiskil::Fiskil;
    /// Flinks Connect, Canada.
    Flinks "flinks" flinks::Flinks;
    /// finX, Germany.
    Finx "finx" finx::Finx;
    /// FinqLink, Romania.
    Finqlink "finqlink" finqlink::Finqlink;
    /// Fimento, Sweden and Finland.
    Fimento "fimento" fimento::Fimento;
}

impl std::fmt::Display for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What the return URLs of every provider may carry.
const COMMON_PARAMETERS: &str = "code status error error_type";

impl Provider {
    /// What a message from the provider's page says. `None`: not this provider's protocol.
    ///
    /// Takes untrusted input of any shape. Where the message came from is the caller's to check.
    ///
    /// ```
    /// use link_widget::{Outcome, Provider, StepKind};
    /// use serde_json::json;
    ///
    /// let message = json!({ "step": "INSTITUTION_SELECTED", "institution": "FlinksCapital" });
    /// match Provider::Flinks.parse_message(&message) {
    ///     Some(Outcome::Step(step)) => {
    ///         assert_eq!((step.step, step.provider_step.as_str()), (StepKind::Institution, "INSTITUTION_SELECTED"));
    ///     }
    ///     other => unreachable!("{other:?}"),
    /// }
    /// assert_eq!(Provider::Flinks.parse_message(&json!({ "type": "webpackOk" })), None);
    /// ```
    #[cfg(not(target_arch = "wasm32"))]
    pub fn parse_message(self, data: &serde_json::Value) -> Option<Outcome> {
        in_turn(|turn| self.read(turn.json(data.clone())).map(|said| Outcome::of(said, self)))
    }

    /// What the URL, an absolute one, says that the provider sent the user back to.
    ///
    /// ```
    /// use link_widget::{LinkResult, Outcome, Provider};
    ///
    /// let url = "https://shop.example/back?loginId=5f1b1a4e&institution=FlinksCapital";
    /// match Provider::Flinks.parse_callback(url) {
    ///     Outcome::Completed(LinkResult::Flinks(result)) => assert_eq!(result.login_id, "5f1b1a4e"),
    ///     other => unreachable!("{other:?}"),
    /// }
    /// ```
    pub fn parse_callback(self, url: &str) -> Outcome {
        self.parse(url, None)
    }

    /// What the URL says that the provider sent the user back to, in a flow that expects this `state`. Another one, or
    /// none, is LINK_STATE_MISMATCH: the answer belongs to somebody else's flow.
    ///
    /// ```
    /// use link_widget::{ErrorCode, Outcome, Provider};
    ///
    /// let url = "https://shop.example/back?code=c1&state=s1";
    /// assert!(matches!(Provider::Finx.parse_callback_expecting(url, "s1"), Outcome::Completed(_)));
    /// match Provider::Finx.parse_callback_expecting(url, "s2") {
    ///     Outcome::Failed(error) => assert_eq!(error.code, ErrorCode::StateMismatch),
    ///     other => unreachable!("{other:?}"),
    /// }
    /// ```
    pub fn parse_callback_expecting(self, url: &str, state: &str) -> Outcome {
        self.parse(url, Some(state))
    }

    fn parse(self, url: &str, state: Option<&str>) -> Outcome {
        in_turn(|turn| {
            let url = turn.text(if url.len() > LIMIT { "" } else { url });
            Outcome::of(self.come_back(turn, Some(url), state.map(|state| turn.text(state))), self)
        })
    }

    /// What a message says.
    pub(crate) fn read<'t>(self, data: Value<'t>) -> Option<Said<'t>> {
        self.message(data).filter(|_| !data.turn().is_too_long())
    }

    /// What a message says in a flow that expects this `state`, where it expects one.
    pub(crate) fn read_expecting<'t>(self, data: Value<'t>, state: Option<Text<'t>>) -> Option<Said<'t>> {
        let said = self.read(data)?;
        let is_right = state.is_none_or(|state| self.is_expected(data, state));
        Some(if is_right { said } else { Said::Failed(wrong_state(data.turn())) })
    }

    /// Whether a return URL carries parameters of this provider's.
    pub(crate) fn is_callback(self, query: Value) -> bool {
        let theirs = query.turn().record();
        theirs.copy(query, COMMON_PARAMETERS);
        theirs.copy(query, self.parameters());
        !theirs.value().is_empty()
    }

    /// What the URL says that the provider sent the user back to, in a flow that expects this `state`, where it
    /// expects one. `None`: a text of more than 64 KiB, or none.
    pub(crate) fn come_back<'t>(
        self,
        turn: Turn<'t>,
        url: Option<Text<'t>>,
        state: Option<Text<'t>>,
    ) -> Said<'t> {
        let Some(url) = url.filter(|url| may_be_callback(*url)) else {
            return Said::Failed(must_be!(turn, "The callback URL", "an absolute URL of at most 64 KiB"));
        };
        let query = url.query();
        if state.is_none_or(|expected| query.text("state").is_some_and(|given| given.same(expected))) {
            self.callback(url, query)
        } else {
            Said::Failed(wrong_state(turn))
        }
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
    /// Flinks Connect.
    Flinks {
        /// The customer's instance, such as `toolbox`. Either this or `url`.
        instance: Option<String>,
        /// The whole URL.
        url: Option<String>,
        /// Parameters of the URL, with `authorizeToken` and `language` among them.
        params: Vec<(String, String)>,
    },
    /// The finX widget, at the `location` that creating the flow gave.
    Finx(String),
    /// FinqLink's WebUI: a payment link or a consent link.
    Finqlink(String),
    /// Fimento's consent link.
    Fimento(String),
}

impl Target {
    /// Fiskil's consent pages for this session.
    pub fn fiskil(session: impl Into<String>) -> Self {
        Self::Fiskil { session: session.into(), auth_server: None }
    }

    /// Flinks Connect at the customer's instance, such as `toolbox`. See [`Self::with_param`].
    pub fn flinks(instance: impl Into<String>) -> Self {
        Self::Flinks { instance: Some(instance.into()), url: None, params: Vec::new() }
    }

    /// Flinks Connect at this URL. See [`Self::with_param`].
    pub fn flinks_at(url: impl Into<String>) -> Self {
        Self::Flinks { instance: None, url: Some(url.into()), params: Vec::new() }
    }

    /// The same with a parameter of Flinks' URL, such as `authorizeToken`. The other providers' URLs take none.
    ///
    /// ```
    /// use link_widget::Target;
    ///
    /// let target = Target::flinks("toolbox").with_param("authorizeToken", "t1").with_param("language", "fr");
    /// ```
    #[must_use]
    pub fn with_param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Self::Flinks { params, .. } = &mut self {
            params.push((name.into(), value.into()));
        }
        self
    }

    /// Whose pages they are.
    pub fn provider(&self) -> Provider {
        match self {
            Self::Fiskil { .. } => Provider::Fiskil,
            Self::Flinks { .. } => Provider::Flinks,
            Self::Finx(_) => Provider::Finx,
            Self::Finqlink(_) => Provider::Finqlink,
            Self::Fimento(_) => Provider::Fimento,
        }
    }

    /// Its fields, as the npm package gives them.
    pub(crate) fn fields<'t>(&self, turn: Turn<'t>) -> Record<'t> {
        let fields = turn.record();
        let text = |text: &String| turn.text(text);
        match self {
            Self::Fiskil { session, auth_server } => {
                fields.put("subject", text(session));
                fields.maybe("authServer", auth_server.as_ref().map(text));
            }
            Self::Flinks { instance, url, params } => {
                fields.maybe("instance", instance.as_ref().map(text));
                fields.maybe("url", url.as_ref().map(text));
                let record = turn.record();
                for (name, value) in params {
                    record.put(name, text(value));
                }
                fields.put("params", record);
            }
            Self::Finx(url) | Self::Finqlink(url) | Self::Fimento(url) => fields.put("subject", text(url)),
        }
        fields
    }
}

/// What a message or a return URL says.
#[derive(Clone, Copy, Debug)]
pub enum Said<'t> {
    /// The user has connected.
    Completed(Record<'t>),
    /// It ended without a connection.
    Failed(Failure<'t>),
    /// The user is on the way; the flow goes on. With `step`, `providerStep` and `data`.
    Step(Record<'t>),
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
    fn of(said: Said, provider: Provider) -> Self {
        match said {
            Said::Completed(result) => {
                LinkResult::read(provider, &result.into()).map_or_else(Self::Failed, Self::Completed)
            }
            Said::Failed(failure) => Self::Failed(LinkError::from(failure).of(provider)),
            Said::Step(step) => Self::Step(step.into()),
        }
    }
}

/// How a flow completed. What a browser says is a hint: confirm it on your server.
///
/// Serializes as the npm package gives it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "they are those of Provider")]
pub enum LinkResult {
    Fiskil(FiskilResult),
    Flinks(FlinksResult),
    Finx(FinxResult),
    Finqlink(CallbackResult),
    Fimento(CallbackResult),
}

impl LinkResult {
    /// The result of a provider's flow that a record holds, such as what a page with the npm package sent its server.
    ///
    /// ```ignore-wasm32
    /// use link_widget::{LinkResult, Provider};
    /// use serde_json::json;
    ///
    /// let sent = json!({ "code": "c1", "state": "s1" });
    /// let result = LinkResult::read(Provider::Finx, &sent.into())?;
    /// assert_eq!(result.state(), Some("s1"));
    /// assert!(LinkResult::read(Provider::Flinks, &json!({ "code": "c1" }).into()).is_err());
    /// # Ok::<(), link_widget::LinkError>(())
    /// ```
    ///
    /// # Errors
    /// LINK_INTERNAL_ERROR: it is not one of this provider's.
    pub fn read(provider: Provider, record: &Owned) -> Result<Self, LinkError> {
        let result = match provider {
            Provider::Fiskil => record.read().map(Self::Fiskil),
            Provider::Flinks => record.read().map(Self::Flinks),
            Provider::Finx => record.read().map(Self::Finx),
            Provider::Finqlink => record.read().map(Self::Finqlink),
            Provider::Fimento => record.read().map(Self::Fimento),
        };
        result.map_err(|why| {
            let message = format!("This is not a result of {provider}: {why}.");
            LinkError::new(ErrorCode::InternalError, message).of(provider)
        })
    }

    /// Whose flow completed.
    pub fn provider(&self) -> Provider {
        match self {
            Self::Fiskil(_) => Provider::Fiskil,
            Self::Flinks(_) => Provider::Flinks,
            Self::Finx(_) => Provider::Finx,
            Self::Finqlink(_) => Provider::Finqlink,
            Self::Fimento(_) => Provider::Fimento,
        }
    }

    /// The `state` that came back, from providers that echo one.
    pub fn state(&self) -> Option<&str> {
        match self {
            Self::Fiskil(_) | Self::Flinks(_) => None,
            Self::Finx(FinxResult { state, .. })
            | Self::Finqlink(CallbackResult { state, .. })
            | Self::Fimento(CallbackResult { state, .. }) => state.as_deref(),
        }
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
    const ALL: [Self; 11] = [
        Self::Loaded,
        Self::Institution,
        Self::Credentials,
        Self::Mfa,
        Self::Accounts,
        Self::Consent,
        Self::Retry,
        Self::Handoff,
        Self::Offline,
        Self::Online,
        Self::Other,
    ];

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

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

impl std::fmt::Display for StepKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
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
    pub data: Owned,
}

impl From<Record<'_>> for Step {
    fn from(step: Record<'_>) -> Self {
        let step = step.value();
        let kind = step.text("step").and_then(|kind| StepKind::from_name(&kind.to_string()));
        let provider_step = step.text("providerStep").map(|name| name.to_string());
        Self {
            step: kind.unwrap_or(StepKind::Other),
            provider_step: provider_step.unwrap_or_default(),
            data: step.record("data").unwrap_or(step).into(),
        }
    }
}

/// The answer is not of this flow.
pub(crate) fn wrong_state(turn: Turn<'_>) -> Failure<'_> {
    let message = "The state that came back is not the one that this flow was started with.";
    Failure::new(ErrorCode::StateMismatch, turn.text(message))
}

/// The user declined.
pub(crate) fn denied(turn: Turn<'_>) -> Said<'_> {
    let message = "The user declined to share the data.";
    Said::Failed(Failure::new(ErrorCode::EnduserDenied, turn.text(message)))
}

/// What a provider put on the return URL, where its parameters are not public: all of it is the caller's.
pub(crate) fn callback_completed<'t>(url: Text<'t>, query: Value<'t>) -> Said<'t> {
    let result = url.turn().record();
    result.put("params", query.without(""));
    result.copy(query, "state status");
    result.put("url", url);
    Said::Completed(result)
}

/// What a completed flow of FinqLink or Fimento gives. Confirm it on your server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallbackResult {
    /// The parameters on the return URL; of a name that came twice, the first.
    pub params: std::collections::BTreeMap<String, String>,
    /// The state that was given when the link was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The status, where the provider named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The whole return URL.
    pub url: String,
}

/// A failure that says nothing but in its parameters, which go into the details, but for secrets.
pub(crate) fn failed_with<'t>(params: Record<'t>, message: Option<Text<'t>>, otherwise: &str) -> Said<'t> {
    let details = params.value().turn().record();
    if !params.value().is_empty() {
        details.put("params", params);
    }
    failed(ErrorCode::ProviderError, message, otherwise, details)
}

/// Parameters that an error never repeats.
pub(crate) const SECRETS: &str =
    "code token access_token refresh_token id_token loginId consentID consent_id";

/// A failure that the provider reported, with its own message where it gave one.
pub(crate) fn failed<'t>(
    code: ErrorCode,
    message: Option<Text<'t>>,
    otherwise: &str,
    details: Record<'t>,
) -> Said<'t> {
    let message = message.unwrap_or_else(|| details.value().turn().text(otherwise));
    Said::Failed(Failure::new(code, message).with(details))
}

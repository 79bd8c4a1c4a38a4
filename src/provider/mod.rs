//! What each provider says: how its page is opened, what its messages and return URLs mean.
//! Nothing here touches a page, a clock or a network, so a server can use it as well.

pub(crate) mod fields;
pub(crate) mod fimento;
pub mod finqlink;
pub(crate) mod finx;
pub mod fiskil;
pub(crate) mod flinks;
pub(crate) mod names;
pub(crate) mod scrub;
#[cfg(all(target_arch = "wasm32", not(feature = "npm")))]
mod token_source;

pub use names::{LastStep, Provider, StepKind};
#[cfg(all(target_arch = "wasm32", not(feature = "npm")))]
pub(crate) use token_source::TokenSource;

use crate::error::{Checked, ErrorCode, LinkError};
use crate::options::Mode;
use crate::record::Record;
use crate::url::{Query, Url, may_be_callback};
use fields::Fields;
use names::registry;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What each provider's file defines.
pub trait Protocol: Sync {
    /// How the npm package opens it.
    fn launcher(&self) -> Launcher;

    /// The origin of its pages, if it is the same for every customer.
    fn origin(&self) -> Option<&'static str> {
        None
    }

    /// The mode used if the caller names none.
    fn default_mode(&self) -> Mode {
        Mode::Overlay
    }

    /// The frame's height in a container without a height, in CSS pixels.
    fn frame_height_px(&self) -> u32 {
        600
    }

    /// Whether its URL takes parameters of the caller's choice.
    fn takes_params(&self) -> bool {
        false
    }

    /// The parameters of its return URLs, besides `state`, `code`, `status` and `error*`, which are common to all.
    fn parameters(&self) -> &'static [&'static str];

    /// Whether its answers carry the `state` that the link was created with.
    fn echoes_state(&self) -> bool {
        true
    }

    /// Whether its page explains an invalid session itself, and so stays to be read.
    fn explains_invalid_session(&self) -> bool {
        false
    }

    /// The page to open.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: the target is invalid.
    fn open_url(&self, target: &Target) -> Checked<Url>;

    /// Interprets a message from its page; `None` if it is not part of the protocol.
    fn message(&self, data: &dyn Fields) -> Option<Outcome> {
        let _ = data;
        None
    }

    /// Whether a message that [`Self::message`] understands belongs to the flow that expects this `state`. Most
    /// protocols' messages carry none.
    fn is_expected(&self, data: &dyn Fields, state: &str) -> bool {
        let _ = (data, state);
        true
    }

    /// Whether a message from the provider's window, but from an origin other than the allowed one, ends the flow with
    /// LINK_ORIGIN_MISMATCH. Otherwise it is dropped.
    fn is_fatal_elsewhere(&self, data: &dyn Fields) -> bool {
        let _ = data;
        false
    }

    /// The parameter of its URL for a token that can be renewed while the page is open.
    fn token_parameter(&self) -> Option<&'static str> {
        None
    }

    /// Whether a message says that the token is refused.
    fn refuses_token(&self, data: &dyn Fields) -> bool {
        let _ = data;
        false
    }

    /// How a flow that came back to this URL ended. `query` holds its parameters.
    #[allow(clippy::ptr_arg, reason = "strings are passed as `&String`: see `Fields::text`")]
    fn callback(&self, url: &String, query: &dyn Fields) -> Answer;
}

/// How the npm package opens a provider's page.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Launcher {
    /// The function that it exports.
    pub function: &'static str,
    /// The name of the first argument; `None` if the options are the only one.
    pub subject: Option<&'static str>,
    /// The provider's own string options, each with a description of its value.
    pub options: &'static [(&'static str, &'static str)],
}

macro_rules! protocols {
    ($($(#[$doc:meta])* $provider:ident => $file:ident;)*) => {
        impl Provider {
            pub(crate) fn protocol(self) -> &'static dyn Protocol {
                match self { $(Self::$provider => &$file::$provider,)* }
            }
        }
    };
}

registry!(protocols);

/// The result type of one or more providers.
pub trait ResultType: serde::de::DeserializeOwned {
    /// The providers whose results it can hold.
    const PROVIDERS: &'static [Provider];
}

/// The result of a completed flow. It came through a browser and is only a hint: confirm it on your server.
///
/// [`Self::read`] converts it to the provider's type.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkResult {
    provider: Provider,
    record: Record,
}

impl LinkResult {
    pub(crate) fn new(provider: Provider, record: Record) -> Self {
        Self { provider, record }
    }

    /// Whose flow completed.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// Replaces the `state` that came back with the one that the flow expects, if there are both: a URL may encode it
    /// differently.
    fn expecting(mut self, state: Option<&str>) -> Self {
        if let Some(state) = state
            && self.state().is_some()
        {
            self.record.put_text("state", state);
        }
        self
    }

    /// The `state` that came back, from providers that echo one.
    pub fn state(&self) -> Option<String> {
        self.record.text("state")
    }

    /// A string value, by its name in the npm package, such as `loginId`.
    pub fn text(&self, name: &str) -> Option<String> {
        self.record.text(name)
    }

    /// As the type of its provider: [`FiskilResult`](crate::FiskilResult), [`FlinksResult`](crate::FlinksResult),
    /// [`FinxResult`](crate::FinxResult), or [`CallbackResult`] for the others.
    ///
    /// # Errors
    /// LINK_INTERNAL_ERROR: the result is another provider's.
    pub fn read<T: ResultType>(&self) -> Result<T, LinkError> {
        let read = if T::PROVIDERS.contains(&self.provider) { self.record.read().ok() } else { None };
        read.ok_or_else(|| {
            let message = format!("This result is from {}: read it as that provider's type.", self.provider);
            *LinkError::new(ErrorCode::InternalError, &message).for_provider(self.provider)
        })
    }

    /// Its values under their names in the npm package.
    pub fn into_record(self) -> Record {
        self.record
    }
}

impl std::fmt::Display for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What the return URLs of every provider may carry.
const COMMON_PARAMETERS: [&str; 4] = ["code", "status", "error", "error_type"];

/// Parameters that grant access, in any letter case. No error contains them, and none may return to an address.
pub(crate) const SECRETS: &[&str] = &[
    "code",
    "token",
    "access_token",
    "accessToken",
    "authorizeToken",
    "refresh_token",
    "refreshToken",
    "id_token",
    "idToken",
    "loginId",
    "consentID",
    "consent_id",
    "session_id",
    "sess_id",
];

impl Provider {
    /// The provider of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|provider| provider.name() == name)
    }

    /// How the npm package opens its page.
    pub fn launcher(self) -> Launcher {
        self.protocol().launcher()
    }

    /// The mode used if the caller names none.
    pub fn default_mode(self) -> Mode {
        self.protocol().default_mode()
    }

    /// The names of the parameters of its return URLs that are not common to all providers.
    pub fn parameters(self) -> &'static [&'static str] {
        self.protocol().parameters()
    }

    /// Interprets a message from the provider's page; `None` if it is not part of its protocol.
    ///
    /// Accepts untrusted input of any shape. The caller checks where it came from.
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
        Some(match self.read_message(&fields::Json::new(data))? {
            Outcome::Failed(error) => Outcome::Failed(error.for_provider(self)),
            other => other,
        })
    }

    /// Interprets the URL that the provider sent the user back to. A string that is not an absolute URL, or is longer
    /// than 64 KiB, is a failure with LINK_INVALID_OPTIONS.
    ///
    /// ```
    /// use link_widget::{FlinksResult, Outcome, Provider};
    ///
    /// let url = "https://shop.example/back?loginId=5f1b1a4e&institution=FlinksCapital";
    /// match Provider::Flinks.parse_callback(url) {
    ///     Outcome::Completed(result) => assert_eq!(result.read::<FlinksResult>()?.login_id, "5f1b1a4e"),
    ///     other => unreachable!("{other:?}"),
    /// }
    /// # Ok::<(), link_widget::LinkError>(())
    /// ```
    pub fn parse_callback(self, url: &str) -> Outcome {
        self.read_callback(url, None).into()
    }

    /// As [`Self::parse_callback`], for a flow that expects this `state`. A different one or none is
    /// LINK_STATE_MISMATCH: the answer belongs to another flow.
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
        self.read_callback(url, Some(state)).into()
    }

    /// Interprets a message; an error has no provider yet.
    pub(crate) fn read_message(self, data: &dyn Fields) -> Option<Outcome> {
        self.protocol().message(data).filter(|_| !data.is_too_long())
    }

    /// Interprets a message in a flow that expects this `state`, if any.
    pub(crate) fn read_message_expecting(self, data: &dyn Fields, state: Option<&str>) -> Option<Outcome> {
        let outcome = self.read_message(data)?;
        if state.is_some_and(|expected| !self.protocol().is_expected(data, expected)) {
            return Some(Outcome::Failed(wrong_state(self)));
        }
        Some(match outcome {
            Outcome::Completed(result) => Outcome::Completed(result.expecting(state)),
            other => other,
        })
    }

    /// Whether a return URL has a parameter of this provider, or one that is common to all.
    pub(crate) fn is_callback(self, query: &Query) -> bool {
        let is_there = |name: &&str| query.has(name);
        COMMON_PARAMETERS.iter().any(is_there) || self.parameters().iter().any(is_there)
    }

    /// Whether a return URL has a parameter that only this provider uses, or an error without a `state`.
    pub(crate) fn is_own_callback(self, query: &Query) -> bool {
        self.parameters().iter().any(|name| *name != "state" && query.has(name))
            || (!query.has("state") && (query.has("error") || query.has("error_type")))
    }

    /// How a flow that came back to this URL and expects this `state`, if any, ended.
    pub(crate) fn read_callback(self, url: &str, state: Option<&str>) -> Answer {
        if !may_be_callback(url) {
            let error = LinkError::invalid("The return URL", "an absolute URL of at most 64 KiB");
            return Err(error.for_provider(self));
        }
        let query = Query::of_return_url(url);
        // First: with a wrong state the answer is another flow's.
        if state.is_some_and(|expected| !is_state(query.text("state"), expected)) {
            return Err(wrong_state(self));
        }
        match self.protocol().callback(&url.to_owned(), &query) {
            Ok(result) => Ok(result.expecting(state)),
            Err(error) => Err(error.for_provider(self)),
        }
    }
}

/// What to open. Each provider has its own constructors, such as [`Target::fiskil`].
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub(crate) provider: Provider,
    /// The session or link that the page is about, for providers that are given one.
    pub(crate) subject: Option<String>,
    /// Those of [`Launcher::options`] that are given.
    pub(crate) options: Vec<(&'static str, String)>,
    /// Parameters of the caller's choice for the URL.
    pub(crate) params: Vec<(String, String)>,
    #[cfg(all(target_arch = "wasm32", not(feature = "npm")))]
    pub(crate) token_source: Option<TokenSource>,
}

impl Target {
    pub(crate) fn new(provider: Provider, subject: Option<String>) -> Self {
        Self {
            provider,
            subject,
            options: Vec::new(),
            params: Vec::new(),
            #[cfg(all(target_arch = "wasm32", not(feature = "npm")))]
            token_source: None,
        }
    }

    /// A target of any provider, with its page at this URL, for tests that go through the registry.
    #[cfg(any(test, fuzzing))]
    pub fn at(provider: Provider, page: &str) -> Self {
        let launcher = provider.launcher();
        if launcher.options.iter().any(|(name, _)| *name == "authServer") {
            Self::new(provider, Some("1".into())).with_option("authServer", page.into())
        } else if launcher.subject.is_some() {
            Self::new(provider, Some(page.into()))
        } else {
            Self::new(provider, None).with_option("url", page.into())
        }
    }

    pub(crate) fn with_option(mut self, name: &'static str, value: String) -> Self {
        self.options.push((name, value));
        self
    }

    /// Adds a parameter to Flinks' URL, such as `authorizeToken`. Ignored for the other providers.
    ///
    /// ```
    /// use link_widget::Target;
    ///
    /// let target = Target::flinks("toolbox").with_param("authorizeToken", "t1").with_param("language", "fr");
    /// ```
    #[must_use]
    pub fn with_param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if self.provider.protocol().takes_params() {
            self.params.push((name.into(), value.into()));
        }
        self
    }

    /// The provider whose page it opens.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The page to open.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: the target is not what its provider takes.
    pub(crate) fn url(&self) -> Checked<Url> {
        self.provider.protocol().open_url(self)
    }

    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().rfind(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }
}

/// The meaning of a message or a return URL.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The provider reported no known failure. Only its API says whether there is a connection.
    Completed(LinkResult),
    /// The flow ended without a connection.
    Failed(Box<LinkError>),
    /// The user has reached another step; the flow goes on.
    Step(Step),
}

/// How a flow ended.
pub(crate) type Answer = Result<LinkResult, Box<LinkError>>;

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        match answer {
            Ok(result) => Self::Completed(result),
            Err(error) => Self::Failed(error),
        }
    }
}

/// A step on the way to a connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The step, in terms common to all providers.
    pub step: StepKind,
    /// The step's name at the provider.
    pub provider_step: String,
    /// What the provider sent with it. Never a login, code, token or consent ID.
    pub data: Record,
}

impl Step {
    /// Adds its parts under their names in the npm package.
    pub(crate) fn put_into(self, record: &mut Record) {
        record.put_text("step", self.step.as_str());
        record.put_text("providerStep", &self.provider_step);
        record.put_record("data", self.data);
    }

    /// As [`LastStep`], for an error's details; `before`: the previous one.
    pub(crate) fn as_last(&self, before: Option<Record>) -> Record {
        // When the user picks another bank, the earlier choice no longer counts.
        let picked = before.filter(|_| self.step != StepKind::Institution);
        let institution = |record: &Record| record.text("institution");
        let mut record = Record::default();
        record.put_text("step", self.step.as_str());
        record.put_text("providerStep", &self.provider_step);
        record.put_text_if_some(
            "institution",
            institution(&self.data).or_else(|| institution(&picked?)).as_ref(),
        );
        record
    }
}

/// The result of a provider whose return parameters are not public (FinqLink, Fimento). Confirm it on your server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallbackResult {
    /// The parameters of the return URL; for a repeated name, its first value.
    pub params: BTreeMap<String, String>,
    /// The `state` with which the link was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The status, if the provider named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The whole return URL.
    pub url: String,
}

impl ResultType for CallbackResult {
    const PROVIDERS: &'static [Provider] = &[Provider::Finqlink, Provider::Fimento];
}

/// See [`CallbackResult`].
#[allow(clippy::ptr_arg, reason = "strings are passed as `&String`: see `Fields::text`")]
fn callback_completed(provider: Provider, url: &String, query: &dyn Fields) -> LinkResult {
    let mut params = Record::default();
    params.copy_all_but(query, &[]);
    let mut result = Record::default();
    result.put_record("params", params);
    result.copy_texts(query, &["state", "status"]);
    result.put_text("url", url);
    LinkResult::new(provider, result)
}

/// Whether the `state` that came back is the one that a flow expects. A provider that puts a `+` into the query
/// unencoded yields a space, because form decoding makes one of it.
pub(crate) fn is_state(given: Option<&String>, expected: &str) -> bool {
    let is_same = |(given, expected): (u8, u8)| given == expected || (given == b' ' && expected == b'+');
    // An empty state would match an answer that anybody can forge.
    !expected.is_empty()
        && given.is_some_and(|given| {
            given.len() == expected.len() && given.bytes().zip(expected.bytes()).all(is_same)
        })
}

/// The error for an answer to another flow.
pub(crate) fn wrong_state(provider: Provider) -> Box<LinkError> {
    let message = "The state that came back is not the one that this flow was started with. Start again.";
    LinkError::new(ErrorCode::StateMismatch, message).for_provider(provider)
}

/// The error for a user who declined.
fn denied() -> Box<LinkError> {
    LinkError::new(ErrorCode::EnduserDenied, "The user declined to share the data.")
}

/// A failure that the provider reported, with its own message if it gave one.
fn failed(code: ErrorCode, message: Option<&String>, otherwise: &str, details: Record) -> Box<LinkError> {
    LinkError::new(code, message.map_or(otherwise, String::as_str)).with_details(details)
}

/// A failure that a return URL names in `error`.
fn failed_by_error_parameter(query: &dyn Fields, otherwise: &str) -> Box<LinkError> {
    let mut details = Record::default();
    details.copy_texts(query, &["error", "error_description"]);
    failed(ErrorCode::ProviderError, query.some_text("error_description"), otherwise, details)
}

/// A failure known only from its parameters, which go into the details.
fn failed_with_params(parameters: &dyn Fields, message: Option<&String>, otherwise: &str) -> Box<LinkError> {
    let mut params = Record::default();
    params.copy_all_but(parameters, SECRETS);
    let mut details = Record::default();
    if !params.is_empty() {
        details.put_record("params", params);
    }
    failed(ErrorCode::ProviderError, message, otherwise, details)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn serde_and_the_registry_name_providers_alike() {
        for provider in Provider::ALL {
            assert_eq!(serde_json::to_value(provider).unwrap(), provider.name());
            assert_eq!(Provider::from_name(provider.name()), Some(*provider));
            assert_eq!(provider.to_string(), provider.name());
        }
        assert_eq!(Provider::from_name("Fiskil"), None);
    }

    #[test]
    fn a_step_has_one_name() {
        for step in [
            StepKind::Loaded,
            StepKind::Institution,
            StepKind::Credentials,
            StepKind::Mfa,
            StepKind::Accounts,
            StepKind::Consent,
            StepKind::Retry,
            StepKind::Handoff,
            StepKind::Offline,
            StepKind::Online,
            StepKind::Other,
        ] {
            assert_eq!(serde_json::to_value(step).unwrap(), step.as_str());
            assert_eq!(step.to_string(), step.as_str());
        }
    }

    #[test]
    fn each_has_parameters_of_its_own() {
        for (provider, own) in [
            (Provider::Fiskil, "consent_id consentID session_id sess_id state"),
            (Provider::Flinks, "loginId institution accountId requestId tag"),
            (Provider::Finx, "success cancel flow_id"),
            (Provider::Finqlink, ""),
            (Provider::Fimento, "consent"),
        ] {
            assert!(own.split_whitespace().eq(provider.parameters().iter().copied()), "{provider}");
            let common = ["code", "status", "error", "error_type"];
            for name in own.split_whitespace().chain(common) {
                let query = Query::of(&format!("https://shop.example/?{name}="));
                assert!(provider.is_callback(&query), "{provider}: {name}");
            }
            let is_callback = provider.is_callback(&Query::of("https://shop.example/?state=1&page=2"));
            assert_eq!(is_callback, own.ends_with("state"), "{provider}");
        }
    }

    #[test]
    fn a_step_is_given_as_the_npm_package_gives_it() {
        let outcome = Provider::Flinks.parse_message(&json!({ "step": "SUBMIT_MFA", "institution": "Bank" }));
        let Some(Outcome::Step(step)) = outcome else { panic!("{outcome:?}") };
        let mut record = Record::default();
        step.put_into(&mut record);
        let expected =
            json!({ "step": "mfa", "providerStep": "SUBMIT_MFA", "data": { "institution": "Bank" } });
        assert_eq!(json!(record), expected);
    }

    #[test]
    fn a_state_may_have_lost_its_plus() {
        for (given, expected, is_right) in [
            (Some("q+7/A=="), "q+7/A==", true),
            (Some("q 7/A=="), "q+7/A==", true),
            (Some("q  7"), "q++7", true),
            (Some("q 7"), "q 7", true),
            (Some("q+7"), "q 7", false),
            (Some("q7"), "q+7", false),
            (Some("q 7 "), "q+7", false),
            (Some("q"), "q+", false),
            (Some("Q 7"), "q+7", false),
            (Some(""), "", false),
            (None, "", false),
        ] {
            assert_eq!(
                is_state(given.map(str::to_owned).as_ref(), expected),
                is_right,
                "{given:?} {expected}"
            );
        }
    }

    #[test]
    fn only_the_url_of_flinks_takes_parameters() {
        let finx = || Target::finx("https://finx.example");
        assert_eq!(finx().with_param("a", "b"), finx());
        assert_ne!(Target::flinks("a").with_param("a", "b"), Target::flinks("a"));
    }

    #[test]
    fn a_target_is_opened_at_its_url() {
        let flinks = |instance: &str| Target::flinks(instance);
        let at = "https://connect.example/v2/?a=b&authorizeToken=old";
        let longest = "a".repeat(63);
        let of_longest = format!("https://{longest}-iframe.private.fin.ag/v2/");
        for (target, expected) in [
            (Target::fiskil("s1"), Ok("https://auth.fiskil.com/?sess_id=s1")),
            (Target::fiskil("sess:1"), Ok("https://auth.fiskil.com/?sess_id=sess%3A1")),
            (
                Target::fiskil("mailto:a@b.example"),
                Ok("https://auth.fiskil.com/?sess_id=mailto%3Aa%40b.example"),
            ),
            (Target::fiskil("http:s1"), Ok("https://auth.fiskil.com/?sess_id=http%3As1")),
            (
                Target::fiskil("€€€€"),
                Ok("https://auth.fiskil.com/?sess_id=%E2%82%AC%E2%82%AC%E2%82%AC%E2%82%AC"),
            ),
            (Target::fiskil("HTTPS://Auth.Fiskil.com/a?b=c"), Ok("https://auth.fiskil.com/a?b=c")),
            (Target::fiskil("https://"), Err("sessionId must be a session_id, or")),
            (Target::fiskil("https://evil.example/"), Err("sessionId must be a session_id, or")),
            (Target::fiskil(""), Err("sessionId must be a string")),
            (Target::fiskil("http://auth.fiskil.com/?sess_id=s1"), Err("sessionId must be a session_id, or")),
            (Target::fiskil("https://auth.fiskil.com:8443"), Err("sessionId must be a session_id, or")),
            (Target::fiskil("s1").at_auth_server("auth.fiskil.com"), Err("authServer must be an https URL")),
            (flinks("toolbox"), Ok("https://toolbox-iframe.private.fin.ag/v2/")),
            (flinks("a1-b"), Ok("https://a1-b-iframe.private.fin.ag/v2/")),
            (flinks("7"), Ok("https://7-iframe.private.fin.ag/v2/")),
            (flinks(&longest), Ok(&*of_longest)),
            (flinks(&"a".repeat(64)), Err("instance must be 1 to 63")),
            (flinks(""), Err("instance must be 1 to 63")),
            (flinks("-a"), Err("instance must be 1 to 63")),
            (flinks("a-"), Err("instance must be 1 to 63")),
            (flinks("-"), Err("instance must be 1 to 63")),
            (flinks("Toolbox"), Err("instance must be 1 to 63")),
            (flinks("evil.example/"), Err("instance must be 1 to 63")),
            (flinks("ü"), Err("instance must be 1 to 63")),
            (Target::flinks_at(at), Ok(at)),
            (Target::flinks_at("http://connect.example"), Err("url must be an https URL")),
            (
                flinks("toolbox").with_option("url", at.into()),
                Err("instance or url must be given, but not both"),
            ),
            (Target::new(Provider::Flinks, None), Err("instance or url must be given, but not both")),
            (
                Target::flinks_at(at).with_param("authorizeToken", "new").with_param("c", "d e"),
                Ok("https://connect.example/v2/?a=b&authorizeToken=new&c=d+e"),
            ),
            (
                Target::flinks_at(at)
                    .with_param("language", "en")
                    .with_option("language", "fr".into())
                    .with_option("authorizeToken", "new".into()),
                Ok("https://connect.example/v2/?a=b&authorizeToken=new&language=fr"),
            ),
            (flinks("a").with_param("language", "de"), Err("language must be 'en' or 'fr'")),
            (
                flinks("a").with_param("language", "de").with_option("language", "fr".into()),
                Ok("https://a-iframe.private.fin.ag/v2/?language=fr"),
            ),
            (
                flinks("a").with_param("language", "de").with_param("language", "en"),
                Ok("https://a-iframe.private.fin.ag/v2/?language=en"),
            ),
            (flinks("a").with_option("language", "de".into()), Err("language must be 'en' or 'fr'")),
            (Target::finx("https://finx.example/w?token=t"), Ok("https://finx.example/w?token=t")),
            (Target::finx("https://finx.example").with_param("a", "b"), Ok("https://finx.example/")),
            (Target::finx("finx.example"), Err("location must be an https URL")),
            (Target::finqlink("https://pay.example/l"), Ok("https://pay.example/l")),
            (Target::finqlink("http://pay.example/l"), Err("url must be an https URL")),
            (Target::fimento("https://consent.example/l"), Ok("https://consent.example/l")),
            (
                Target::fimento("https://user@consent.example/l"),
                Err("consentLink or visualisationUrl must be an https URL"),
            ),
        ] {
            match (target.url(), expected) {
                (Ok(url), Ok(expected)) => assert_eq!(url.href(), expected),
                (Err(error), Err(start)) => assert!(error.message.starts_with(start), "{error}"),
                (got, _) => panic!("{target:?}: {:?}", got.map(|url| url.href().to_owned())),
            }
        }
    }
}

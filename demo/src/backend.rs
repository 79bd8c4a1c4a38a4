//! What only a server may do at a provider. Each provider has one file of it under `backends/`.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};
use url::Url;

use crate::environment::Environment;
use crate::error::ShopError;
use crate::links::state;

/// What a backend starts from.
pub(crate) struct Place<'a> {
    pub environment: &'a Environment,
    /// The shop's origin.
    pub shop: &'a str,
    /// The simulated provider's origin.
    pub simulated: &'a str,
}

/// One provider, as the shop's server uses it. `Link` is what the server remembers of one link.
pub(crate) trait Backend: Sized + Send + Sync + 'static {
    /// As in [`sandbox::PROVIDERS`].
    const ID: &'static str;
    /// How a person can click through it. The first is there at the real provider, too.
    const BY_HAND: &'static [Manual] = &[CLICK_THROUGH];
    /// What comes of what the page or the person at it does, and not the provider.
    const OF_THE_PAGE: &'static [OfThePage] = &[];
    /// By what the server knows that a webhook is the provider's: its `signature`, or the secret `address` that it came to.
    const PROOF: &'static str = "signature";
    /// How long the provider may take after the person has come back.
    const PATIENCE: Duration = Duration::from_secs(60);

    type Link: Clone + Send + Sync;

    /// With the account in the environment, and that it is the real one; else with the simulated provider's.
    fn new(place: &Place) -> anyhow::Result<(Self, bool)>;

    /// Has the provider begin.
    fn begin(
        &self,
        wanted: &Wanted,
        earlier: Option<Earlier<Self::Link>>,
    ) -> impl Future<Output = Result<Begun<Self::Link>, ShopError>> + Send;

    /// Refuses what the page brings where that is of another link.
    fn check(link: &Self::Link, result: &Value) -> Result<(), ShopError>;

    /// Asks the provider, once, whether there is what the page says: `result` came through a browser, so it is a hint.
    fn confirm(
        &self,
        link: Self::Link,
        result: &Value,
    ) -> impl Future<Output = Result<Self::Link, ShopError>> + Send;

    /// Reads what the person has shared, and keeps it on the desk.
    fn fetch(
        &self,
        link: Self::Link,
        desk: &dyn Desk,
    ) -> impl Future<Output = Result<Self::Link, ShopError>> + Send;

    /// What a person can come back to, by what stays the same then.
    fn connection(link: &Self::Link, data: &Map<String, Value>) -> Option<Value>;

    /// By what webhooks name the link.
    fn subject(_link: &Self::Link) -> &str {
        ""
    }

    /// The webhook that is waited for, some seconds, when everything else is there.
    fn last_notice(&self, _link: &Self::Link) -> Option<&'static str> {
        None
    }

    /// Reads a webhook that is the provider's, by its signature or by `hook`, the end of its path. The error is its answer.
    fn notice(
        &self,
        _hook: &str,
        _headers: &HeaderMap,
        _body: &Bytes,
    ) -> impl Future<Output = Result<Notice, ShopError>> + Send {
        async { Err(ShopError::new(StatusCode::NOT_FOUND, "This provider sends no webhooks")) }
    }

    /// Adds what is too short-lived to be kept, whenever somebody looks.
    fn look(
        &self,
        _link: &Self::Link,
        _data: &mut Map<String, Value>,
    ) -> impl Future<Output = Result<(), ShopError>> + Send {
        async { Ok(()) }
    }

    /// Answers the page's call for a new token: the one that it started with was refused.
    fn renew(&self, _link: &Self::Link) -> impl Future<Output = Result<Value, ShopError>> + Send {
        async { Err(ShopError::new(StatusCode::NOT_FOUND, "This provider has no tokens for pages")) }
    }
}

/// Where a backend puts what it fetches of one link.
pub(crate) trait Desk: Send + Sync {
    /// Shows rows of a kind to the page.
    fn keep(&self, kind: &str, rows: Value);

    /// Whether a webhook about `subject` has come.
    fn has_come(&self, subject: &str, event: &str) -> bool;
}

/// A way for a person to go through a provider's pages.
pub(crate) struct Manual {
    pub id: &'static str,
    pub title: &'static str,
    pub hint: &'static str,
}

pub(crate) const CLICK_THROUGH: Manual =
    Manual { id: "manual", title: "Click through it", hint: "You go through the bank’s pages yourself." };

/// A scenario that the page plays.
pub(crate) struct OfThePage {
    pub id: &'static str,
    pub title: &'static str,
    pub expect: &'static str,
    pub hint: &'static str,
    pub modes: &'static [&'static str],
}

/// What a page asks for when it starts a link, checked.
pub(crate) struct Wanted {
    /// The scenario's name.
    pub scenario: String,
    /// The simulated provider's pages play it.
    pub is_played: bool,
    pub mode: String,
    /// Where the page wants the person to come back to.
    pub return_url: Option<Url>,
    /// What the return URL must carry.
    pub state: Option<String>,
    /// The shop's origin.
    pub shop: Url,
}

impl Wanted {
    /// The page's return URL, or the shop's own for this mode.
    pub fn return_url(&self) -> Url {
        let page = if self.mode == "redirect" { "/" } else { "/callback.html" };
        self.return_url.clone().unwrap_or_else(|| self.shop.join(page).expect("a path of ours"))
    }

    /// The page's state, or a new one.
    pub fn state(&self) -> String {
        self.state.clone().unwrap_or_else(state)
    }
}

/// A link whose connection the person comes back to.
pub(crate) struct Earlier<L> {
    pub link: L,
    /// See [`Backend::connection`].
    pub connection: Value,
}

/// What the provider has begun.
pub(crate) struct Begun<L> {
    pub link: L,
    /// The launcher's first argument and its options. `None`: there is nothing to open, as the provider asks nobody.
    pub launch: Option<Map<String, Value>>,
}

/// A webhook of the provider's.
pub(crate) struct Notice {
    /// What it is about: see [`Backend::subject`].
    pub subject: String,
    pub event: String,
    /// Tells it from others. A second one with the same ID is a repeat.
    pub message_id: String,
    /// What a payment or a consent has become.
    pub status: Option<String>,
}

/// A JSON object's fields.
pub(crate) fn fields(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

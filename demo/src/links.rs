//! What the page and the back end say to each other about a link.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::RngExt;
use rand::distr::Alphanumeric;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the page sends to start a link.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Start {
    /// Absent or `manual`: the person clicks through.
    pub scenario: Option<String>,
    pub mode: Option<String>,
    /// Where the provider sends the user back to.
    pub return_url: Option<String>,
    /// What the return URL must carry; the back end makes one where the page has none.
    pub state: Option<String>,
    /// The `ref` of an earlier link, whose connection the person comes back to.
    pub reconnect: Option<String>,
}

/// What it gets: `launch` holds the launcher's first argument and its options.
#[derive(Serialize)]
pub(crate) struct Started {
    #[serde(rename = "ref")]
    pub reference: String,
    /// `None`: there is nothing to open, the provider asks nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch: Option<Map<String, Value>>,
}

/// What the page sends when its flow has succeeded. `result` is a hint: it came through a browser.
#[derive(Deserialize)]
pub(crate) struct Finish {
    #[serde(rename = "ref")]
    pub reference: String,
    pub result: Value,
}

/// What the page polls.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipts {
    /// More is expected.
    pub pending: bool,
    pub webhooks: Vec<Webhook>,
    /// Rows as the provider sent them, by kind.
    pub data: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// There is a connection that a person can come back to.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub can_reconnect: bool,
    /// After a reconnect: whether the connection is the one of before. What the browser brought does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_connection: Option<bool>,
}

/// A webhook that is the provider's. One that is refused leaves nothing, so that nobody can fill the memory.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Webhook {
    pub event: String,
    pub message_id: String,
    /// See [`crate::backend::Backend::PROOF`].
    pub proof: &'static str,
    /// Its `message_id` had come before: nothing was done with it.
    pub duplicate: bool,
    /// RFC 3339.
    pub received_at: String,
    /// What a payment or a consent has become, where it says that.
    #[serde(skip)]
    pub status: Option<String>,
}

/// 128 random bits, base64url.
pub(crate) fn state() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 16]>())
}

/// A reference that cannot be guessed: who has it may read what was fetched.
pub(crate) fn reference() -> String {
    rand::rng().sample_iter(Alphanumeric).take(32).map(char::from).collect()
}

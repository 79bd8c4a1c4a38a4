//! What the simulated provider remembers: in memory, for as long as it runs.

use std::collections::HashMap;
use std::time::Duration;

use chrono::Utc;
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::scenario::Scenario;
use crate::tokens::{Tokens, random};

/// How long an authorization code and an access token live.
pub(super) const HOUR: Duration = Duration::from_secs(3600);
/// How long a refresh token lives.
pub(super) const NINETY_DAYS: Duration = Duration::from_secs(90 * 24 * 3600);

/// A link that a merchant created.
#[derive(Clone)]
pub(super) struct Flow {
    pub id: String,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub german: bool,
    /// An account that the merchant knows: it picks the bank.
    pub known_account: Option<String>,
    /// Days of transactions.
    pub sync_period: u32,
    pub purpose: Purpose,
    /// Set by whoever created the link: the page then plays it by itself.
    pub scenario: Option<Scenario>,
    pub stage: Stage,
}

/// What a link is for. Who does not share signs in, and chooses nothing.
#[derive(Clone)]
pub(super) enum Purpose {
    /// To share accounts.
    Share,
    /// To come back to accounts that were shared.
    Sync,
    /// To pay. `reads`: and to share the accounts with it.
    Pay { payment: Payment, reads: bool },
}

impl Purpose {
    /// Whether there is something to read with a code.
    pub fn has_code(&self) -> bool {
        matches!(self, Self::Share | Self::Pay { reads: true, .. })
    }
}

/// What a person is asked to pay.
#[derive(Clone, Serialize)]
pub(super) struct Payment {
    pub amount: String,
    pub currency: String,
    pub recipient_name: String,
    pub recipient_iban: String,
    pub purpose: Option<String>,
}

/// How far the person has come.
#[derive(Clone, PartialEq)]
pub(super) enum Stage {
    Open,
    SignedIn { bank: &'static str, customer: Scenario, wrong_tans: u8 },
    Verified { bank: &'static str, customer: Scenario },
    Over,
}

/// What a code or a token gives access to.
#[derive(Clone)]
pub(super) struct Access {
    pub redirect_uri: String,
    pub bank: &'static str,
    pub known_account: Option<String>,
    pub account_ids: Vec<String>,
    pub sync_period: u32,
}

#[derive(Default)]
pub(super) struct Tables {
    /// The accounts that people have shared, by their IDs: what was shared with them.
    pub shared: HashMap<String, Access>,
    pub flows: HashMap<String, Flow>,
    /// What was paid, by the flows in which it was.
    pub receipts: HashMap<String, Payment>,
    pub codes: Tokens<Access>,
    pub access_tokens: Tokens<Access>,
    pub refresh_tokens: Tokens<Access>,
}

/// Signs links and codes, with a key that nobody else has.
pub(super) struct Signer([u8; 32]);

/// What a link's token and a code say.
#[derive(Deserialize, Serialize)]
struct Claims {
    sub: String,
    /// `link` or `code`: one is not the other.
    aud: String,
    jti: String,
    exp: i64,
}

impl Signer {
    pub fn new() -> Self {
        Self(rand::rng().random())
    }

    /// A signed token about a flow, good for an hour.
    pub fn sign(&self, flow_id: &str, purpose: &str) -> String {
        let claims = Claims {
            sub: flow_id.into(),
            aud: purpose.into(),
            jti: random(16),
            exp: Utc::now().timestamp() + HOUR.as_secs() as i64,
        };
        encode(&Header::default(), &claims, &EncodingKey::from_secret(&self.0)).expect("claims are an object")
    }

    /// The flow that a link's token is about. `None`: it is not ours, or it has expired.
    pub fn flow_of(&self, token: &str) -> Option<String> {
        let mut validation = Validation::default();
        validation.set_audience(&["link"]);
        let token = decode::<Claims>(token, &DecodingKey::from_secret(&self.0), &validation).ok()?;
        Some(token.claims.sub)
    }
}

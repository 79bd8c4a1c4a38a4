//! What the simulated provider remembers: in memory, for as long as it runs.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::scenario::Scenario;
use crate::tokens::{Tokens, random};

/// A person as the merchant knows them.
#[derive(Clone)]
pub(crate) struct EndUser {
    pub id: String,
    pub email: String,
    pub name: Option<String>,
    pub phone: Option<String>,
}

/// One attempt at a consent.
#[derive(Clone)]
pub(crate) struct Session {
    pub id: String,
    pub end_user_id: String,
    pub cancel_uri: Option<String>,
    pub redirect_uri: Option<String>,
    /// Picks the bank and locks it.
    pub institution_id: Option<String>,
    /// The consent that the person is to renew. The documentation calls that an update of it; from there it is deduced that
    /// its ID, its bank and its accounts stay.
    pub renews: Option<Consent>,
    /// Set by whoever created the session: the page then plays it by itself.
    pub scenario: Option<Scenario>,
    pub expires_at: DateTime<Utc>,
    pub stage: Stage,
}

/// How far the person has come.
#[derive(Clone, PartialEq)]
pub(crate) enum Stage {
    Open,
    SignedIn {
        institution_id: String,
        customer: Scenario,
        wrong_codes: u8,
    },
    Verified {
        institution_id: String,
        customer: Scenario,
    },
    /// Terminal: it never opens again.
    Used,
}

/// Leave to read, given by a person.
#[derive(Clone)]
pub(crate) struct Consent {
    pub id: String,
    pub end_user_id: String,
    pub institution_id: String,
    pub account_ids: Vec<String>,
    pub created_at: DateTime<Utc>,
    /// When the person last agreed to it.
    pub last_consent: DateTime<Utc>,
    /// Nobody has revoked it.
    pub active: bool,
}

#[derive(Default)]
pub(crate) struct Tables {
    pub tokens: Tokens<()>,
    pub end_users: HashMap<String, EndUser>,
    pub sessions: HashMap<String, Session>,
    pub consents: HashMap<String, Consent>,
}

impl Session {
    /// Neither used nor expired.
    pub fn is_valid(&self) -> bool {
        self.stage != Stage::Used && self.expires_at > Utc::now()
    }
}

/// An ID that cannot be guessed: 27 letters and digits after the prefix.
pub(crate) fn id(prefix: &str) -> String {
    format!("{prefix}{}", random(27))
}

//! What the simulated provider remembers: in memory, for as long as it runs.

use std::collections::HashMap;
use std::time::Duration;

use super::data::Login;
use super::scenario::Scenario;
use super::session::Session;
use crate::tokens::Tokens;

/// How long an authorize token waits to be used.
pub(super) const TOKEN_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// What a `requestId` stands for.
pub(super) struct Request {
    pub login_id: String,
    /// How often its accounts have been asked for.
    pub asked: u32,
}

#[derive(Default)]
pub(super) struct Tables {
    /// Authorize tokens that have not been used, each with what Flinks Connect then plays by itself.
    pub tokens: Tokens<Option<Scenario>>,
    pub sessions: HashMap<String, Session>,
    pub logins: HashMap<String, Login>,
    pub requests: HashMap<String, Request>,
}

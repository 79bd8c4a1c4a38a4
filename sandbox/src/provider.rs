//! What a simulated provider is.

use axum::Router;
use axum::http::StatusCode;
use serde_json::Value;

use crate::config::Config;
use crate::record::Record;
use crate::scenario::{Ending, Scenario};

/// One provider. [`crate::PROVIDERS`] lists all.
pub struct Provider {
    /// Names it in options, in addresses and in the log.
    pub id: &'static str,
    /// Names it to people.
    pub name: &'static str,
    /// Where its banks are.
    pub country: &'static str,
    /// The launcher's modes that its pages can be opened in, first its default.
    pub modes: &'static [&'static str],
    /// Whether it sends webhooks.
    pub has_webhooks: bool,
    /// Whether back ends prove by a key who they are.
    pub has_keys: bool,
    pub(crate) endings: fn(&[&'static str]) -> Vec<Ending>,
    /// What to know, and what to type: what it is for, and its value.
    pub(crate) logins: &'static [(&'static str, &'static str)],
    /// 404 or 405 in the provider's own form.
    pub(crate) refusal: fn(StatusCode, String) -> Value,
    pub(crate) router: fn(Setup) -> Router,
}

impl Provider {
    /// Every way for a flow to end.
    #[must_use]
    pub fn endings(&self) -> Vec<Ending> {
        (self.endings)(self.modes)
    }
}

/// What a provider starts with, each time that it is reset.
#[derive(Clone)]
pub(crate) struct Setup {
    pub id: &'static str,
    pub origin: String,
    /// An origin that is nobody's.
    pub stranger: String,
    pub config: Config,
    pub record: Record,
}

impl Setup {
    /// What is played where whoever creates a session names no scenario.
    pub fn scenario<S: Scenario>(&self) -> Option<S> {
        self.config.scenarios.get(self.id).and_then(|name| S::from_name(name))
    }

    /// Who gets webhooks from the start.
    pub fn receivers(&self) -> Vec<String> {
        let own = self.config.webhooks.iter().filter(|receiver| receiver.provider == self.id);
        own.map(|receiver| receiver.url.clone()).collect()
    }
}

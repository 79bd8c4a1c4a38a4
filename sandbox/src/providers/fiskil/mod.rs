//! Fiskil: its API under `/v1`, its consent pages at `/?sess_id=`, its webhooks. See `contracts/fiskil.md`.

mod api;
mod ending;
mod error;
mod pages;
pub(crate) mod scenario;
mod store;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;

use crate::record::Record;
use crate::webhooks::Webhooks;
use crate::{Config, Origins};
use scenario::Scenario;
use store::Store;
use webhooks::Signature;

/// The one client that the simulated Fiskil knows.
pub const CLIENT_ID: &str = "sandbox-client";
/// Its secret.
pub const CLIENT_SECRET: &str = "sandbox-client-secret";
/// What signs the webhooks that it gets.
pub const WEBHOOK_SECRET: &str = "sandbox-webhook-secret";

/// What every part of the simulation shares.
pub(crate) struct Fiskil {
    origin: String,
    /// What is played where nobody has named a scenario.
    scenario: Option<Scenario>,
    stranger: String,
    webhook_delay: Duration,
    record: Record,
    webhooks: Webhooks<Signature>,
    store: Store,
}

pub(crate) fn router(origins: &Origins, config: &Config, record: Record) -> Router {
    let webhooks = Webhooks::new(Signature, Duration::ZERO, config, record.clone());
    // the demo's shop, as the provider's console would have it
    webhooks.register(format!("{}/webhooks/fiskil", origins.merchant));
    let control = webhooks.router();
    let fiskil = Arc::new(Fiskil {
        origin: origins.fiskil.clone(),
        scenario: config.scenarios.fiskil,
        stranger: origins.stranger.clone(),
        webhook_delay: config.webhook_delay,
        record: record.clone(),
        webhooks,
        store: Store::new(config.token_lifetime, config.session_lifetime),
    });
    record.observe(control.merge(api::router(fiskil.clone())).merge(pages::router(fiskil)))
}

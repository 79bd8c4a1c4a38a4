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
use axum::http::StatusCode;

use crate::providers::guide::{Guide, endings, guided};
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

const GUIDE: Guide = Guide {
    name: "Fiskil",
    endpoints: &api::ENDPOINTS,
    has_webhooks: true,
    logins: &[
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("the secret of the webhooks’ signature", WEBHOOK_SECRET),
        ("Customer ID", "the name of a scenario that the sign-in lists, such as success"),
        ("Password", pages::PASSWORD),
        ("One-time password", pages::ONE_TIME_PASSWORD),
    ],
    endings: endings!(),
    refusal: |status, message| {
        let name = if status == StatusCode::NOT_FOUND { "NotFound" } else { "MethodNotAllowed" };
        error::body(name, &message)
    },
};

pub(crate) fn router(origins: &Origins, config: &Config, record: Record) -> Router {
    let webhooks = Webhooks::new(Signature, Duration::ZERO, config, record.clone());
    // The demo's shop, as the provider's console would have it.
    if !origins.merchant.is_empty() {
        webhooks.register(format!("{}/webhooks/fiskil", origins.merchant));
    }
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
    let router = control.merge(api::router(fiskil.clone())).merge(pages::router(fiskil));
    guided(&GUIDE, record, router)
}

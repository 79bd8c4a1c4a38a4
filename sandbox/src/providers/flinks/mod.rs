//! Flinks: its API under `/v3/{customerId}/BankingServices`, Flinks Connect at `/v2/`. See `contracts/flinks.md`.

mod api;
mod data;
mod error;
mod pages;
pub(crate) mod scenario;
mod session;
mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;

use crate::providers::guide::{Guide, endings, guided};
use crate::record::Record;
use crate::{Config, Origins};
use scenario::Scenario;
use store::Store;

/// The one customer that the simulated Flinks knows.
pub const FLINKS_CUSTOMER_ID: &str = "7d3f1c52-9a40-4f0e-8b57-5e2a41c0d9b6";
/// The customer's secret key, which mints authorize tokens.
pub const FLINKS_SECRET_KEY: &str = "sandbox-flinks-secret-key";

/// What every part of the simulation shares.
pub(crate) struct Flinks {
    origin: String,
    /// What is played where nobody has named a scenario.
    scenario: Option<Scenario>,
    /// The last token that named no scenario was refused for that.
    refused: AtomicBool,
    stranger: String,
    record: Record,
    store: Store,
}

impl Flinks {
    /// What is played where the token names no scenario. "Invalid once" is every second time.
    fn next_scenario(&self) -> Option<Scenario> {
        if self.scenario == Some(Scenario::TokenInvalidOnce) && self.refused.fetch_not(Ordering::Relaxed) {
            return Some(Scenario::Success);
        }
        self.scenario
    }
}

const GUIDE: Guide = Guide {
    name: "Flinks",
    endpoints: &api::ENDPOINTS,
    has_webhooks: false,
    logins: &[
        ("customer_id", FLINKS_CUSTOMER_ID),
        ("the secret key", FLINKS_SECRET_KEY),
        ("Username", "Greatday; greatday_nomfa is asked nothing; others stand on the sign-in"),
        ("Password", session::PASSWORD),
        ("What city were you born in?", session::ANSWER),
        ("the institutions", "MapleRidge, CaisseDesErables, SaintLaurentBank; FlinksCapital with demo=true"),
    ],
    endings: endings!(),
    refusal: |status, message| error::body(status, "METHOD_NOT_AVAILABLE", &message),
};

pub(crate) fn router(origins: &Origins, config: &Config, record: Record) -> Router {
    let flinks = Arc::new(Flinks {
        origin: origins.flinks.clone(),
        scenario: config.scenarios.flinks,
        refused: AtomicBool::new(false),
        stranger: origins.stranger.clone(),
        record: record.clone(),
        store: Store::default(),
    });
    let router = Router::new().merge(api::router(flinks.clone())).merge(pages::router(flinks));
    guided(&GUIDE, record, router)
}

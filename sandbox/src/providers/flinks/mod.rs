//! Flinks: its API under `/v3/{customerId}/BankingServices`, Flinks Connect at `/v2/`. See `contracts/flinks.md`.

mod api;
mod data;
mod error;
mod pages;
pub(crate) mod scenario;
mod session;
mod store;

use std::sync::Arc;

use axum::Router;

use crate::Origins;
use crate::record::Record;
use store::Store;

/// The one customer that the simulated Flinks knows.
pub const FLINKS_CUSTOMER_ID: &str = "7d3f1c52-9a40-4f0e-8b57-5e2a41c0d9b6";
/// The customer's secret key, which mints authorize tokens.
pub const FLINKS_SECRET_KEY: &str = "sandbox-flinks-secret-key";

/// What every part of the simulation shares.
pub(crate) struct Flinks {
    origin: String,
    stranger: String,
    record: Record,
    store: Store,
}

pub(crate) fn router(origins: &Origins) -> Router {
    let record = Record::default();
    let flinks = Arc::new(Flinks {
        origin: origins.flinks.clone(),
        stranger: origins.stranger.clone(),
        record: record.clone(),
        store: Store::default(),
    });
    record.observe(Router::new().merge(api::router(flinks.clone())).merge(pages::router(flinks)))
}

//! finX: its API, and its widget at `/?token=`. See `contracts/finx.md`.

mod api;
mod data;
mod ending;
mod error;
mod pages;
pub(crate) mod scenario;
mod store;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;

use crate::providers::guide::{Guide, endings, guided};
use crate::record::Record;
use crate::{Config, Origins};
use scenario::Scenario;
use store::Store;

/// The one client that the simulated finX knows.
pub const FINX_CLIENT_ID: &str = "sandbox-finx-client";
/// Its secret.
pub const FINX_CLIENT_SECRET: &str = "sandbox-finx-client-secret";

/// What every part of the simulation shares.
pub(crate) struct Finx {
    origin: String,
    /// What is played where nobody has named a scenario.
    scenario: Option<Scenario>,
    stranger: String,
    record: Record,
    store: Store,
}

const GUIDE: Guide = Guide {
    name: "finX",
    endpoints: &api::ENDPOINTS,
    has_webhooks: false,
    logins: &[
        ("the client, by Basic", FINX_CLIENT_ID),
        ("its secret", FINX_CLIENT_SECRET),
        ("Customer number", "the name of a scenario that the sign-in lists, such as success"),
        ("PIN", pages::PASSWORD),
        ("TAN", pages::TAN),
    ],
    endings: endings!(),
    refusal: |status, message| {
        let name = if status == StatusCode::NOT_FOUND { "not_found" } else { "method_not_allowed" };
        error::body(name, &message)
    },
};

pub(crate) fn router(origins: &Origins, config: &Config, record: Record) -> Router {
    let finx = Arc::new(Finx {
        origin: origins.finx.clone(),
        scenario: config.scenarios.finx,
        stranger: origins.stranger.clone(),
        record: record.clone(),
        store: Store::default(),
    });
    let router = Router::new().merge(api::router(finx.clone())).merge(pages::router(finx));
    guided(&GUIDE, record, router)
}

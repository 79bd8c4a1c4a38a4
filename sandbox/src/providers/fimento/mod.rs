//! Fimento: its API, the consent pages at `/consent/`, the visualisation tool at `/visualisation/`, its webhooks.
//! See `contracts/fimento.md`. Where the provider's documentation names no path or field, the name here is a guess:
//! every path but `/login` and those under `/process`, `consent-link`, and `status`, `consent`, `error` and `processId` on the
//! return URL.

mod api;
mod error;
mod insights;
mod money;
mod pages;
mod process;
mod processes;
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
use webhooks::Unsigned;

/// The one API user that the simulated Fimento knows.
pub const NAME: &str = "sandbox-demo";
/// Its password.
pub const PASSWORD: &str = "sandbox-fimento-password";
/// The partner bank that is there from the start.
pub const PARTNER_BANK_ID: &str = "605c6c479691950d359bb0e9";
/// The provider's test customer with good data.
pub const GOOD_SSN: &str = "199503096316";
/// The provider's test customer with bad data.
pub const BAD_SSN: &str = "197710114682";

/// What every part of the simulation shares.
pub(crate) struct Fimento {
    origin: String,
    /// What is played where nobody has named a scenario.
    scenario: Option<Scenario>,
    token_lifetime: Duration,
    /// Between the statuses that are set in the background.
    delay: Duration,
    record: Record,
    store: Store,
    webhooks: Webhooks<Unsigned>,
}

const GUIDE: Guide = Guide {
    name: "Fimento",
    endpoints: &api::ENDPOINTS,
    has_webhooks: true,
    logins: &[
        ("name", NAME),
        ("password", PASSWORD),
        ("partner-bank-id", PARTNER_BANK_ID),
        ("personal number, good data", GOOD_SSN),
        ("personal number, bad data", BAD_SSN),
        ("Security code", pages::SECURITY_CODE),
        ("Security code that the bank refuses", pages::REFUSED_CODE),
    ],
    endings: endings!(),
    refusal: |status, message| {
        let name = if status == StatusCode::NOT_FOUND { "Not found" } else { "Method not allowed" };
        error::body(status, name, &[message])
    },
};

pub(crate) fn router(origins: &Origins, config: &Config, record: Record) -> Router {
    let webhooks = Webhooks::new(Unsigned, Duration::ZERO, config, record.clone());
    let control = webhooks.router();
    let fimento = Arc::new(Fimento {
        origin: origins.fimento.clone(),
        scenario: config.scenarios.fimento,
        token_lifetime: config.token_lifetime,
        delay: config.webhook_delay,
        record: record.clone(),
        store: Store::new(),
        webhooks,
    });
    let router = control.merge(api::router(fimento.clone())).merge(pages::router(fimento));
    guided(&GUIDE, record, router)
}

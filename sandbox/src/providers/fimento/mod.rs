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
mod scenario;
mod store;
mod webhooks;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::provider::{Provider, Setup};
use crate::scenario::endings;
use crate::webhooks::Webhooks;
use error::ApiError;
use scenario::Scenario;
use store::Tables;
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

type Shared = State<Arc<Fimento>>;

/// What every part of the simulation shares.
pub(crate) struct Fimento {
    setup: Setup,
    /// What is played where nobody has named a scenario.
    scenario: Option<Scenario>,
    tables: Mutex<Tables>,
    webhooks: Webhooks<Unsigned>,
}

impl Fimento {
    /// Never held across an await.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }

    /// The header `partner-bank-id`, which must name one.
    fn partner_bank(&self, headers: &HeaderMap) -> Result<String, ApiError> {
        let id = headers.get("partner-bank-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
        if id.is_empty() {
            return Err(ApiError::bad_request(vec!["partner-bank-id is required".into()]));
        }
        if !self.tables().partner_banks.iter().any(|bank| bank["_id"] == id) {
            return Err(ApiError::not_found("There is no such partner bank"));
        }
        Ok(id.into())
    }
}

/// What is simulated.
pub static PROVIDER: Provider = Provider {
    id: "fimento",
    name: "Fimento",
    country: "Sweden and Finland",
    modes: &["popup", "redirect"],
    has_webhooks: true,
    has_keys: false,
    logins: &[
        ("name", NAME),
        ("password", PASSWORD),
        ("partner-bank-id", PARTNER_BANK_ID),
        ("personal number, good data", GOOD_SSN),
        ("personal number, bad data", BAD_SSN),
        ("Security code", pages::SECURITY_CODE),
        ("Security code that the bank refuses", pages::REFUSED_CODE),
    ],
    endings: endings::<Scenario>,
    refusal: |status, message| {
        let name = if status == StatusCode::NOT_FOUND { "Not found" } else { "Method not allowed" };
        error::body(status, name, &[message])
    },
    router,
};

fn router(setup: Setup) -> Router {
    let webhooks = Webhooks::new(Unsigned, Duration::ZERO, &setup);
    let control = webhooks.router();
    let demo =
        json!({ "_id": PARTNER_BANK_ID, "name": "Demo partner bank", "isBroker": false, "logoUrl": null });
    let fimento = Arc::new(Fimento {
        scenario: setup.scenario(),
        tables: Mutex::new(Tables { partner_banks: vec![demo], ..Tables::default() }),
        webhooks,
        setup,
    });
    control.merge(api::router(fimento.clone())).merge(pages::router(fimento))
}

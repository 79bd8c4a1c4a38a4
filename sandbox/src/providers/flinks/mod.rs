//! Flinks: its API under `/v3/{customerId}/BankingServices`, Flinks Connect at `/v2/`. See `contracts/flinks.md`.

mod api;
mod data;
mod error;
mod institutions;
mod leaving;
mod options;
mod pages;
mod scenario;
mod session;
mod stage;
mod store;
mod turn;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;

use crate::provider::{Provider, Setup};
use crate::scenario::endings;
use scenario::Scenario;
use store::Tables;

/// The one customer that the simulated Flinks knows.
pub const CUSTOMER_ID: &str = "7d3f1c52-9a40-4f0e-8b57-5e2a41c0d9b6";
/// The customer's secret key, which mints authorize tokens.
pub const SECRET_KEY: &str = "sandbox-flinks-secret-key";

type Shared = State<Arc<Flinks>>;

/// What every part of the simulation shares.
pub(crate) struct Flinks {
    setup: Setup,
    /// What is played where nobody has named a scenario.
    scenario: Option<Scenario>,
    /// The last token that named no scenario was refused for that.
    refused: AtomicBool,
    tables: Mutex<Tables>,
}

impl Flinks {
    /// Never held across an await.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }

    /// What is played where the token names no scenario. "Invalid once" is every second time.
    fn next_scenario(&self) -> Option<Scenario> {
        if self.scenario == Some(Scenario::TokenInvalidOnce) && self.refused.fetch_not(Ordering::Relaxed) {
            return Some(Scenario::Success);
        }
        self.scenario
    }
}

/// What is simulated.
pub static PROVIDER: Provider = Provider {
    id: "flinks",
    name: "Flinks Connect",
    country: "Canada",
    modes: &["overlay", "container", "popup", "redirect"],
    has_webhooks: false,
    has_keys: false,
    logins: &[
        ("customer_id", CUSTOMER_ID),
        ("the secret key", SECRET_KEY),
        ("Username", "Greatday; greatday_nomfa is asked nothing; others stand on the sign-in"),
        ("Password", institutions::PASSWORD),
        ("What city were you born in?", institutions::ANSWER),
        ("the institutions", "MapleRidge, CaisseDesErables, SaintLaurentBank; FlinksCapital with demo=true"),
    ],
    endings: endings::<Scenario>,
    refusal: |status, message| error::body(status, "METHOD_NOT_AVAILABLE", &message),
    router,
};

fn router(setup: Setup) -> Router {
    let flinks = Arc::new(Flinks {
        scenario: setup.scenario(),
        refused: AtomicBool::new(false),
        tables: Mutex::default(),
        setup,
    });
    Router::new().merge(api::router(flinks.clone())).merge(pages::router(flinks))
}

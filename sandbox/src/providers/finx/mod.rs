//! finX: its API, and its widget at `/?token=`. See `contracts/finx.md`.

mod api;
mod data;
mod ending;
mod error;
mod pages;
mod scenario;
mod store;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;

use crate::provider::{Provider, Setup};
use crate::scenario::endings;
use scenario::Scenario;
use store::{Signer, Tables};

/// The one client that the simulated finX knows.
pub const CLIENT_ID: &str = "sandbox-finx-client";
/// Its secret.
pub const CLIENT_SECRET: &str = "sandbox-finx-client-secret";

type Shared = State<Arc<Finx>>;

/// What every part of the simulation shares.
pub(crate) struct Finx {
    setup: Setup,
    /// What is played where nobody has named a scenario.
    scenario: Option<Scenario>,
    signer: Signer,
    tables: Mutex<Tables>,
}

impl Finx {
    /// Never held across an await.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }
}

/// What is simulated.
pub static PROVIDER: Provider = Provider {
    id: "finx",
    name: "finX",
    country: "Germany",
    modes: &["overlay", "container", "popup", "redirect"],
    has_webhooks: false,
    has_keys: false,
    logins: &[
        ("the client, by Basic", CLIENT_ID),
        ("its secret", CLIENT_SECRET),
        ("Customer number", "the name of a scenario that the sign-in lists, such as success"),
        ("PIN", pages::PASSWORD),
        ("TAN", pages::TAN),
        ("the vendor’s own test logins, for success", "figo01, PIN 654321; demo, PIN demo"),
    ],
    endings: endings::<Scenario>,
    refusal: |status, message| {
        let name = if status == StatusCode::NOT_FOUND { "not_found" } else { "method_not_allowed" };
        error::body(name, &message)
    },
    router,
};

fn router(setup: Setup) -> Router {
    let finx =
        Arc::new(Finx { scenario: setup.scenario(), signer: Signer::new(), tables: Mutex::default(), setup });
    Router::new().merge(api::router(finx.clone())).merge(pages::router(finx))
}

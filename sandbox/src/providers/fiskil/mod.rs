//! Fiskil: its API under `/v1`, its consent pages at `/?sess_id=`, its webhooks. See `contracts/fiskil.md`.

mod api;
mod ending;
mod error;
mod pages;
mod scenario;
mod store;
mod webhooks;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;

use crate::provider::{Provider, Setup};
use crate::scenario::endings;
use crate::webhooks::Webhooks;
use scenario::Scenario;
use store::Tables;
use webhooks::Signature;

/// The one client that the simulated Fiskil knows.
pub const CLIENT_ID: &str = "sandbox-client";
/// Its secret.
pub const CLIENT_SECRET: &str = "sandbox-client-secret";
/// What signs the webhooks that it gets.
pub const WEBHOOK_SECRET: &str = "sandbox-webhook-secret";

type Shared = State<Arc<Fiskil>>;

/// What every part of the simulation shares.
pub(crate) struct Fiskil {
    setup: Setup,
    /// What is played where nobody has named a scenario.
    scenario: Option<Scenario>,
    webhooks: Webhooks<Signature>,
    tables: Mutex<Tables>,
}

impl Fiskil {
    /// Never held across an await.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }
}

/// What is simulated.
pub static PROVIDER: Provider = Provider {
    id: "fiskil",
    name: "Fiskil",
    country: "Australia",
    modes: &["overlay", "container", "popup", "redirect"],
    has_webhooks: true,
    has_keys: false,
    logins: &[
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("the secret of the webhooks’ signature", WEBHOOK_SECRET),
        ("Customer ID", "the name of a scenario that the sign-in lists, such as success"),
        ("Password", pages::PASSWORD),
        ("One-time password", pages::ONE_TIME_PASSWORD),
    ],
    endings: endings::<Scenario>,
    refusal: |status, message| {
        let name = if status == StatusCode::NOT_FOUND { "NotFound" } else { "MethodNotAllowed" };
        error::body(name, &message)
    },
    router,
};

fn router(setup: Setup) -> Router {
    let webhooks = Webhooks::new(Signature, Duration::ZERO, &setup);
    let control = webhooks.router();
    let fiskil = Arc::new(Fiskil { scenario: setup.scenario(), webhooks, tables: Mutex::default(), setup });
    control.merge(api::router(fiskil.clone())).merge(pages::router(fiskil))
}

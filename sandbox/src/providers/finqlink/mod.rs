//! FinqLink: its API under `/v2`, `/v1` and `/test`, its token endpoint, its pages at `/w/` and the banks' at `/bank/`, its webhooks.
//! See `contracts/finqlink.md`. Where the provider's documentation names no field, the name here is a guess: `web_url`,
//! `ais_method`, the names in the filters of `/ais`, `options.redirect_url`, `options.webhook_url`, `options.state`, and `state`,
//! `status` and `web_id` on the return URL.

mod api;
mod banks;
mod consents;
mod data;
mod decimal;
mod error;
mod keys;
mod link;
mod links;
mod pages;
mod paging;
mod scenario;
mod status;
mod store;
mod token;
mod webhooks;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;

use crate::PublicKey;
use crate::provider::{Provider, Setup};
use crate::scenario::endings;
use crate::webhooks::Webhooks;
use link::Link;
use scenario::Scenario;
use status::Status;
use store::Tables;
use webhooks::Jws;

/// The one client that the simulated FinqLink knows.
pub const CLIENT_ID: &str = "0oasandboxclient17";
/// Its secret, for test calls.
pub const CLIENT_SECRET: &str = "sandbox-finqlink-secret";

/// The creditor of test payments.
pub const CREDITOR_IBAN: &str = banks::CREDITOR_IBAN;

/// The name of the merchant, as the provider knows it.
const APP_NAME: &str = "Ledgerly";
const TOKEN_PATH: &str = "/oauth2/v1/token";

type Shared = State<Arc<Finqlink>>;

/// What every part of the simulation shares.
pub(crate) struct Finqlink {
    setup: Setup,
    /// What is played where nobody has named a scenario.
    scenario: Option<Scenario>,
    tables: Mutex<Tables>,
    webhooks: Webhooks<Jws>,
    /// Those of back ends, beside the demo's.
    public_keys: Mutex<Vec<PublicKey>>,
}

impl Finqlink {
    /// Never held across an await.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }

    /// Moves a payment or a consent on, and tells the merchant.
    fn advance(&self, link: &mut Link, status: Status) {
        if link.status != status {
            link.status = status;
            self.webhooks.link_status(link);
        }
    }
}

/// Where the token endpoint of a simulated FinqLink is.
#[must_use]
pub fn token_url(origin: &str) -> String {
    format!("{origin}{TOKEN_PATH}")
}

/// What is simulated.
pub static PROVIDER: Provider = Provider {
    id: "finqlink",
    name: "FinqLink",
    country: "Romania",
    modes: &["popup", "redirect", "overlay", "container"],
    has_webhooks: true,
    has_keys: true,
    logins: &[
        ("client_id", CLIENT_ID),
        ("client_secret, of test calls and tokens", CLIENT_SECRET),
        ("bt_ro", "testbt, testbt, PIN 1234567"),
        ("cec_ro", "testcecapi, testcecapi, IBAN RO42CECEAG0202RON0007466"),
        ("rzb_ro", "PSU ID 9999999998, IBAN RO03RZBR0000069999999999"),
        ("the creditor of test payments", banks::CREDITOR_IBAN),
        ("another ending", "the name of a scenario that the sign-in lists, as user name"),
    ],
    endings: endings::<Scenario>,
    refusal: |status, message| {
        let name = if status == StatusCode::NOT_FOUND { "not_found" } else { "method_not_allowed" };
        error::body(name, &message)
    },
    router,
};

fn router(setup: Setup) -> Router {
    let webhooks = Webhooks::new(Jws::default(), setup.config.webhook_delay, &setup);
    let control = webhooks.router();
    let finqlink = Arc::new(Finqlink {
        scenario: setup.scenario(),
        tables: Mutex::default(),
        webhooks,
        public_keys: Mutex::new(setup.config.public_keys.clone()),
        setup,
    });
    control
        .merge(token::router(finqlink.clone()))
        .merge(api::router(finqlink.clone()))
        .merge(webhooks::router(finqlink.clone()))
        .merge(pages::router(finqlink))
}

//! The open-banking providers simulated on loopback, and the back end of a merchant that uses them.
//!
//! Each provider has an origin of its own, so that a page that embeds it meets a genuinely foreign one.
//! The merchant serves the demo page and makes the calls that only a server may make.
//! With credentials from the environment the same merchant talks to the real provider instead.

mod bank;
mod config;
mod control;
mod merchant;
mod origin;
mod providers;
mod public_key;
mod record;
mod scenarios;
mod webhooks;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use serde::Serialize;

pub use config::{Config, Ports};
pub use merchant::fimento::Account as FimentoAccount;
pub use merchant::finqlink::Account as FinqlinkAccount;
pub use merchant::finx::Account as FinxAccount;
pub use merchant::fiskil::Account as FiskilAccount;
pub use merchant::flinks::Account as FlinksAccount;
pub use providers::fimento::{
    NAME as FIMENTO_NAME, PARTNER_BANK_ID as FIMENTO_PARTNER_BANK_ID, PASSWORD as FIMENTO_PASSWORD,
};
pub use providers::finqlink::{CLIENT_ID as FINQLINK_CLIENT_ID, CLIENT_SECRET as FINQLINK_CLIENT_SECRET};
pub use providers::finx::{FINX_CLIENT_ID, FINX_CLIENT_SECRET};
pub use providers::fiskil::{CLIENT_ID, CLIENT_SECRET, WEBHOOK_SECRET};
pub use providers::flinks::{FLINKS_CUSTOMER_ID, FLINKS_SECRET_KEY};
pub use public_key::PublicKey;
pub use scenarios::Scenarios;
pub use webhooks::Receiver;

use origin::{Origin, Served};
use record::Log;

/// Where everything listens, such as `http://127.0.0.1:4711`.
#[derive(Clone, Debug, Serialize)]
pub struct Origins {
    /// The merchant: the demo page at `/`, the npm package at `/pkg/`, its back end at `/api/` and `/webhooks/`,
    /// the log of all providers at `/__sandbox/log`. Empty: there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub merchant: String,
    /// Fiskil: the API at `/v1`, the consent pages at `/?sess_id=`.
    pub fiskil: String,
    /// Flinks: the API under `/v3`, Flinks Connect at `/v2/`.
    pub flinks: String,
    /// finX: the API at `/`, the widget at `/?token=`.
    pub finx: String,
    /// FinqLink: the API under `/v2`, the pages at `/w/`.
    pub finqlink: String,
    /// Fimento: the API at `/`, the consent pages at `/consent/`.
    pub fimento: String,
    /// A page of nobody's, which posts what a provider would post. Scenarios lead a frame there.
    pub stranger: String,
}

/// A running sandbox, and where it listens. It ends when this is dropped.
pub struct Sandbox {
    origins: Origins,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Deref for Sandbox {
    type Target = Origins;

    fn deref(&self) -> &Origins {
        &self.origins
    }
}

impl Sandbox {
    /// Binds every origin and serves it in the background. May be called inside another async runtime.
    ///
    /// # Errors
    /// A port that is taken, or a runtime that cannot start.
    pub fn start(config: Config) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox")
            .enable_all()
            .build()
            .context("cannot start the async runtime")?;
        let origins = {
            let _inside = runtime.enter();
            serve(config)?
        };
        Ok(Self { origins, runtime: Some(runtime) })
    }

    /// Ends everything. The same as dropping it.
    pub fn stop(self) {}
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        // A runtime may not be waited for inside another one; on a thread of its own it always may.
        let ending = std::thread::spawn(move || runtime.shutdown_timeout(Duration::from_secs(2)));
        let _ = ending.join();
    }
}

fn serve(config: Config) -> anyhow::Result<Origins> {
    let bind = |port| Origin::bind(config.host, port);
    let Ports { merchant, fiskil, flinks, finx, finqlink, fimento, stranger } = config.ports;
    let merchant = if config.with_merchant { Some(bind(merchant)?) } else { None };
    let providers = [bind(fiskil)?, bind(flinks)?, bind(finx)?, bind(finqlink)?, bind(fimento)?];
    let stranger = bind(stranger)?;
    let [fiskil, flinks, finx, finqlink, fimento] = providers.each_ref().map(|origin| origin.url.clone());
    let origins = Origins {
        merchant: merchant.as_ref().map_or_else(String::new, |origin| origin.url.clone()),
        fiskil,
        flinks,
        finx,
        finqlink,
        fimento,
        stranger: stranger.url.clone(),
    };
    let log = Log::start();
    let shared = Arc::new((origins.clone(), config));
    let mut all = Vec::new();
    for (origin, (name, router)) in providers.into_iter().zip(PROVIDERS) {
        let (shared, record) = (shared.clone(), log.of(name));
        let served = Served::new(move || Ok(router(&shared.0, &shared.1, record.clone())))?;
        all.push(served.clone());
        let log = log.clone();
        origin.serve(served.clone().router(vec![served], move || log.forget(Some(name))));
    }
    stranger.serve(providers::stranger::router());
    if let Some(origin) = merchant {
        let of_merchant = log.clone();
        let served = Served::new(move || merchant::router(&shared.0, &shared.1, of_merchant.clone()))?;
        all.push(served.clone());
        origin.serve(served.router(all, move || log.forget(None)));
    }
    Ok(origins)
}

type Router = fn(&Origins, &Config, record::Record) -> axum::Router;

/// The providers, by the names in [`Origins`], in its order.
const PROVIDERS: [(&str, Router); 5] = [
    ("fiskil", providers::fiskil::router),
    ("flinks", providers::flinks::router),
    ("finx", providers::finx::router),
    ("finqlink", providers::finqlink::router),
    ("fimento", providers::fimento::router),
];

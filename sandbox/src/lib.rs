//! The open-banking providers simulated on loopback, and the back end of a merchant that uses them.
//!
//! Each provider has an origin of its own, so that a page that embeds it meets a genuinely foreign one.
//! The merchant serves the demo page and makes the calls that only a server may make.
//! With credentials from the environment the same merchant talks to the real provider instead.

mod bank;
mod config;
mod merchant;
mod origin;
mod providers;
mod record;
mod scenarios;

use std::time::Duration;

use anyhow::Context;
use serde::Serialize;

pub use config::Config;
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
pub use scenarios::Scenarios;

use origin::Origin;
use record::Log;

/// Where everything listens, such as `http://127.0.0.1:4711`.
#[derive(Clone, Debug, Serialize)]
pub struct Origins {
    /// The merchant: the demo page at `/`, the npm package at `/pkg/`, its back end at `/api/` and `/webhooks/`,
    /// the log of all providers at `/__sandbox/log`.
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

/// A running sandbox. It ends when this is dropped.
pub struct Sandbox {
    /// The merchant's origin.
    pub merchant: String,
    /// Fiskil's origin.
    pub fiskil: String,
    /// Flinks' origin.
    pub flinks: String,
    /// finX's origin.
    pub finx: String,
    /// FinqLink's origin.
    pub finqlink: String,
    /// Fimento's origin.
    pub fimento: String,
    /// The stranger's origin.
    pub stranger: String,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Sandbox {
    /// Binds every origin on 127.0.0.1 and serves it in the background. May be called inside another async runtime.
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
        Ok(Self {
            merchant: origins.merchant,
            fiskil: origins.fiskil,
            flinks: origins.flinks,
            finx: origins.finx,
            finqlink: origins.finqlink,
            fimento: origins.fimento,
            stranger: origins.stranger,
            runtime: Some(runtime),
        })
    }

    /// Where everything listens.
    #[must_use]
    pub fn origins(&self) -> Origins {
        Origins {
            merchant: self.merchant.clone(),
            fiskil: self.fiskil.clone(),
            flinks: self.flinks.clone(),
            finx: self.finx.clone(),
            finqlink: self.finqlink.clone(),
            fimento: self.fimento.clone(),
            stranger: self.stranger.clone(),
        }
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
    let merchant = Origin::bind(config.port)?;
    let fiskil = Origin::bind(0)?;
    let flinks = Origin::bind(0)?;
    let finx = Origin::bind(0)?;
    let finqlink = Origin::bind(0)?;
    let fimento = Origin::bind(0)?;
    let stranger = Origin::bind(0)?;
    let origins = Origins {
        merchant: merchant.url.clone(),
        fiskil: fiskil.url.clone(),
        flinks: flinks.url.clone(),
        finx: finx.url.clone(),
        finqlink: finqlink.url.clone(),
        fimento: fimento.url.clone(),
        stranger: stranger.url.clone(),
    };
    let log = Log::start();
    fiskil.serve(providers::fiskil::router(&origins, &config, log.of("fiskil")));
    flinks.serve(providers::flinks::router(&origins, &config, log.of("flinks")));
    finx.serve(providers::finx::router(&origins, &config, log.of("finx")));
    finqlink.serve(providers::finqlink::router(&origins, &config, log.of("finqlink")));
    fimento.serve(providers::fimento::router(&origins, &config, log.of("fimento")));
    stranger.serve(providers::stranger::router());
    merchant.serve(merchant::router(&origins, &config, log)?);
    Ok(origins)
}

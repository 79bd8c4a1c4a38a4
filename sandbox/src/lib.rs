//! The open-banking providers simulated on loopback, for the tests of those who use them.
//!
//! Each provider has an origin of its own, so that a page that embeds it meets a genuinely foreign one.
//!
//! [`PROVIDERS`] lists them. What each has beside its pages and its API is at `/__sandbox` of its origin.

mod bank;
mod config;
mod control;
mod fields;
pub mod options;
mod origin;
mod origins;
mod provider;
mod providers;
mod public_key;
mod record;
mod scenario;
mod tokens;
mod urls;
mod webhooks;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use serde_json::Value;
use tokio::runtime::Runtime;

pub use config::{Config, Receiver};
pub use origin::{Origin, Served};
pub use origins::Origins;
pub use provider::Provider;
pub use providers::guide::{guide, no_endpoint};
pub use providers::{PROVIDERS, fimento, finqlink, finx, fiskil, flinks};
pub use public_key::PublicKey;
pub use scenario::Ending;

use provider::Setup;
use record::Log;

/// A running sandbox, and where it listens. It ends when this is dropped.
pub struct Sandbox {
    simulation: Simulation,
    runtime: Option<Runtime>,
}

/// The providers of a sandbox, as they are served. Clones are the same ones.
#[derive(Clone)]
pub struct Simulation {
    origins: Origins,
    log: Arc<Log>,
    providers: Vec<Arc<Served>>,
}

impl Deref for Sandbox {
    type Target = Origins;

    fn deref(&self) -> &Origins {
        &self.simulation.origins
    }
}

impl Sandbox {
    /// Binds every origin and serves it in the background. May be called inside another async runtime.
    ///
    /// # Errors
    /// A port that is taken, or a runtime that cannot start.
    pub fn start(config: &Config) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox")
            .enable_all()
            .build()
            .context("cannot start the async runtime")?;
        let simulation = {
            let _inside = runtime.enter();
            Simulation::serve(config)?
        };
        Ok(Self { simulation, runtime: Some(runtime) })
    }

    /// Where everything listens.
    #[must_use]
    pub fn origins(&self) -> &Origins {
        &self.simulation.origins
    }

    /// What is served.
    #[must_use]
    pub fn simulation(&self) -> &Simulation {
        &self.simulation
    }

    /// Serves one more origin until the sandbox ends.
    ///
    /// # Errors
    /// The async runtime does not take the listener.
    pub fn serve(&self, origin: Origin, router: Router) -> anyhow::Result<()> {
        let _inside = self.runtime.as_ref().map(Runtime::enter);
        origin.serve(router)
    }
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

impl Simulation {
    /// Where everything listens.
    #[must_use]
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// What came to the providers, and what they sent.
    #[must_use]
    pub fn log(&self) -> Value {
        self.log.show(None)
    }

    /// Has every provider forget what it knows, and the log with it.
    ///
    /// # Errors
    /// A provider that cannot start anew.
    pub fn reset(&self) -> anyhow::Result<()> {
        self.log.forget(None);
        self.providers.iter().try_for_each(|served| served.reset())
    }

    fn serve(config: &Config) -> anyhow::Result<Self> {
        let bind = |name| Origin::bind(config.host, config.ports.get(name).copied().unwrap_or_default());
        let bound: Vec<_> =
            options::names().map(|name| Ok((name, bind(name)?))).collect::<anyhow::Result<_>>()?;
        let origins = Origins(bound.iter().map(|(name, origin)| (*name, origin.url.clone())).collect());
        let log = Log::start();
        let mut providers = Vec::new();
        for (name, origin) in bound {
            let Some(provider) = PROVIDERS.iter().find(|provider| provider.id == name) else {
                origin.serve(providers::stranger::router())?;
                continue;
            };
            let setup = Setup {
                id: name,
                origin: origin.url.clone(),
                stranger: origins["stranger"].clone(),
                config: config.clone(),
                record: log.of(name),
            };
            let served = Served::new(move || Ok(providers::guide::guided(provider, &setup)))?;
            providers.push(served.clone());
            let (log, resets) = (log.clone(), served.clone());
            origin.serve(served.router(move || {
                log.forget(Some(name));
                resets.reset()
            }))?;
        }
        Ok(Self { origins, log, providers })
    }
}

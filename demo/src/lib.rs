//! The demo shop, which connects a person's bank through any of the simulated providers; with credentials in the
//! environment, through a real one.
//!
//! It serves the demo page, and makes the calls that only a server may make.

mod api;
mod backend;
mod backends;
mod environment;
mod error;
mod links;
mod shop;
mod site;

use std::ops::Deref;
use std::path::PathBuf;

use sandbox::{Origin, Origins, Receiver, Sandbox, Served};

pub use environment::Environment;

/// How a demo is to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The providers' part.
    pub sandbox: sandbox::Config,
    /// The shop's port; 0 takes any free one.
    pub port: u16,
    /// The repository: `www/` and `pkg/` are served from it. Either may be missing.
    pub root: PathBuf,
    /// Whether the shop's policy refuses WebAssembly, and its page has `link-widget/csp` in place of `link-widget`.
    pub without_webassembly: bool,
    /// Credentials of the shop's accounts at real providers. Where a provider's are missing, the simulated one is used.
    pub environment: Environment,
}

impl Config {
    /// Whether a page of the shop's is in `root`.
    #[must_use]
    pub fn has_demo(&self) -> bool {
        self.root.join("www/index.html").is_file()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            sandbox: sandbox::Config::default(),
            port: 0,
            root: PathBuf::from("."),
            without_webassembly: false,
            environment: Environment::new(),
        }
    }
}

/// A running shop with its sandbox, and where they listen: `demo["merchant"]` is the shop's origin, with the demo page at `/`,
/// the npm package at `/pkg/`, its back end at `/api/` and `/webhooks/`, and all providers' log at `/__sandbox/log`. It ends
/// when this is dropped.
pub struct Demo {
    origins: Origins,
    /// The IDs of the providers that are real.
    pub live: Vec<&'static str>,
    _sandbox: Sandbox,
}

impl Deref for Demo {
    type Target = Origins;

    fn deref(&self) -> &Origins {
        &self.origins
    }
}

impl Demo {
    /// Binds every origin and serves it in the background. May be called inside another async runtime.
    ///
    /// # Errors
    /// A port that is taken, or variables of an account that do not fit together.
    pub fn start(config: Config) -> anyhow::Result<Self> {
        let mut of_sandbox = config.sandbox.clone();
        // bound first: the shop is told of as the providers' consoles would have it
        let shop = Origin::bind(of_sandbox.host, config.port)?;
        let origin = shop.url.clone();
        of_sandbox.webhooks.push(Receiver { provider: "fiskil", url: format!("{origin}/webhooks/fiskil") });
        of_sandbox.public_keys.push(backends::finqlink_key()?);
        let sandbox = Sandbox::start(&of_sandbox)?;
        let simulation = sandbox.simulation().clone();
        let live = backends::all(&config.environment, &origin, sandbox.origins())?;
        let live = live.iter().filter(|at| at.live).map(|at| at.id).collect();
        let origins = [("merchant", origin.clone())].into_iter().chain(sandbox.origins().0.iter().cloned());
        let origins = Origins(origins.collect());
        let of_shop = simulation.clone();
        let served = Served::new(move || site::router(&origin, &config, &of_shop))?;
        let resets = served.clone();
        let router = served.router(move || {
            simulation.reset()?;
            resets.reset()
        });
        sandbox.serve(shop, router)?;
        Ok(Self { origins, live, _sandbox: sandbox })
    }
}

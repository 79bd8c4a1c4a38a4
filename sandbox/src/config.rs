use std::path::PathBuf;
use std::time::Duration;

use crate::{FimentoAccount, FinqlinkAccount, FinxAccount, FiskilAccount, FlinksAccount, Scenarios};

/// How a sandbox is to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The repository: `www/` and `pkg/` are served from it. Either may be missing.
    pub root: PathBuf,
    /// Whether the merchant's policy refuses WebAssembly, and its page has `link-widget/csp` in place of `link-widget`.
    pub without_webassembly: bool,
    /// The merchant's port; 0 takes any free one. Each provider takes any free one.
    pub port: u16,
    /// What the providers' pages play by themselves.
    pub scenarios: Scenarios,
    /// The merchant's account at the real Fiskil; `None` uses the simulated one.
    pub fiskil: Option<FiskilAccount>,
    /// The merchant's account at the real Flinks; `None` uses the simulated one.
    pub flinks: Option<FlinksAccount>,
    /// The merchant's account at the real finX; `None` uses the simulated one.
    pub finx: Option<FinxAccount>,
    /// The merchant's account at the real FinqLink; `None` uses the simulated one.
    pub finqlink: Option<FinqlinkAccount>,
    /// The merchant's account at the real Fimento; `None` uses the simulated one.
    pub fimento: Option<FimentoAccount>,
    /// How long a simulated access token lives. The real one: 900 s.
    pub token_lifetime: Duration,
    /// How long a simulated auth session lives. The real one: 5 days.
    pub session_lifetime: Duration,
    /// From a consent to its first webhook, and between webhooks.
    pub webhook_delay: Duration,
}

impl Config {
    /// Whether a merchant's page is in `root`.
    #[must_use]
    pub fn has_demo(&self) -> bool {
        self.root.join("www/index.html").is_file()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            root: PathBuf::from("."),
            without_webassembly: false,
            port: 0,
            scenarios: Scenarios::default(),
            fiskil: None,
            flinks: None,
            finx: None,
            finqlink: None,
            fimento: None,
            token_lifetime: Duration::from_secs(900),
            session_lifetime: Duration::from_secs(5 * 24 * 3600),
            webhook_delay: Duration::from_millis(250),
        }
    }
}

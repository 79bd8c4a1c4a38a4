use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use crate::PublicKey;

/// How a sandbox is to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything listens. Loopback, unless a container's host is to reach it.
    pub host: IpAddr,
    /// The ports by name, `stranger` among them. Those that are not named take any free one.
    pub ports: BTreeMap<&'static str, u16>,
    /// What each provider's pages play by themselves, by its ID, where whoever creates a session names no scenario.
    pub scenarios: BTreeMap<&'static str, &'static str>,
    /// How long an access token lives. The real Fiskil's: 900 s.
    pub token_lifetime: Duration,
    /// How long a session of Fiskil's lives. The real one: 5 days.
    pub session_lifetime: Duration,
    /// From a consent to its first webhook, and between webhooks.
    pub webhook_delay: Duration,
    /// How long a receiver may take to answer a webhook.
    pub webhook_timeout: Duration,
    /// Who gets webhooks from the start.
    pub webhooks: Vec<Receiver>,
    /// Whose assertions FinqLink accepts from the start.
    pub public_keys: Vec<PublicKey>,
}

/// Where a provider sends its webhooks.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// The provider's ID.
    pub provider: &'static str,
    /// An absolute http or https URL.
    pub url: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            ports: BTreeMap::new(),
            scenarios: BTreeMap::new(),
            token_lifetime: Duration::from_secs(900),
            session_lifetime: Duration::from_secs(5 * 24 * 3600),
            webhook_delay: Duration::from_millis(250),
            webhook_timeout: Duration::from_secs(5),
            webhooks: Vec::new(),
            public_keys: Vec::new(),
        }
    }
}

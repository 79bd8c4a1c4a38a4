use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::{
    FimentoAccount, FinqlinkAccount, FinxAccount, FiskilAccount, FlinksAccount, PublicKey, Receiver,
    Scenarios,
};

/// How a sandbox is to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The repository: `www/` and `pkg/` are served from it. Either may be missing.
    pub root: PathBuf,
    /// Whether the merchant's policy refuses WebAssembly, and its page has `link-widget/csp` in place of `link-widget`.
    pub without_webassembly: bool,
    /// Where everything listens. Loopback, unless a container's host is to reach it.
    pub host: IpAddr,
    /// The port of each.
    pub ports: Ports,
    /// Whether the demo merchant is there as well.
    pub with_merchant: bool,
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
    /// How long a receiver may take to answer a webhook.
    pub webhook_timeout: Duration,
    /// Who gets webhooks from the start, beside the merchant.
    pub webhooks: Vec<Receiver>,
    /// Whose assertions the simulated FinqLink accepts from the start, beside the merchant's.
    pub public_keys: Vec<PublicKey>,
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
            host: Ipv4Addr::LOCALHOST.into(),
            ports: Ports::default(),
            with_merchant: true,
            scenarios: Scenarios::default(),
            fiskil: None,
            flinks: None,
            finx: None,
            finqlink: None,
            fimento: None,
            token_lifetime: Duration::from_secs(900),
            session_lifetime: Duration::from_secs(5 * 24 * 3600),
            webhook_delay: Duration::from_millis(250),
            webhook_timeout: Duration::from_secs(5),
            webhooks: Vec::new(),
            public_keys: Vec::new(),
        }
    }
}

/// The port of each origin; 0 takes any free one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are named after whose they are")]
pub struct Ports {
    pub merchant: u16,
    pub fiskil: u16,
    pub flinks: u16,
    pub finx: u16,
    pub finqlink: u16,
    pub fimento: u16,
    pub stranger: u16,
}

impl Ports {
    /// This one for the merchant, and those that follow for the others. 0: any for each.
    ///
    /// # Errors
    /// There are not so many ports behind it.
    pub fn from(first: u16) -> anyhow::Result<Self> {
        let mut ports = Self::default();
        if first == 0 {
            return Ok(ports);
        }
        for (port, (_, place)) in (first..=u16::MAX).zip(ports.all()) {
            *place = port;
        }
        ensure!(
            ports.stranger != 0,
            "--port {first} leaves no ports for the providers: it must be at most 65529"
        );
        Ok(ports)
    }

    /// Sets one by the name of whose it is.
    ///
    /// # Errors
    /// It is not `NAME=PORT`, or nobody has the name.
    pub fn set(&mut self, text: &str) -> anyhow::Result<()> {
        let (name, port) =
            text.split_once('=').with_context(|| format!("--ports takes NAME=PORT, not `{text}`"))?;
        let port = port.parse().with_context(|| format!("`{port}` is no port, in --ports {text}"))?;
        let all = self.all();
        let names = all.each_ref().map(|(name, _)| *name).join(", ");
        let (_, place) = all
            .into_iter()
            .find(|(other, _)| *other == name)
            .with_context(|| format!("--ports knows no `{name}`: it must be one of {names}"))?;
        *place = port;
        Ok(())
    }

    fn all(&mut self) -> [(&'static str, &mut u16); 7] {
        [
            ("merchant", &mut self.merchant),
            ("fiskil", &mut self.fiskil),
            ("flinks", &mut self.flinks),
            ("finx", &mut self.finx),
            ("finqlink", &mut self.finqlink),
            ("fimento", &mut self.fimento),
            ("stranger", &mut self.stranger),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_follow_the_merchants_unless_they_are_named() {
        let mut ports = Ports::from(4000).unwrap();
        assert_eq!((ports.merchant, ports.fiskil, ports.fimento, ports.stranger), (4000, 4001, 4005, 4006));
        ports.set("finx=5000").unwrap();
        assert_eq!((ports.flinks, ports.finx, ports.finqlink), (4002, 5000, 4004));
        assert_eq!(Ports::from(0).unwrap(), Ports::default());
        for wrong in ["finx", "finx=", "finx=70000", "fiscal=4000"] {
            assert!(ports.set(wrong).is_err(), "{wrong}");
        }
        assert!(Ports::from(65529).is_ok() && Ports::from(65530).is_err());
    }
}

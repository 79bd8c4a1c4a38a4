//! Which window and which origin may speak in a flow.

use crate::error::LinkError;
use crate::options::AN_ORIGIN;
use crate::url::Url;

/// The origin of a secure URL, serialised as the browser serialises it. Never `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    pub(crate) fn of(url: &Url) -> Self {
        Self(url.origin())
    }

    /// An origin as a caller writes it, such as `https://auth.fiskil.com` or, since URLs are normalised
    /// first, `HTTPS://auth.fiskil.com:443/`.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: not an origin (`*`, `null`, a path), or not a secure one.
    pub fn from_option(text: &str) -> Result<Self, LinkError> {
        Url::parse(text)
            .filter(|_| !text.bytes().any(|byte| byte == b'*'))
            .and_then(|_| Url::secure("allowedOrigin", text).ok())
            .filter(|url| url.path() == "/" && !url.has_tail())
            .map(|url| Self::of(&url))
            .ok_or_else(|| LinkError::invalid("allowedOrigin", AN_ORIGIN))
    }

    /// As the browser writes it in `event.origin`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The provider's window, at the allowed origin.
    Provider,
    /// The provider's window, at another origin.
    ElsewhereInOurWindow,
    /// Another window.
    Stranger,
}

/// How many origins are remembered as reported. An attacker can make up any number.
const REMEMBERED: usize = 64;

/// Checks who speaks, and remembers which strangers were reported.
#[derive(Debug)]
pub struct Gate {
    allowed: Origin,
    reported: Vec<String>,
}

impl Gate {
    /// A gate that lets this origin in.
    pub fn new(allowed: Origin) -> Self {
        Self { allowed, reported: Vec::new() }
    }

    /// The origin that may speak.
    pub fn allowed(&self) -> &Origin {
        &self.allowed
    }

    /// Who sent a message. `from_our_window`: its source is the provider's window, and there is one.
    pub fn sender(&self, from_our_window: bool, origin: &str) -> Sender {
        match (from_our_window, origin == self.allowed.0) {
            (true, true) => Sender::Provider,
            (true, false) => Sender::ElsewhereInOurWindow,
            (false, _) => Sender::Stranger,
        }
    }

    /// Whether a dropped message from this origin is to be reported: once per origin.
    pub fn reports(&mut self, origin: &str) -> bool {
        let first = self.reported.len() < REMEMBERED && !self.reported.iter().any(|seen| seen == origin);
        if first {
            self.reported.push(origin.to_owned());
        }
        first
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn an_allowed_origin_is_normalised_then_compared_exactly() {
        for good in [
            "https://auth.fiskil.com",
            "https://auth.fiskil.com/",
            "https://auth.fiskil.com:443",
            "HTTPS://AUTH.Fiskil.com",
        ] {
            let origin = Origin::from_option(good).expect(good);
            assert_eq!(origin.as_str(), "https://auth.fiskil.com", "{good}");
        }
        for bad in [
            "*",
            "null",
            "",
            "https://*.fiskil.com",
            "https://auth.fiskil.com/path",
            "https://auth.fiskil.com/?query",
            "https://auth.fiskil.com/#fragment",
            "http://auth.fiskil.com",
            "https://user@auth.fiskil.com",
            "auth.fiskil.com",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            let error = Origin::from_option(bad).expect_err(bad);
            assert!(error.message.starts_with("allowedOrigin must be"), "{bad}: {error}");
        }
    }

    #[test]
    fn only_our_window_at_the_allowed_origin_is_the_provider() {
        let gate = Gate::new(Origin::from_option("https://auth.fiskil.com").unwrap());
        for (ours, origin, sender) in [
            (true, "https://auth.fiskil.com", Sender::Provider),
            (false, "https://auth.fiskil.com", Sender::Stranger),
            (true, "https://auth.fiskil.com.evil.example", Sender::ElsewhereInOurWindow),
            (true, "https://evil-auth.fiskil.com", Sender::ElsewhereInOurWindow),
            (true, "https://auth.fiskil.com:8443", Sender::ElsewhereInOurWindow),
            (true, "http://auth.fiskil.com", Sender::ElsewhereInOurWindow),
            (true, "https://auth.fiskil.com.", Sender::ElsewhereInOurWindow),
            (true, "https://auth.fiskil.com/", Sender::ElsewhereInOurWindow),
            (true, "null", Sender::ElsewhereInOurWindow),
            (true, "", Sender::ElsewhereInOurWindow),
            (false, "null", Sender::Stranger),
        ] {
            assert_eq!(gate.sender(ours, origin), sender, "{ours} {origin}");
        }
    }

    #[test]
    fn each_stranger_is_reported_once_and_only_so_many() {
        let mut gate = Gate::new(Origin::from_option("https://auth.fiskil.com").unwrap());
        assert!(gate.reports("https://evil.example"));
        assert!(!gate.reports("https://evil.example"));
        let reports = (0..100_000).filter(|n| gate.reports(&format!("https://{n}.example"))).count();
        assert_eq!(reports, REMEMBERED - 1);
    }
}

//! Which window's and which origin's messages count.

use crate::error::{Checked, LinkError};
use crate::options::AN_ORIGIN;
use crate::url::Url;

/// The origin whose messages count in a flow that opens `url`: its own, or the one that the caller allows, in the
/// browser's spelling. Never `null`.
///
/// # Errors
/// LINK_INVALID_OPTIONS: not an origin (`*`, `null`, a path), or not a secure one.
pub fn allowed(url: &Url, option: Option<&str>) -> Checked<String> {
    let Some(option) = option else { return Ok(url.origin().to_owned()) };
    // Browsers accept `*` in a host, however it is written, and Chromium makes `%2A` of it.
    let has_star = |url: &Url| url.href().bytes().any(|byte| byte == b'*' || byte == b'%');
    Url::parse(option).filter(|url| !has_star(url) && url.may_be_opened() && url.is_bare()).map_or_else(
        || Err(LinkError::invalid("allowedOrigin", AN_ORIGIN)),
        |url| Ok(url.origin().to_owned()),
    )
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

impl Sender {
    /// Who sent a message. `from_our_window`: its source is the provider's window, and there is one.
    pub fn of(from_our_window: bool, origin: &str, allowed: &str) -> Self {
        if !from_our_window {
            Self::Stranger
        } else if origin == allowed {
            Self::Provider
        } else {
            Self::ElsewhereInOurWindow
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn normalised(text: &str) -> Result<String, LinkError> {
        let url = Url::parse("https://unused.example").unwrap();
        allowed(&url, Some(text)).map_err(|error| *error)
    }

    #[test]
    fn an_allowed_origin_is_normalised() {
        for good in [
            "https://auth.fiskil.com",
            "https://auth.fiskil.com/",
            "https://auth.fiskil.com:443",
            "HTTPS://AUTH.Fiskil.com",
        ] {
            assert_eq!(normalised(good).as_deref(), Ok("https://auth.fiskil.com"), "{good}");
        }
        for bad in [
            "*",
            "null",
            "",
            "https://*.fiskil.com",
            "https://%2a.fiskil.com",
            "https://＊.fiskil.com",
            "https://auth.fiskil.com/path",
            "https://auth.fiskil.com/?query",
            "https://auth.fiskil.com/#fragment",
            "http://auth.fiskil.com",
            "https://user@auth.fiskil.com",
            "auth.fiskil.com",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            let error = normalised(bad).expect_err(bad);
            assert!(error.message.starts_with("allowedOrigin must be"), "{bad}: {error}");
        }
    }

    #[test]
    fn only_our_window_at_the_allowed_origin_is_the_provider() {
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
            assert_eq!(Sender::of(ours, origin, "https://auth.fiskil.com"), sender, "{ours} {origin}");
        }
    }
}

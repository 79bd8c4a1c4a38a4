//! Which window and which origin may speak.

use crate::error::{Failure, must_be};
use crate::value::{Text, Url};

/// The origin that may speak in a flow that opens `url`: its own, or the one that the caller allows, as the browser
/// writes it. An origin may come as people write it: URLs are normalised first. Never `null`.
///
/// # Errors
/// LINK_INVALID_OPTIONS: not an origin (`*`, `null`, a path), or not a secure one.
pub(crate) fn allowed<'t>(url: Url<'t>, option: Option<Text<'t>>) -> Result<Text<'t>, Failure<'t>> {
    let Some(option) = option else { return Ok(url.part("origin")) };
    // A serialised origin ends with no slash, which a URL has after it, and nothing else.
    let is_origin = |url: &Url| url.may_be_opened() && url.is("[^/]*//[^/]*/[?#]*");
    match option.url("").filter(|_| !option.is(r".*\*.*")).filter(is_origin) {
        Some(url) => Ok(url.part("origin")),
        None => Err(must_be!(
            url.turn(),
            "allowedOrigin",
            "one https origin without a path, such as https://auth.fiskil.com"
        )),
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

impl Sender {
    /// Who sent a message. `from_our_window`: its source is the provider's window, and there is one.
    pub fn of(from_our_window: bool, origin: Text, allowed: Text) -> Self {
        if !from_our_window {
            Self::Stranger
        } else if origin.same(allowed) {
            Self::Provider
        } else {
            Self::ElsewhereInOurWindow
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::error::LinkError;
    use crate::value::in_turn;

    fn normalised(text: &str) -> Result<String, LinkError> {
        in_turn(|turn| {
            let url = turn.text("https://unused.example").url("").unwrap();
            Ok(allowed(url, Some(turn.text(text)))?.to_string())
        })
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
            in_turn(|turn| {
                let allowed = turn.text("https://auth.fiskil.com");
                assert_eq!(Sender::of(ours, turn.text(origin), allowed), sender, "{ours} {origin}");
            });
        }
    }
}

//! Which URLs may be opened, followed or come back to.

use crate::error::{ErrorCode, Failure};
use crate::value::{Text, Turn, Url};

/// What runs or shows something of its author's choosing, wherever it is opened.
const ACTIVE: &str = "(javascript|data|blob|vbscript|file|about|filesystem|view-source):.*";

/// https, or http on this machine. A host of numbers is an IPv4 address, which the parser has written out in full.
const SECURE: &str = r"(https://|http://([^/]*@)?(127\.[0-9.]+|\[::1\]|([^/@:]+\.)?localhost)(:[0-9]+)?/).*";

const HTTP: &str = "http:.*";
const WITH_USER_INFO: &str = "[a-z]+://[^/]*@.*";

impl<'t> Url<'t> {
    /// Whether it may be opened: https, or http on this machine; without user info.
    pub fn may_be_opened(self) -> bool {
        self.is(SECURE) && !self.is(WITH_USER_INFO)
    }
}

/// A URL that may be opened.
///
/// # Errors
/// LINK_INVALID_OPTIONS: it is none. `name` is how the caller knows it.
pub(crate) fn secure<'t>(turn: Turn<'t>, text: Option<Text<'t>>, name: &str) -> Result<Url<'t>, Failure<'t>> {
    let url = text.and_then(|text| text.url("")).filter(|url| url.may_be_opened());
    url.ok_or_else(|| {
        let message = " must be an https URL (plain http only on localhost) without a user name.";
        Failure::new(ErrorCode::InvalidOptions, turn.text(name).between("", message))
    })
}

/// Whether a provider may have sent the user to this URL: an absolute one, of the web or of an app.
pub(crate) fn may_be_callback(text: Text) -> bool {
    text.url("").is_some_and(|url| !url.is(ACTIVE))
}

/// Whether an application may be given this text to navigate to: everything but plain http and active
/// schemes. Relative references count: the application resolves them against its own page.
pub(crate) fn may_be_followed(text: Text) -> bool {
    text.url("https://relative.invalid")
        .is_some_and(|url| !url.is(ACTIVE) && (!url.is(HTTP) || url.is(SECURE)))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::error::LinkError;
    use crate::value::in_turn;

    fn opened(text: &str) -> Result<(), LinkError> {
        in_turn(|turn| Ok(secure(turn, Some(turn.text(text)), "url").map(|_| ())?))
    }

    #[test]
    fn only_https_or_loopback_http_is_secure() {
        for good in [
            "https://auth.fiskil.com",
            "https://auth.fiskil.com:8443/path?query",
            "HTTPS://AUTH.FISKIL.COM",
            "http://localhost:3000",
            "http://bank.localhost",
            "http://127.0.0.1",
            "http://127.9.9.9:1",
            "http://127.1",
            "http://[::1]:8080/",
        ] {
            assert!(opened(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "auth.fiskil.com",
            "/relative",
            "http://auth.fiskil.com",
            "http://localhost.evil.example",
            "http://127.evil.example",
            "http://127.0.0.1.evil.example",
            "http://128.0.0.1",
            "http://localhost.",
            "https://user@auth.fiskil.com",
            "http://user@localhost",
            "https://user:secret@auth.fiskil.com",
            "https://",
            "javascript:alert(1)",
            "data:text/html,x",
            "blob:https://auth.fiskil.com/1",
            "file:///etc/passwd",
            "about:blank",
            "ftp://auth.fiskil.com",
            "ws://localhost",
        ] {
            let error = opened(bad).expect_err(bad);
            assert!(error.message.starts_with("url must be an https URL"), "{error}");
        }
    }

    #[test]
    fn an_application_is_not_handed_active_urls() {
        for good in [
            "https://app.example/done?x=1#y",
            "http://localhost:3000/done",
            "myapp://callback",
            "/done",
            "done",
            "?x=1",
            "//app.example/done",
        ] {
            assert!(in_turn(|turn| may_be_followed(turn.text(good))), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            " java\nscript:alert(1)",
            "\u{1}JavaScript:alert(1)",
            "data:text/html,x",
            "blob:https://app.example/1",
            "vbscript:x",
            "file:///etc/passwd",
            "about:blank",
            "filesystem:https://app.example/x",
            "view-source:https://app.example",
            "http://app.example/done",
            "https://",
        ] {
            assert!(!in_turn(|turn| may_be_followed(turn.text(bad))), "{bad}");
        }
    }
}

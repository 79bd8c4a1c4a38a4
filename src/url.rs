//! URLs by the WHATWG standard: the browser's own parser in WebAssembly, the `url` crate elsewhere.

#[cfg(not(target_arch = "wasm32"))]
mod parser {
    /// A parsed URL.
    #[derive(Clone, Debug)]
    pub struct Url(url::Url);

    impl Url {
        pub fn parse(text: &str) -> Option<Self> {
            url::Url::parse(text).ok().map(Self)
        }

        pub fn join(base: &str, text: &str) -> Option<Self> {
            url::Url::parse(base).ok()?.join(text).ok().map(Self)
        }

        pub fn href(&self) -> String {
            self.0.to_string()
        }

        /// With the colon, as in `https:`.
        pub fn scheme(&self) -> String {
            format!("{}:", self.0.scheme())
        }

        pub fn host(&self) -> String {
            self.0.host_str().unwrap_or_default().to_owned()
        }

        /// Serialised; `null` where the scheme has none.
        pub fn origin(&self) -> String {
            self.0.origin().ascii_serialization()
        }

        pub fn path(&self) -> String {
            self.0.path().to_owned()
        }

        pub fn has_user_info(&self) -> bool {
            !self.0.username().is_empty() || self.0.password().is_some()
        }

        /// Whether it has a query or a fragment.
        pub fn has_tail(&self) -> bool {
            self.0.query().is_some_and(|query| !query.is_empty())
                || self.0.fragment().is_some_and(|fragment| !fragment.is_empty())
        }

        pub fn set_parameter(&mut self, name: &str, value: &str) {
            let others: Vec<(String, String)> = self
                .0
                .query_pairs()
                .filter(|(key, _)| key != name)
                .map(|(key, value)| (key.into_owned(), value.into_owned()))
                .collect();
            self.0.query_pairs_mut().clear().extend_pairs(others).append_pair(name, value);
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod parser {
    /// A parsed URL.
    #[derive(Clone, Debug)]
    pub struct Url(web_sys::Url);

    impl Url {
        pub fn parse(text: &str) -> Option<Self> {
            web_sys::Url::new(text).ok().map(Self)
        }

        pub fn join(base: &str, text: &str) -> Option<Self> {
            web_sys::Url::new_with_base(text, base).ok().map(Self)
        }

        pub fn href(&self) -> String {
            self.0.href()
        }

        /// With the colon, as in `https:`.
        pub fn scheme(&self) -> String {
            self.0.protocol()
        }

        pub fn host(&self) -> String {
            self.0.hostname()
        }

        /// Serialised; `null` where the scheme has none.
        pub fn origin(&self) -> String {
            self.0.origin()
        }

        pub fn path(&self) -> String {
            self.0.pathname()
        }

        pub fn has_user_info(&self) -> bool {
            !self.0.username().is_empty() || !self.0.password().is_empty()
        }

        /// Whether it has a query or a fragment.
        pub fn has_tail(&self) -> bool {
            !self.0.search().is_empty() || !self.0.hash().is_empty()
        }

        pub fn set_parameter(&mut self, name: &str, value: &str) {
            self.0.search_params().set(name, value);
        }
    }
}

pub(crate) use parser::Url;

use crate::error::LinkError;

/// Schemes that run or show something of the page's own choosing: never handed to an application.
const ACTIVE: [&str; 8] =
    ["javascript:", "data:", "blob:", "vbscript:", "file:", "about:", "filesystem:", "view-source:"];

impl Url {
    /// A URL that may be opened: https, or http on this machine; without user info.
    pub fn secure(name: &str, text: &str) -> Result<Self, LinkError> {
        Self::parse(text).filter(|url| url.is_secure() && !url.has_user_info()).ok_or_else(|| {
            LinkError::invalid(name, "an https URL (plain http only on localhost) without a user name")
        })
    }

    fn is_secure(&self) -> bool {
        match self.scheme().as_str() {
            "https:" => true,
            "http:" => is_loopback(&self.host()),
            _ => false,
        }
    }

    /// Whether an application may be given this text to navigate to: everything but active schemes and
    /// plain http. Relative references count: the application resolves them against its own page.
    pub fn may_be_followed(text: &str) -> bool {
        Self::join("https://relative.invalid", text).is_some_and(|url| {
            let scheme = url.scheme();
            if scheme == "http:" { url.is_secure() } else { !ACTIVE.contains(&scheme.as_str()) }
        })
    }
}

/// The hosts that stay on this machine: `localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`.
fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        // The parser has normalised every way of writing an IPv4 address to four decimal numbers.
        || host.strip_prefix("127.").is_some_and(|rest| {
            rest.split('.').count() == 3 && rest.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(Url::secure("url", good).is_ok(), "{good}");
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
            let error = Url::secure("url", bad).expect_err(bad);
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
            assert!(Url::may_be_followed(good), "{good}");
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
            assert!(!Url::may_be_followed(bad), "{bad}");
        }
    }

    #[test]
    fn a_parameter_replaces_those_of_its_name() {
        let mut url = Url::parse("https://auth.example/p?a=1&sess_id=x&b=2&sess_id=y").unwrap();
        url.set_parameter("sess_id", "a b&c");
        assert!(url.href().starts_with("https://auth.example/p?a=1&"));
        assert_eq!(url.href().matches("sess_id=").count(), 1);
        assert!(url.href().contains("sess_id=a+b%26c"));
    }
}

//! URLs by the WHATWG standard: the browser's own parser in WebAssembly, the `url` crate elsewhere.

#[cfg(not(target_arch = "wasm32"))]
mod parser {
    use url::form_urlencoded;

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

        /// Whether it is https, or http on this machine.
        pub fn is_secure(&self) -> bool {
            let host = self.0.host_str().unwrap_or_default();
            let is_loopback = host == "localhost"
                || host.ends_with(".localhost")
                || host == "[::1]"
                // A host of numbers is an IPv4 address, which the parser has written out in full.
                || host.strip_prefix("127.").is_some_and(|rest| {
                    rest.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit())
                });
            self.0.scheme() == "https" || (self.0.scheme() == "http" && is_loopback)
        }

        /// Whether it runs or shows something of its author's choosing, wherever it is opened.
        pub fn is_active(&self) -> bool {
            const ACTIVE: [&str; 8] =
                ["javascript", "data", "blob", "vbscript", "file", "about", "filesystem", "view-source"];
            ACTIVE.contains(&self.0.scheme())
        }

        /// Whether it is plain http.
        pub fn is_http(&self) -> bool {
            self.0.scheme() == "http"
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
            let others: Vec<(String, String)> =
                self.0.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
            self.0.query_pairs_mut().clear().extend_pairs(others).append_pair(name, value);
        }
    }

    /// The parameters of a URL's query, decoded.
    #[derive(Debug)]
    pub struct Query(pub(crate) Vec<(String, String)>);

    impl Query {
        /// The query of a URL or of a relative reference: from the first `?` to the fragment.
        pub fn of(url: &str) -> Self {
            let path = url.split('#').next().unwrap_or_default();
            let (_, query) = path.split_once('?').unwrap_or_default();
            Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
        }

        /// The first parameter of this name.
        pub fn get(&self, name: &str) -> Option<String> {
            self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        }
    }

    /// Undoes percent-encoding. `None`: it is not valid.
    pub fn decode(text: &str) -> Option<String> {
        let bytes = text.as_bytes();
        let is_valid = |at: usize| {
            let digits = || bytes.get(at + 1..at + 3);
            bytes[at] != b'%' || digits().is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
        };
        if !(0..bytes.len()).all(is_valid) {
            return None;
        }
        String::from_utf8(percent_encoding::percent_decode(bytes).collect()).ok()
    }
}

#[cfg(target_arch = "wasm32")]
mod parser {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/src/browser/data.js")]
    extern "C" {
        #[wasm_bindgen(js_name = parseUrl)]
        fn parse_url(url: &str, base: Option<&str>) -> Option<web_sys::Url>;
        // The URL as JavaScript's: the same decisions as natively, in fewer bytes. Both are tested by the same
        // cases, in tests/vectors and below.
        #[wasm_bindgen(js_name = isSecure)]
        fn is_secure(url: &web_sys::Url) -> bool;
        #[wasm_bindgen(js_name = isActive)]
        fn is_active(url: &web_sys::Url) -> bool;
        #[wasm_bindgen(js_name = isHttp)]
        fn is_http(url: &web_sys::Url) -> bool;
        #[wasm_bindgen(js_name = option)]
        fn part(url: &web_sys::Url, name: &str) -> String;
        fn query(url: &str) -> JsValue;
        /// Undoes percent-encoding. `None`: it is not valid.
        pub fn decode(text: &str) -> Option<String>;
        #[wasm_bindgen(js_name = getParameter)]
        fn get_parameter(query: &JsValue, name: &str) -> Option<String>;
        #[wasm_bindgen(js_name = setParameter)]
        fn set_parameter(url: &web_sys::Url, name: &str, value: &str);
    }

    /// A parsed URL.
    #[derive(Clone, Debug)]
    pub struct Url(web_sys::Url);

    impl Url {
        pub fn parse(text: &str) -> Option<Self> {
            parse_url(text, None).map(Self)
        }

        pub fn join(base: &str, text: &str) -> Option<Self> {
            parse_url(text, Some(base)).map(Self)
        }

        pub fn href(&self) -> String {
            part(&self.0, "href")
        }

        /// Whether it is https, or http on this machine.
        pub fn is_secure(&self) -> bool {
            is_secure(&self.0)
        }

        /// Whether it runs or shows something of its author's choosing, wherever it is opened.
        pub fn is_active(&self) -> bool {
            is_active(&self.0)
        }

        /// Whether it is plain http.
        pub fn is_http(&self) -> bool {
            is_http(&self.0)
        }

        /// Serialised; `null` where the scheme has none.
        pub fn origin(&self) -> String {
            part(&self.0, "origin")
        }

        pub fn path(&self) -> String {
            part(&self.0, "pathname")
        }

        pub fn has_user_info(&self) -> bool {
            !(part(&self.0, "username").is_empty() && part(&self.0, "password").is_empty())
        }

        /// Whether it has a query or a fragment.
        pub fn has_tail(&self) -> bool {
            !(part(&self.0, "search").is_empty() && part(&self.0, "hash").is_empty())
        }

        pub fn set_parameter(&mut self, name: &str, value: &str) {
            set_parameter(&self.0, name, value);
        }
    }

    /// The parameters of a URL's query, decoded.
    #[derive(Debug)]
    pub struct Query(pub(crate) JsValue);

    impl Query {
        /// The query of a URL or of a relative reference: from the first `?` to the fragment.
        pub fn of(url: &str) -> Self {
            Self(query(url))
        }

        /// The first parameter of this name.
        pub fn get(&self, name: &str) -> Option<String> {
            get_parameter(&self.0, name)
        }
    }
}

pub(crate) use parser::{Query, Url, decode};

use crate::error::LinkError;
use crate::provider::fields::{Fields, LIMIT};

impl Url {
    /// A URL that may be opened: https, or http on this machine; without user info.
    pub fn secure(name: &str, text: &str) -> Result<Self, LinkError> {
        Self::parse(text).filter(|url| url.is_secure() && !url.has_user_info()).ok_or_else(|| {
            LinkError::invalid(name, "an https URL (plain http only on localhost) without a user name")
        })
    }

    /// Whether a provider may have sent the user to this URL: an absolute one of at most
    /// 64 KiB, of the web or of an app.
    pub fn may_be_callback(text: &str) -> bool {
        text.len() <= LIMIT && Self::parse(text).is_some_and(|url| !url.is_active())
    }

    /// Whether an application may be given this text to navigate to: everything but plain http and active
    /// schemes. Relative references count: the application resolves them against its own page.
    pub fn may_be_followed(text: &str) -> bool {
        Self::join("https://relative.invalid", text)
            .is_some_and(|url| !url.is_active() && (!url.is_http() || url.is_secure()))
    }
}

impl Fields for Query {
    fn text(&self, name: &str) -> Option<String> {
        self.get(name)
    }

    fn flag(&self, _: &str) -> Option<bool> {
        None
    }

    fn number(&self, _: &str) -> Option<f64> {
        None
    }

    fn texts(&self, _: &str) -> Option<Vec<String>> {
        None
    }

    fn record(&self, _: &str) -> Option<Self> {
        None
    }

    fn unpacked(&self) -> Option<Self> {
        None
    }

    fn is_too_long(&self) -> bool {
        false
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn reads_a_query() {
        for (url, name, value) in [
            ("https://a.example/?code=1", "code", Some("1")),
            ("/path?a=1&b=2", "b", Some("2")),
            ("?a=1&a=2", "a", Some("1")),
            ("?a", "a", Some("")),
            ("?a=b=c", "a", Some("b=c")),
            ("?&&a=1", "a", Some("1")),
            ("?a+b=c+d%2Be", "a b", Some("c d+e")),
            ("?a=%E2%82%AC%zz%4", "a", Some("€%zz%4")),
            ("?a=%FF", "a", Some("\u{fffd}")),
            ("?a=1?b=2", "a", Some("1?b=2")),
            ("https://a.example/code=1", "code", None),
            ("https://a.example/#?code=1", "code", None),
            ("", "code", None),
        ] {
            assert_eq!(Query::of(url).get(name).as_deref(), value, "{url}");
        }
    }

    #[test]
    fn decodes_as_decode_uri_component_does() {
        for (text, decoded) in [
            ("https%3A%2F%2Fa.example%2F%3Fa%3D1", Some("https://a.example/?a=1")),
            ("a+b&c=d", Some("a+b&c=d")),
            ("%E2%82%AC", Some("€")),
            ("", Some("")),
            ("%", None),
            ("%4", None),
            ("%zz", None),
            ("%FF", None),
        ] {
            assert_eq!(decode(text).as_deref(), decoded, "{text}");
        }
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

//! Parsed URLs and their parameters, and which URLs may be opened, followed or come back to.

use crate::error::{Checked, LinkError};
use crate::provider::fields::{Fields, LONGEST_TEXT, MOST_ITEMS, cut};

/// A parsed URL. Its parts are read from the normal form that a parser of the WHATWG's URL standard writes: the
/// browser's on a page, the `url` crate's elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Url(String);

impl Url {
    /// An absolute URL.
    pub fn parse(text: &str) -> Option<Self> {
        parser::parse(text, None).map(Self)
    }

    /// A URL, or a reference that is relative to `base`.
    pub fn parse_against(text: &str, base: &str) -> Option<Self> {
        parser::parse(text, Some(base)).map(Self)
    }

    /// The whole of it, in its normal form.
    pub fn href(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, as a browser writes them. `null`, which matches nothing, for schemes other than https and
    /// http and for URLs with user info.
    pub fn origin(&self) -> &str {
        let scheme = self.scheme();
        if (scheme != "https" && scheme != "http") || self.has_user() {
            return "null";
        }
        let authority = self.authority_and_path().0.unwrap_or_default();
        &self.0[..scheme.len() + "://".len() + authority.len()]
    }

    /// Whether both are of one origin. `null` is no origin, and is not the same as another `null`.
    fn shares_origin(&self, other: &Self) -> bool {
        self.origin() == other.origin() && self.origin() != "null"
    }

    /// The scheme, without the colon.
    pub fn scheme(&self) -> &str {
        cut(&self.0, b':').0
    }

    /// All before the query and the fragment.
    fn before_query(&self) -> &str {
        cut(cut(&self.0, b'#').0, b'?').0
    }

    /// User info, host and port, `None` if it has none of them, as in `mailto:`; and the path.
    fn authority_and_path(&self) -> (Option<&str>, &str) {
        let rest = cut(self.before_query(), b':').1.unwrap_or_default();
        let Some(rest) = rest.strip_prefix("//") else { return (None, rest) };
        let (authority, path) = cut(rest, b'/');
        (Some(authority), if path.is_some() { &rest[authority.len()..] } else { "" })
    }

    /// User info, if there is any, and host with port.
    fn user_and_host(&self) -> (Option<&str>, &str) {
        let authority = self.authority_and_path().0.unwrap_or_default();
        match cut(authority, b'@') {
            (user, Some(host)) => (Some(user), host),
            (host, None) => (None, host),
        }
    }

    /// The host without the port; empty if there is none. An IPv6 address is in brackets.
    pub fn host(&self) -> &str {
        let host = self.user_and_host().1;
        match cut(host, b']') {
            (address, Some(_)) => &host[..=address.len()],
            _ => cut(host, b':').0,
        }
    }

    /// From the host to the query.
    pub fn path(&self) -> &str {
        self.authority_and_path().1
    }

    /// Whether it names a user or a password.
    pub fn has_user(&self) -> bool {
        self.user_and_host().0.is_some()
    }

    /// Whether it has no path, query or fragment: it is only an origin.
    pub fn is_bare(&self) -> bool {
        // An empty query or fragment may still have its mark.
        let has_more = self.0[self.before_query().len()..].bytes().any(|byte| byte != b'?' && byte != b'#');
        self.path() == "/" && !has_more
    }

    /// The same with this parameter, instead of any others of its name.
    #[must_use]
    pub fn with_parameter(&self, name: &str, value: &str) -> Self {
        Self(parser::with_parameter(&self.0, name, value))
    }

    /// Whether this machine serves it: `localhost` and the names below it, 127.0.0.0/8 and `[::1]`.
    fn is_loopback(&self) -> bool {
        let host = self.host();
        // The parser has written every IPv4 address out in full. `127..` is a name.
        let is_ipv4 = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !host.ends_with(".");
        host == "localhost"
            || host.ends_with(".localhost")
            || host == "[::1]"
            || (is_ipv4 && host.starts_with("127."))
    }

    /// Whether nobody on the way can read or change the response: https, or http on this machine.
    fn is_secure(&self) -> bool {
        self.scheme() == "https" || (self.scheme() == "http" && self.is_loopback())
    }

    /// Whether opening it runs or shows content of its author's choice.
    fn is_active(&self) -> bool {
        const ACTIVE: [&str; 8] =
            ["javascript", "data", "blob", "vbscript", "file", "about", "filesystem", "view-source"];
        ACTIVE.contains(&self.scheme())
    }

    /// Whether it may be opened: a secure one without user info.
    pub fn may_be_opened(&self) -> bool {
        self.is_secure() && !self.has_user()
    }
}

#[cfg(not(target_arch = "wasm32"))]
use native as parser;
#[cfg(target_arch = "wasm32")]
use page as parser;

pub(crate) use parser::pairs;

/// The browser's parser.
#[cfg(target_arch = "wasm32")]
mod page {
    use crate::browser::fields::pairs_of;
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/src/url.js")]
    extern "C" {
        /// The normal form of a URL.
        pub fn parse(text: &str, base: Option<&str>) -> Option<String>;
        #[wasm_bindgen(js_name = withParameter)]
        pub fn with_parameter(href: &str, name: &str, value: &str) -> String;
        /// The parameters of a query: a name, its value, the next name and so on.
        #[wasm_bindgen(js_name = pairs)]
        fn names_and_values(query: &str) -> JsValue;
        #[wasm_bindgen(js_name = decode)]
        pub fn decode(text: &str) -> Option<String>;
    }

    pub fn pairs(query: &str) -> Vec<(String, String)> {
        pairs_of(&names_and_values(query))
    }
}

/// The parser for targets without a browser. The browser tests compare the two.
#[cfg(any(not(target_arch = "wasm32"), test))]
mod native {
    use percent_encoding::percent_decode;

    pub fn parse(text: &str, base: Option<&str>) -> Option<String> {
        let url = match base {
            None => url::Url::parse(text).ok()?,
            Some(base) => url::Url::parse(base).ok()?.join(text).ok()?,
        };
        Some(url.into())
    }

    /// As `URLSearchParams.set` does it: the first of the name takes the value, the others go.
    pub fn with_parameter(href: &str, name: &str, value: &str) -> String {
        let Ok(mut url) = url::Url::parse(href) else { return href.to_owned() };
        let mut is_set = false;
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (other, before) in url.query_pairs().into_owned() {
            if other != name {
                parameters.push((other, before));
            } else if !std::mem::replace(&mut is_set, true) {
                parameters.push((other, value.to_owned()));
            }
        }
        if !is_set {
            parameters.push((name.to_owned(), value.to_owned()));
        }
        url.query_pairs_mut().clear().extend_pairs(parameters);
        url.into()
    }

    pub fn pairs(query: &str) -> Vec<(String, String)> {
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    pub fn decode(text: &str) -> Option<String> {
        let bytes = text.as_bytes();
        let is_valid = |at: usize| {
            let digits = bytes.get(at + 1..at + 3);
            bytes[at] != b'%' || digits.is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
        };
        if !(0..bytes.len()).all(is_valid) {
            return None;
        }
        String::from_utf8(percent_decode(bytes).collect()).ok()
    }
}

/// Decodes percent-encoding as `decodeURIComponent` does. `None` if it is invalid.
pub(crate) fn decode(text: &str) -> Option<String> {
    parser::decode(text)
}

/// A URL that may be opened.
///
/// # Errors
/// LINK_INVALID_OPTIONS if it is not one. `name`: the option's name.
pub(crate) fn secure(name: &str, text: Option<&str>) -> Checked<Url> {
    text.and_then(Url::parse).filter(Url::may_be_opened).ok_or_else(|| {
        LinkError::invalid(name, "an https URL (plain http only on localhost) without a user name")
    })
}

/// Whether a provider may have sent the user to this URL: an absolute one, of the web or of an app.
pub(crate) fn may_be_callback(text: &str) -> bool {
    text.len() <= LONGEST_TEXT && Url::parse(text).is_some_and(|url| !url.is_active())
}

/// Whether the application may navigate to this URL: anything except plain http and active schemes. Relative references
/// count: the application resolves them against its own page.
pub(crate) fn may_be_followed(text: &str) -> bool {
    Url::parse_against(text, "https://relative.invalid")
        .is_some_and(|url| !url.is_active() && (url.scheme() != "http" || url.is_secure()))
}

/// Whether a URL has this page's origin and path. Letter case, a trailing slash, `.html` and `index.html` make no
/// difference, since servers differ in them.
pub(crate) fn is_page(page: &str, url: &str) -> bool {
    match (Url::parse(page), Url::parse(url)) {
        (Some(page), Some(url)) => {
            page.shares_origin(&url) && page_path(&page).eq_ignore_ascii_case(page_path(&url))
        }
        _ => false,
    }
}

/// Whether a URL is of this page's origin.
pub(crate) fn is_same_origin(page: &str, url: &str) -> bool {
    match (Url::parse(page), Url::parse(url)) {
        (Some(page), Some(url)) => page.shares_origin(&url),
        _ => false,
    }
}

/// The path without what servers leave out or add.
fn page_path(url: &Url) -> &str {
    let mut path = url.path();
    for ending in &["/", ".html", "/index"] {
        let start = path.len().saturating_sub(ending.len());
        if let Some((before, end)) = path.split_at_checked(start)
            && end.eq_ignore_ascii_case(ending)
        {
            path = before;
        }
    }
    path
}

/// Whether a fragment is a hash router's route or a place on the page, and not parameters.
pub(crate) fn is_route(fragment: &str) -> bool {
    let has = |byte| fragment.bytes().any(|other| other == byte);
    fragment.starts_with("/") || fragment.starts_with("!") || has(b'?') || !has(b'=')
}

/// The parameters of a URL; for a repeated name, the first value.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// The parameters of a URL or a relative reference: those of its query, then those of a hash router's route behind
    /// the `#`.
    pub fn of(text: &str) -> Self {
        let (page, route) = cut(text, b'#');
        let query = |text| pairs(cut(text, b'?').1.unwrap_or_default());
        let mut pairs = query(page);
        pairs.extend(query(route.unwrap_or_default()));
        Self(pairs)
    }

    /// The same, and the fragment itself if it is parameters and no route: everything that a provider may put on a
    /// return URL.
    pub fn of_return_url(text: &str) -> Self {
        let mut query = Self::of(text);
        let fragment = cut(text, b'#').1.unwrap_or_default();
        if !is_route(fragment) {
            query.0.extend(pairs(fragment));
        }
        query
    }
}

impl Fields for Query {
    /// Reads at most [`MOST_ITEMS`] parameters.
    fn each_text(&self, give: &mut dyn FnMut(&str, &str)) {
        for (name, value) in self.0.iter().take(MOST_ITEMS).rev() {
            give(name, value);
        }
    }

    fn text(&self, name: &str) -> Option<&String> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
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
            assert!(secure("url", Some(good)).is_ok(), "{good}");
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
            "http://127..",
            "http://127.0..",
            "https://user@auth.fiskil.com",
            "http://user@localhost",
            "https://:secret@auth.fiskil.com",
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
            let Err(error) = secure("url", Some(bad)) else { panic!("{bad}") };
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
            assert!(may_be_followed(good), "{good}");
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
            assert!(!may_be_followed(bad), "{bad}");
        }
    }

    #[test]
    fn a_url_is_read_in_parts() {
        for (url, scheme, host, path, has_user, is_bare) in [
            ("HTTPS://User:Pw@Bank.Example:8443/a/../b?c=/@#d:?", "https", "bank.example", "/b", true, false),
            ("https://bank.example", "https", "bank.example", "/", false, true),
            ("https://bank.example/?", "https", "bank.example", "/", false, true),
            ("https://bank.example/?#", "https", "bank.example", "/", false, true),
            ("https://bank.example/?a", "https", "bank.example", "/", false, false),
            ("https://bank.example/#/", "https", "bank.example", "/", false, false),
            ("https://:@bank.example/@", "https", "bank.example", "/@", false, false),
            ("http://[::1]:80/", "http", "[::1]", "/", false, true),
            ("http://[::1]:8080/x", "http", "[::1]", "/x", false, false),
            ("myapp://callback?a=b", "myapp", "callback", "", false, false),
            ("mailto:a@b.example", "mailto", "", "a@b.example", false, false),
            ("javascript:alert('//x@y')", "javascript", "", "alert('//x@y')", false, false),
            ("blob:https://a.example/1", "blob", "", "https://a.example/1", false, false),
            ("file:///etc/passwd", "file", "", "/etc/passwd", false, false),
        ] {
            let url = Url::parse(url).unwrap();
            let parts = (url.scheme(), url.host(), url.path(), url.has_user(), url.is_bare());
            assert_eq!(parts, (scheme, host, path, has_user, is_bare), "{}", url.href());
        }
    }

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
            ("https://a.example/#?code=1", "code", Some("1")),
            ("https://a.example/#/back?code=1&a=?2", "a", Some("?2")),
            ("https://a.example/#code=1", "code", None),
            ("https://a.example/#/code", "code", None),
            ("https://a.example/?code=1#/back?code=2&b=3", "code", Some("1")),
            ("https://a.example/?code=1#/back?code=2&b=3", "b", Some("3")),
            ("", "code", None),
        ] {
            assert_eq!(Query::of(url).text(name).map(String::as_str), value, "{url}");
        }
    }

    #[test]
    fn reads_what_is_behind_the_fragment_mark_too() {
        for (url, name, value) in [
            ("https://a.example/#/done?code=1", "code", Some("1")),
            ("https://a.example/#code=1", "code", Some("1")),
            ("https://a.example/?code=1#/done?code=2&b=3", "code", Some("1")),
            ("https://a.example/?code=1#/done?code=2&b=3", "b", Some("3")),
            ("https://a.example/?code=1#top", "top", None),
            ("https://a.example/#/code=1?b=2", "code", None),
            ("https://a.example/#/list;code=1", "/list;code", None),
            ("https://a.example/#!code=1", "!code", None),
            ("https://a.example/", "code", None),
        ] {
            assert_eq!(Query::of_return_url(url).text(name).map(String::as_str), value, "{url}");
        }
    }

    #[test]
    fn a_query_has_nothing_but_texts() {
        let query = Query::of("?a=1&b=true&c=x,y");
        assert_eq!((query.flag("b"), query.number("a"), query.texts("c")), (None, None, None));
        assert!(query.record("a").is_none() && query.unpacked().is_none() && !query.is_too_long());
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
    fn a_page_is_known_however_its_server_spells_it() {
        for (page, url, is_same) in [
            ("https://a.example/back", "https://a.example/back?code=1#x", true),
            ("https://a.example/back", "https://a.example/back/", true),
            ("https://a.example/back/", "https://a.example/back", true),
            ("https://a.example/back.html", "https://a.example/back", true),
            ("https://a.example/Back", "https://a.example/bACK.HTML", true),
            ("https://a.example/back/index.html", "https://a.example/back", true),
            ("https://a.example/", "https://a.example/index.html", true),
            ("https://a.example", "https://a.example/", true),
            ("https://a.example/back", "https://a.example/back2", false),
            ("https://a.example/back", "https://a.example/other/back", false),
            ("https://a.example/%C3%A9", "https://a.example/%C3%A8", false),
            ("https://a.example/myindex", "https://a.example/my", false),
        ] {
            assert_eq!(is_page(page, url), is_same, "{page} {url}");
            assert!(is_same_origin(page, url), "{page} {url}");
        }
        for url in ["https://b.example/back", "http://a.example/back", "https://a.example:8443/back", "/back"]
        {
            assert!(!is_same_origin("https://a.example/back", url), "{url}");
            assert!(!is_page("https://a.example/back", url), "{url}");
        }
        for nobodys in ["https://me@a.example/back", "myapp://back", "data:,back"] {
            assert!(!is_same_origin(nobodys, nobodys) && !is_page(nobodys, nobodys), "{nobodys}");
        }
    }

    #[test]
    fn a_parameter_replaces_those_of_its_name() {
        for (before, after) in [
            ("https://a.example/p?a=1&s=x&b=2&s=y#f", "https://a.example/p?a=1&s=c+d%26e&b=2#f"),
            ("https://a.example/p?a=1", "https://a.example/p?a=1&s=c+d%26e"),
            ("https://a.example", "https://a.example/?s=c+d%26e"),
        ] {
            let url = Url::parse(before).unwrap().with_parameter("s", "c d&e");
            assert_eq!(url.href(), after);
        }
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
#[path = "../tests/url_corpus.rs"]
mod url_corpus;

/// The browser's parser and the native one give the same answers to what this crate asks.
#[cfg(all(test, target_arch = "wasm32"))]
mod both_parsers {
    use super::*;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    /// What is decided about a URL: whether it runs something, whether it is secure, and whose it is, where it may be
    /// opened.
    fn answers(parsed: Option<String>) -> Option<(bool, bool, Option<String>)> {
        let url = Url(parsed?);
        let origin = url.may_be_opened().then(|| url.origin().to_owned());
        Some((url.is_active(), url.is_secure(), origin))
    }

    #[wasm_bindgen_test]
    fn agree() {
        let urls = url_corpus::urls();
        let mut wrong = Vec::new();
        for url in &urls {
            // Where the parsers differ: Chromium takes any letters after `xn--`, writes some letters of a host with a
            // percent sign and refuses others than Firefox, which takes no `0x` for a zero. None of it makes one machine's
            // URL another's.
            let has_odd_host = |url: Option<String>| {
                url.map(Url).is_some_and(|url| {
                    url.host() == "0.0.0.0" || url.host().bytes().any(|byte| byte == b'%' || byte == b'*')
                })
            };
            let is_odd_host = url.contains("xn--")
                || has_odd_host(page::parse(url, None))
                || has_odd_host(native::parse(url, None));
            if is_odd_host {
                continue;
            }
            for base in [None, Some("https://relative.invalid")] {
                let (page, native) = (page::parse(url, base), native::parse(url, base));
                let (page, native) = (answers(page), answers(native));
                // Whether an app's own scheme or a forbidden one makes a URL of some string differs, and decides
                // nothing.
                let is_secure = |answers: &Option<(bool, bool, _)>| matches!(answers, Some((_, true, _)));
                let counts = is_secure(&page) || is_secure(&native) || (page.is_some() && native.is_some());
                if page != native && counts {
                    wrong.push(format!("{url:?} {base:?}: {page:?} and {native:?}"));
                }
            }
            let query = cut(url, b'?').1.unwrap_or(url);
            if page::pairs(query) != native::pairs(query) || page::decode(query) != native::decode(query) {
                wrong.push(format!("the query {query:?}"));
            }
            if let Some(parsed) =
                native::parse(url, None).filter(|parsed| Url(parsed.clone()).may_be_opened())
            {
                let with = ("sess_id", "a b&c=d'é");
                let both = [page::with_parameter, native::with_parameter]
                    .map(|put| cut(&put(&parsed, with.0, with.1), b'?').1.map(str::to_owned));
                if both[0] != both[1] {
                    wrong.push(format!("{both:?}"));
                }
            }
        }
        assert!(urls.len() > 1000, "{} URLs", urls.len());
        assert!(
            wrong.is_empty(),
            "{} of {}:\n{}",
            wrong.len(),
            urls.len(),
            wrong[..wrong.len().min(30)].join("\n")
        );
    }
}

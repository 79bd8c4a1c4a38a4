//! Origins that look like the provider's: a good one, changed in every way that a URL allows, is let in exactly where
//! it is still the same origin.

use crate::error::Checked;
use crate::flow::origin::Sender;
use crate::flow::{Command, EventKind, Flow, Input};
use crate::options::{Mode, Options};
use crate::provider::Target;
use crate::provider::fields::Json;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use url::Url;

/// Scheme, host and port of origins that providers have, and that tests do.
const GOOD: &[[&str; 3]] = &[
    ["https", "auth.fiskil.com", ""],
    ["https", "toolbox-iframe.private.fin.ag", ":8443"],
    ["https", "xn--bcher-kva.example", ""],
    ["http", "localhost", ":4000"],
    ["http", "127.0.0.1", ":3000"],
    ["http", "[::1]", ":8080"],
];

/// What may stand for each part of an origin. `$`: what was there.
const SCHEMES: &[&str] = &[
    "http",
    "https",
    "HTTPS",
    "hTtPs",
    "ws",
    "wss",
    "ftp",
    "file",
    "blob:$",
    "filesystem:$",
    "view-source:$",
    "javascript",
    "data",
    "about",
    "x-$",
    "$s",
    "",
    "https ",
    " https",
    "ht\ttps",
    "chrome-extension",
];
const SLASHES: &[&str] = &["://", ":\\\\", ":/\\", ":/", ":", ":///", "//", ":////", ""];
const USERS: &[&str] =
    &["", "user@", "user:pass@", ":@", "@", "evil.example@", "$@", "https:%2F%2F$@", "a@b@"];
const HOSTS: &[&str] = &[
    "$.",
    "$..",
    ".$",
    "$.evil.example",
    "evil.example.$",
    "evil-$",
    "evil$",
    "$evil.example",
    "$-evil.example",
    "x$",
    "$x",
    "$%2eevil.example",
    "$%00.evil.example",
    "$%00",
    "%61$",
    "a%2e$",
    "$\u{ad}",
    "$\u{200d}",
    "\u{feff}$",
    "$\u{3002}",
    "\u{ff41}$",
    "$ ",
    "$\t",
    "$\n",
    "$\\.evil.example",
    "$;evil.example",
    "$,evil.example",
    "$'",
    "$*",
    "*",
    "*.$",
    "null",
    "",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "x.localhost",
    "localhost.evil.example",
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "127.0.0.2",
    "127.0.0.1.",
    "127.0.0.1.evil.example",
    "1270.0.1",
    "0.0.0.0",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::0001]",
    "[::ffff:127.0.0.1]",
    "[::2]",
    "::1",
    "auth.fiskil.com",
    "AUTH.FISKIL.COM",
    "\u{430}uth.fiskil.com",
    "auth.f\u{131}skil.com",
    "auth.fi\u{17f}kil.com",
    "\u{ff41}uth.fiskil.com",
    "auth\u{3002}fiskil\u{ff0e}com",
    "auth.fis\u{212a}il.com",
    "%61uth.fiskil.com",
    "auth.fiskil.co",
    "auth-fiskil.com",
    "authfiskil.com",
    "fiskil.com",
    "xn--uth-7cd.fiskil.com",
    "auth.fiskil.com.au",
    "b\u{fc}cher.example",
    "B\u{dc}CHER.example",
    "bu\u{308}cher.example",
    "b\u{fc}cher.example.",
    "bucher.example",
    "XN--BCHER-KVA.example",
    "toolbox-iframe.private.fin.ag",
    "other-iframe.private.fin.ag",
    "toolbox\u{2010}iframe.private.fin.ag",
    "toolbox-iframe.private.fin.ag.evil.example",
];
const PORTS: &[&str] = &[
    "", ":", ":80", ":443", ":0443", ":8443", ":08443", ":4000", ":3000", ":8080", ":0", ":65535", ":65536",
    ":443x", ":-1", ":+443", ": 443", "$0",
];
const TAILS: &[&str] = &[
    "",
    "/",
    "//",
    "\\",
    "/.",
    "/..",
    "/path",
    "?",
    "#",
    "?x=1",
    "#x",
    "/?x",
    "/#",
    " ",
    "\0",
    "\n",
    "*",
    "/*",
    "@evil.example",
    ".evil.example",
    ", https://evil.example",
    " https://evil.example",
    "/../..",
    "%2f",
];
const FRONTS: &[&str] = &[
    "",
    " ",
    "\n",
    "\t",
    "\0",
    "\u{feff}",
    "//",
    "https://evil.example/",
    "https://evil.example@",
    "null",
    "blob:",
    "*",
];

/// The parts of an origin, each with what may stand for it.
const PARTS: [&[&str]; 6] = [FRONTS, SCHEMES, SLASHES, USERS, HOSTS, PORTS];

fn origin_of(good: &[&str; 3]) -> String {
    let [scheme, host, port] = good;
    format!("{scheme}://{host}{port}")
}

/// The origin with these parts of it changed; `None`: as it is.
fn changed(good: &[&str; 3], parts: [Option<&str>; 6], tail: Option<&str>) -> String {
    let [scheme, host, port] = good;
    let own = ["", scheme, "://", "", host, port];
    let mut text = String::new();
    for (own, part) in own.into_iter().zip(parts) {
        text.push_str(
            &part.map_or(own.to_owned(), |part| part.replace('$', if own.is_empty() { host } else { own })),
        );
    }
    text + tail.unwrap_or_default()
}

/// What a browser reports as the origin of a page at this URL.
fn serialised(url: &str) -> Option<String> {
    Url::parse(url).ok().map(|url| url.origin().ascii_serialization())
}

/// A flow that allows this origin.
fn allowing(allowed: &str) -> Checked<Flow> {
    let options = Options { allowed_origin: Some(allowed.into()), ..Options::default() };
    Flow::begin(&Target::fiskil("1"), &options, false).map(|(flow, _)| flow)
}

/// What a flow that allows one origin does with a success of another.
fn told(allowed: &str, from_our_window: bool, origin: &str) -> Vec<Command> {
    let mut flow = allowing(allowed).expect("a good origin");
    flow.handle(Input::Opened(Mode::Overlay));
    let success = json!({ "isCompleted": true, "consentID": "arr_1" });
    flow.hear(from_our_window, origin, &Json::new(&success))
}

/// How it takes one from its own window.
fn hears(allowed: &str, origin: &str) -> &'static str {
    let answers: Vec<bool> = told(allowed, true, origin)
        .iter()
        .filter_map(|command| match command {
            Command::Settle(answer) => Some(answer.is_ok()),
            _ => None,
        })
        .collect();
    match answers[..] {
        [true] => "success",
        [false] => "mismatch",
        _ => "nothing",
    }
}

fn check(good: &[&str; 3], text: &str) {
    let allowed = origin_of(good);
    let browsers = serialised(text);
    // what a page could say that its origin is: the string as it stands, and what a browser makes of it
    for origin in [Some(text), browsers.as_deref()].into_iter().flatten() {
        let is_same = origin == allowed;
        let expected = if is_same { Sender::Provider } else { Sender::ElsewhereInOurWindow };
        assert_eq!(Sender::of(true, origin, &allowed), expected, "{origin:?} at {allowed}");
        assert_eq!(Sender::of(false, origin, &allowed), Sender::Stranger, "{origin:?} at {allowed}");
        assert_eq!(
            hears(&allowed, origin),
            if is_same { "success" } else { "mismatch" },
            "{origin:?} at {allowed}"
        );

        let from_a_stranger = told(&allowed, false, origin);
        assert_eq!(from_a_stranger, [Command::Emit(EventKind::ForeignMessage(origin.to_owned()))]);
    }
    // as the option: refused, or the origin that a browser would make of it, which is never one of several
    match allowing(text) {
        Ok(flow) => {
            assert_eq!(Some(flow.terms.origin), browsers, "{text:?}");
            let url = Url::parse(text).expect("it has an origin");
            assert!(matches!(url.scheme(), "https" | "http") && url.path() == "/", "{text:?}");
            assert!(url.username().is_empty() && url.password().is_none() && !text.contains('*'), "{text:?}");
            assert!(
                url.query().is_none_or(str::is_empty) && url.fragment().is_none_or(str::is_empty),
                "{text:?}"
            );
        }
        Err(error) => assert_eq!(error.code.as_str(), "LINK_INVALID_OPTIONS", "{text:?}"),
    }
}

#[test]
fn one_part_changed() {
    let (mut same, mut others) = (0, 0);
    for good in GOOD {
        assert_eq!(changed(good, [None; 6], None), origin_of(good));
        let mut texts: Vec<String> = TAILS.iter().map(|tail| changed(good, [None; 6], Some(tail))).collect();
        for (index, variants) in PARTS.iter().enumerate() {
            for variant in *variants {
                let mut parts = [None; 6];
                parts[index] = Some(*variant);
                texts.push(changed(good, parts, None));
            }
        }
        for text in texts {
            check(good, &text);
            if serialised(&text) == Some(origin_of(good)) { same += 1 } else { others += 1 }
        }
    }
    // the changes are worth trying: many keep the origin, and most do not
    assert!(same > 100 && others > 600, "{same} {others}");
}

#[test]
fn each_byte_changed() {
    for good in GOOD {
        let origin = origin_of(good);
        for (at, _) in origin.char_indices() {
            let (before, after) = origin.split_at(at);
            check(good, &format!("{before}{}", &after[1..]));
            for put in [".", "-", "/", "@", ":", "%", "x", "1", "\u{200b}", "\u{430}"] {
                check(good, &format!("{before}{put}{after}"));
                check(good, &format!("{before}{put}{}", &after[1..]));
            }
        }
    }
}

#[test]
fn a_good_origin_is_no_other_good_one() {
    for one in GOOD {
        for other in GOOD {
            let expected = if one == other { "success" } else { "mismatch" };
            assert_eq!(hears(&origin_of(one), &origin_of(other)), expected);
        }
    }
}

/// A part stays as it is more often than not.
fn part(variants: &'static [&'static str]) -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![2 => Just(None), 1 => select(variants).prop_map(Some)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_parts_changed(
        good in select(GOOD),
        parts in (part(FRONTS), part(SCHEMES), part(SLASHES), part(USERS), part(HOSTS), part(PORTS)),
        tail in part(TAILS),
    ) {
        let (front, scheme, slashes, user, host, port) = parts;
        check(&good, &changed(&good, [front, scheme, slashes, user, host, port], tail));
    }

    #[test]
    fn any_text(good in select(GOOD), text in any::<String>()) {
        check(&good, &text);
    }
}

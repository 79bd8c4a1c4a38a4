//! The cases that a browser cannot do, each with its reason. They are shown as ignored; `--include-ignored` tries them.
//! A `*` in a name stands for any text.

use anyhow::ensure;

use crate::browser::Browser;

/// A browser, the case as the run prints it, why, and where that is said.
const CANNOT: &[(Browser, &str, &str, &str)] = &[
    (
        Browser::Chromium,
        "shops: Back after a flow whose page went on goes where it went before it",
        "it keeps the entries of a frame that has gone: the first Back seems to do nothing",
        "https://html.spec.whatwg.org/multipage/document-sequences.html#destroy-a-child-navigable",
    ),
    (
        Browser::WebKit,
        "shops: Back after a flow whose page went on goes where it went before it",
        "it keeps the entries of a frame that has gone, and its driver waits for the page that such a Back does not load",
        "https://html.spec.whatwg.org/multipage/document-sequences.html#destroy-a-child-navigable",
    ),
    (Browser::WebKit, "providers: *, redirect: the person goes back", COOP_AND_BACK.0, COOP_AND_BACK.1),
    (
        Browser::WebKit,
        "redirect: nothing of the answer stays in the history or goes out in a Referer",
        "after Back its driver goes on speaking to the page that was left",
        "https://www.w3.org/TR/webdriver2/#back",
    ),
    (
        Browser::WebKit,
        "remains: the page is hidden behind another tab, and shown again",
        "without a window manager no window of it is ever hidden",
        "https://html.spec.whatwg.org/multipage/interaction.html#page-visibility",
    ),
    (Browser::WebKit, "threats: a redirect on its way hears nobody, from no window", LEAVING.0, LEAVING.1),
    (Browser::WebKit, "access: axe-core finds nothing: forced-colors active", NO_FORCED.0, NO_FORCED.1),
    (
        Browser::WebKit,
        "access: axe-core finds nothing in the demo: forced-colors active",
        NO_FORCED.0,
        NO_FORCED.1,
    ),
];

const LEAVING: (&str, &str) = (
    "no frame loads in a page that is about to leave",
    "https://html.spec.whatwg.org/multipage/browsing-the-web.html#navigate",
);

const NO_FORCED: (&str, &str) =
    ("WebKit never forces its colours upon a page", "https://drafts.csswg.org/mediaqueries-5/#forced-colors");

/// The demo's page has such a policy. Without, Back is tested in `redirect: the Back button`.
const COOP_AND_BACK: (&str, &str) = (
    "Back to a page with a Cross-Origin-Opener-Policy loads it again, or loses it for the driver",
    "https://bugs.webkit.org/show_bug.cgi?id=274310",
);

/// What no browser can do with `link-widget/csp`, in which there is no WebAssembly, and why.
const WITHOUT_WEBASSEMBLY: &[(&str, &str)] = &[
    ("trap: *", "there is no WebAssembly that could trap"),
    ("remains: a trap*", "there is no WebAssembly that could trap"),
    ("policy: without 'wasm-unsafe-eval'*", "no WebAssembly is refused"),
    ("failures: a policy that refuses WebAssembly", "no WebAssembly is refused"),
    (
        "shops: a property that a page has given every object",
        "what wasm2js writes describes properties by plain objects",
    ),
];

pub fn is_named(case: &str, name: &str) -> bool {
    match name.split_once('*') {
        Some((start, end)) => case.starts_with(start) && case.ends_with(end),
        None => case == name,
    }
}

/// Why a browser cannot do a case with this entry of the package, if so.
pub fn reason(browser: Browser, entry: &str, case: &str) -> Option<String> {
    let row = CANNOT.iter().find(|(of, name, ..)| *of == browser && is_named(case, name));
    let without = || WITHOUT_WEBASSEMBLY.iter().find(|(name, _)| entry == "csp.js" && is_named(case, name));
    row.map(|(.., why, source)| format!("{why}: {source}")).or_else(|| Some(without()?.1.to_owned()))
}

/// Fails if the table names a case that does not exist.
pub fn check<'a>(cases: impl Iterator<Item = &'a str> + Clone) -> anyhow::Result<()> {
    let names = CANNOT.iter().map(|(_, name, ..)| name);
    for name in names.chain(WITHOUT_WEBASSEMBLY.iter().map(|(name, _)| name)) {
        let is_there = cases.clone().any(|case| is_named(case, name));
        ensure!(is_there, "cannot.rs names a case that does not exist: {name}");
    }
    Ok(())
}

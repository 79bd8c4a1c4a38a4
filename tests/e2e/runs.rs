//! Which cases run where. Every browser runs what browsers do differently: windows, focus and keys, history,
//! storage, messages and who sent them, policies, layout, what a screen reader is told; and every threat.
//! What the package decides by itself and only repeats, for each provider, option, wish or end of a flow,
//! runs in Chromium alone, but for one of each kind. `/csp`, in Chromium, runs what its code differs in, and
//! one case of everything else.
//!
//! What does not run is shown as ignored; `--include-ignored` runs it.

use anyhow::ensure;

use crate::browser::Browser;
use crate::cannot::is_named;

/// The cases that run in Chromium alone, and those of them, or like them, that run in every browser; a `*`
/// stands for any text.
const IN_CHROMIUM: &[(&str, &[&str])] = &[
    ("providers: *: each scenario ends as it says", &["providers: finx, *: each scenario ends as it says"]),
    ("providers: *: the person goes back", &["providers: finx, *: the person goes back"]),
    ("demo: the code of *", &["demo: the code of fiskil*"]),
    ("options: *", &["options: each wrong value rejects at once, named, and leaves nothing"]),
    // of those whose pages post messages: Flinks, which reads texts, too; and Fiskil in a dialog, which an
    // answer from elsewhere ends; and one of those who answer by return URLs alone
    ("messages: f*", &["messages: fiskil*", "messages: flinks*", "messages: finqlink*", "messages: finX*"]),
    ("threats: f*", &["threats: fiskil*", "threats: flinks*", "threats: finqlink*"]),
    ("threats: fiskil, container: *", &["threats: fiskil, overlay: *"]),
    ("threats: fiskil, popup: *", &["threats: fiskil, overlay: *"]),
    ("threats: *: 100,000 messages in a popup", &["threats: flinks: 100,000 messages in a popup"]),
    ("trap: deep inside: *", &["trap: deep inside: a message"]),
    (
        "failures: *: a dead network, in a popup: the person can still end it",
        &["failures: finqlink: a dead network, in a popup: the person can still end it"],
    ),
    (
        "failures: *: a page that never loads, in a popup",
        &["failures: finqlink: a page that never loads, in a popup"],
    ),
    (
        "failures: *: a popup that the provider's policy cuts off",
        &["failures: finqlink: a popup that the provider's policy cuts off"],
    ),
    (
        "access: axe-core finds nothing*",
        &[
            "access: axe-core finds nothing: prefers-color-scheme dark",
            "access: axe-core finds nothing: forced-colors active",
        ],
    ),
    ("access: everything is in view: *", &["access: everything is in view: a window of 320 pixels"]),
    ("looks: axe-core finds nothing in the demo: *", &["looks: axe-core finds nothing in the demo: sheet"]),
    (
        "remains: over and over: *",
        &[
            "remains: over and over: overlay, completed",
            "remains: over and over: container, closed in the same tick",
            "remains: over and over: popup, completed over the channel",
            "remains: over and over: redirect, closed in the same tick",
            "remains: over and over: a page to look at",
        ],
    ),
];

/// What runs with `/csp` beside the first case of each group: its code is JavaScript that was WebAssembly,
/// with its own way of reading values, and it needs less of a policy.
const WITHOUT_WEBASSEMBLY: &[&str] = &[
    "controller: every row of the contracts, as this browser reads URLs",
    "options: *",
    "messages: fiskil: data of every kind is ignored without an exception",
    "messages: fiskil: a flood: the genuine one gets through, and memory does not grow",
    "messages: flinks: *",
    "messages: texts of every kind, for flinks, which reads texts",
    "flinks: *",
    "threats: fiskil, overlay: only its window is heard",
    "threats: *: everything that can be cloned, in each field",
    "threats: *: a page whose objects inherit an answer",
    "threats: URLs that nobody should open, of every launcher in every mode",
    "policy: *",
    "popups: the callback page's address is scrubbed, and the popup closes",
    "redirect: *: comes back, once, and the address is clean",
    "remains: over and over: overlay, completed",
    "remains: over and over: messages and return URLs that are read",
    "shops: globals and built-ins that a page has replaced",
];

/// Why a case does not run here, if so. `is_first`: of its group.
pub fn elsewhere(browser: Browser, entry: &str, case: &str, is_first: bool) -> Option<&'static str> {
    let matches = |names: &[&str]| names.iter().any(|name| is_named(case, name));
    if entry == "csp.js" {
        let differs = is_first || matches(WITHOUT_WEBASSEMBLY);
        return (!differs).then_some("it is the same with WebAssembly");
    }
    let repeats = IN_CHROMIUM.iter().any(|(names, but)| is_named(case, names) && !matches(but));
    (browser != Browser::Chromium && repeats).then_some("it repeats what other cases ask of this browser")
}

/// Of what a case repeats, for each provider or language: all of it in Chromium, and the first elsewhere.
pub fn repeated<T>(browser: Browser, all: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    let count = if browser == Browser::Chromium { usize::MAX } else { 1 };
    all.into_iter().take(count)
}

/// Fails if the tables name a case that does not exist, or nothing that runs everywhere in place of others.
pub fn check<'a>(cases: impl Iterator<Item = &'a str> + Clone) -> anyhow::Result<()> {
    let is_there = |name: &str| cases.clone().any(|case| is_named(case, name));
    let names = IN_CHROMIUM.iter().flat_map(|(names, but)| but.iter().chain([names]));
    for name in names.chain(WITHOUT_WEBASSEMBLY) {
        ensure!(is_there(name), "runs.rs names a case that does not exist: {name}");
    }
    for name in IN_CHROMIUM.iter().flat_map(|(_, but)| *but) {
        let runs = |case: &str| elsewhere(Browser::Firefox, "index.js", case, false).is_none();
        let is_run = cases.clone().filter(|case| is_named(case, name)).any(runs);
        ensure!(is_run, "runs.rs leaves out what it says runs in every browser: {name}");
    }
    Ok(())
}

//! The cases that a browser cannot do, each with its reason. They are shown as ignored; `--include-ignored` tries them.

use anyhow::ensure;

use crate::browser::Browser;

/// A browser, the case as the run prints it, why, and where that is said.
const CANNOT: &[(Browser, &str, &str, &str)] = &[
    (Browser::WebKit, "providers: fiskil, redirect: the person goes back", COOP_AND_BACK.0, COOP_AND_BACK.1),
    (Browser::WebKit, "providers: flinks, redirect: the person goes back", COOP_AND_BACK.0, COOP_AND_BACK.1),
    (Browser::WebKit, "providers: finx, redirect: the person goes back", COOP_AND_BACK.0, COOP_AND_BACK.1),
    (
        Browser::WebKit,
        "providers: finqlink, redirect: the person goes back",
        COOP_AND_BACK.0,
        COOP_AND_BACK.1,
    ),
    (Browser::WebKit, "providers: fimento, redirect: the person goes back", COOP_AND_BACK.0, COOP_AND_BACK.1),
];

/// The demo's page has such a policy. Without, Back is tested in `redirect: the Back button`.
const COOP_AND_BACK: (&str, &str) = (
    "Back to a page with a Cross-Origin-Opener-Policy loads it again, or loses it for the driver",
    "https://bugs.webkit.org/show_bug.cgi?id=274310",
);

/// Why a browser cannot do a case, if so.
pub fn reason(browser: Browser, case: &str) -> Option<String> {
    let row = CANNOT.iter().find(|(of, name, ..)| *of == browser && *name == case);
    row.map(|(.., why, source)| format!("{why}: {source}"))
}

/// Fails if the table names a case that does not exist.
pub fn check<'a>(cases: impl Iterator<Item = &'a str> + Clone) -> anyhow::Result<()> {
    for (_, name, ..) in CANNOT {
        ensure!(
            cases.clone().any(|case| case == *name),
            "cannot.rs names a case that does not exist: {name}"
        );
    }
    Ok(())
}

//! The cases that `cargo xtask test quick` runs, in Chromium: one of each kind, for a look within seconds.

use anyhow::{bail, ensure};

use crate::cannot::is_named;

/// The cases, as the run prints them; a `*` stands for any text. Whoever changes anything waits for all of them: one that comes takes the place
/// of one that goes.
const SMOKE: &[&str] = &[
    // a completed flow in each mode: an overlay, the demo's container, a popup; and by redirect one of each provider
    "controller: a consent completes the flow",
    "demo: with the mouse, in a container",
    "popups: the callback page's address is scrubbed, and the popup closes",
    "redirect: *: comes back, once, and the address is clean",
    // a message that nobody may believe
    "messages: fiskil: other frames post a success, one of them at the provider's own origin",
    // a trap in the WebAssembly
    "trap: at the door: a message",
    // a policy that refuses the provider's page
    "policy: a frame-src that refuses the provider is LINK_FRAME_BLOCKED at once",
];

/// Which cases `LINK_WIDGET_CASES` names: all unless it says `smoke`.
pub fn wanted() -> anyhow::Result<fn(&str) -> bool> {
    match std::env::var("LINK_WIDGET_CASES").as_deref() {
        Err(_) | Ok("all") => Ok(|_| true),
        Ok("smoke") => Ok(|case| SMOKE.iter().any(|name| is_named(case, name))),
        Ok(other) => bail!("LINK_WIDGET_CASES is {other:?}; the cases know: all, smoke"),
    }
}

/// Fails if the list names a case that does not exist, which would otherwise be run no more.
pub fn check<'a>(cases: impl Iterator<Item = &'a str> + Clone) -> anyhow::Result<()> {
    for name in SMOKE {
        ensure!(
            cases.clone().any(|case| is_named(case, name)),
            "smoke.rs names a case that does not exist: {name}"
        );
    }
    Ok(())
}

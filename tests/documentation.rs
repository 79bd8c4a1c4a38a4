//! Documents that are made from the code.
#![cfg(not(target_arch = "wasm32"))]

use link_widget::{CODES, Party};
use std::fmt::Write;

/// The first part of `docs/errors.md`, which `LINK_WIDGET_WRITE=1 cargo test --test documentation` writes anew.
#[test]
fn the_error_codes() {
    let mut table = String::from(
        "# Error codes\n\n\
        Every failure is a `LinkError` with one of these codes. Its `message` is for developers. `describeError(code)` returns a\n\
        message for the user, shown here in English. `retryable`: the user may succeed on another try. `new session`: your back\n\
        end must first create another session or link. Only Fiskil's session can be opened again after a failure. The links and\n\
        tokens of the other providers work once: create another for each try.\n\n\
        | code | retryable | new session | who can act | message for the user |\n|---|---|---|---|---|\n",
    );
    for (code, description) in CODES {
        let word = |is: bool| if is { "yes" } else { "no" };
        let party = match description.party {
            Party::User => "user",
            Party::Developer => "developer",
            Party::Provider => "provider",
        };
        let (retryable, session) = (word(description.retryable), word(description.needs_new_session));
        writeln!(table, "| `{code}` | {retryable} | {session} | {party} | {} |", description.message)
            .unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");
    let written = std::fs::read_to_string(path).unwrap();
    let (first, rest) = written.split_at(written.find("\n## ").unwrap());
    if std::env::var_os("LINK_WIDGET_WRITE").is_some() {
        std::fs::write(path, table + rest).unwrap();
    } else {
        assert!(first == table, "docs/errors.md is old: LINK_WIDGET_WRITE=1 cargo test --test documentation");
    }
}

/// `docs/theming.md` shows the style sheets of the demo's looks, but for what a page is without any.
#[test]
fn the_looks() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = std::fs::read_to_string(root.join("docs/theming.md")).unwrap();
    for look in ["dark", "brand", "sheet"] {
        let sheet = std::fs::read_to_string(root.join(format!("www/looks/{look}.css"))).unwrap();
        assert!(
            guide.contains(&format!("```css\n{sheet}```")),
            "docs/theming.md shows another sheet than www/looks/{look}.css"
        );
    }
}

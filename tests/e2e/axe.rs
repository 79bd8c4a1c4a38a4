//! What axe-core finds wrong for people who use a page without a mouse, or without seeing it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::page::Page;

/// Fails if axe-core finds anything in the page, shadow trees included. Frames are other people's.
pub async fn finds_nothing(page: &Page, when: &str) {
    finds_nothing_with(page, when, json!({})).await;
}

/// The same where the colours are the person's own. Chromium paints those, and tells axe-core of the page's text on the
/// person's background: its contrast is that of no pixel.
pub async fn finds_nothing_in_forced_colours(page: &Page, when: &str) {
    finds_nothing_with(page, when, json!({ "color-contrast": { "enabled": false } })).await;
}

async fn finds_nothing_with(page: &Page, when: &str, rules: Value) {
    let script =
        Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e/node/node_modules/axe-core/axe.min.js");
    let script = fs::read_to_string(script).expect("axe-core, which cargo xtask test e2e installs");
    page.eval(&script).await;
    let found = page
        .wait(&format!(
            "const options = {{ iframes: false, resultTypes: ['violations'], rules: {rules} }};
             const {{ violations }} = await axe.run(document, options);
             return violations.map(({{ id, help, nodes }}) => ({{ id, help, nodes: nodes.map(({{ target, failureSummary }}) => [target, failureSummary]) }}))",
        ))
        .await;
    assert_eq!(found, json!([]), "{when}: {found:#}");
}

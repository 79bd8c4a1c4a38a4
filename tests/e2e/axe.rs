//! What axe-core finds wrong for people who use a page without a mouse, or without seeing it.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::page::Page;

/// The folder of the repository that names axe-core, and the one that it is installed into.
fn folders() -> (PathBuf, PathBuf) {
    let pinned = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("node");
    (pinned, PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e").join("node"))
}

/// The script, installed unless it is there.
async fn script() -> anyhow::Result<String> {
    let (pinned, folder) = folders();
    let wanted = tokio::fs::read(pinned.join("package-lock.json")).await?;
    let installed = folder.join("installed-package-lock.json");
    if !tokio::fs::read(&installed).await.is_ok_and(|installed| installed == wanted) {
        tokio::fs::create_dir_all(&folder).await?;
        for name in ["package.json", "package-lock.json"] {
            tokio::fs::copy(pinned.join(name), folder.join(name)).await?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
        let output = npm.stdin(Stdio::null()).output().await.context("cannot run npm")?;
        ensure!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
        tokio::fs::write(installed, wanted).await?;
    }
    tokio::fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js")).await.context("axe-core")
}

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
    static SCRIPT: OnceCell<String> = OnceCell::const_new();
    let script = SCRIPT.get_or_try_init(script).await.unwrap_or_else(|error| panic!("{error:?}"));
    page.eval(script).await;
    let found = page
        .wait(&format!(
            "const options = {{ iframes: false, resultTypes: ['violations'], rules: {rules} }};
             const {{ violations }} = await axe.run(document, options);
             return violations.map(({{ id, help, nodes }}) => ({{ id, help, nodes: nodes.map(({{ target, failureSummary }}) => [target, failureSummary]) }}))",
        ))
        .await;
    assert_eq!(found, json!([]), "{when}: {found:#}");
}

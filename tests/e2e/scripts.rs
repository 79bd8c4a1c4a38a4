//! The cases that are scripts on the merchant's page: `pages/cases/<group>.js`. Each is a function under its name, in a line
//! of its own, that does something with what `pages/kit.js` has for it and says what must have come of it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, ensure};

use crate::page::{Case, Page, case};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pages/cases")
}

/// Those of a group; none, if it has no such file.
pub fn cases(group: &'static str) -> anyhow::Result<Vec<Case>> {
    let path = folder().join(format!("{group}.js"));
    if !path.exists() {
        return Ok(Vec::new());
    }
    let source = fs::read_to_string(&path)?;
    let names = source.lines().filter_map(|line| line.strip_prefix("  async ")?.strip_suffix("() {"));
    let cases: Vec<Case> = names
        .map(|quoted| {
            let name = quoted[1..quoted.len() - 1].replace("\\'", "'");
            case(name.clone(), async move |page: Page| {
                page.merchant("").await;
                page.run(&format!("await (await load('/cases/{group}.js')).cases[{name:?}]()")).await;
                page.is_clean().await;
            })
        })
        .collect();
    ensure!(!cases.is_empty(), "there is no case in {}", path.display());
    Ok(cases)
}

/// Fails if there is a file of no group, whose cases would not run.
pub fn check(groups: impl Iterator<Item = &'static str> + Clone) -> anyhow::Result<()> {
    for file in fs::read_dir(folder())? {
        let path = file?.path();
        let name = path.file_stem().context("a file has a name")?;
        ensure!(groups.clone().any(|group| group == name), "{} is of no group", path.display());
    }
    Ok(())
}

//! The cases that are scripts on the merchant's page: `pages/cases/<group>.js`. Each is a function under its name, in a line
//! of its own, that does something with what `pages/kit.js` has for it and says what must have come of it.
//!
//! A name that begins with `$provider`, `$speaking`, `$echoing` or `$silent` is a case of each such provider, whose name
//! the function gets; with `$mode` behind it, of each mode beside the page as well. Cases in a record under a query have
//! that query in their page's address.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use crate::page::{Case, Page, case};
use crate::person;
use crate::vectors::{Provider, echoing, providers, silent, speaking};

/// The modes in which a provider's page is beside ours.
const BESIDE: [&str; 3] = ["overlay", "container", "popup"];

/// All of them, each with its group.
pub fn cases() -> anyhow::Result<Vec<(String, Case)>> {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("pages/cases"))?
        .map(|file| Ok(file?.path()))
        .collect::<anyhow::Result<BTreeSet<_>>>()?;
    let mut cases = Vec::new();
    for path in files {
        let group = path.file_stem().and_then(OsStr::to_str).context("a file has a name")?;
        cases.extend(in_file(&path, group)?.into_iter().map(|case| (group.to_owned(), case)));
    }
    Ok(cases)
}

fn in_file(path: &Path, group: &str) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    let mut query = String::new();
    let source = fs::read_to_string(path)?;
    for line in source.lines().skip_while(|line| *line != "export const cases = {") {
        let content = line.trim_start();
        match (line.len() - content.len(), query.is_empty()) {
            (2, false) => query.clear(),
            (2, true) if content.ends_with(": {") => query = unquoted(content.trim_end_matches(": {")),
            (2, true) | (4, false) => cases.extend(named(group, &query, content)?),
            _ => {}
        }
    }
    ensure!(!cases.is_empty(), "there is no case in {}", path.display());
    Ok(cases)
}

/// The cases that begin in this line, if it is the first one of a function in `cases`.
fn named(group: &str, query: &str, line: &str) -> anyhow::Result<Vec<Case>> {
    let Some(line) = line.strip_prefix("async ") else {
        return Ok(Vec::new());
    };
    // where a line would be too long, biome puts the parameters in the next ones
    let (name, takes) = match line.strip_suffix(") {") {
        Some(line) => line.rsplit_once('(').context("a function has parameters")?,
        None => {
            (line.strip_suffix('(').with_context(|| format!("{group}.js: no function: {line}"))?, "provider")
        }
    };
    let name = unquoted(name);
    let (of, rest) = name.split_once(": ").unwrap_or_default();
    let (kind, has_mode) = of.strip_suffix(", $mode").map_or((of, false), |kind| (kind, true));
    let of: Vec<&Provider> = match kind {
        "$provider" => providers().iter().collect(),
        "$speaking" => speaking().collect(),
        "$echoing" => echoing().collect(),
        "$silent" => silent().collect(),
        _ => {
            ensure!(takes.is_empty(), "{group}.js: a case takes a provider that its name does not: {name}");
            return Ok(vec![script(group, query, &name, name.clone(), Vec::new())]);
        }
    };
    let modes: &[&str] = if has_mode { &BESIDE } else { &[""] };
    let pairs = of.iter().flat_map(|provider| modes.iter().map(|&mode| (provider.name.as_str(), mode)));
    let cases = pairs.map(|(provider, mode)| {
        if mode.is_empty() {
            script(group, query, &name, format!("{provider}: {rest}"), vec![provider])
        } else {
            script(group, query, &name, format!("{provider}, {mode}: {rest}"), vec![provider, mode])
        }
    });
    Ok(cases.collect())
}

/// The case that is the function under `key`, and gets these.
fn script(group: &str, query: &str, key: &str, name: String, of: Vec<&'static str>) -> Case {
    let path = format!("/cases/{group}.js");
    let (query, key) = (query.to_owned(), key.to_owned());
    case(name, async move |page: Page| {
        page.merchant(&query).await;
        let names = ["cases", &query, &key].into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>();
        person::plays(&page, &path, &names, &of).await;
        page.is_clean().await;
    })
}

/// The text of a property's name, as biome writes it.
fn unquoted(name: &str) -> String {
    match name.as_bytes() {
        [b'\'' | b'"', .., b'\'' | b'"'] => name[1..name.len() - 1].replace("\\'", "'"),
        _ => name.to_owned(),
    }
}

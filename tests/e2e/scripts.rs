//! The cases that are scripts on the merchant's page: `pages/cases/<group>.js`. Each is a function under its name, in a line
//! of its own, that does something with what `pages/kit.js` has for it and says what must have come of it.
//!
//! A name that begins with `$provider`, `$speaking` or `$silent` is a case of each such provider, whose name the function
//! gets. Cases in a record under a query have that query in their page's address.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};

use crate::page::{Case, Page, case};
use crate::vectors::{Provider, providers, silent, speaking};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pages/cases")
}

/// Those of a group; none, if it has no such file.
pub fn cases(group: &'static str) -> anyhow::Result<Vec<Case>> {
    let path = folder().join(format!("{group}.js"));
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut cases = Vec::new();
    let mut query = String::new();
    let source = fs::read_to_string(&path)?;
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
fn named(group: &'static str, query: &str, line: &str) -> anyhow::Result<Vec<Case>> {
    let Some(line) = line.strip_prefix("async ") else {
        return Ok(Vec::new());
    };
    if let Some(name) = line.strip_suffix("() {") {
        return Ok(vec![script(group, query, &unquoted(name), None)]);
    }
    // where a line would be too long, biome puts the parameter in the next one
    let takes_one = line.strip_suffix("(provider) {").or_else(|| line.strip_suffix('('));
    let Some(name) = takes_one.map(unquoted) else {
        bail!("{group}.js has a case that takes anything but one provider: {line}");
    };
    let of: Vec<&Provider> = match name.split_once(": ").map_or("", |(first, _)| first) {
        "$provider" => providers().iter().collect(),
        "$speaking" => speaking().collect(),
        "$silent" => silent().collect(),
        other => bail!("{group}.js: {other:?} stands for no providers: {name}"),
    };
    Ok(of.into_iter().map(|provider| script(group, query, &name, Some(&provider.name))).collect())
}

fn script(group: &'static str, query: &str, key: &str, provider: Option<&'static str>) -> Case {
    let name = match (provider, key.split_once(": ")) {
        (Some(provider), Some((_, rest))) => format!("{provider}: {rest}"),
        _ => key.to_owned(),
    };
    let record = if query.is_empty() { String::new() } else { format!("[{query:?}]") };
    let call = format!(
        "await (await load('/cases/{group}.js')).cases{record}[{key:?}]({:?})",
        provider.unwrap_or_default()
    );
    let query = query.to_owned();
    case(name, async move |page: Page| {
        page.merchant(&query).await;
        page.run(&call).await;
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

/// Fails if there is a file of no group, whose cases would not run.
pub fn check(groups: impl Iterator<Item = &'static str> + Clone) -> anyhow::Result<()> {
    for file in fs::read_dir(folder())? {
        let path = file?.path();
        let name = path.file_stem().context("a file has a name")?;
        ensure!(groups.clone().any(|group| group == name), "{} is of no group", path.display());
    }
    Ok(())
}

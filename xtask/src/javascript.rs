//! The JavaScript of the repository, and its TypeScript: formatted and linted by biome, as `biome.jsonc` says, and its types
//! checked by tsc.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use anyhow::Result;

use crate::command::{check, run, step};
use crate::{node, paths};

fn biome(subcommand: &str) -> Result<Command> {
    node::install()?;
    let mut biome = node::tool("biome");
    biome.arg(subcommand);
    Ok(biome)
}

/// Looks whether it is formatted.
pub fn check_format() -> Result<()> {
    step("Checking that the JavaScript is formatted (biome)");
    let mut biome = biome("format")?;
    biome.arg("--max-diagnostics=200");
    check(biome)
}

/// Looks for mistakes in it.
pub fn lint() -> Result<()> {
    step("Looking for mistakes in the JavaScript (biome)");
    let mut biome = biome("lint")?;
    biome.args(["--error-on-warnings", "--max-diagnostics=200"]);
    check(biome)?;

    step("Looking for exports that nobody imports, and comments that are too wide (xtask/node/lint.mjs)");
    check(node::node("xtask/node/lint.mjs"))?;

    link_packages()?;
    for (config, place) in [("tsconfig.page.json", "on pages"), ("tsconfig.node.json", "in Node")] {
        step(&format!("Checking the types of the JavaScript that runs {place} (tsc)"));
        let mut tsc = node::node(node::package("typescript/bin/tsc"));
        tsc.args(["--project", &format!("xtask/node/{config}")]);
        check(tsc)?;
    }
    Ok(())
}

/// Makes sure that the packages are in target/node, where the configurations look for them: cargo's target folder may be
/// elsewhere.
fn link_packages() -> Result<()> {
    let there = paths::root().join("target/node");
    if !there.exists() {
        fs::create_dir_all(paths::root().join("target"))?;
        symlink(node::folder(), there)?;
    }
    Ok(())
}

/// Formats it.
pub fn format() -> Result<()> {
    let mut biome = biome("format")?;
    biome.arg("--write");
    run(biome)
}

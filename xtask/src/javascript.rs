//! The JavaScript of the repository, and its TypeScript: formatted and linted by biome, as `biome.jsonc` says.

use std::process::Command;

use anyhow::Result;

use crate::command::{run, run_silent, step};
use crate::node;

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
    run_silent(biome)
}

/// Looks for mistakes in it.
pub fn lint() -> Result<()> {
    step("Looking for mistakes in the JavaScript (biome)");
    let mut biome = biome("lint")?;
    biome.args(["--error-on-warnings", "--max-diagnostics=200"]);
    run_silent(biome)?;

    step("Looking for exports that nobody imports, and comments that are too wide (xtask/node/lint.mjs)");
    run(node::node("xtask/node/lint.mjs"))
}

/// Formats it.
pub fn format() -> Result<()> {
    let mut biome = biome("format")?;
    biome.arg("--write");
    run(biome)
}

//! The JavaScript of the repository, and its TypeScript: formatted and linted by biome, as `biome.jsonc` says.

use std::process::Command;

use anyhow::Result;

use crate::command::run;
use crate::node;

fn biome(subcommand: &str) -> Result<Command> {
    node::install()?;
    let mut biome = node::tool("biome");
    biome.arg(subcommand);
    Ok(biome)
}

/// Formats it.
pub fn format() -> Result<()> {
    let mut biome = biome("format")?;
    biome.arg("--write");
    run(biome)
}

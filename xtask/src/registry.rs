//! Programs of the crates' registry that Debian does not package.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{cargo, run};
use crate::paths;

/// Compiles exactly this version of a program into `folder`, unless it is there, and gives its path.
pub fn install(name: &str, version: &str, folder: &Path) -> Result<PathBuf> {
    let mut install = cargo();
    install.args(["install", name, "--version", &format!("={version}"), "--locked", "--quiet"]);
    // unoptimised: it compiles for minutes, and then waits for others or runs for seconds
    install
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .args(["--debug", "--target-dir"])
        .arg(paths::target())
        .arg("--root")
        .arg(folder);
    run(install).with_context(|| format!("{name} cannot be installed"))?;
    Ok(folder.join("bin").join(name))
}

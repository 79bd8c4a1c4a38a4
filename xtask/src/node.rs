//! The Node packages that building and checking need, pinned in xtask/node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::{command, found, output, run_silent, step};
use crate::paths;

/// The oldest Node that the bundlers of the tests run on. The package needs less, and is built for minutes before them.
const OLDEST: (u32, u32) = (20, 19);

/// Fails where Node is missing or too old.
pub fn check_version() -> Result<()> {
    let (major, minor) = OLDEST;
    let needed = format!("Node {major}.{minor} or newer and npm must be installed, from https://nodejs.org");
    ensure!(found("node").is_some() && found("npm").is_some(), "{needed}");
    let mut node = command("node");
    node.arg("--version");
    let version = output(node)?;
    ensure!(number(&version) >= Some(OLDEST), "{needed}; this is Node {}", version.trim());
    Ok(())
}

/// The first two numbers of `v20.19.4`.
fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The folder whose node_modules holds the packages.
pub fn folder() -> PathBuf {
    paths::target().join("node")
}

/// Installs the packages unless the ones that package-lock.json names are there.
pub fn install() -> Result<()> {
    install_into(
        &folder(),
        "xtask/node",
        "Installing esbuild, binaryen, TypeScript and others into target/node, which bundle, shrink and check the package",
    )
}

/// Installs the packages that a folder of the repository pins into another one, unless they are there.
pub fn install_into(folder: &Path, pinned: &str, why: &str) -> Result<()> {
    let pinned = paths::root().join(pinned);
    let wanted = fs::read(pinned.join("package-lock.json"))?;
    let installed = folder.join("installed-package-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step(why);
    fs::create_dir_all(folder)?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(pinned.join(name), folder.join(name))?;
    }
    let mut npm = npm();
    // none of the packages needs its install script
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    run_silent(npm).context("npm cannot install the packages")?;
    fs::write(installed, wanted).context("cannot note what was installed")
}

pub fn npm() -> Command {
    command("npm")
}

/// Node, with a script.
pub fn node(script: impl Into<PathBuf>) -> Command {
    let mut node = command("node");
    node.arg(script.into());
    node
}

/// Node's own tests, in the form of which [`crate::reason`] knows the end.
pub fn test() -> Command {
    let mut node = node("--test");
    node.arg("--test-reporter=spec");
    node
}

/// A file or a folder of an installed package.
pub fn package(path: &str) -> PathBuf {
    folder().join("node_modules").join(path)
}

/// A program of an installed package.
pub fn tool(name: &str) -> Command {
    command(folder().join("node_modules/.bin").join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, is_enough) in
            [("v20.19.4\n", true), ("v100.0.0\n", true), ("v20.9.1\n", false), ("", false)]
        {
            assert_eq!(number(version) >= Some(OLDEST), is_enough, "{version}");
        }
    }
}

//! The projects of tests/bundlers: one of each bundler, as a user has them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::browser::Browser;
use crate::command::{cargo, check, run_silent, step};
use crate::folders::{copy_folder, remove};
use crate::wasm_toolchain::{Choice, WasmToolchain};
use crate::{front_end, node, paths};

/// Each a folder of tests/bundlers with a package-lock.json.
const PROJECTS: [&str; 14] = [
    "angular",
    "esbuild",
    "vite",
    "vite-6",
    "webpack",
    "rollup",
    "parcel",
    "next",
    "jest",
    "vitest",
    "workers",
    "hermes",
    "routers",
    "sveltekit",
];

/// Installs the projects, with the package that npm has installed in `consumer`, builds the example in Rust, and drives
/// each in the browser.
pub fn test(choice: Choice, consumer: &Path) -> Result<()> {
    Browser::Chromium.install()?;
    for name in PROJECTS {
        install(name, consumer).with_context(|| format!("cannot install the project {name}"))?;
    }
    front_end::build(WasmToolchain::install(choice)?)?;
    step("Testing the package in projects of each bundler (cargo test, WebDriver)");
    let mut cargo = cargo();
    cargo.args(["test", "--package", "bundlers"]);
    check(cargo)
}

fn install(name: &str, consumer: &Path) -> Result<()> {
    let sources = paths::root().join("tests/bundlers");
    let folder = paths::target().join("bundlers").join(name);
    let modules = folder.join("node_modules");
    fs::create_dir_all(&folder)?;
    let wanted = fs::read(sources.join(name).join("package-lock.json"))?;
    let noted = folder.join("node_modules/installed-package-lock.json");
    let is_installed = fs::read(&noted).is_ok_and(|installed| installed == wanted);
    // no build of an earlier run
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path != modules {
            remove(&path)?;
        }
    }
    copy_folder(&sources.join("shared"), &folder)?;
    copy_folder(&sources.join(name), &folder)?;
    if !is_installed {
        step(&format!("Installing the project {name} into target/bundlers (npm ci)"));
        let mut npm = node::npm();
        // what they need for this machine comes as packages: no install script is needed
        npm.args(["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"]);
        npm.current_dir(&folder);
        run_silent(npm)?;
    }
    // what Vite keeps of packages it knows by the lock file alone, and the package is not in that
    for kept in ["link-widget", ".vite", ".cache"] {
        remove(&modules.join(kept))?;
    }
    copy_folder(&consumer.join("node_modules/link-widget"), &modules.join("link-widget"))?;
    fs::write(noted, wanted).context("cannot note what was installed")
}

//! The projects of tests/bundlers: one of each bundler, as a user has them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{cargo, run, run_silent, step};
use crate::wasm_toolchain::{Choice, TARGET, WasmToolchain};
use crate::{node, paths, wasm_tools};

/// Each a folder of tests/bundlers with a package-lock.json.
const PROJECTS: [&str; 7] = ["esbuild", "vite", "vite-6", "webpack", "rollup", "parcel", "next"];

/// Installs the projects, with the package that npm has installed in `consumer`, builds the example in Rust, and drives
/// each in the browser.
pub fn test(choice: Choice, consumer: &Path) -> Result<()> {
    for name in PROJECTS {
        install(name, consumer).with_context(|| format!("cannot install the project {name}"))?;
    }
    build_example(choice).context("cannot build the example in Rust")?;
    step("Testing the package in projects of each bundler (cargo test, WebDriver)");
    let mut cargo = cargo();
    cargo.args(["test", "--package", "bundlers"]);
    run(cargo)
}

/// Cargo, for the example of a front end in Rust. It is no member of the workspace.
pub fn example(toolchain: WasmToolchain, subcommand: &str) -> Command {
    let mut cargo = toolchain.cargo(subcommand);
    cargo.arg("--manifest-path").arg(paths::root().join("examples/yew/Cargo.toml")).arg("--locked");
    // what names a folder of its own keeps it
    cargo.env("CARGO_TARGET_DIR", paths::target());
    cargo
}

/// Builds it into target/bundlers/yew/www, where the sandbox has the merchant's page.
fn build_example(choice: Choice) -> Result<()> {
    let folder = paths::target().join("bundlers/yew/www");
    step("Compiling examples/yew, a front end in Rust, to WebAssembly");
    let toolchain = WasmToolchain::install(choice)?;
    run(example(toolchain, "build"))?;

    remove(&folder)?;
    wasm_tools::install()?;
    let mut bindgen = wasm_tools::tool("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&folder);
    bindgen.arg(toolchain.target_folder().join(TARGET).join("debug/example-yew.wasm"));
    run_silent(bindgen)?;
    let sources = paths::root().join("examples/yew/www");
    copy_folder(&sources, &folder)?;
    // where a provider sends the user back to: the same page
    fs::copy(sources.join("index.html"), folder.join("callback.html"))?;
    Ok(())
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

fn remove(path: &Path) -> Result<()> {
    if path.is_dir() {
        fs::remove_dir_all(path)?;
    } else if path.exists() {
        fs::remove_file(path)?;
    }
    Ok(())
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

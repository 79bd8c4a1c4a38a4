//! wasm-bindgen and its test runner, compiled from the versions in Cargo.lock.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command::{cargo, command, run, step};
use crate::paths;

/// Compiles them unless they are up to date.
pub fn install() -> Result<()> {
    step(
        "Compiling the wasm-bindgen tools, of exactly the library's version (the first time takes a minute)",
    );
    let mut cargo = cargo();
    cargo.args(["build", "--profile", "tools", "--package", "wasm-tools"]);
    run(cargo)
}

/// The program; its first argument chooses the tool.
pub fn program() -> PathBuf {
    paths::target().join("tools/wasm-tools")
}

/// One of the tools.
pub fn tool(name: &str) -> Command {
    let mut command = command(program());
    command.arg(name);
    command
}

//! The crate as users of Rust have it: examples/yew, its documentation, and what it depends on for servers.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::command::{cargo, check, output, run_silent, step};
use crate::folders::{copy_folder, remove};
use crate::wasm_toolchain::{TARGET, WasmToolchain};
use crate::{paths, wasm_tools};

const EXAMPLE: &str = "examples/yew";

/// Builds the example into target/bundlers/yew/www, where the sandbox finds a merchant's page.
pub fn build(toolchain: WasmToolchain) -> Result<()> {
    let folder = paths::target().join("bundlers/yew/www");
    step("Compiling a front end in Rust, examples/yew, to WebAssembly");
    check(of_example(toolchain, "build"))?;

    wasm_tools::install()?;
    remove(&folder)?;
    let mut bindgen = wasm_tools::tool("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&folder);
    bindgen.arg(target_folder(toolchain).join(TARGET).join("debug/example-yew.wasm"));
    run_silent(bindgen)?;
    copy_folder(&paths::root().join(EXAMPLE).join("www"), &folder)?;
    // where a provider sends the user back to
    fs::copy(folder.join("index.html"), folder.join("callback.html"))?;
    Ok(())
}

/// Cargo for the example, which is no member of the workspace.
fn of_example(toolchain: WasmToolchain, subcommand: &str) -> Command {
    let mut cargo = toolchain.cargo_into(subcommand, &target_folder(toolchain));
    cargo.args(["--locked", "--manifest-path"]).arg(paths::root().join(EXAMPLE).join("Cargo.toml"));
    cargo
}

/// Of the example's own: it has other versions of what link-widget needs, and cargo gives a `cdylib` no name by which it
/// would tell one link-widget from the other.
fn target_folder(toolchain: WasmToolchain) -> PathBuf {
    toolchain.target_folder().join("yew")
}

/// Formats the example, or with `--check` only looks whether it is formatted.
pub fn format(how: &[&str]) -> Result<()> {
    let mut cargo = cargo();
    cargo.arg("fmt").args(how).arg("--manifest-path").arg(paths::root().join(EXAMPLE).join("Cargo.toml"));
    check(cargo)
}

/// Checks the example, the documentation, and that a server gets nothing of what is for the browser.
pub fn lint(toolchain: WasmToolchain) -> Result<()> {
    step("Looking for mistakes in a front end in Rust, examples/yew (clippy)");
    let mut clippy = of_example(toolchain, "clippy");
    clippy.args(["--", "--deny", "warnings"]);
    check(clippy)?;

    step("Looking for mistakes in the documentation, for servers and for the browser (rustdoc)");
    let mut native = cargo();
    native.arg("doc");
    for mut doc in [native, toolchain.cargo("doc")] {
        doc.args(["--package", "link-widget", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings");
        check(doc)?;
    }

    step("Looking for dependencies of the browser's on a server (cargo tree)");
    let mut tree = cargo();
    tree.args(["tree", "--package", "link-widget", "--all-features", "--edges", "normal,build"]);
    tree.args(["--prefix", "none", "--format", "{p}"]);
    let tree = output(tree)?;
    ensure!(tree.contains("serde_json "), "cargo tree does not list what a server needs:\n{tree}");
    let found = for_browsers(&tree);
    ensure!(
        found.is_empty(),
        "link-widget depends on {} where there is no browser: move them to \
         [target.'cfg(target_arch = \"wasm32\")'.dependencies] in Cargo.toml",
        found.join(", ")
    );
    Ok(())
}

/// The packages in a list of `name version` that only make sense in a browser.
fn for_browsers(tree: &str) -> Vec<&str> {
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    let is_for_browsers = |name: &&str| {
        name.contains("wasm") || name.starts_with("gloo") || ["js-sys", "web-sys"].contains(name)
    };
    names.filter(is_for_browsers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_is_for_browsers() {
        let tree = "link-widget v0.1.0 (/repository)\nserde_json v1.0.0\njs-sys v0.3.0\nwasm-bindgen v0.2.0\nweb-sys v0.3.0 (*)\ngloo-timers v0.4.0\nserde-wasm-bindgen v0.6.0\n";
        let found = ["js-sys", "wasm-bindgen", "web-sys", "gloo-timers", "serde-wasm-bindgen"];
        assert_eq!(for_browsers(tree), found);
    }
}

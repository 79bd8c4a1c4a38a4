//! The Rust compiler for `wasm32-unknown-unknown`: rustup's, or Debian's where rustup cannot download.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::command::{cargo, command, output, run_within, step};
use crate::{debian, paths};

/// The target that everything for the browser is compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

const RUSTC: &str = "/usr/bin/rustc";
const RUSTDOC: &str = "/usr/bin/rustdoc";
const CARGO_CLIPPY: &str = "/usr/bin/cargo-clippy";
const STD_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/Cargo.lock";
const LINKER: &str = "/usr/bin/wasm-ld-19";

/// A component of 25 MB; without a network rustup tries for minutes.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);

/// Which toolchain to use.
#[derive(Clone, Copy, ValueEnum)]
pub enum Choice {
    /// rustup's if it has the target or can get it, else Debian's
    Auto,
    Rustup,
    Debian,
}

/// A toolchain that is installed.
#[derive(Clone, Copy, PartialEq)]
pub enum WasmToolchain {
    Rustup,
    /// Debian ships no standard library for WebAssembly, only its source: cargo compiles it along.
    Debian,
}

impl WasmToolchain {
    /// Installs what is missing of the chosen toolchain.
    pub fn install(choice: Choice) -> Result<Self> {
        match choice {
            Choice::Rustup => install_from_rustup().map(|()| Self::Rustup),
            Choice::Debian => install_from_debian().map(|()| Self::Debian),
            // without a network rustup takes its whole limit to fail, which must not happen at every start
            Choice::Auto if !rustup_has_target()? && debian_is_installed() => Ok(Self::Debian),
            Choice::Auto => {
                let Err(error) = install_from_rustup() else {
                    return Ok(Self::Rustup);
                };
                println!("rustup cannot get the target, so Debian's compiler is used: {error:#}");
                install_from_debian().map(|()| Self::Debian)
            }
        }
    }

    /// `cargo <subcommand>` for the browser.
    pub fn cargo(self, subcommand: &str) -> Command {
        let mut cargo = match self {
            Self::Rustup => cargo(),
            // clippy is a compiler of its own, and reads only what a compiler of its version has written
            Self::Debian if subcommand == "clippy" => command(CARGO_CLIPPY),
            Self::Debian => cargo(),
        };
        cargo.args([subcommand, "--target", TARGET]);
        if self == Self::Debian {
            cargo
                .envs([
                    ("RUSTC", RUSTC),
                    ("RUSTDOC", RUSTDOC),
                    ("RUSTC_BOOTSTRAP", "1"),
                    ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", LINKER),
                ])
                .args(["-Z", "build-std=std,panic_abort", "--target-dir"])
                .arg(self.target_folder());
        }
        cargo
    }

    /// Where it puts what it compiles. Build scripts look at RUSTC_BOOTSTRAP: in one folder, each toolchain would
    /// make the other's work stale.
    pub fn target_folder(self) -> PathBuf {
        match self {
            Self::Rustup => paths::target(),
            Self::Debian => paths::target().join("debian"),
        }
    }

    /// Installs clippy for this toolchain unless it is there.
    pub fn install_clippy(self) -> Result<()> {
        if self == Self::Debian && !Path::new(CARGO_CLIPPY).exists() {
            step("Installing Debian's clippy, to check the code for the browser");
            debian::install(&["rust-web-clippy"])?;
        }
        Ok(())
    }
}

fn rustup_has_target() -> Result<bool> {
    let mut rustc = command("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    let folder = output(rustc).context("rustc is missing: rustup installs it")?;
    Ok(Path::new(folder.trim()).exists())
}

fn install_from_rustup() -> Result<()> {
    if rustup_has_target()? {
        return Ok(());
    }
    step("Adding the WebAssembly target with rustup, to compile for the browser");
    let mut rustup = command("rustup");
    rustup.args(["target", "add", TARGET]);
    run_within(RUSTUP_LIMIT, rustup)
}

fn debian_is_installed() -> bool {
    [RUSTC, RUSTDOC, STD_SOURCE, LINKER].iter().all(|path| Path::new(path).exists())
}

fn install_from_debian() -> Result<()> {
    if debian_is_installed() {
        return Ok(());
    }
    step(
        "Installing Debian's Rust compiler, its standard library's source and a linker, to compile for the browser",
    );
    debian::install(&["rustc-web", "rust-web-src", "lld-19"])
}

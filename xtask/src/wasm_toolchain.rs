//! The Rust compiler for `wasm32-unknown-unknown`: rustup's, or Debian's where rustup cannot download.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::command::{cargo, command, output, run, step, within};
use crate::{debian, paths};

/// The target that everything for the browser is compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

const RUSTC: &str = "/usr/bin/rustc";
const RUSTDOC: &str = "/usr/bin/rustdoc";
const CARGO_CLIPPY: &str = "/usr/bin/cargo-clippy";
/// The standard library's source, in a toolchain's folder.
const STD_SOURCE: &str = "lib/rustlib/src/rust/library/Cargo.lock";
const LINKER: &str = "/usr/bin/wasm-ld-19";

/// Components of 25 MB at most; without a network rustup tries for minutes. The steps name it.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);

/// Which toolchain to use.
#[derive(Clone, Copy, ValueEnum)]
pub enum Choice {
    /// rustup's if it has what is needed or can get it, else Debian's
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
            Choice::Auto if !rustup_is_complete()? && debian_is_installed() => Ok(Self::Debian),
            Choice::Auto => {
                let Err(error) = install_from_rustup() else {
                    return Ok(Self::Rustup);
                };
                println!("rustup cannot get what is missing, so Debian's compiler is used: {error:#}");
                install_from_debian().map(|()| Self::Debian)
            }
        }
    }

    /// `cargo <subcommand>` for the browser.
    pub fn cargo(self, subcommand: &str) -> Command {
        self.cargo_into(subcommand, &self.target_folder())
    }

    /// The same with a target folder of its own.
    pub fn cargo_into(self, subcommand: &str, target_folder: &Path) -> Command {
        match self {
            Self::Rustup => {
                let mut cargo = self.bare_cargo(subcommand);
                cargo.arg("--target-dir").arg(target_folder);
                cargo
            }
            Self::Debian => self.cargo_with_std(subcommand, target_folder),
        }
    }

    /// Where [`cargo`](Self::cargo) puts what it makes.
    pub fn target_folder(self) -> PathBuf {
        match self {
            Self::Rustup => paths::target(),
            Self::Debian => paths::target().join("debian"),
        }
    }

    /// As [`cargo`](Self::cargo), and compiles the standard library along: what is asked of the compiler holds for it
    /// too. Build scripts look at the variable that this needs: in a folder that other calls use, each would make the
    /// other's work stale.
    pub fn cargo_with_std(self, subcommand: &str, target_folder: &Path) -> Command {
        let mut cargo = self.bare_cargo(subcommand);
        cargo
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["-Z", "build-std=std,panic_abort", "--target-dir"])
            .arg(target_folder);
        cargo
    }

    fn bare_cargo(self, subcommand: &str) -> Command {
        let mut cargo = match self {
            // clippy is a compiler of its own, and reads only what a compiler of its version has written
            Self::Debian if subcommand == "clippy" => command(CARGO_CLIPPY),
            Self::Rustup | Self::Debian => cargo(),
        };
        cargo.args([subcommand, "--target", TARGET]);
        if self == Self::Debian {
            cargo.envs([
                ("RUSTC", RUSTC),
                ("RUSTDOC", RUSTDOC),
                ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", LINKER),
            ]);
        }
        cargo
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
    Ok(rustc_folder(&["target-libdir", "--target", TARGET])?.exists())
}

fn rustup_has_std_source() -> Result<bool> {
    Ok(rustc_folder(&["sysroot"])?.join(STD_SOURCE).exists())
}

/// A folder that rustup's compiler names.
fn rustc_folder(which: &[&str]) -> Result<PathBuf> {
    let mut rustc = command("rustc");
    rustc.arg("--print").args(which);
    Ok(output(rustc).context("rustc is missing: rustup installs it")?.trim().into())
}

fn rustup_is_complete() -> Result<bool> {
    Ok(rustup_has_target()? && rustup_has_std_source()?)
}

fn install_from_rustup() -> Result<()> {
    if !rustup_has_target()? {
        step("Adding the WebAssembly target with rustup, to compile for the browser (for 90 s at most)");
        rustup(&["target", "add", TARGET])?;
    }
    if !rustup_has_std_source()? {
        step(
            "Adding the standard library's source with rustup, to compile it for the smallest package (for 90 s at most)",
        );
        rustup(&["component", "add", "rust-src"])?;
    }
    Ok(())
}

/// Has rustup add something.
pub fn rustup(arguments: &[&str]) -> Result<()> {
    let mut rustup = command("rustup");
    rustup.args(arguments);
    run(within(RUSTUP_LIMIT, &rustup))
}

fn debian_is_installed() -> bool {
    let std_source = Path::new("/usr").join(STD_SOURCE);
    [RUSTC, RUSTDOC, LINKER].iter().all(|path| Path::new(path).exists()) && std_source.exists()
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

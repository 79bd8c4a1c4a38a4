//! `cargo xtask`: builds, shows, tests and measures link-widget, and installs what that needs.

mod bench;
mod browser;
mod build;
mod bundlers;
mod command;
mod debian;
mod demo;
mod folders;
mod front_end;
mod fuzz;
mod interrupt;
mod javascript;
mod node;
mod paths;
mod reason;
mod registry;
mod release;
mod sandbox_package;
mod temporary;
mod test;
mod wasm_toolchain;
mod wasm_tools;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::sandbox_package::Profile;
use crate::wasm_toolchain::Choice;

/// Builds, shows, tests and measures link-widget.
///
/// Needs rustup, node, npm and a C compiler, and installs everything else that is missing: the WebAssembly target, the
/// packages in xtask/node and, for the tests, three browsers. What it makes lies under target/ and pkg/.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    /// Where the compiler for WebAssembly comes from
    #[arg(long, global = true, value_enum, default_value_t = Choice::Auto, hide = true)]
    wasm_toolchain: Choice,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Makes the npm package in pkg/ and prints its size
    ///
    /// Fails if one of the entries index, csp, wasm and iife, minified and compressed, is larger than its limit.
    Build,
    /// Builds the package and runs the demo shop with simulated providers, until Ctrl-C
    ///
    /// With FISKIL_CLIENT_ID, FISKIL_CLIENT_SECRET and FISKIL_WEBHOOK_SECRET in the environment the shop uses the real
    /// Fiskil. Everything listens on loopback only.
    Demo(demo::Options),
    /// Runs every check: formatting, lints, native, browser, package, type and end-to-end tests,
    /// and projects of each bundler
    ///
    /// Use `quick` while you work. A part that fails does not stop the others. Prints how long each part took.
    Test(test::Options),
    /// Formats the code: Rust with rustfmt, JavaScript and TypeScript with biome
    Format,
    /// Fuzzes the parsers and the state machine, from inputs that tests/vectors gives
    ///
    /// `cargo xtask test` runs the same as properties, for seconds. What breaks one is kept in target/fuzz/found.
    Fuzz(fuzz::Options),
    /// With --dry-run, checks whether this can be published and lists what would be, in order
    ///
    /// Checks the changelog, the working tree, sizes, the contents of the npm package and the crate, and the licences and
    /// known vulnerabilities of dependencies. It never publishes anything: you do, with the commands that it prints.
    Release(release::Options),
    /// Packs the sandbox for npm, with its program for this machine
    ///
    /// Two tarballs in target/sandbox-package: the package that people install, and the one with the program.
    SandboxPackage,
    /// Measures bytes, time, memory, the parsers and the build, compared with plain JavaScript and other packages
    ///
    /// Writes bench/results.json and the tables in docs/performance.md. The packages to compare with are installed
    /// from npm into target/bench.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // not its Debug form: a backtrace through this program helps nobody
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    interrupt::end_everything_on_ctrl_c()?;
    match arguments.task {
        Task::Build => build::build(arguments.wasm_toolchain),
        Task::Demo(options) => demo::demo(arguments.wasm_toolchain, &options),
        Task::Test(options) => test::test(arguments.wasm_toolchain, &options),
        Task::Format => test::format(),
        Task::Fuzz(options) => fuzz::fuzz(&options),
        Task::Release(options) => release::release(arguments.wasm_toolchain, &options),
        Task::SandboxPackage => sandbox_package::pack(Profile::Release).map(drop),
        Task::Bench(options) => bench::bench(arguments.wasm_toolchain, &options),
    }
}

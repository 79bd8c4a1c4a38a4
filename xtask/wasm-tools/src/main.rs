//! What `cargo xtask` needs of the lock file's wasm-bindgen and of link-widget itself.
//!
//! A program of its own, because it takes minutes to compile and `cargo xtask` must start in seconds.

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use link_widget::error::CODES;
use wasm_bindgen_cli::{wasm_bindgen, wasm_bindgen_test_runner};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // not its Debug form: a backtrace through this program helps nobody
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    // the tool's name is what each tool's own parser expects to come first
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let tool = arguments.first().context("the first argument chooses the tool")?;
    match tool.to_str() {
        Some("wasm-bindgen") => wasm_bindgen::run_cli_with_args(arguments),
        Some("wasm-bindgen-test-runner") => wasm_bindgen_test_runner::run_cli_with_args(arguments),
        Some("codes") => print_codes(),
        _ => bail!("no such tool: {}", tool.display()),
    }
}

/// Every error code, and what each means, as a JavaScript module.
fn print_codes() -> Result<()> {
    let names: Vec<&str> = CODES.iter().map(|(code, _)| code.as_str()).collect();
    let descriptions: Vec<_> =
        CODES.iter().map(|(_, it)| (it.message, it.retryable, it.needs_new_session, it.party)).collect();
    println!("export const CODES = {};", serde_json::to_string(&names)?);
    println!("export const DESCRIPTIONS = {};", serde_json::to_string(&descriptions)?);
    Ok(())
}

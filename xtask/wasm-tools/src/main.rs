//! What `cargo xtask` needs of the lock file's wasm-bindgen and of link-widget itself.
//!
//! A program of its own, because it takes minutes to compile and `cargo xtask` must start in seconds.

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use link_widget::{CODES, Provider, StepKind};
use serde_json::{Map, json};
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
        Some("registry") => print_registry(),
        _ => bail!("no such tool: {}", tool.display()),
    }
}

/// What the package's JavaScript has of the crate's lists: every provider with its launcher and how its page is shown,
/// every step, and every error code with what it means.
fn print_registry() -> Result<()> {
    let providers: Map<_, _> = Provider::ALL
        .iter()
        .map(|provider| {
            let mut launcher = json!(provider.launcher());
            launcher["mode"] = json!(provider.default_mode().as_str());
            (provider.name().to_owned(), launcher)
        })
        .collect();
    let steps = StepKind::ALL.map(StepKind::as_str);
    let descriptions: Map<_, _> =
        CODES.iter().map(|(code, description)| (code.as_str().to_owned(), json!(description))).collect();
    let registry = json!({ "providers": providers, "steps": steps, "descriptions": descriptions });
    println!("{}", serde_json::to_string(&registry)?);
    Ok(())
}

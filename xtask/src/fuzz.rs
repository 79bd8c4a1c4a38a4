//! `cargo xtask fuzz`: what reads messages and return URLs, and the state machine, with inputs that nobody thought of.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;

use crate::command::{command, run, step};
use crate::{folders, paths, registry};

#[path = "../../fuzz/src/seeds.rs"]
mod seeds;

/// The one that the targets were written for.
const CARGO_FUZZ: &str = "0.13.2";

/// What a person may ask of the fuzzer.
#[derive(Args)]
pub struct Options {
    /// How long each target runs
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Only these targets [default: all in fuzz/targets]
    targets: Vec<String>,
}

/// Runs the targets, one after the other, and stops at the first input that breaks something.
pub fn fuzz(options: &Options) -> Result<()> {
    step("Installing cargo-fuzz (the first time compiles it)");
    let cargo_fuzz = registry::install("cargo-fuzz", CARGO_FUZZ, &paths::target().join("tools"))?;

    let folder = paths::target().join("fuzz");
    write_seeds(&folder.join("seeds"))?;
    for target in chosen(&options.targets)? {
        step(&format!("Fuzzing {target} for {} s", options.seconds));
        let [corpus, found] = ["corpus", "found"].map(|name| folder.join(name).join(&target));
        for folder in [&corpus, &found] {
            fs::create_dir_all(folder)?;
        }
        let mut fuzz = command(&cargo_fuzz);
        // stable Rust, which has what the sanitizer needs, takes the flags that are nightly's own
        fuzz.env("RUSTC_BOOTSTRAP", "1").args(["run", "--fuzz-dir", "fuzz", "--target-dir"]).arg(&folder);
        // what is found goes into the first folder
        fuzz.arg(&target).arg(corpus).arg(folder.join("seeds").join(&target)).arg("--");
        fuzz.arg(format!("-max_total_time={}", options.seconds))
            .args(["-max_len=4096", "-print_final_stats=1"]);
        fuzz.arg(format!("-artifact_prefix={}/", found.display()));
        run(fuzz)?;
    }
    Ok(())
}

/// Writes the inputs that the vectors give, a file each.
fn write_seeds(folder: &Path) -> Result<()> {
    step("Writing the inputs to start from, from tests/vectors");
    folders::remove(folder)?;
    for (number, (target, input)) in
        seeds::seeds(&paths::root().join("tests/vectors")).into_iter().enumerate()
    {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{number}")), input)?;
    }
    Ok(())
}

fn chosen(wanted: &[String]) -> Result<Vec<String>> {
    if !wanted.is_empty() {
        return Ok(wanted.to_vec());
    }
    let targets = fs::read_dir(paths::root().join("fuzz/targets")).context("cannot read fuzz/targets")?;
    let name = |path: std::path::PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
    let mut targets = targets
        .map(|entry| name(entry?.path()).context("a target has a name"))
        .collect::<Result<Vec<_>>>()?;
    targets.sort();
    Ok(targets)
}

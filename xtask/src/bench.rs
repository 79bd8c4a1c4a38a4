//! `cargo xtask bench`: how large and fast the package is and how much memory it takes, compared with others.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::browser::{self, Browser};
use crate::command::{cargo, command, hear, output, run, step};
use crate::wasm_toolchain::Choice;
use crate::{build, folders, node, paths, registry, test};

/// What a person may ask of the measurements.
#[derive(Args)]
pub struct Options {
    /// Only this part, printed and not kept; may be repeated [default: all]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART")]
    only: Vec<Part>,
    /// Times the first build as well, in a fresh clone of the last commit (takes minutes)
    #[arg(long)]
    cold: bool,
}

/// A part of the measurements.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    /// What each entry adds to a page
    Bytes,
    /// How long calls and messages take in Chromium
    Time,
    /// What open flows take of a page's memory, and what a thousand leave behind
    Memory,
    /// How many messages and return URLs are read each second, on this machine (criterion)
    Parsers,
    /// How long `cargo xtask build` takes, and each part of the last `cargo xtask test`
    Build,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Time => "time",
            Self::Memory => "memory",
            Self::Parsers => "parsers",
            Self::Build => "build",
        }
    }
}

/// It measures the size of each function.
const TWIGGY: &str = "0.8.0";

/// Measures the parts, and writes what all of them gave into the repository.
pub fn bench(choice: Choice, options: &Options) -> Result<()> {
    let wanted = |part: &Part| options.only.is_empty() || options.only.contains(part);
    let parts: Vec<Part> = Part::value_variants().iter().copied().filter(wanted).collect();
    ensure!(
        !options.cold || parts.contains(&Part::Build),
        "--cold is about the part `build`: name it with --only as well"
    );
    if parts.iter().any(|part| *part != Part::Parsers) {
        build::build(choice)?;
    }
    if parts.contains(&Part::Time) || parts.contains(&Part::Memory) {
        Browser::Chromium.install()?;
    }

    let mut results = Map::new();
    results.insert("cores".into(), json!(available_parallelism()?.get()));
    for part in parts {
        let figures = match part {
            Part::Bytes => bytes(),
            Part::Time => script(part, "Timing calls and messages in Chromium (takes minutes)"),
            Part::Memory => script(part, "Looking at a page's memory in Chromium"),
            Part::Parsers => parsers(),
            Part::Build => builds(options.cold),
        };
        let figures = figures.with_context(|| format!("{} was not measured", part.name()))?;
        results.insert(part.name().into(), figures);
    }

    let is_whole = options.only.is_empty();
    let file =
        if is_whole { paths::root().join("bench/results.json") } else { folder().join("results.json") };
    fs::create_dir_all(folder())?;
    let text = serde_json::to_string_pretty(&results)? + "\n";
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    let mut report = node::node("bench/report.mjs");
    report.arg(file);
    if is_whole {
        report.arg("docs/performance.md");
    }
    run(report)
}

fn folder() -> PathBuf {
    paths::target().join("bench")
}

/// Runs the part's script in bench/.
fn script(part: Part, what: &str) -> Result<Value> {
    let peers = folder().join("peers");
    node::install_into(
        &peers,
        "bench/peers",
        "Installing the packages to compare with, and puppeteer, which drives the browser, into target/bench",
    )?;
    step(what);
    let file = folder().join(format!("{}.json", part.name()));
    let mut node = node::node(format!("bench/{}.mjs", part.name()));
    node.args([&node::folder(), &peers, &file]);
    if part != Part::Bytes {
        node.env("CHROMIUM", browser::chromium()?);
    }
    run(node)?;
    read(&file)
}

/// The entries and others, and the WebAssembly by function.
fn bytes() -> Result<Value> {
    let entries = script(Part::Bytes, "Weighing each entry of the package, and others")?;
    step("Weighing each function of the WebAssembly (twiggy; the first time compiles it)");
    let twiggy = registry::install("twiggy", TWIGGY, &paths::target().join("tools"))?;
    let mut top = command(twiggy);
    top.args(["top", "--format", "json"]).arg(build::named());
    let items: Vec<Value> = serde_json::from_str(&output(top)?).context("twiggy writes another form")?;
    let functions = items
        .iter()
        .filter_map(|item| Some((item["name"].as_str()?, item["shallow_size"].as_u64()?)))
        // what the package's WebAssembly has no more
        .filter(|(name, _)| !name.ends_with(" subsection") && !name.starts_with("custom section "))
        .map(|(name, bytes)| json!({ "name": without_hashes(name), "bytes": bytes }));
    Ok(json!({ "entries": entries, "functions": functions.collect::<Value>() }))
}

/// `link_widget[1f]::flow::Flow` as `flow::Flow`: the compiler numbers the crates, and this one is ours.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => text += rest,
            _ => text = text + "[" + part,
        }
    }
    text.replace("link_widget::", "")
}

fn read(file: &Path) -> Result<Value> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))
}

/// Items a second, of each provider: `{ "messages": { "fiskil": 1e5 } }`.
fn parsers() -> Result<Value> {
    step("Timing the parsers on this machine (criterion; the first time compiles it)");
    let home = folder().join("criterion");
    let mut bench = cargo();
    bench.args(["bench", "--package", "bench", "--bench", "parsers"]).env("CRITERION_HOME", &home);
    run(bench)?;
    let mut kinds = Map::new();
    for kind in ["messages", "callbacks"] {
        let mut rates = Map::new();
        for provider in fs::read_dir(home.join(kind)).context("criterion has left no figures")? {
            let provider = provider?;
            let new = provider.path().join("new");
            // criterion's own summary of all
            if !new.join("benchmark.json").exists() {
                continue;
            }
            let items = read(&new.join("benchmark.json"))?["throughput"]["Elements"].as_f64();
            let nanoseconds = read(&new.join("estimates.json"))?["median"]["point_estimate"].as_f64();
            let (items, nanoseconds) = items.zip(nanoseconds).context("criterion writes another form")?;
            let rate = (items * 1e9 / nanoseconds).round();
            rates.insert(provider.file_name().to_string_lossy().into_owned(), json!(rate));
        }
        kinds.insert(kind.into(), Value::Object(rates));
    }
    Ok(Value::Object(kinds))
}

fn builds(is_cold: bool) -> Result<Value> {
    step("Timing a build where everything is there");
    let mut build = cargo();
    build.args(["xtask", "build"]);
    let started = Instant::now();
    run(build)?;
    let warm = started.elapsed().as_secs_f64();
    let first = if is_cold { first_build()? } else { Value::Null };
    let times = test::times_file();
    let tests = if times.exists() { read(&times)? } else { Value::Null };
    Ok(json!({ "warm": warm, "first": first, "tests": tests }))
}

/// Builds in a fresh clone, and tells of each step how long it took and how many crates were compiled in it.
fn first_build() -> Result<Value> {
    let clone = folder().join("clone");
    folders::remove(&clone)?;
    let mut git = command("git");
    git.args(["clone", "--quiet", "--depth", "1"])
        .arg(format!("file://{}", paths::root().display()))
        .arg(&clone);
    run(git)?;

    step("Timing the first build, in a fresh clone");
    let mut build = cargo();
    build.args(["xtask", "build"]).current_dir(&clone).env_remove("CARGO_TARGET_DIR");
    let mut steps = vec![("Compiling cargo xtask".to_owned(), Instant::now(), Vec::new())];
    hear(build, |text| {
        println!("  {text}");
        if let Some(what) = text.strip_prefix("▸ ") {
            steps.push((what.to_owned(), Instant::now(), Vec::new()));
        } else if let Some(krate) = text.trim_start().strip_prefix("Compiling ") {
            let name = krate.split_whitespace().next().unwrap_or(krate).to_owned();
            let (.., crates) = steps.last_mut().expect("there is a first step");
            crates.push(name);
        }
    })?;
    let ends: Vec<Instant> = steps.iter().skip(1).map(|step| step.1).chain([Instant::now()]).collect();
    let told = steps.into_iter().zip(ends).map(|((what, began, crates), ended)| {
        json!({ "what": what, "seconds": (ended - began).as_secs_f64(), "crates": crates })
    });
    let told = told.collect();
    // with what was built in it, a gigabyte
    folders::remove(&clone)?;
    Ok(told)
}

//! `cargo xtask test`: every check, in the order in which a mistake is found soonest. What fails does not keep the rest from
//! being tried, so that one run tells all.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::browser::Browser;
use crate::bundlers;
use crate::command::{cargo, check, run, run_silent, step, succeeds, within};
use crate::folders::{self, copy_folder};
use crate::wasm_toolchain::{Choice, TARGET, WasmToolchain, rustup};
use crate::{build, front_end, javascript, node, paths, sandbox_package, temporary, wasm_tools};

/// What a person may ask of the tests.
#[derive(Args)]
pub struct Options {
    /// A browser for `wasm`, `e2e` and `smoke`; may be repeated [default: all, and chromium for `smoke`]
    #[arg(long = "browser", value_enum, value_delimiter = ',')]
    browsers: Vec<Browser>,
    /// Leaves a part out
    #[arg(long, value_enum, value_name = "PART")]
    without: Vec<Part>,
    /// Only these parts [default: all but `smoke`, whose cases `e2e` has]
    #[arg(value_enum, value_name = "PART")]
    parts: Vec<Part>,
}

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    /// In two minutes, for each step of a change: format, lint, native, package, smoke
    Quick,
    /// rustfmt and biome
    Format,
    /// clippy and rustdoc, for this machine and for the browser; biome and tsc for JavaScript
    Lint,
    /// Rust tests on this machine, and those of the scripts in xtask/node
    Native,
    /// wasm-bindgen tests in Chromium and Firefox
    Wasm,
    /// pkg/, packed and installed into an empty project, in Node
    Package,
    /// The installed package's types, as consumers written in TypeScript see them
    Types,
    /// The sandbox, packed for npm, installed into an empty project and run
    Sandbox,
    /// The installed package in projects of each bundler and framework, in Chromium
    Bundlers,
    /// The demo shop and the simulated providers in every browser, through WebDriver
    E2e,
    /// The few cases of `e2e` that tests/e2e/smoke.rs lists
    Smoke,
}

impl Part {
    /// Whether whoever names that part means this one.
    fn is_of(self, named: Self) -> bool {
        let is_quick = matches!(self, Self::Format | Self::Lint | Self::Native | Self::Package | Self::Smoke);
        self == named || named == Self::Quick && is_quick
    }
}

/// Runs the parts, prints how long each took, and gives what failed.
pub fn test(choice: Choice, options: &Options) -> Result<()> {
    temporary::make()?;
    let mut times = Vec::new();
    let result = run_parts(choice, options, &mut times);
    temporary::remove();
    println!();
    for (name, time, outcome) in &times {
        println!("{name:<14} {:>7.1} s  {outcome}", time.as_secs_f64());
    }
    let total: Duration = times.iter().map(|(_, time, _)| *time).sum();
    println!("{:<14} {:>7.1} s", "total", total.as_secs_f64());
    if options.is_everything() {
        write_times(&times)?;
    }
    result
}

impl Options {
    fn is_everything(&self) -> bool {
        self.parts.is_empty() && self.without.is_empty() && self.browsers.is_empty()
    }

    fn parts(&self) -> Vec<Part> {
        let is_wanted = |part: &Part| {
            let is_among = |named: &[Part]| named.iter().any(|named| part.is_of(*named));
            let is_meant = if self.parts.is_empty() { *part != Part::Smoke } else { is_among(&self.parts) };
            *part != Part::Quick && is_meant && !is_among(&self.without)
        };
        Part::value_variants().iter().copied().filter(is_wanted).collect()
    }

    /// The browsers that `wasm`, `e2e` or `smoke` runs in.
    fn browsers(&self, part: Part) -> Vec<Browser> {
        let is_wanted = |browser: &Browser| match &self.browsers[..] {
            [] => part != Part::Smoke || *browser == Browser::Chromium,
            named => named.contains(browser),
        };
        Browser::value_variants().iter().copied().filter(is_wanted).collect()
    }
}

/// Where the times of a run of everything are noted, for `cargo xtask bench`.
pub fn times_file() -> PathBuf {
    paths::target().join("test-times.json")
}

fn write_times(times: &Times) -> Result<()> {
    let parts: Vec<_> = times
        .iter()
        .map(|(part, time, outcome)| json!({ "part": part, "seconds": time.as_secs_f64(), "outcome": outcome }))
        .collect();
    fs::write(times_file(), json!(parts).to_string()).context("cannot note how long the parts took")
}

type Times = Vec<(String, Duration, &'static str)>;

fn run_parts(choice: Choice, options: &Options, times: &mut Times) -> Result<()> {
    let parts = options.parts();
    ensure!(!parts.is_empty(), "nothing is left to test");

    let mut timed = |name: &str, check: &dyn Fn() -> Result<()>| {
        println!("\n━━ {name}");
        let started = Instant::now();
        let result = check();
        let outcome = if result.is_ok() { "passed" } else { "FAILED" };
        times.push((name.to_owned(), started.elapsed(), outcome));
        result.with_context(|| format!("{name} failed"))
    };
    let mut failures = Vec::new();

    timed("install", &|| install(choice, &parts))?;
    let is_of_package = |part| {
        matches!(part, Part::Package | Part::Types | Part::Sandbox | Part::Bundlers | Part::E2e | Part::Smoke)
    };
    if parts.iter().copied().any(is_of_package) {
        timed("build", &|| {
            build::build(choice)?;
            install_packed()
        })?;
    }
    for part in parts {
        let name = part.to_possible_value().context("no part is hidden")?;
        let name = name.get_name();
        let browsers = options.browsers(part);
        let mut tried =
            |name: &str, check: &dyn Fn() -> Result<()>| failures.extend(timed(name, check).err());
        match part {
            Part::Quick => {}
            Part::Wasm => {
                for &browser in &browsers {
                    if browser == Browser::WebKit {
                        println!(
                            "\n━━ {name} webkit: not run, since wasm-bindgen's test runner knows no driver of WebKitGTK's"
                        );
                    } else {
                        tried(&format!("{name} {}", browser.name()), &|| wasm(choice, browser));
                    }
                }
            }
            Part::E2e => {
                for &browser in &browsers {
                    tried(&format!("{name} {}", browser.name()), &|| e2e(browser, "index", "all"));
                }
                if browsers.contains(&Browser::Chromium) {
                    tried(&format!("{name} csp"), &|| e2e(Browser::Chromium, "csp", "all"));
                }
            }
            Part::Smoke => {
                for &browser in &browsers {
                    tried(&format!("{name} {}", browser.name()), &|| e2e(browser, "index", "smoke"));
                }
            }
            Part::Format => tried(name, &check_format),
            Part::Lint => tried(name, &|| lint(choice)),
            Part::Native => tried(name, &native),
            Part::Package => tried(name, &package),
            Part::Types => tried(name, &types),
            Part::Sandbox => tried(name, &sandbox_package::test),
            Part::Bundlers => tried(name, &|| bundlers::test(choice, &consumer())),
        }
    }
    let failures: Vec<String> = failures.iter().map(|failure| format!("{failure:#}")).collect();
    ensure!(failures.is_empty(), "{}", failures.join("\nerror: "));
    Ok(())
}

/// What each part needs besides, it installs itself: a mistake in the formatting must not wait for three browsers.
fn install(choice: Choice, parts: &[Part]) -> Result<()> {
    node::check_version()?;
    for (part, component) in [(Part::Format, "fmt"), (Part::Lint, "clippy")] {
        let mut present = cargo();
        present.args([component, "--version"]);
        if parts.contains(&part) && !succeeds(present) {
            step("Adding rustfmt and clippy with rustup, which check the code (for 90 s at most)");
            rustup(&["component", "add", "rustfmt", "clippy"])
                .context("leave out what needs them: --without format --without lint")?;
        }
    }
    let toolchain = WasmToolchain::install(choice)?;
    if parts.contains(&Part::Lint) {
        toolchain.install_clippy()?;
    }
    Ok(())
}

/// Formats the code.
pub fn format() -> Result<()> {
    step("Formatting the code (cargo fmt, biome)");
    let mut cargo = cargo();
    cargo.args(["fmt", "--all"]);
    run(cargo)?;
    front_end::format(&[])?;
    javascript::format()
}

fn check_format() -> Result<()> {
    step("Checking that the code is formatted (cargo fmt)");
    let mut cargo = cargo();
    cargo.args(["fmt", "--all", "--check"]);
    check(cargo)?;
    front_end::format(&["--check"])?;
    javascript::check_format()
}

fn lint(choice: Choice) -> Result<()> {
    step("Looking for mistakes in what runs on this machine (clippy)");
    let mut native = cargo();
    native.args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]);
    check(native)?;

    let toolchain = WasmToolchain::install(choice)?;
    for (part, features) in [("Rust front ends", &[][..]), ("the npm package", &build::FEATURES)] {
        step(&format!("Looking for mistakes in what runs in the browser: {part} (clippy)"));
        let mut wasm = toolchain.cargo("clippy");
        wasm.args(["--package", "link-widget", "--all-targets"]).args(features);
        wasm.args(["--", "--deny", "warnings"]);
        check(wasm)?;
    }
    front_end::lint(toolchain)?;
    javascript::lint()
}

fn native() -> Result<()> {
    // the sandbox's own tests open its pages
    Browser::Chromium.install()?;
    step("Testing what runs on this machine (cargo test)");
    let mut cargo = cargo();
    // wasm-tools has no code of its own to test, and costs a minute in yet another profile
    cargo.args([
        "test",
        "--workspace",
        "--no-fail-fast",
        "--exclude",
        "e2e",
        "--exclude",
        "bundlers",
        "--exclude",
        "wasm-tools",
    ]);
    check(cargo)?;

    step("Testing the build's scripts (node --test)");
    let mut node = node::test();
    node.arg("xtask/node/ascii-bytes.test.mjs");
    check(node)
}

fn wasm(choice: Choice, browser: Browser) -> Result<()> {
    browser.install()?;
    let environment = browser.test_runner_environment()?;
    wasm_tools::install()?;
    let toolchain = WasmToolchain::install(choice)?;
    let runner = wasm_tools::program();
    let test = |tests: &[&str]| {
        let mut cargo = toolchain.cargo("test");
        cargo
            .args(["--package", "link-widget"])
            .args(tests)
            .arg("--config")
            // a list, because a path may hold spaces
            .arg(format!(
                "target.{TARGET}.runner=[{:?}, \"wasm-bindgen-test-runner\"]",
                runner.display().to_string()
            ))
            .envs(environment.clone());
        cargo
    };
    step(&format!("Testing the crate in {} (cargo test, wasm-bindgen)", browser.name()));
    // one by one: each run has a server of its own
    for tests in [&["--lib"][..], &["--test", "web"]] {
        let mut compile = test(tests);
        compile.arg("--no-run");
        check(compile)?;
        run_in_browser(&test(tests))?;
    }
    Ok(())
}

/// Runs tests that are compiled, in the browser that their environment names.
fn run_in_browser(test: &Command) -> Result<()> {
    // the tests take seconds, and each has a limit of its own; this one is for a browser that does not start
    let mut limited = within(RUNNER_LIMIT, test);
    limited.env("WASM_BINDGEN_TEST_ADDRESS", wasm_tools::test_address()?.to_string());
    check(limited)
}

const RUNNER_LIMIT: Duration = Duration::from_secs(180);

/// The empty project that the package is installed into.
fn consumer() -> PathBuf {
    paths::target().join("consumer")
}

fn package() -> Result<()> {
    step("Using the installed package in Node");
    let mut node = node::test();
    node.args(scripts(&consumer().join("tests/package"), "mjs")?).current_dir(consumer());
    check(node)
}

/// Holds what would be published to the list of its files.
pub fn contents() -> Result<()> {
    install_packed()?;
    let mut node = node::test();
    node.arg("tests/package/contents.test.mjs").current_dir(consumer());
    check(node)
}

/// Packs pkg/ as for publishing and installs the tarball where nothing else is.
fn install_packed() -> Result<()> {
    step("Packing pkg/ and installing it into an empty project, as a user does");
    let consumer = consumer();
    folders::remove(&consumer)?;
    fs::create_dir_all(&consumer)?;
    let mut pack = node::npm();
    pack.args(["pack", "--pack-destination"]).arg(&consumer).arg(paths::package());
    run(pack)?;
    fs::write(consumer.join("package.json"), r#"{ "private": true, "type": "module" }"#)?;
    let mut install = node::npm();
    install.args(["install", "--offline", "--no-audit", "--no-fund"]).current_dir(&consumer);
    install.args(scripts(&consumer, "tgz")?);
    run_silent(install)?;
    // where imports of `link-widget` find the installed package
    for folder in ["package", "types", "vectors"] {
        copy_folder(&paths::root().join("tests").join(folder), &consumer.join("tests").join(folder))?;
    }
    Ok(())
}

/// The three newest minors, as xtask/node names them.
const TYPESCRIPTS: [&str; 3] = ["typescript", "typescript-6.0", "typescript-5.9"];

fn types() -> Result<()> {
    node::install()?;
    step("Holding the tables of docs/reference.md against index.d.ts");
    let mut reference = node::node("xtask/node/reference.mjs");
    reference.args([paths::root(), &node::folder()]);
    check(reference)?;
    let consumer = consumer();
    let tarball = scripts(&consumer, "tgz")?;
    step("Checking what the package tells its users' tools (publint, attw)");
    let mut publint = node::node(node::package("publint/src/cli.js"));
    publint.arg("--strict").args(&tarball);
    run_silent(publint)?;
    let mut attw = node::node(node::package("@arethetypeswrong/cli/dist/index.js"));
    // node10 is not among the resolutions that TypeScript still has, and these entries are not for `import`
    attw.args(["--profile", "node16", "--exclude-entrypoints", "iife", "link-widget.wasm"]);
    attw.arg("--").args(&tarball);
    run_silent(attw)?;

    // what the types of the frameworks' entries, and a component, are made of
    fs::create_dir_all(consumer.join("node_modules/@types"))?;
    for name in ["vue", "@types/react"] {
        let there = consumer.join("node_modules").join(name);
        if !there.exists() {
            symlink(node::package(name), there)?;
        }
    }
    let component = "tests/types/useLinkAccount.tsx";
    fs::copy(paths::root().join("tests/bundlers/vite/useLinkAccount.tsx"), consumer.join(component))?;
    let all = scripts(&consumer.join("tests/types"), "ts")?;
    let optional = vec![consumer.join("tests/types/optional.ts")];
    for typescript in TYPESCRIPTS {
        for (module, resolution, files, flag) in [
            ("esnext", "bundler", &all, None),
            ("node16", "node16", &all, None),
            ("esnext", "bundler", &optional, Some("--exactOptionalPropertyTypes")),
        ] {
            let more = flag.map(|flag| format!(" {flag}")).unwrap_or_default();
            step(&format!("Checking the types with {typescript}, --moduleResolution {resolution}{more}"));
            let mut tsc = node::node(node::package(typescript).join("bin/tsc"));
            tsc.args(["--strict", "--noEmit", "--target", "es2022", "--lib", "es2022,dom"])
                .args(["--module", module, "--moduleResolution", resolution, "--jsx", "react-jsx"])
                .args(
                    ["index", "react", "vue", "svelte", "element", "wasm", "testing"]
                        .map(|entry| format!("node_modules/link-widget/{entry}.d.ts")),
                )
                .args(files)
                .args(flag)
                .arg(component)
                .current_dir(&consumer);
            check(tsc)?;
        }
    }
    Ok(())
}

fn e2e(browser: Browser, entry: &str, cases: &str) -> Result<()> {
    let with = match (entry, cases) {
        ("csp", _) => ", where WebAssembly is refused",
        (_, "smoke") => ", by the cases of tests/e2e/smoke.rs",
        _ => "",
    };
    browser.install()?;
    node::install_into(
        &paths::target().join("e2e/node"),
        "tests/e2e/node",
        "Installing axe-core into target/e2e, which looks for what keeps people out",
    )?;
    step(&format!("Testing the demo and its providers in {}{with} (cargo test, WebDriver)", browser.name()));
    let mut cargo = cargo();
    cargo.args(["test", "--package", "e2e"]);
    cargo.env("LINK_WIDGET_BROWSER", browser.name()).env("LINK_WIDGET_ENTRY", entry);
    cargo.env("LINK_WIDGET_CASES", cases);
    check(cargo)
}

/// The files in a folder that end so; an error if there are none, because nothing would be tested.
fn scripts(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|has| has == extension) {
            found.push(path);
        }
    }
    found.sort();
    ensure!(!found.is_empty(), "no *.{extension} in {}", folder.display());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn options(arguments: &str) -> Options {
        Line::parse_from(["test"].into_iter().chain(arguments.split_whitespace())).options
    }

    fn parts(arguments: &str) -> String {
        let names = options(arguments).parts().into_iter().filter_map(|part| part.to_possible_value());
        names.map(|name| name.get_name().to_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn quick_stands_for_its_parts() {
        assert_eq!(parts("quick"), "format lint native package smoke");
        assert_eq!(parts("types quick --without lint"), "format native package types smoke");
        assert_eq!(parts("--without quick"), "wasm types sandbox bundlers e2e");
    }

    #[test]
    fn the_cases_of_smoke_run_once() {
        assert_eq!(parts(""), "format lint native wasm package types sandbox bundlers e2e");
    }

    #[test]
    fn smoke_runs_in_one_browser_unless_others_are_named() {
        assert!(options("quick").browsers(Part::Smoke) == [Browser::Chromium]);
        assert!(options("quick --browser webkit").browsers(Part::Smoke) == [Browser::WebKit]);
        assert!(options("").browsers(Part::E2e) == Browser::value_variants());
    }
}

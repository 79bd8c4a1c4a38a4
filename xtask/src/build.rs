//! `cargo xtask build`: from the Rust crate to the npm package in pkg/.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command::{output, run, run_silent, step};
use crate::wasm_toolchain::{Choice, TARGET, WasmToolchain};
use crate::{folders, node, paths, wasm_tools};

/// Files of the package that are not compiled, from pkg-template/ and from the repository.
const COPIED: [&str; 20] = [
    "pkg-template/adapter.js",
    "pkg-template/adapter.d.ts",
    "pkg-template/csp.d.ts",
    "pkg-template/edge.js",
    "pkg-template/element.js",
    "pkg-template/element.d.ts",
    "pkg-template/react.js",
    "pkg-template/react.d.ts",
    "pkg-template/svelte.js",
    "pkg-template/svelte.d.ts",
    "pkg-template/testing.d.ts",
    "pkg-template/vue.js",
    "pkg-template/vue.d.ts",
    "pkg-template/wasm.d.ts",
    "pkg-template/package.json",
    "pkg-template/index.d.ts",
    "pkg-template/README.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "CHANGELOG.md",
];
/// What makes the crate the npm package.
pub const FEATURES: [&str; 2] = ["--features", "npm"];
/// What pkg-template/package.json says in place of the version in Cargo.toml.
const VERSION_PLACEHOLDER: &str = r#""version": "0.0.0""#;

/// Makes pkg/, prints what each entry weighs, and fails where one is over its limit.
pub fn build(choice: Choice) -> Result<()> {
    node::check_version()?;
    let toolchain = WasmToolchain::install(choice)?;
    node::install()?;
    wasm_tools::install()?;

    let folder = folder();
    shrink(&compile(toolchain)?, &folder)?;
    fs::write(folder.join("registry.json"), output(wasm_tools::tool("registry"))?)?;

    step("Bundling pkg/, with the WebAssembly inside the module");
    let package = paths::package();
    folders::remove(&package)?;
    fs::create_dir(&package)?;
    copy_files(&package)?;
    let mut bundle = node::node("xtask/node/bundle.mjs");
    bundle.args([paths::root(), &node::folder(), &folder, &package]);
    run(bundle)
}

/// What pkg/ is bundled from.
fn folder() -> PathBuf {
    paths::target().join("npm")
}

/// What the compiler is asked for, with the standard library compiled along. Decided by the size with brotli.
const COMPILER_FLAGS: [&str; 9] = [
    // a panic is a trap, without the code that would say what and where
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    // with opt-level 3 a tenth smaller than opt-level "z": inline hardly anything
    "-Cllvm-args=-inline-threshold=8",
    "-Cllvm-args=-inlinehint-threshold=10",
    "-Zmir-opt-level=1",
    // compare text by a call, not eight bytes at a time with numbers that do not compress
    "-Cllvm-args=-max-loads-per-memcmp=0",
    // what calls itself does so two or three times, and no frame is large: addresses below 8192 take two bytes
    "-Clink-arg=-zstack-size=4096",
    // wasm-bindgen keeps JavaScript's values in an array then, which takes less code than a table; and a function gives
    // one value, for which wasm2js has words
    "-Ctarget-feature=-reference-types,-multivalue",
];

/// The crate as WebAssembly.
fn compile(toolchain: WasmToolchain) -> Result<PathBuf> {
    step("Compiling link-widget and the standard library to WebAssembly");
    let target_folder = paths::target().join("package");
    let mut cargo = toolchain.cargo_with_std("build", &target_folder);
    cargo.args(["--release", "--lib", "--package", "link-widget"]).args(FEATURES);
    cargo.args(["-Z", "build-std-features=optimize_for_size"]);
    let flags: Vec<String> = COMPILER_FLAGS.map(String::from).into_iter().chain(remapped_folders()).collect();
    // in place of `rustflags` in a configuration file: the package must not name folders of this machine
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    run(cargo)?;
    Ok(target_folder.join(TARGET).join("release/link_widget.wasm"))
}

/// Flags that make the sources of this crate and its dependencies known by relative paths.
fn remapped_folders() -> Vec<String> {
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let registries = cargo_home.into_iter().filter_map(|home| fs::read_dir(home.join("registry/src")).ok());
    registries
        .flatten()
        .flatten()
        .map(|registry| registry.path())
        .chain([paths::root().to_owned()])
        .map(|folder| format!("--remap-path-prefix={}/=", folder.display()))
        .collect()
}

const NAMED: &str = "named.wasm";

/// The WebAssembly of the last build as it was when its functions had names.
pub fn named() -> PathBuf {
    folder().join(NAMED)
}

/// Makes the JavaScript glue and the smallest WebAssembly, unless `folder` holds what was made from the same input.
fn shrink(compiled: &Path, folder: &Path) -> Result<()> {
    let mut hasher = DefaultHasher::new();
    fs::read(compiled)?.hash(&mut hasher);
    for file in ["Cargo.lock", "xtask/node/package-lock.json", "xtask/node/table.mjs", "xtask/src/build.rs"] {
        fs::read(paths::root().join(file))?.hash(&mut hasher);
    }
    let made_from = format!("{:x}", hasher.finish());
    let stamp = folder.join("made-from");
    if fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == made_from) {
        return Ok(());
    }
    folders::remove(folder)?;

    step("Making the JavaScript that calls the WebAssembly");
    let mut bindgen = wasm_tools::tool("wasm-bindgen");
    bindgen.args(["--target", "bundler", "--no-typescript", "--out-name", "link_widget", "--out-dir"]);
    bindgen.arg(folder).args(["--remove-producers-section", "--encode-into", "always"]);
    bindgen.arg(compiled);
    run_silent(bindgen)?;

    step("Shrinking the WebAssembly with wasm-opt");
    let wasm = folder.join("link_widget_bg.wasm");
    let mut prune = node::node("xtask/node/table.mjs");
    prune.args([&node::folder(), &wasm]);
    run_silent(prune)?;
    let wasm_opt = || {
        let mut optimise = node::tool("wasm-opt");
        optimise.args([wasm.as_path(), Path::new("--output"), wasm.as_path()]);
        optimise
    };
    let mut optimise = wasm_opt();
    // with names, for `named`; the next call leaves them out
    optimise.args(["-Oz", "--converge", "--debuginfo"]);
    // the lowest addresses are the end of the stack, which nothing points to
    optimise.arg("--low-memory-unused");
    // both make fewer instructions, and more bytes with brotli, which finds itself what is said twice
    optimise.args(["--skip-pass=local-cse", "--one-caller-inline-max-function-size=0"]);
    run_silent(optimise)?;
    fs::copy(&wasm, folder.join(NAMED))?;
    // by itself, because `--converge` would rename what was renamed; it prints which name has become which
    let mut rename = wasm_opt();
    rename.arg("--minify-imports-and-exports-and-modules");
    fs::write(folder.join("names.json"), output(rename)?)?;
    translate(&wasm, folder)?;
    // Alignment is a hint that no engine needs, and that wasm2js above does: without it all loads look alike to brotli.
    let mut dealign = wasm_opt();
    dealign.args(["--dealign", "--strip-target-features"]);
    run_silent(dealign)?;
    fs::write(stamp, made_from).context("cannot note what the package was made from")
}

/// The WebAssembly as JavaScript, for pages whose policy refuses WebAssembly.
fn translate(wasm: &Path, folder: &Path) -> Result<()> {
    step("Translating the WebAssembly to JavaScript with wasm2js");
    let lowered = folder.join("lowered.wasm");
    let mut lower = node::tool("wasm-opt");
    lower.arg(wasm).arg("--output").arg(&lowered);
    // what wasm2js has no words for
    for feature in
        ["nontrapping-float-to-int", "bulk-memory", "bulk-memory-opt", "sign-ext", "mutable-globals"]
    {
        lower.arg(format!("--enable-{feature}"));
    }
    lower.args([
        "--llvm-nontrapping-fptoint-lowering",
        "--llvm-memory-copy-fill-lowering",
        "--signext-lowering",
    ]);
    lower.arg("-Oz");
    run_silent(lower)?;
    let mut wasm2js = node::tool("wasm2js");
    wasm2js.arg(&lowered).args(["--enable-nontrapping-float-to-int", "-Oz", "--output"]);
    wasm2js.arg(folder.join("translation.js"));
    run_silent(wasm2js)
}

fn copy_files(package: &Path) -> Result<()> {
    for source in COPIED {
        let source = paths::root().join(source);
        let name: OsString = source.file_name().context("a file has a name")?.to_owned();
        fs::copy(&source, package.join(name)).with_context(|| format!("cannot copy {}", source.display()))?;
    }
    let manifest = package.join("package.json");
    let text = fs::read_to_string(&manifest)?;
    ensure!(
        text.matches(VERSION_PLACEHOLDER).count() == 1,
        "pkg-template/package.json must hold {VERSION_PLACEHOLDER} once; the version comes from Cargo.toml"
    );
    let version = concat!(r#""version": ""#, env!("CARGO_PKG_VERSION"), '"');
    fs::write(manifest, text.replace(VERSION_PLACEHOLDER, version)).context("cannot write pkg/package.json")
}

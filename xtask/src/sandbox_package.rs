//! The npm package of the sandbox, and one with the program for this machine, which npm installs where system and processor
//! match.

use std::env::consts::{ARCH, EXE_SUFFIX, OS};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::browser::{self, Browser};
use crate::command::{cargo, check, run_silent, step};
use crate::{node, paths};

const NAME: &str = "link-widget-sandbox";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The platforms that there is a program for, in npm's words for systems and processors.
const PLATFORMS: [(&str, &str); 5] =
    [("linux", "x64"), ("linux", "arm64"), ("darwin", "x64"), ("darwin", "arm64"), ("win32", "x64")];

/// This machine, in the same words.
fn here() -> (&'static str, &'static str) {
    let system = match OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let processor = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    (system, processor)
}

fn name_of((system, processor): (&str, &str)) -> String {
    format!("{NAME}-{system}-{processor}")
}

/// Which program goes into the package.
#[derive(Clone, Copy)]
pub enum Profile {
    /// As the tests have it already.
    Debug,
    /// As people get it.
    Release,
}

/// Packs both, and gives the tarballs.
pub fn pack(profile: Profile) -> Result<[PathBuf; 2]> {
    step("Packing the sandbox and its program for npm into target/sandbox-package");
    let mut build = cargo();
    build.args(["build", "--quiet", "--package", "demo"]);
    let folder = match profile {
        Profile::Debug => "debug",
        Profile::Release => {
            build.arg("--release");
            "release"
        }
    };
    check(build)?;
    let file = format!("{NAME}{EXE_SUFFIX}");
    let program = paths::target().join(folder).join(&file);

    let out = paths::target().join("sandbox-package");
    let (own, platform) = (out.join("package"), out.join("platform"));
    for folder in [&own, &platform] {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder)?;
    }
    let template = paths::root().join("sandbox/npm");
    for name in ["bin.js", "README.md"] {
        fs::copy(template.join(name), own.join(name))?;
    }
    let mut package: Value = serde_json::from_slice(&fs::read(template.join("package.json"))?)?;
    package["version"] = VERSION.into();
    package["optionalDependencies"] =
        PLATFORMS.map(|platform| (name_of(platform), Value::from(VERSION))).into_iter().collect();
    write(&own, &package)?;

    fs::copy(&program, platform.join(&file)).with_context(|| format!("{} is missing", program.display()))?;
    let (system, processor) = here();
    let of_platform = json!({
        "name": name_of(here()),
        "version": VERSION,
        "description": format!("The program of {NAME} for {system}-{processor}."),
        "license": package["license"],
        "os": [system],
        "cpu": [processor],
        "files": [file],
        // Yarn unpacks it, so that it can be run.
        "preferUnplugged": true,
    });
    write(&platform, &of_platform)?;
    Ok([packed(&own, &out, NAME)?, packed(&platform, &out, &name_of(here()))?])
}

fn write(folder: &Path, package: &Value) -> Result<()> {
    fs::write(folder.join("package.json"), format!("{package:#}\n")).context("cannot write package.json")
}

fn packed(folder: &Path, out: &Path, name: &str) -> Result<PathBuf> {
    let mut npm = node::npm();
    npm.args(["pack", "--silent", "--pack-destination"]).arg(out).current_dir(folder);
    run_silent(npm)?;
    Ok(out.join(format!("{name}-{VERSION}.tgz")))
}

/// Installs the tarballs into a project, and runs what is there as `npx` does.
pub fn test() -> Result<()> {
    Browser::Chromium.install()?;
    let tarballs = pack(Profile::Debug)?;
    let project = paths::target().join("sandbox-package/project");
    let tests = "sandbox/npm/tests";
    node::install_into(
        &project,
        tests,
        "Installing Playwright into target/sandbox-package, which drives the sandbox's pages",
    )?;
    let mut npm = node::npm();
    // `--offline`: nobody has published the programs for other machines, and whoever does need not be asked
    npm.args(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"])
        .args(&tarballs);
    npm.current_dir(&project);
    run_silent(npm)?;
    let mut node = node::test();
    node.current_dir(&project).env("LINK_WIDGET_ROOT", paths::root()).env("CHROMIUM", browser::chromium()?);
    for file in fs::read_dir(paths::root().join(tests))? {
        let file = file?.path();
        if file.extension().is_some_and(|extension| extension == "mjs") {
            fs::copy(&file, project.join(file.file_name().context("a file has a name")?))?;
        }
    }
    node.args(["installed.test.mjs", "playwright.test.mjs"]);
    check(node)
}

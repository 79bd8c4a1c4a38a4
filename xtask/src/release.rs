//! `cargo xtask release`: whether what is here can be published, and how a person does it.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;

use crate::command::{cargo, command, output, run, run_silent, shown, step};
use crate::sandbox_package::{self, Profile};
use crate::wasm_toolchain::Choice;
use crate::{build, node, paths, registry};

const CARGO_DENY: &str = "0.20.2";
const CARGO_AUDIT: &str = "0.22.2";

const CRATE: &str = "link-widget";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the npm package holds, no more and no less; the package's own tests hold it to the same list.
fn files() -> Vec<&'static str> {
    include_str!("../../tests/package/files.txt").lines().collect()
}

/// What a person may ask of a release.
#[derive(Args)]
pub struct Options {
    /// Check everything, and print what would be published; nothing is published without it either
    #[arg(long)]
    dry_run: bool,
}

/// What came of a check that did not fail.
#[derive(Debug, PartialEq)]
enum Checked {
    Passed(String),
    /// Why it could not be made.
    Not(String),
}

/// Makes every check, even after one has failed, then prints what would be published, in order.
pub fn release(choice: Choice, options: &Options) -> Result<()> {
    if !options.dry_run {
        bail!(
            "what is published cannot be taken back, so a person does it. `cargo xtask release --dry-run` checks everything; \
             then, in this order:\n\n{}",
            commands()
        );
    }
    let mut findings = Findings::default();
    step("Checking the changelog, the tags and the working tree");
    findings.add("changelog", tags().and_then(|tags| changelog_of_repository(&tags)));
    findings.add("working tree", working_tree());

    // compares its sizes with their limits
    let built = build::build(choice);
    let is_built = built.is_ok();
    findings.add("sizes", built.map(|()| Checked::Passed("every entry is within its limit".into())));
    let mut tarball = String::new();
    if is_built {
        step("Listing what npm would pack");
        findings.add(
            "npm package",
            npm_package().map(|(what, list)| {
                tarball = list;
                what
            }),
        );
    }
    findings.add("sandbox for npm", sandbox_for_npm());
    step("Packing the crate and compiling what was packed (cargo package)");
    let mut crate_files = String::new();
    findings.add(
        "crate",
        crate_package().map(|(what, list)| {
            crate_files = list;
            what
        }),
    );
    findings.add("licences", licences());
    findings.add("vulnerabilities", vulnerabilities());

    println!("\n{}", findings.lines.join("\n"));
    ensure!(findings.failed == 0, "{} of the checks failed: nothing should be published", findings.failed);
    println!("\nWould be published, in this order:\n\n1. the crate {CRATE} {VERSION}\n{crate_files}");
    println!("2. the npm package {CRATE} {VERSION}\n{tarball}\nBy hand, from this commit:\n\n{}", commands());
    Ok(())
}

#[derive(Default)]
struct Findings {
    lines: Vec<String>,
    failed: usize,
}

impl Findings {
    fn add(&mut self, what: &str, result: Result<Checked>) {
        let line = match result {
            Ok(Checked::Passed(how)) => format!("passed       {what}: {how}"),
            Ok(Checked::Not(why)) => format!("not checked: {what}: {why}"),
            Err(error) => {
                self.failed += 1;
                format!("FAILED       {what}: {error:#}")
            }
        };
        self.lines.push(line);
    }
}

/// The sandbox's package, and the one with the program for this machine. Those for other machines, the workflow makes.
fn sandbox_for_npm() -> Result<Checked> {
    let tarballs = sandbox_package::pack(Profile::Release)?;
    let names =
        tarballs.map(|tarball| tarball.file_name().unwrap_or_default().to_string_lossy().into_owned());
    Ok(Checked::Passed(names.join(" and ")))
}

fn commands() -> String {
    let mut publish_crate = cargo();
    publish_crate.args(["publish", "--locked", "--package", CRATE]);
    let mut publish_package = node::npm();
    publish_package.args(["publish", "--access", "public"]).arg(paths::package());
    [publish_crate, publish_package].map(|command| format!("    {}\n", shown(&command))).concat()
}

/// The tags of this commit that name a version.
fn tags() -> Result<Vec<String>> {
    let mut git = command("git");
    git.args(["tag", "--points-at", "HEAD", "v*"]);
    Ok(output(git)?.lines().map(Into::into).collect())
}

fn changelog_of_repository(tags: &[String]) -> Result<Checked> {
    let text = fs::read_to_string(paths::root().join("CHANGELOG.md")).context("cannot read CHANGELOG.md")?;
    changelog(&text, VERSION, tags)
}

/// Before a release its entries may still be under Unreleased; at its tag they must be under the version.
fn changelog(text: &str, version: &str, tags: &[String]) -> Result<Checked> {
    let tag = format!("v{version}");
    if let Some(other) = tags.iter().find(|other| **other != tag) {
        bail!("this commit has the tag {other}, and Cargo.toml says {version}: they must agree");
    }
    let sections = sections(text);
    let entries = |name: &str| sections.iter().find(|(title, _)| title == name).map(|(_, entries)| *entries);
    match (entries(version), entries("Unreleased").unwrap_or_default()) {
        (Some(0), _) => bail!("CHANGELOG.md says nothing under `## {version}`"),
        (Some(_), unreleased @ 1..) => bail!(
            "CHANGELOG.md has {unreleased} entries under `## Unreleased` beside `## {version}`: what is here is more than \
             {version}. Raise the version in Cargo.toml, or move them"
        ),
        (Some(count), 0) => Ok(Checked::Passed(format!("{count} entries under {version}"))),
        (None, _) if !tags.is_empty() => {
            bail!("this commit has the tag {tag}, so CHANGELOG.md must have a section `## {version}`")
        }
        (None, 0) => bail!("CHANGELOG.md must say something under `## Unreleased` or `## {version}`"),
        (None, count) => Ok(Checked::Passed(format!(
            "{count} entries under Unreleased; put them under `## {version}` before the tag {tag}"
        ))),
    }
}

/// Titles without brackets and date, each with how many entries it has.
fn sections(text: &str) -> Vec<(String, usize)> {
    let mut sections = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            let name = title.split(" - ").next().unwrap_or_default().trim();
            sections.push((name.trim_matches(['[', ']']).to_owned(), 0));
        } else if let Some((_, entries)) = sections.last_mut()
            && ["- ", "* "].iter().any(|bullet| line.starts_with(bullet))
        {
            *entries += 1;
        }
    }
    sections
}

fn working_tree() -> Result<Checked> {
    let mut git = command("git");
    git.args(["status", "--porcelain"]);
    clean(&output(git)?)
}

fn clean(status: &str) -> Result<Checked> {
    ensure!(
        status.is_empty(),
        "what is published must be what is committed; commit or remove these:\n{}",
        status.trim_end()
    );
    Ok(Checked::Passed("everything is committed".into()))
}

/// What came of it, and what would be published.
fn npm_package() -> Result<(Checked, String)> {
    let mut npm = node::npm();
    // its notices go to the standard error, which `output` mixes in
    npm.args(["pack", "--json", "--dry-run", "--loglevel", "silent"]).current_dir(paths::package());
    tarball(&output(npm)?, VERSION)
}

fn tarball(listing: &str, version: &str) -> Result<(Checked, String)> {
    let listing: Value = serde_json::from_str(listing).context("npm pack prints something else than JSON")?;
    let packed = &listing[0];
    let (Some(name), Some(packed_version)) = (packed["name"].as_str(), packed["version"].as_str()) else {
        bail!("npm pack names no package");
    };
    ensure!(name == CRATE, "pkg/package.json names the package {name}: it must be {CRATE}");
    ensure!(
        packed_version == version,
        "pkg/package.json says version {packed_version} and Cargo.toml {version}: they must agree"
    );
    let found: Vec<(&str, u64)> = packed["files"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|file| Some((file["path"].as_str()?, file["size"].as_u64()?)))
        .collect();
    same_files(&found.iter().map(|(path, _)| *path).collect::<Vec<_>>(), &files())?;
    let list: String = found.iter().map(|(path, size)| format!("   {size:>8}  {path}\n")).collect();
    let [size, unpacked] = ["size", "unpackedSize"].map(|field| packed[field].as_u64().unwrap_or_default());
    let what = format!("{} files as expected, {size} bytes packed, {unpacked} unpacked", found.len());
    Ok((Checked::Passed(what), list))
}

fn same_files(found: &[&str], expected: &[&str]) -> Result<()> {
    let [found, expected] = [found, expected].map(|files| files.iter().copied().collect::<BTreeSet<_>>());
    let named = |files: Vec<&str>| files.join(", ");
    let (more, less) = (
        named(found.difference(&expected).copied().collect()),
        named(expected.difference(&found).copied().collect()),
    );
    let told = [("is not expected in it", more), ("is missing from it", less)]
        .into_iter()
        .filter(|(_, files)| !files.is_empty())
        .map(|(what, files)| format!("{what}: {files}"))
        .collect::<Vec<_>>();
    ensure!(
        told.is_empty(),
        "the package is not what tests/package/files.txt lists; {}. Mend the one that is wrong",
        told.join("; ")
    );
    Ok(())
}

/// What came of it, and what would be published.
fn crate_package() -> Result<(Checked, String)> {
    let package = |more: &[&str]| {
        let mut package = cargo();
        // whether everything is committed is a check of its own
        package.args(["package", "--quiet", "--locked", "--allow-dirty", "--package", CRATE]).args(more);
        package
    };
    run(package(&[]))?;
    let list = output(package(&["--list"]))?;
    let file = paths::target().join(format!("package/{CRATE}-{VERSION}.crate"));
    let size = fs::metadata(&file).with_context(|| format!("cannot read {}", file.display()))?.len();
    let what = format!("{} files, {size} bytes packed; what was packed compiles", list.lines().count());
    Ok((Checked::Passed(what), list.lines().map(|path| format!("             {path}\n")).collect()))
}

fn tool(name: &str, version: &str, why: &str) -> Result<Command> {
    step(&format!("Installing {name}, which {why} (the first time takes minutes)"));
    registry::install(name, version, &paths::target().join("tools")).map(command)
}

fn licences() -> Result<Checked> {
    let mut deny = tool("cargo-deny", CARGO_DENY, "reads the licences of dependencies")?;
    deny.args(["--workspace", "--locked", "check", "licenses", "bans", "sources"]);
    run_silent(deny)?;
    Ok(Checked::Passed("those of dependencies, and where they come from, are as deny.toml allows".into()))
}

fn vulnerabilities() -> Result<Checked> {
    let mut audit = tool("cargo-audit", CARGO_AUDIT, "knows the vulnerabilities of dependencies")?;
    step("Asking for known vulnerabilities of dependencies (cargo audit)");
    audit.args(["audit", "--json"]);
    let answer = audit.output().context("cargo-audit cannot be run")?;
    audited(&String::from_utf8_lossy(&answer.stdout), &String::from_utf8_lossy(&answer.stderr))
}

/// It fails alike when it finds something and when it cannot look: only a report says that it has looked.
fn audited(report: &str, error: &str) -> Result<Checked> {
    let Ok(report) = serde_json::from_str::<Value>(report) else {
        let error = error.trim();
        ensure!(error.contains("fetch advisory database"), "cargo audit has made no report: {error}");
        let why = error.lines().last().unwrap_or_default().trim_start_matches([' ', '-', '>']);
        return Ok(Checked::Not(format!("the database of advisories cannot be reached ({why})")));
    };
    let found = report["vulnerabilities"]["list"].as_array().context("cargo audit's report has no list")?;
    let named: Vec<String> = found
        .iter()
        .map(|row| {
            let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
            let [name, version] = ["name", "version"].map(|field| text(&row["package"][field]));
            format!("{name} {version}, {}: {}", text(&row["advisory"]["id"]), text(&row["advisory"]["title"]))
        })
        .collect();
    ensure!(named.is_empty(), "known vulnerabilities of dependencies:\n{}", named.join("\n"));
    let count = report["lockfile"]["dependency-count"].as_u64().context("cargo audit counts nothing")?;
    Ok(Checked::Passed(format!("none is known in {count} dependencies")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said<T: std::fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    fn tagged(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_changelog_must_say_what_is_released() {
        let of = |text: &str, tags: &[&str]| changelog(text, "1.2.0", &tagged(tags));
        let passed = |text: &str, tags: &[&str]| match of(text, tags).unwrap() {
            Checked::Passed(how) => how,
            not @ Checked::Not(_) => panic!("{not:?}"),
        };
        let older = "\n## 1.1.0\n\n- Before.\n";
        assert!(
            passed(&format!("# Changelog\n\n## Unreleased\n\n- One,\n  long.\n- Two.\n{older}"), &[])
                .starts_with("2 entries under Unreleased")
        );
        for title in ["1.2.0", "[1.2.0]", "1.2.0 - 2026-05-01", "[1.2.0] - 2026-05-01"] {
            let text = format!("## Unreleased\n\n## {title}\n\n- One.\n{older}");
            assert_eq!(passed(&text, &["v1.2.0"]), "1 entries under 1.2.0");
        }
        for (text, tags, error) in [
            ("", &[][..], "must say something"),
            (older, &[], "must say something"),
            ("## Unreleased\n\nSoon.\n\n## 1.1.0\n\n- Before.\n", &[], "must say something"),
            ("## 1.2.0\n\n## 1.1.0\n\n- Before.\n", &[], "nothing under `## 1.2.0`"),
            (
                "## Unreleased\n\n- More.\n\n## 1.2.0\n\n- One.\n",
                &[],
                "1 entries under `## Unreleased` beside",
            ),
            ("## Unreleased\n\n- One.\n", &["v1.2.0"], "must have a section `## 1.2.0`"),
            ("## 1.2.0\n\n- One.\n", &["v1.2.1"], "the tag v1.2.1, and Cargo.toml says 1.2.0"),
            ("## 1.2.0\n\n- One.\n", &["v1.2.0", "v2.0.0"], "the tag v2.0.0"),
        ] {
            let told = said(of(text, tags));
            assert!(told.contains(error), "{text:?}: {told}");
        }
    }

    #[test]
    fn what_is_not_committed_is_named() {
        assert!(clean("").is_ok());
        let told = said(clean(" M README.md\n?? notes.txt\n"));
        assert!(told.contains("README.md") && told.contains("notes.txt"), "{told}");
    }

    fn packed(version: &str, files: &[&str]) -> String {
        let files: Vec<Value> = files.iter().map(|path| json!({ "path": path, "size": 7 })).collect();
        json!([{ "name": CRATE, "version": version, "size": 5, "unpackedSize": 9, "files": files }])
            .to_string()
    }

    #[test]
    fn the_tarball_holds_what_is_listed() {
        let (what, list) = tarball(&packed("1.2.0", &files()), "1.2.0").unwrap();
        assert_eq!(what, Checked::Passed("68 files as expected, 5 bytes packed, 9 unpacked".into()));
        assert!(list.contains("       7  locales/sv.js\n"), "{list}");

        let more = [&files()[..], &["codes.js", ".env"]].concat();
        let told = said(tarball(&packed("1.2.0", &more), "1.2.0"));
        assert!(told.contains("is not expected in it: .env, codes.js. Mend"), "{told}");
        let told = said(tarball(&packed("1.2.0", &files()[1..]), "1.2.0"));
        assert!(told.contains("is missing from it: CHANGELOG.md. Mend"), "{told}");
        let told = said(tarball(&packed("1.2.0", &[&files()[1..], &["x.js"]].concat()), "1.2.0"));
        assert!(told.contains("expected in it: x.js; is missing from it: CHANGELOG.md"), "{told}");
        assert!(said(tarball(&packed("1.2.0", &[]), "1.2.0")).contains("is missing from it: CHANGELOG.md, "));
    }

    #[test]
    fn versions_must_agree() {
        let told = said(tarball(&packed("1.2.1", &files()), "1.2.0"));
        assert_eq!(told, "pkg/package.json says version 1.2.1 and Cargo.toml 1.2.0: they must agree");
        assert!(said(tarball("[]", "1.2.0")).contains("names no package"));
        assert!(said(tarball("npm notice", "1.2.0")).contains("something else than JSON"));
        assert!(
            said(tarball(&packed("1.2.0", &files()).replace("\"link-widget\"", "\"other\""), "1.2.0"))
                .contains("names the package other")
        );
    }

    #[test]
    fn no_look_at_vulnerabilities_is_no_pass() {
        let report = |list: Value| {
            json!({ "lockfile": { "dependency-count": 300 }, "vulnerabilities": { "list": list } })
                .to_string()
        };
        assert_eq!(
            audited(&report(json!([])), "").unwrap(),
            Checked::Passed("none is known in 300 dependencies".into())
        );
        let found = json!([{
            "package": { "name": "leaky", "version": "0.3.1" },
            "advisory": { "id": "RUSTSEC-2026-0001", "title": "Leaks" },
        }]);
        assert!(said(audited(&report(found), "")).contains("leaky 0.3.1, RUSTSEC-2026-0001: Leaks"));
        let offline =
            "error: couldn't fetch advisory database: git operation failed\nCaused by:\n  -> no route\n";
        assert_eq!(
            audited("", offline).unwrap(),
            Checked::Not("the database of advisories cannot be reached (no route)".into())
        );
        assert!(said(audited("", "error: no Cargo.lock")).contains("no report: error: no Cargo.lock"));
        assert!(said(audited("{}", "")).contains("no list"));
    }
}

//! `cargo xtask release`: whether what is here can be published, and how a person does it.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::command::{cargo, command, output, run, run_silent, shown, step};
use crate::sandbox_package::{self, Profile};
use crate::wasm_toolchain::Choice;
use crate::{build, node, paths, registry, test};

const CARGO_DENY: &str = "0.20.2";

const CRATE: &str = "link-widget";
const VERSION: &str = env!("CARGO_PKG_VERSION");

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

fn passed(how: impl Into<String>) -> Result<Checked> {
    Ok(Checked::Passed(how.into()))
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
    let checks: [(&str, &dyn Fn() -> Result<Checked>); 8] = [
        ("changelog", &changelog_of_repository),
        ("working tree", &working_tree),
        // compares its sizes with their limits
        ("sizes", &|| build::build(choice).and_then(|()| passed("every entry is within its limit"))),
        ("npm package", &npm_package),
        ("sandbox for npm", &sandbox_for_npm),
        ("crate", &crate_package),
        ("licences", &licences),
        ("vulnerabilities", &vulnerabilities),
    ];
    let mut lines = Vec::new();
    let mut failed = 0;
    for (what, check) in checks {
        lines.push(match check() {
            Ok(Checked::Passed(how)) => format!("passed       {what}: {how}"),
            Ok(Checked::Not(why)) => format!("not checked: {what}: {why}"),
            Err(error) => {
                failed += 1;
                format!("FAILED       {what}: {error:#}")
            }
        });
    }
    println!("\n{}", lines.join("\n"));
    ensure!(failed == 0, "{failed} of the checks failed: nothing should be published");

    println!("\nWould be published, in this order:\n\n1. the crate {CRATE} {VERSION}");
    run(packaging(&["--list"]))?;
    println!("\n2. the npm package {CRATE} {VERSION}");
    let mut npm = node::npm();
    npm.args(["pack", "--dry-run"]).current_dir(paths::package());
    run(npm)?;
    println!("\nBy hand, from this commit:\n\n{}", commands());
    Ok(())
}

/// The sandbox's package, and the one with the program for this machine. Those for other machines, the workflow makes.
fn sandbox_for_npm() -> Result<Checked> {
    let tarballs = sandbox_package::pack(Profile::Release)?;
    let names =
        tarballs.map(|tarball| tarball.file_name().unwrap_or_default().to_string_lossy().into_owned());
    passed(names.join(" and "))
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

fn changelog_of_repository() -> Result<Checked> {
    let text = fs::read_to_string(paths::root().join("CHANGELOG.md")).context("cannot read CHANGELOG.md")?;
    changelog(&text, VERSION, &tags()?)
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
        (Some(count), 0) => passed(format!("{count} entries under {version}")),
        (None, _) if !tags.is_empty() => {
            bail!("this commit has the tag {tag}, so CHANGELOG.md must have a section `## {version}`")
        }
        (None, 0) => bail!("CHANGELOG.md must say something under `## Unreleased` or `## {version}`"),
        (None, count) => passed(format!(
            "{count} entries under Unreleased; put them under `## {version}` before the tag {tag}"
        )),
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
    passed("everything is committed")
}

/// Packs it, and has its own test hold it to its list of files.
fn npm_package() -> Result<Checked> {
    test::contents()?;
    passed("it holds the files that tests/package/files.txt lists")
}

/// `cargo package`, to make the crate or to list it.
fn packaging(more: &[&str]) -> Command {
    let mut package = cargo();
    // whether everything is committed is a check of its own
    package.args(["package", "--quiet", "--locked", "--allow-dirty", "--package", CRATE]).args(more);
    package
}

fn crate_package() -> Result<Checked> {
    step("Packing the crate and compiling what was packed (cargo package)");
    run(packaging(&[]))?;
    let file = paths::target().join(format!("package/{CRATE}-{VERSION}.crate"));
    let size = fs::metadata(&file).with_context(|| format!("cannot read {}", file.display()))?.len();
    passed(format!("{size} bytes packed; what was packed compiles"))
}

/// cargo-deny's `check`, by what `deny.toml` says.
fn deny(what: &[&str]) -> Result<()> {
    step(
        "Installing cargo-deny, which knows of dependencies' licences and vulnerabilities (the first time takes minutes)",
    );
    let mut deny = command(registry::install("cargo-deny", CARGO_DENY, &paths::target().join("tools"))?);
    deny.args(["--workspace", "--locked", "check"]).args(what);
    run_silent(deny)
}

fn licences() -> Result<Checked> {
    deny(&["licenses", "bans", "sources"])?;
    passed("those of dependencies, and where they come from, are as deny.toml allows")
}

fn vulnerabilities() -> Result<Checked> {
    audited(deny(&["advisories"]))
}

fn audited(result: Result<()>) -> Result<Checked> {
    match result {
        Ok(()) => passed("none is known in any dependency"),
        // that it cannot look is no finding
        Err(error) if format!("{error}").contains(CANNOT_FETCH) => {
            Ok(Checked::Not("the database of advisories cannot be reached".into()))
        }
        Err(error) => Err(error),
    }
}

/// What cargo-deny says where it has no network.
const CANNOT_FETCH: &str = "failed to fetch advisory database";

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn the_changelog_must_say_what_is_released() {
        let of = |text: &str, tags: &[&str]| {
            let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            changelog(text, "1.2.0", &tags)
        };
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
            let told = of(text, tags).unwrap_err().to_string();
            assert!(told.contains(error), "{text:?}: {told}");
        }
    }

    #[test]
    fn what_is_not_committed_is_named() {
        assert!(clean("").is_ok());
        let told = clean(" M README.md\n?? notes.txt\n").unwrap_err().to_string();
        assert!(told.contains("README.md") && told.contains("notes.txt"), "{told}");
    }

    #[test]
    fn no_look_at_vulnerabilities_is_no_pass() {
        assert!(matches!(audited(Ok(())), Ok(Checked::Passed(_))));
        let offline =
            "exit status: 1\n[ERROR] failed to fetch advisory database https://a.example: no route\n";
        assert!(matches!(audited(Err(anyhow!(offline))), Ok(Checked::Not(_))));
        let found = audited(Err(anyhow!("error[vulnerability]: RUSTSEC-2026-0001: Leaks")));
        assert!(found.unwrap_err().to_string().contains("RUSTSEC-2026-0001"));
    }
}

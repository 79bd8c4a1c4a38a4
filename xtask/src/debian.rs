//! Packages of the system.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use nix::unistd::Uid;

use crate::command::{command, run};

/// Installs packages with apt-get, through sudo unless this is root.
pub fn install(packages: &[&str]) -> Result<()> {
    static IS_UPDATED: AtomicBool = AtomicBool::new(false);
    let by_hand =
        || format!("cannot install packages of the system. As root: apt-get install {}", packages.join(" "));
    if !IS_UPDATED.swap(true, Ordering::Relaxed) {
        apt_get(&["update", "--quiet"]).with_context(by_hand)?;
    }
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(&arguments).with_context(by_hand)
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = if Uid::effective().is_root() {
        command("env")
    } else {
        let mut sudo = command("sudo");
        sudo.arg("env");
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
    run(command)
}

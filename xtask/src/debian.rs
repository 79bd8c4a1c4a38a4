//! Packages of the system.

use anyhow::{Context, Result};
use nix::unistd::Uid;

use crate::command::{command, run};

/// Installs packages with apt-get, through sudo unless this is root.
pub fn install(packages: &[&str]) -> Result<()> {
    apt_get(&["update", "--quiet"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(&arguments)
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
    run(command).context("the system's packages cannot be installed from here")
}

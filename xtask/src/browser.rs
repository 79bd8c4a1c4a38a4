//! The browsers that tests run in, and the drivers that steer them.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::command::{command, step, succeeds};
use crate::{debian, paths};

/// A browser that the tests can run in.
#[derive(Clone, Copy, ValueEnum)]
pub enum Browser {
    Chromium,
}

impl Browser {
    /// The value of LINK_WIDGET_BROWSER that the end-to-end tests read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
        }
    }

    /// Installs the browser and its driver unless they are there.
    pub fn install(self) -> Result<()> {
        match self {
            Self::Chromium => {
                if runs("chromium") && runs("chromedriver") {
                    return Ok(());
                }
                step("Installing Chromium and its driver, in which the tests run");
                debian::install(&["chromium", "chromium-driver"])
            }
        }
    }

    /// The environment that makes wasm-bindgen's test runner use this browser.
    pub fn test_runner_environment(self) -> Result<[(&'static str, PathBuf); 2]> {
        let capabilities = paths::target().join("webdriver.json");
        match self {
            Self::Chromium => {
                fs::write(&capabilities, CHROMIUM_CAPABILITIES)
                    .with_context(|| format!("cannot write {}", capabilities.display()))?;
                Ok([
                    ("CHROMEDRIVER", "chromedriver".into()),
                    ("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities),
                ])
            }
        }
    }
}

/// The runner adds `headless` and `no-sandbox`; these keep the browser from talking to anybody else.
const CHROMIUM_CAPABILITIES: &str = r#"{
  "goog:chromeOptions": {
    "args": [
      "disable-gpu",
      "disable-quic",
      "no-first-run",
      "disable-background-networking",
      "disable-component-update",
      "disable-sync"
    ]
  }
}
"#;

fn runs(program: &str) -> bool {
    let mut command = command(program);
    command.arg("--version");
    succeeds(command)
}

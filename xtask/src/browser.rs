//! The browsers that tests run in, and the drivers that steer them.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::json;

use crate::command::{found, step};
use crate::{debian, paths, registry};

/// A browser that the tests can run in.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Browser {
    Chromium,
    Firefox,
    #[value(name = "webkit")]
    WebKit,
}

const GECKODRIVER: &str = "0.37.1";

impl Browser {
    /// The value of LINK_WIDGET_BROWSER that the end-to-end tests read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Installs the browser, its driver and what they need unless they are there.
    pub fn install(self) -> Result<()> {
        match self {
            Self::Chromium => {
                if found("chromium").is_none() || found("chromedriver").is_none() {
                    step("Installing Chromium and its driver, in which the tests run");
                    debian::install(&["chromium", "chromium-driver"])?;
                }
            }
            Self::Firefox => {
                if found("firefox-esr").or_else(|| found("firefox")).is_none() {
                    step("Installing Firefox, in which the tests run");
                    debian::install(&["firefox-esr"])?;
                }
                if !geckodriver().is_absolute() && found("geckodriver").is_none() {
                    step(
                        "Compiling geckodriver, which steers Firefox and is no package of Debian's (takes minutes)",
                    );
                    registry::install("geckodriver", GECKODRIVER, &geckodriver_folder())?;
                }
            }
            Self::WebKit => {
                if ["WebKitWebDriver", "Xvfb", "xsettingsd"].into_iter().any(|name| found(name).is_none()) {
                    step(
                        "Installing WebKit's MiniBrowser and its driver, in which the tests run, a screen in memory for them, \
                         and what tells them of a desktop's settings",
                    );
                    debian::install(&["webkit2gtk-driver", "xvfb", "xsettingsd"])?;
                }
            }
        }
        Ok(())
    }

    /// The environment that makes wasm-bindgen's test runner use this browser.
    pub fn test_runner_environment(self) -> Result<[(&'static str, PathBuf); 2]> {
        // the runner adds what makes each run without a screen
        let (driver, capabilities) = match self {
            Self::Chromium => {
                let arguments: Vec<&str> = CHROMIUM_ARGUMENTS.lines().collect();
                let capabilities = json!({ "goog:chromeOptions": { "args": arguments } });
                (("CHROMEDRIVER", "chromedriver".into()), capabilities)
            }
            // the driver's own preferences keep the browser from talking to anybody but the page
            Self::Firefox => {
                (("GECKODRIVER", geckodriver()), json!({ "moz:firefoxOptions": { "args": [] } }))
            }
            Self::WebKit => bail!("wasm-bindgen's test runner knows no driver of WebKitGTK's"),
        };
        let file = paths::target().join(format!("webdriver-{}.json", self.name()));
        fs::write(&file, capabilities.to_string())
            .with_context(|| format!("cannot write {}", file.display()))?;
        Ok([driver, ("WASM_BINDGEN_TEST_WEBDRIVER_JSON", file)])
    }
}

/// The Chromium that [`Browser::install`] has found or installed, for what does not look for it itself.
pub fn chromium() -> Result<PathBuf> {
    found("chromium").context("there is no chromium in PATH")
}

/// The one that [`Browser::install`] has compiled, else any that this machine has.
fn geckodriver() -> PathBuf {
    let compiled = geckodriver_folder().join("bin/geckodriver");
    if compiled.exists() { compiled } else { "geckodriver".into() }
}

/// Where the end-to-end tests look for it.
fn geckodriver_folder() -> PathBuf {
    paths::target().join("geckodriver")
}

/// As every test starts it; a line each.
const CHROMIUM_ARGUMENTS: &str = include_str!("../../tests/chromium/arguments.txt");

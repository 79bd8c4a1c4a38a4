//! The browsers that tests run in, and the drivers that steer them.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::command::{cargo, run, step};
use crate::{debian, paths};

/// A browser that the tests can run in.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Browser {
    Chromium,
    Firefox,
    #[value(name = "webkit")]
    WebKit,
}

/// Of the registry of crates, where all versions stay.
const GECKODRIVER: &str = "=0.37.1";

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
                if !is_there("chromium") || !is_there("chromedriver") {
                    step("Installing Chromium and its driver, in which the tests run");
                    debian::install(&["chromium", "chromium-driver"])?;
                }
            }
            Self::Firefox => {
                if !is_there("firefox-esr") && !is_there("firefox") {
                    step("Installing Firefox, in which the tests run");
                    debian::install(&["firefox-esr"])?;
                }
                if !geckodriver().is_absolute() && !is_there("geckodriver") {
                    step(
                        "Compiling geckodriver, which steers Firefox and is no package of Debian's (takes minutes)",
                    );
                    let mut install = cargo();
                    install.args(["install", "geckodriver", "--version", GECKODRIVER, "--locked"]);
                    // unoptimised: it compiles for minutes and waits for the browser
                    install.args(["--debug", "--target-dir"]).arg(paths::target());
                    install.arg("--root").arg(paths::target().join("geckodriver"));
                    run(install).context("Firefox's driver cannot be compiled")?;
                }
            }
            Self::WebKit => {
                if !["WebKitWebDriver", "Xvfb", "xsettingsd"].into_iter().all(is_there) {
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
        let (driver, capabilities) = match self {
            Self::Chromium => (("CHROMEDRIVER", "chromedriver".into()), CHROMIUM_CAPABILITIES),
            Self::Firefox => (("GECKODRIVER", geckodriver()), FIREFOX_CAPABILITIES),
            Self::WebKit => bail!("wasm-bindgen's test runner knows no driver of WebKitGTK's"),
        };
        let file = paths::target().join(format!("webdriver-{}.json", self.name()));
        fs::write(&file, capabilities).with_context(|| format!("cannot write {}", file.display()))?;
        Ok([driver, ("WASM_BINDGEN_TEST_WEBDRIVER_JSON", file)])
    }
}

/// The one that [`Browser::install`] has compiled, else any that this machine has.
fn geckodriver() -> PathBuf {
    let compiled = paths::target().join("geckodriver/bin/geckodriver");
    if compiled.exists() { compiled } else { "geckodriver".into() }
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

/// The runner adds `-headless`, and the driver's own preferences keep the browser from talking to anybody else.
const FIREFOX_CAPABILITIES: &str = r#"{
  "moz:firefoxOptions": {
    "args": []
  }
}
"#;

fn is_there(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

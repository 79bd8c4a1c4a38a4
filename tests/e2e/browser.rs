//! The browsers that the cases run in, and the drivers that steer them.

use std::process::Stdio;

use anyhow::{Context, bail};
use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A browser that the cases can run in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Browser {
    Chromium,
}

/// What keeps Chromium from asking anything, and from talking to anybody but the page.
const CHROMIUM_ARGUMENTS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1000,1100",
];

impl Browser {
    /// The one that `LINK_WIDGET_BROWSER` names; Chromium, if it names none.
    pub fn wanted() -> anyhow::Result<Self> {
        match std::env::var("LINK_WIDGET_BROWSER").as_deref() {
            Err(_) | Ok("chromium") => Ok(Self::Chromium),
            Ok(other) => bail!("LINK_WIDGET_BROWSER is {other:?}; the cases know: chromium"),
        }
    }

    /// Starts it with a fresh profile, and its driver on a free port.
    pub async fn start(self) -> anyhow::Result<Session> {
        match self {
            Self::Chromium => {
                let mut child = Command::new("chromedriver")
                    .arg("--port=0")
                    .stdout(Stdio::piped())
                    .kill_on_drop(true)
                    .spawn()
                    .context("cannot run chromedriver: apt-get install chromium chromium-driver")?;
                let port = port_of_chromedriver(&mut child).await?;
                let mut wanted = DesiredCapabilities::chrome();
                for argument in CHROMIUM_ARGUMENTS {
                    wanted.add_arg(argument)?;
                }
                // as people have it: a popup needs a click
                wanted.add_exclude_switch("disable-popup-blocking")?;
                let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted)
                    .await
                    .context("Chromium does not start")?;
                Ok(Session { driver, child })
            }
        }
    }
}

/// It takes a free port and says which.
async fn port_of_chromedriver(child: &mut Child) -> anyhow::Result<u16> {
    let mut lines = BufReader::new(child.stdout.take().context("its output is a pipe")?).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(port) = line.split("successfully on port ").nth(1) {
            // its pipe must not fill up
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return port.trim_end_matches('.').parse().context("a port");
        }
    }
    bail!("chromedriver ended without naming its port")
}

/// A running browser. Used for many cases, one after the other.
pub struct Session {
    pub driver: WebDriver,
    child: Child,
}

impl Session {
    /// Ends the browser and its driver.
    pub async fn end(mut self) {
        let _ = self.driver.quit().await;
        let _ = self.child.kill().await;
    }
}

//! Chromium, and the driver that steers it.

use std::process::Stdio;

use anyhow::{Context, bail};
use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// What keeps Chromium from asking anything, and from talking to anybody but the page.
const ARGUMENTS: &[&str] = &[
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

/// A running browser with a fresh profile.
pub struct Session {
    pub driver: WebDriver,
    child: Child,
}

impl Session {
    /// Starts it. `auth_server`: the port at which it finds `https://auth.fiskil.com`.
    pub async fn start(auth_server: u16) -> anyhow::Result<Self> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot run chromedriver: apt-get install chromium chromium-driver")?;
        let port = port_of(&mut child).await?;
        let mut wanted = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            wanted.add_arg(argument)?;
        }
        wanted.add_arg(&format!("--host-resolver-rules=MAP auth.fiskil.com 127.0.0.1:{auth_server}"))?;
        wanted.accept_insecure_certs(true)?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await;
        Ok(Self { driver: driver.context("Chromium does not start")?, child })
    }

    /// Ends the browser and its driver.
    pub async fn end(mut self) {
        let _ = self.driver.quit().await;
        let _ = self.child.kill().await;
    }
}

/// It takes a free port and says which.
async fn port_of(child: &mut Child) -> anyhow::Result<u16> {
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

//! Chromium, and the driver that steers it.

use anyhow::Context;
use thirtyfour::prelude::*;
use tokio::process::Child;

/// A running browser with a fresh profile.
pub struct Session {
    pub driver: WebDriver,
    child: Child,
}

impl Session {
    /// Starts it. `auth_server`: the port at which it finds `https://auth.fiskil.com`.
    pub async fn start(auth_server: u16) -> anyhow::Result<Self> {
        let (child, port) = chromium::driver(|_| ()).await?;
        let mut wanted = chromium::capabilities(1000, 1100)?;
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

//! Chromium and its driver, as every test starts them, and what other programs need for their start.

use std::io::{Read, Write};
use std::iter;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities, DesiredCapabilities, WebDriver};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// What keeps Chromium from asking anything, and from talking to anybody but the page; a line each.
const ARGUMENTS: &str = include_str!("arguments.txt");

/// How long a driver may take to start on a machine that has much to do.
const STARTS: Duration = Duration::from_secs(60);
/// How often it may end because somebody else took its port.
const ATTEMPTS: usize = 5;

/// A Chromium whose window has this size.
pub fn capabilities(width: u32, height: u32) -> Result<ChromeCapabilities> {
    let mut wanted = DesiredCapabilities::chrome();
    for argument in ["--headless=new", "--no-sandbox"].into_iter().chain(ARGUMENTS.lines()) {
        wanted.add_arg(argument)?;
    }
    wanted.add_arg(&format!("--window-size={width},{height}"))?;
    Ok(wanted)
}

/// Starts a driver, and gives it with its port. `prepare`: what else the process needs.
pub async fn driver(prepare: impl Fn(&mut Command)) -> Result<(Child, u16)> {
    let mut attempt = 1;
    loop {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.kill_on_drop(true);
        prepare(&mut command);
        let mut child = command.spawn().context("cannot run chromedriver: cargo xtask test installs it")?;
        match said(&mut child, "successfully on port ").await {
            Ok(port) => return Ok((child, port.parse().context("a port")?)),
            // it takes a free port of IPv4, and ends where the same one of IPv6 is not free as well
            Err(_) if attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error.context("chromedriver does not start")),
        }
    }
}

/// Has a driver end its browsers. One that is killed leaves them running.
pub fn shut_down(port: u16) {
    if let Ok(mut driver) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
        let _ = driver.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        // it answers once they have ended
        let _ = driver.read(&mut [0]);
    }
}

/// Waits until the page, or the frame that the driver is in, has been painted. Before, Chromium drops what is typed or clicked in
/// a frame of another site: <https://github.com/microsoft/playwright/issues/28023>.
pub async fn painted(driver: &WebDriver) -> Result<()> {
    let painted = "const done = arguments[arguments.length - 1];
        requestAnimationFrame(() => requestAnimationFrame(() => done()));
        // what nobody can see is never painted
        setTimeout(done, 2000)";
    Ok(driver.execute_async(painted, Vec::new()).await.map(drop)?)
}

/// A port for a program that cannot find a free one itself. Not one that the system gives away: before the program has it, the
/// system may give it to another program, or to a client that connects too early and then reaches itself.
pub fn free_port() -> Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(20_000);
    // Linux gives away those from 32768
    iter::repeat_with(|| NEXT.fetch_add(1, Ordering::Relaxed))
        .take_while(|port| *port < 32_768)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .context("a free port")
}

/// What follows `before` in the output of a program that says it once it is ready.
pub async fn said(child: &mut Child, before: &str) -> Result<String> {
    let mut lines = BufReader::new(child.stdout.take().context("its output is a pipe")?).lines();
    let line = async {
        loop {
            let line = lines.next_line().await?.context("it ended")?;
            if let Some((_, said)) = line.split_once(before) {
                return anyhow::Ok(said.trim_end_matches('.').to_owned());
            }
        }
    };
    let said = timeout(STARTS, line).await.context("it does not say that it is ready")??;
    // its pipe must not fill up
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok(said)
}

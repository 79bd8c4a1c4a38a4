//! The browsers that the cases run in, and the drivers that steer them.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, bail};
use axum::http::Method;
use chromium::{free_port, said};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
use thirtyfour::common::command::{Command, ExtensionCommand};
use thirtyfour::prelude::*;
use tokio::net::TcpStream;
use tokio::process::{self, Child};
use tokio::time::{sleep, timeout};

/// A browser that the cases can run in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Browser {
    Chromium,
    Firefox,
    WebKit,
}

/// How long a browser, or its driver, may take to start on a machine that has much to do.
const STARTS: Duration = Duration::from_secs(60);
/// How long it may take to end before it is ended.
const ENDS: Duration = Duration::from_secs(10);

impl Browser {
    /// The one that `LINK_WIDGET_BROWSER` names; Chromium, if it names none.
    pub fn wanted() -> anyhow::Result<Self> {
        match std::env::var("LINK_WIDGET_BROWSER").as_deref() {
            Err(_) | Ok("chromium") => Ok(Self::Chromium),
            Ok("firefox") => Ok(Self::Firefox),
            Ok("webkit") => Ok(Self::WebKit),
            Ok(other) => {
                bail!("LINK_WIDGET_BROWSER is {other:?}; the cases know: chromium, firefox, webkit")
            }
        }
    }

    /// As `LINK_WIDGET_BROWSER` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Starts it with a fresh profile, and its driver on a free port. What it keeps for its user goes into
    /// `home`.
    pub async fn start(self, home: &Path) -> anyhow::Result<Session> {
        let mut programs = Programs::new(home);
        let mut settings = None;
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let console = home.join(format!("{}-{}", self.name(), STARTED.fetch_add(1, Ordering::Relaxed)));
        let output = fs::File::create(&console)?;
        let driver = match self {
            Self::Chromium => {
                let (child, port) = chromium::driver(|command| programs.prepare(command)).await?;
                programs.keep(child)?;
                let mut wanted = chromium::capabilities(1000, 1100)?;
                // as people have it: a popup needs a click
                wanted.add_exclude_switch("disable-popup-blocking")?;
                wanted.add_arg(&format!("--log-file={}", console.display()))?;
                connect(port, wanted).await?
            }
            Self::Firefox => {
                programs.start(geckodriver(), &["--port=0", "--allow-system-access"], output.into())?;
                let port = written(&console, "Listening on 127.0.0.1:").await?.parse()?;
                let mut wanted = DesiredCapabilities::firefox();
                for argument in ["-headless", "--width=1000", "--height=1100"] {
                    wanted.add_arg(argument)?;
                }
                let mut preferences = FirefoxPreferences::new();
                // as people have it; its driver turns it off
                preferences.set("dom.disable_open_during_load", true)?;
                // it looks for an icon of a page that comes back, which the page's policy then refuses
                preferences.set("browser.chrome.site_icons", false)?;
                preferences.set("devtools.console.stdout.content", true)?;
                wanted.set_preferences(preferences)?;
                connect(port, wanted).await?
            }
            Self::WebKit => {
                // it has no headless mode
                let xvfb = ["-displayfd", "1", "-screen", "0", "1400x1300x24", "-nolisten", "tcp"];
                let display = said(programs.start("Xvfb", &xvfb, Stdio::piped())?, "").await?;
                programs.environment.push(("DISPLAY", format!(":{display}").into()));
                settings = Some(Settings::start(&mut programs, &home.join(format!("xsettings-{display}")))?);
                // its compositor's thread now and then ends in Mesa's software renderer, with the page
                programs.environment.push(("WEBKIT_DISABLE_COMPOSITING_MODE", "1".into()));
                // its driver does not look for a free port by itself
                let port = free_port()?;
                programs.start("WebKitWebDriver", &[&format!("--port={port}")], Stdio::null())?;
                let answers = async {
                    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
                        sleep(Duration::from_millis(20)).await;
                    }
                };
                timeout(STARTS, answers).await.context("WebKitWebDriver does not answer")?;
                let driver = connect(port, Capabilities::new()).await?;
                // its limit for a script is a timer of the page's own, which the cases would count
                send(&driver, "/timeouts", json!({ "script": null })).await?;
                driver.set_window_rect(0, 0, 1000, 1100).await?;
                driver
            }
        };
        Ok(Session { driver, settings, console, programs })
    }

    /// Makes a media feature have a value; an empty one: what the browser does by itself.
    pub async fn prefer(
        self,
        driver: &WebDriver,
        settings: Option<&Settings>,
        feature: &str,
        value: &str,
    ) -> anyhow::Result<()> {
        match self {
            Self::Chromium => {
                let media = json!({ "features": [{ "name": feature, "value": value }] });
                driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await?;
            }
            Self::Firefox => {
                let (preference, on) = match feature {
                    "prefers-reduced-motion" => ("ui.prefersReducedMotion", value == "reduce"),
                    "prefers-color-scheme" => {
                        ("layout.css.prefers-color-scheme.content-override", value != "dark")
                    }
                    "forced-colors" => ("browser.display.document_color_use", value == "active"),
                    "prefers-contrast" => ("browser.display.document_color_use", value == "more"),
                    other => bail!("no preference for {other}"),
                };
                // of the colours 2 stands for the browser's own, which by default are of the highest contrast
                let number = if preference.ends_with("color_use") { 2 * u8::from(on) } else { u8::from(on) };
                let set = match value {
                    "" => format!("Services.prefs.clearUserPref('{preference}')"),
                    _ => format!("Services.prefs.setIntPref('{preference}', {number})"),
                };
                // in the browser itself, and then in the page again
                send(driver, "/moz/context", json!({ "context": "chrome" })).await?;
                driver.execute(set, Vec::new()).await?;
                send(driver, "/moz/context", json!({ "context": "content" })).await?;
            }
            Self::WebKit => {
                let theme = match (feature, value) {
                    ("prefers-color-scheme", "dark") => "Adwaita-dark",
                    ("prefers-contrast", "more") => "HighContrast",
                    _ => "Adwaita",
                };
                let is_still = (feature, value) == ("prefers-reduced-motion", "reduce");
                settings.context("there are settings")?.set(theme, is_still)?;
            }
        }
        Ok(())
    }
}

/// A command that thirtyfour does not have.
#[derive(Debug)]
struct Post(&'static str, Value);

async fn send(driver: &WebDriver, path: &'static str, body: Value) -> WebDriverResult<()> {
    driver.cmd(Command::ExtensionCommand(Box::new(Post(path, body)))).await.map(drop)
}

impl ExtensionCommand for Post {
    fn parameters_json(&self) -> Option<Value> {
        Some(self.1.clone())
    }

    fn method(&self) -> Method {
        Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        self.0.into()
    }
}

/// Where `cargo xtask` has installed it, for which Debian has no package; otherwise any that this machine
/// has.
fn geckodriver() -> PathBuf {
    let installed = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("geckodriver/bin/geckodriver");
    if installed.exists() { installed } else { "geckodriver".into() }
}

/// What follows `before` in the line of a file that a program writes once it is ready.
async fn written(file: &Path, before: &str) -> anyhow::Result<String> {
    let line = async {
        loop {
            let text = fs::read_to_string(file)?;
            // whole lines alone
            let lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
            if let Some((_, said)) = lines.filter_map(|line| line.split_once(before)).next() {
                return anyhow::Ok(said.to_owned());
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(STARTS, line).await.context("it does not say that it is ready")?
}

async fn connect(port: u16, wanted: impl Into<Capabilities>) -> anyhow::Result<WebDriver> {
    let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted);
    timeout(STARTS, driver).await.context("no answer")?.context("the browser does not start")
}

/// A driver and what it needs, in a process group of their own, with which all that they start ends.
struct Programs {
    environment: Vec<(&'static str, OsString)>,
    group: Option<Pid>,
    children: Vec<Child>,
}

/// The groups that run.
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

impl Programs {
    fn new(home: &Path) -> Self {
        Self { environment: vec![("HOME", home.into())], group: None, children: Vec::new() }
    }

    fn start(
        &mut self,
        program: impl AsRef<OsStr>,
        arguments: &[&str],
        output: Stdio,
    ) -> anyhow::Result<&mut Child> {
        let mut command = process::Command::new(&program);
        command.args(arguments).stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
        self.prepare(&mut command);
        let child = command.spawn().with_context(|| {
            format!("cannot run {}: cargo xtask test e2e installs it", program.as_ref().display())
        })?;
        self.keep(child)
    }

    /// Puts a program that is about to start among these.
    fn prepare(&self, command: &mut process::Command) {
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.process_group(self.group.map_or(0, Pid::as_raw));
    }

    fn keep(&mut self, child: Child) -> anyhow::Result<&mut Child> {
        if self.group.is_none() {
            let group = Pid::from_raw(child.id().context("it runs")?.try_into()?);
            GROUPS.lock().unwrap().push(group);
            self.group = Some(group);
        }
        self.children.push(child);
        self.children.last_mut().context("it was pushed")
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // those that have ended already are what is wanted
            let _ = killpg(group, Signal::SIGKILL);
            GROUPS.lock().unwrap().retain(|running| *running != group);
        }
    }
}

/// Ends every browser. They do not hear of Ctrl-C themselves, since they are in groups of their own.
pub fn end_all() {
    for group in GROUPS.lock().unwrap().drain(..) {
        let _ = killpg(group, Signal::SIGKILL);
    }
}

/// What a person has set for all programs, as a desktop tells them. WebKit has no other way to be told.
#[derive(Clone)]
pub struct Settings {
    file: PathBuf,
    teller: Pid,
}

impl Settings {
    fn start(programs: &mut Programs, file: &Path) -> anyhow::Result<Self> {
        fs::write(file, Self::text("Adwaita", false))?;
        let teller =
            programs.start("xsettingsd", &["-c", file.to_str().context("a path")?], Stdio::null())?;
        Ok(Self { file: file.into(), teller: Pid::from_raw(teller.id().context("it runs")?.try_into()?) })
    }

    fn text(theme: &str, is_still: bool) -> String {
        format!("Net/ThemeName \"{theme}\"\nGtk/EnableAnimations {}\n", u8::from(!is_still))
    }

    fn set(&self, theme: &str, is_still: bool) -> anyhow::Result<()> {
        fs::write(&self.file, Self::text(theme, is_still))?;
        kill(self.teller, Signal::SIGHUP).context("it reads its file again")
    }
}

/// A running browser. Used for many cases, one after the other.
pub struct Session {
    pub driver: WebDriver,
    pub settings: Option<Settings>,
    /// What the browser writes, with what its pages say to the console. WebKit writes nothing of those: the
    /// pages of its driver are private ones.
    pub console: PathBuf,
    programs: Programs,
}

impl Session {
    /// Ends the browser, its driver and all that they have started.
    pub async fn end(mut self) {
        let _ = timeout(ENDS, self.driver.quit()).await;
        if let Some(group) = self.programs.group {
            // an X server takes its lock file with it
            let _ = killpg(group, Signal::SIGTERM);
        }
        for child in &mut self.programs.children {
            let _ = timeout(ENDS, child.wait()).await;
        }
    }
}

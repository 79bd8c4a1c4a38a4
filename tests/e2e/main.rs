//! The package in a real browser, driven through WebDriver: the demo with the sandbox's pages, and pages that do as they
//! are told for what no provider would do. `LINK_WIDGET_BROWSER` names the browser.
//!
//! Each case has a page of its own; at most two browsers run. A case that fails leaves a screenshot in `target/e2e/`.

mod axe;
mod browser;
mod page;
mod site;
mod cases {
    pub mod controller;
    pub mod demo;
    pub mod dialog;
    pub mod embed;
    pub mod events;
    pub mod flinks;
    pub mod hostile;
    pub mod messages;
    pub mod options;
    pub mod policy;
    pub mod popups;
    pub mod providers;
    pub mod redirect;
    pub mod trap;
}

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::Context;
use browser::{Browser, Session};
use libtest_mimic::{Arguments, Failed, Trial};
use page::{Case, Page};
use sandbox::{Config, Sandbox};
use site::Origins;
use tokio::runtime::{Builder, Runtime};

/// As many as there are cores to run them on.
const BROWSERS: usize = 2;

/// What all cases share.
struct World {
    runtime: Runtime,
    browser: Browser,
    origins: Arc<Origins>,
    sandbox: Sandbox,
    /// Browsers that no case is using.
    idle: Mutex<Vec<Session>>,
    screenshots: PathBuf,
    /// The home folder of the browsers.
    home: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(arguments.test_threads.unwrap_or(BROWSERS).min(BROWSERS));
    let world = Arc::new(World::new()?);
    world.runtime.spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            browser::end_all();
            std::process::exit(130);
        }
    });
    let groups = [
        ("demo", cases::demo::cases()),
        ("providers", cases::providers::cases()),
        ("popups", cases::popups::cases()),
        ("controller", cases::controller::cases()),
        ("options", cases::options::cases()),
        ("dialog", cases::dialog::cases()),
        ("hostile", cases::hostile::cases()),
        ("redirect", cases::redirect::cases()),
        ("flinks", cases::flinks::cases()),
        ("embed", cases::embed::cases()),
        ("messages", cases::messages::cases()),
        ("policy", cases::policy::cases()),
        ("trap", cases::trap::cases()),
        ("events", cases::events::cases()),
    ];
    let trials = groups.into_iter().flat_map(|(group, cases)| {
        let world = &world;
        cases.into_iter().map(move |case| {
            let world = world.clone();
            Trial::test(format!("{group}: {}", case.name), move || world.run(case))
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    let idle = std::mem::take(&mut *world.idle.lock().unwrap());
    world.runtime.block_on(async {
        for session in idle {
            session.end().await;
        }
    });
    conclusion.exit()
}

impl World {
    fn new() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("a repository")?;
        anyhow::ensure!(root.join("pkg/index.js").exists(), "there is no pkg/: run cargo xtask build");
        let screenshots = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e");
        let home = screenshots.join("home");
        std::fs::create_dir_all(&home)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let origins = Arc::new(runtime.block_on(site::serve(root.into()))?);
        let sandbox = Sandbox::start(Config { root: root.into(), ..Config::default() })?;
        Ok(Self {
            runtime,
            browser: Browser::wanted()?,
            origins,
            sandbox,
            idle: Mutex::default(),
            screenshots,
            home,
        })
    }

    fn run(&self, case: Case) -> Result<(), Failed> {
        self.runtime.block_on(async {
            let idle = self.idle.lock().unwrap().pop();
            let session = match idle {
                Some(session) => session,
                None => self.browser.start(&self.home).await.map_err(|error| format!("{error:?}"))?,
            };
            let page = Page {
                driver: session.driver.clone(),
                browser: self.browser,
                origins: self.origins.clone(),
                demo: self.sandbox.merchant.clone(),
            };
            // a task of its own, so that a panic ends there
            match tokio::spawn((case.run)(page)).await {
                Ok(()) => {
                    self.idle.lock().unwrap().push(session);
                    Ok(())
                }
                Err(error) => {
                    let name: String =
                        case.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
                    let path = self.screenshots.join(format!("{name}.png"));
                    let shot = session.driver.screenshot(&path).await;
                    // nobody knows what it has left behind
                    session.end().await;
                    let panic = error.into_panic();
                    let said = panic
                        .downcast_ref::<String>()
                        .map(String::as_str)
                        .or_else(|| panic.downcast_ref::<&str>().copied());
                    let shot = shot.map_or_else(|error| error.to_string(), |()| path.display().to_string());
                    Err(format!("{}\nscreenshot: {shot}", said.unwrap_or("it panicked")).into())
                }
            }
        })
    }
}

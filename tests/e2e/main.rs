//! The package in a real browser, driven through WebDriver: the demo with the sandbox's pages, and pages that
//! do as they are told for what no provider would do. `LINK_WIDGET_BROWSER` names the browser,
//! `LINK_WIDGET_ENTRY` the package's entry. `LINK_WIDGET_CASES=smoke` leaves out all cases but those of
//! [`smoke`].
//!
//! [`runs`] says which cases run where, and [`cannot`] what a browser cannot do. Each case has a page of its
//! own; at most three browsers run. A case that fails leaves what [`failed`] says.

mod axe;
mod browser;
mod cannot;
mod failed;
mod page;
mod person;
mod picture;
mod runs;
mod scripts;
mod site;
mod smoke;
mod vectors;
mod cases {
    pub mod access;
    pub mod demo;
    pub mod failures;
    pub mod looks;
    pub mod popups;
    pub mod providers;
    pub mod reconnect;
    pub mod redirect;
    pub mod remains;
    pub mod shops;
    pub mod threats;
    pub mod warm;
}

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use browser::{Browser, Session};
use demo::{Config, Demo};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use page::{Case, Page};
use site::Origins;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

/// One more than there are cores to run them on, since each waits now and then.
const BROWSERS: usize = 3;

/// What all cases share.
struct World {
    runtime: Runtime,
    browser: Browser,
    origins: Arc<Origins>,
    demo: Demo,
    /// Browsers that no case is using.
    idle: Mutex<Vec<Session>>,
    /// The file of the package that the pages import.
    entry: &'static str,
    /// Where failed cases leave something.
    failed: PathBuf,
    /// The home folder of the browsers.
    home: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(arguments.test_threads.unwrap_or(BROWSERS).min(BROWSERS));
    let world = Arc::new(World::new()?);
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let mut signals = world.runtime.block_on(async { signal(kind) })?;
        world.runtime.spawn(async move {
            signals.recv().await;
            browser::end_all();
            // as a shell reports it
            std::process::exit(128 + kind.as_raw_value());
        });
    }
    let in_rust = [
        ("access", cases::access::cases()),
        ("demo", cases::demo::cases()),
        ("failures", cases::failures::cases()),
        ("looks", cases::looks::cases(world.draws())),
        ("popups", cases::popups::cases()),
        ("providers", cases::providers::cases()),
        ("reconnect", cases::reconnect::cases()),
        ("redirect", cases::redirect::cases()),
        ("remains", cases::remains::cases()),
        ("shops", cases::shops::cases()),
        ("threats", cases::threats::cases()),
        ("warm", cases::warm::cases()),
    ];
    let in_rust = in_rust
        .into_iter()
        .flat_map(|(group, cases)| cases.into_iter().map(move |case| (group.to_owned(), case)));
    let all = scripts::cases()?.into_iter().chain(in_rust);
    let cases: Vec<_> = all.map(|(group, case)| (format!("{group}: {}", case.name), case)).collect();
    let names = cases.iter().map(|(name, _)| name.as_str());
    cannot::check(names.clone())?;
    smoke::check(names.clone())?;
    runs::check(names)?;
    let is_wanted = smoke::wanted()?;
    let mut groups_begun = HashSet::new();
    // `--include-ignored`: to see whether it can by now
    let tries_all = arguments.include_ignored;
    let trials = cases.into_iter().filter(|(name, _)| is_wanted(name)).map(|(name, case)| {
        let world = world.clone();
        let is_first = groups_begun.insert(name.split(':').next().map(str::to_owned));
        let elsewhere = || runs::elsewhere(world.browser, world.entry, &name, is_first).map(str::to_owned);
        let reason = cannot::reason(world.browser, world.entry, &name).or_else(elsewhere);
        let reason = reason.filter(|_| !tries_all);
        let full = name.clone();
        Trial::ignorable_test(name, move || match reason {
            Some(reason) => Ok(Completion::ignored_with(reason)),
            None => world.run(&full, case).map(|()| Completion::Completed),
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
        let browser = Browser::wanted()?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let entry = match std::env::var("LINK_WIDGET_ENTRY").as_deref() {
            Err(_) | Ok("index") => "index.js",
            Ok("csp") => "csp.js",
            Ok(other) => anyhow::bail!("LINK_WIDGET_ENTRY is {other:?}; the cases know: index, csp"),
        };
        let origins = Arc::new(runtime.block_on(site::serve(root.into(), entry))?);
        let without_webassembly = entry == "csp.js";
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e");
        let failed = folder.join(if without_webassembly { "csp" } else { browser.name() });
        let home = failed.join("home");
        // nothing of an earlier run
        let _ = fs::remove_dir_all(&failed);
        fs::create_dir_all(&home)?;
        // they come one by one, and the cases wait for theirs
        let webhook_delay = Duration::from_millis(10);
        let sandbox = sandbox::Config { webhook_delay, ..sandbox::Config::default() };
        let demo =
            Demo::start(Config { sandbox, root: root.into(), without_webassembly, ..Config::default() })?;
        Ok(Self { runtime, browser, entry, origins, demo, idle: Mutex::default(), failed, home })
    }

    /// Whether this run is the one that takes the documentation's pictures.
    fn draws(&self) -> bool {
        self.browser == Browser::Chromium && self.entry == "index.js"
    }

    fn run(&self, name: &str, case: Case) -> Result<(), Failed> {
        self.runtime.block_on(async {
            let idle = self.idle.lock().unwrap().pop();
            let session = match idle {
                Some(session) => session,
                None => self.browser.start(&self.home).await.map_err(|error| format!("{error:?}"))?,
            };
            let before = failed::length(&session);
            let page = Page {
                driver: session.driver.clone(),
                browser: self.browser,
                settings: session.settings.clone(),
                origins: self.origins.clone(),
                demo: self.demo["merchant"].clone(),
                providers: (*self.demo).clone(),
            };
            let run = async {
                page.forgets_history().await;
                (case.run)(page).await;
            };
            // a task of its own, so that a panic ends there
            match tokio::spawn(run).await {
                Ok(()) => {
                    self.idle.lock().unwrap().push(session);
                    Ok(())
                }
                Err(error) => {
                    let kept = failed::keep(&session, before, &self.failed, name).await;
                    // nobody knows what it has left behind
                    session.end().await;
                    let panic = error.into_panic();
                    let said = panic
                        .downcast_ref::<String>()
                        .map(String::as_str)
                        .or_else(|| panic.downcast_ref::<&str>().copied());
                    Err(format!("{}\n{kept}", said.unwrap_or("it panicked")).into())
                }
            }
        })
    }
}

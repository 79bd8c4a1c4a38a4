//! Ctrl-C, and any other request to end, ends every process that was started, browsers included.

use std::fs;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::temporary;

static ENDING: AtomicBool = AtomicBool::new(false);

/// What a shell reports for a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;
const TIME_TO_END: Duration = Duration::from_secs(3);

/// From here on SIGINT, SIGTERM and SIGHUP end this process and all its descendants.
pub fn end_everything_on_ctrl_c() -> Result<()> {
    ctrlc::set_handler(|| {
        ENDING.store(true, Ordering::SeqCst);
        end_descendants();
        temporary::remove();
        process::exit(INTERRUPTED);
    })
    .context("cannot listen for Ctrl-C")
}

/// Does not return if this process is being ended: a child that failed because of that is no news.
pub fn wait_if_ending() {
    // the terminal signals the children at the same moment, and one of them may have been faster
    thread::sleep(Duration::from_millis(200));
    while ENDING.load(Ordering::SeqCst) {
        thread::park();
    }
}

fn end_descendants() {
    // collected before anything ends: the children of a process that has ended are no longer known as its children
    let descendants = descendants();
    let signal_all = |signal| {
        for pid in &descendants {
            // those that have ended already are what is wanted
            let _ = kill(*pid, signal);
        }
    };
    signal_all(Signal::SIGTERM);
    let start = Instant::now();
    while start.elapsed() < TIME_TO_END && descendants.iter().any(|pid| is_running(*pid)) {
        thread::sleep(Duration::from_millis(20));
    }
    signal_all(Signal::SIGKILL);
}

fn descendants() -> Vec<Pid> {
    let parents: Vec<(Pid, Pid)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid| Some((Pid::from_raw(pid), status(Pid::from_raw(pid))?.parent)))
        .collect();
    let mut found = vec![Pid::this()];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    found.split_off(1)
}

fn is_running(pid: Pid) -> bool {
    status(pid).is_some_and(|status| status.state != 'Z')
}

struct Status {
    state: char,
    parent: Pid,
}

/// From /proc/<pid>/stat: `<pid> (<name, which may hold anything>) <state> <parent> ...`.
fn status(pid: Pid) -> Option<Status> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some(Status {
        state: fields.next()?.chars().next()?,
        parent: Pid::from_raw(fields.next()?.parse().ok()?),
    })
}

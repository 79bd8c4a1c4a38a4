//! The code that the demo's page prints.

#[path = "../../sandbox/tests/common/mod.rs"]
mod common;
mod shop;

use std::process::Command;

use shop::{bench, config};

#[test]
fn every_sample_is_a_module() {
    let bench = bench(config());
    let mut node = Command::new("node");
    node.args(["--experimental-vm-modules", "--no-warnings", "--test", "samples.test.mjs"]);
    node.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"));
    let done = node.env("LINK_WIDGET_DEMO", bench.merchant("")).output().expect("there is Node");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

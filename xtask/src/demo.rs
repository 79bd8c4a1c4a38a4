//! `cargo xtask demo`.

use std::thread;

use anyhow::Result;
use clap::Args;

use crate::command::{cargo, command, hear, step, succeeds};
use crate::wasm_toolchain::Choice;
use crate::{build, paths};

/// What a person may ask of the demo.
#[derive(Args)]
pub struct Options {
    /// Open the shop in the default browser
    #[arg(long)]
    open: bool,
    /// The shop's port [default: any free one]
    #[arg(long)]
    port: Option<u16>,
}

/// Builds the package, then runs the shop until Ctrl-C.
pub fn demo(choice: Choice, options: &Options) -> Result<()> {
    build::build(choice)?;

    step("Starting the shop and its simulated providers (the first time compiles them)");
    let mut demo = cargo();
    demo.args(["run", "--package", "demo", "--", "--root"]).arg(paths::root());
    if let Some(port) = options.port {
        demo.arg("--port").arg(port.to_string());
    }

    let mut unopened = options.open;
    hear(demo, |text| {
        println!("{text}");
        // the first address of this machine is the shop's; those that cargo may name are https
        if let Some(address) = text.split_whitespace().find(|word| word.starts_with("http:"))
            && std::mem::take(&mut unopened)
        {
            open(address.to_owned());
        }
    })
}

fn open(address: String) {
    // not waited for: without a desktop it is the browser itself
    thread::spawn(move || {
        let mut browser = command("xdg-open");
        browser.arg(&address);
        if !succeeds(browser) {
            println!("No browser could be opened: go to {address}");
        }
    });
}

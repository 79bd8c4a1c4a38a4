//! Runs the sandbox from a terminal, until Ctrl-C.

use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use sandbox::{Config, FiskilAccount, Sandbox};

/// The open-banking providers simulated on loopback, and the demo merchant that uses them.
///
/// FISKIL_CLIENT_ID, FISKIL_CLIENT_SECRET and FISKIL_WEBHOOK_SECRET, and where they differ from the provider's own
/// FISKIL_BASE_URL and FISKIL_AUTH_SERVER, make the merchant use the real Fiskil instead.
#[derive(Parser)]
struct Arguments {
    /// The merchant's port; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The repository, from which www/ and pkg/ are served
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Print the origins as one line of JSON, and everything else to the standard error
    #[arg(long)]
    json: bool,
}

fn main() -> anyhow::Result<()> {
    let Arguments { port, root, json } = Arguments::parse();
    let fiskil = FiskilAccount::from_env()?;
    let live = fiskil.is_some();
    let sandbox = Sandbox::start(Config { root, port, fiskil, ..Config::default() })?;
    let mut lines = format!("Merchant  {}\n", sandbox.merchant);
    if live {
        lines += "Fiskil    the real one, with the credentials in the environment\n";
    } else {
        lines += &format!("Fiskil    {}\n", sandbox.fiskil);
    }
    lines += "Ctrl-C ends it.";
    if json {
        eprintln!("{lines}");
        println!("{}", serde_json::to_string(&sandbox.origins())?);
    } else {
        println!("{lines}");
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(tokio::signal::ctrl_c())
        .context("cannot wait for Ctrl-C")?;
    sandbox.stop();
    Ok(())
}

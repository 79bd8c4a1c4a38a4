//! Runs the sandbox from a terminal, until Ctrl-C.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use sandbox::{
    Config, FimentoAccount, FinqlinkAccount, FinxAccount, FiskilAccount, FlinksAccount, Sandbox, Scenarios,
};

/// The open-banking providers simulated on loopback, and the demo merchant that uses them.
///
/// FISKIL_CLIENT_ID, FISKIL_CLIENT_SECRET and FISKIL_WEBHOOK_SECRET, and where they differ from the provider's own
/// FISKIL_BASE_URL and FISKIL_AUTH_SERVER, make the merchant use the real Fiskil instead.
///
/// FLINKS_INSTANCE, FLINKS_CUSTOMER_ID and FLINKS_SECRET_KEY do so for Flinks; FLINKS_API_KEY, FLINKS_API_URL and
/// FLINKS_CONNECT_URL may be added.
///
/// FINX_CLIENT_ID and FINX_CLIENT_SECRET do so for finX; FINX_BASE_URL may be added.
///
/// FINQLINK_CLIENT_ID, FINQLINK_PRIVATE_KEY_FILE (PEM), FINQLINK_KEY_ID and FINQLINK_BASE_URL do so for FinqLink;
/// FINQLINK_TOKEN_URL and FINQLINK_WEBHOOK_URL may be added.
///
/// FIMENTO_NAME, FIMENTO_PASSWORD, FIMENTO_PARTNER_BANK_ID and FIMENTO_BASE_URL do so for Fimento; FIMENTO_WEBHOOK_URL
/// may be added.
///
/// What each simulated provider got and sent is at GET /__sandbox/log of its origin, all of it at the merchant's.
#[derive(Parser)]
struct Arguments {
    /// The merchant's port; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// What the providers' pages do by themselves, instead of waiting for a person
    ///
    /// NAME is for every provider that has such a scenario, PROVIDER=NAME for one: `--scenario success`, `--scenario
    /// denied --scenario finx=cancel`. The later of two counts, and a `scenario` in the body of the call that creates
    /// a session counts more than both. What there is: GET /api/providers of the merchant, or any unknown name.
    #[arg(long = "scenario", value_name = "[PROVIDER=]NAME")]
    scenarios: Vec<String>,
    /// The repository, from which the demo page (www/) and the npm package (pkg/) are served; the rest works without
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Let the merchant's policy refuse WebAssembly: its page then has link-widget/csp
    #[arg(long)]
    without_webassembly: bool,
    /// Print the origins as one line of JSON, and everything else to the standard error
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // not its Debug form: a backtrace through this program helps nobody
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(Arguments { port, scenarios, root, without_webassembly, json }: Arguments) -> anyhow::Result<()> {
    let scenarios = Scenarios::choose(scenarios.iter().map(String::as_str))?;
    let played = scenarios.chosen();
    let fiskil = FiskilAccount::from_env()?;
    let flinks = FlinksAccount::from_env()?;
    let finx = FinxAccount::from_env()?;
    let finqlink = FinqlinkAccount::from_env()?;
    let fimento = FimentoAccount::from_env()?;
    let live = [fiskil.is_some(), flinks.is_some(), finx.is_some(), finqlink.is_some(), fimento.is_some()];
    let config = Config {
        root,
        without_webassembly,
        port,
        scenarios,
        fiskil,
        flinks,
        finx,
        finqlink,
        fimento,
        ..Config::default()
    };
    let has_demo = config.has_demo();
    let sandbox = Sandbox::start(config)?;
    let without = if has_demo { "" } else { ", without the demo page: no www/ in --root" };
    let mut lines = format!("Merchant  {}{without}\n", sandbox.merchant);
    let simulated = [
        ("Fiskil", &sandbox.fiskil),
        ("Flinks", &sandbox.flinks),
        ("finX", &sandbox.finx),
        ("FinqLink", &sandbox.finqlink),
        ("Fimento", &sandbox.fimento),
    ];
    for (((name, origin), live), (_, played)) in simulated.into_iter().zip(live).zip(played) {
        let place = if live { "the real one, with the credentials in the environment" } else { origin };
        let plays = played.map_or_else(String::new, |scenario| format!(", plays {scenario}"));
        lines += &format!("{name:<10}{place}{plays}\n");
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

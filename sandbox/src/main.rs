//! Runs the sandbox from a terminal, until Ctrl-C.

use std::future::pending;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use sandbox::{
    Config, FimentoAccount, FinqlinkAccount, FinxAccount, FiskilAccount, FlinksAccount, Ports, PublicKey,
    Receiver, Sandbox, Scenarios,
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
/// What each simulated provider got and sent is at GET /__sandbox/log of its origin, all of it at the merchant's. POST
/// /__sandbox/reset forgets what a provider knows, at the merchant's what all know.
#[derive(Parser)]
#[command(name = "link-widget-sandbox", version)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option that is there or not")]
struct Arguments {
    /// The merchant's port; the providers take those that follow, in the order above. 0: any free ones
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The port of one: `merchant`, a provider, or `stranger`
    #[arg(long, value_name = "NAME=PORT", value_delimiter = ',')]
    ports: Vec<String>,
    /// Where to listen. In a container 0.0.0.0, whose ports are then those of `localhost`
    #[arg(long, default_value_t = Ipv4Addr::LOCALHOST.into())]
    host: IpAddr,
    /// What the providers' pages do by themselves, instead of waiting for a person
    ///
    /// NAME is for every provider that has such a scenario, PROVIDER=NAME for one: `--scenario success`, `--scenario
    /// denied --scenario finx=cancel`. The later of two counts, and a `scenario` in the body of the call that creates
    /// a session counts more than both. What there is: GET /api/providers of the merchant, or any unknown name.
    #[arg(long = "scenario", value_name = "[PROVIDER=]NAME")]
    scenarios: Vec<String>,
    /// The providers alone, for a back end of your own
    #[arg(long)]
    without_merchant: bool,
    /// Where a provider sends its webhooks, beside the merchant: `--webhook fiskil=http://127.0.0.1:3000/hooks`
    ///
    /// PROVIDER is fiskil, finqlink or fimento. May be repeated.
    #[arg(long = "webhook", value_name = "PROVIDER=URL")]
    webhooks: Vec<Receiver>,
    /// A public key of your back end's, as PEM or as a JWK: `--public-key finqlink=public.key.json`. May be repeated
    #[arg(long = "public-key", value_name = "finqlink=FILE", value_parser = read_key)]
    public_keys: Vec<PublicKey>,
    /// The repository, from which the demo page (www/) and the npm package (pkg/) are served; the rest works without
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Let the merchant's policy refuse WebAssembly: its page then has link-widget/csp
    #[arg(long)]
    without_webassembly: bool,
    /// Print the origins as one line of JSON, and everything else to the standard error
    #[arg(long)]
    json: bool,
    /// Print nothing but that line, and errors
    #[arg(long)]
    quiet: bool,
    /// End after so many seconds
    #[arg(long, value_name = "SECONDS")]
    lifetime: Option<u64>,
    /// End when the standard input does: give it a pipe, which closes with the program that holds the other end
    #[arg(long)]
    with_parent: bool,
}

/// Clap shows an error without its causes.
fn read_key(text: &str) -> Result<PublicKey, String> {
    PublicKey::of_option(text).map_err(|error| format!("{error:#}"))
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

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut ports = Ports::from(arguments.port)?;
    for port in &arguments.ports {
        ports.set(port)?;
    }
    let scenarios = Scenarios::choose(arguments.scenarios.iter().map(String::as_str))?;
    let played = scenarios.chosen();
    let fiskil = FiskilAccount::from_env()?;
    let flinks = FlinksAccount::from_env()?;
    let finx = FinxAccount::from_env()?;
    let finqlink = FinqlinkAccount::from_env()?;
    let fimento = FimentoAccount::from_env()?;
    let live = [fiskil.is_some(), flinks.is_some(), finx.is_some(), finqlink.is_some(), fimento.is_some()];
    let config = Config {
        host: arguments.host,
        ports,
        with_merchant: !arguments.without_merchant,
        root: arguments.root,
        without_webassembly: arguments.without_webassembly,
        scenarios,
        webhooks: arguments.webhooks,
        public_keys: arguments.public_keys,
        fiskil,
        flinks,
        finx,
        finqlink,
        fimento,
        ..Config::default()
    };
    let has_demo = config.has_demo();
    let sandbox = Sandbox::start(config)?;
    let mut lines = String::new();
    if !arguments.without_merchant {
        let without = if has_demo { "" } else { ", without the demo page: no www/ in --root" };
        lines += &format!("Merchant  {}{without}\n", sandbox.merchant);
    }
    let simulated = [
        ("Fiskil", &sandbox.fiskil),
        ("Flinks", &sandbox.flinks),
        ("finX", &sandbox.finx),
        ("FinqLink", &sandbox.finqlink),
        ("Fimento", &sandbox.fimento),
    ];
    for (((name, origin), live), (_, played)) in simulated.into_iter().zip(live).zip(played) {
        let is_live = live && !arguments.without_merchant;
        let place = if is_live { "the real one, with the credentials in the environment" } else { origin };
        let plays = played.map_or_else(String::new, |scenario| format!(", plays {scenario}"));
        lines += &format!("{name:<10}{place}{plays}\n");
    }
    lines += "Ctrl-C ends it.";
    if arguments.json {
        println!("{}", serde_json::to_string(&*sandbox)?);
    }
    match (arguments.quiet, arguments.json) {
        (true, _) => {}
        (false, true) => eprintln!("{lines}"),
        (false, false) => println!("{lines}"),
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(until_asked_to_end(arguments.lifetime.map(Duration::from_secs), arguments.with_parent))?;
    sandbox.stop();
    Ok(())
}

/// Waits for the first of all that ends it.
async fn until_asked_to_end(lifetime: Option<Duration>, with_parent: bool) -> anyhow::Result<()> {
    let lived = async {
        match lifetime {
            Some(lifetime) => tokio::time::sleep(lifetime).await,
            None => pending().await,
        }
    };
    let parent_ended = async { if with_parent { input_closed().await } else { pending().await } };
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.context("cannot wait for Ctrl-C"),
        result = terminated() => result,
        () = lived => Ok(()),
        () = parent_ended => Ok(()),
    }
}

/// Waits for the end of the standard input, on a thread of its own: nothing can call a read of it back.
async fn input_closed() {
    let (closed, is_closed) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = closed.send(());
    });
    let _ = is_closed.await;
}

/// Waits for the signal by which containers and process managers end a program.
#[cfg(unix)]
async fn terminated() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?.recv().await;
    Ok(())
}

#[cfg(not(unix))]
async fn terminated() -> anyhow::Result<()> {
    pending().await
}

//! Runs the sandbox from a terminal, until Ctrl-C.

use std::collections::BTreeMap;
use std::future::pending;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use demo::{Config, Demo};
use sandbox::{Origins, PROVIDERS, PublicKey, Receiver, Sandbox, options};

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
    #[arg(long = "webhook", value_name = "PROVIDER=URL", value_parser = read_receiver)]
    webhooks: Vec<Receiver>,
    /// A public key of your back end's, as PEM or as a JWK: `--public-key finqlink=public.key.json`. May be repeated
    #[arg(long = "public-key", value_name = "PROVIDER=FILE", value_parser = read_key)]
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

// Clap shows an error without its causes.

fn read_key(text: &str) -> Result<PublicKey, String> {
    options::public_key(text).map_err(|error| format!("{error:#}"))
}

fn read_receiver(text: &str) -> Result<Receiver, String> {
    options::receiver(text).map_err(|error| format!("{error:#}"))
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

/// What is served, until this is dropped.
enum Running {
    Demo(Demo),
    Providers(Sandbox),
}

impl Running {
    fn origins(&self) -> &Origins {
        match self {
            Self::Demo(demo) => demo,
            Self::Providers(sandbox) => sandbox.origins(),
        }
    }

    /// Whether the shop uses the real provider.
    fn is_live(&self, id: &str) -> bool {
        matches!(self, Self::Demo(demo) if demo.live.contains(&id))
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let (port, ports) = ports(&arguments)?;
    let scenarios = options::scenarios(arguments.scenarios.iter().map(String::as_str))?;
    let of_sandbox = sandbox::Config {
        host: arguments.host,
        ports,
        scenarios: scenarios.clone(),
        webhooks: arguments.webhooks,
        public_keys: arguments.public_keys,
        ..sandbox::Config::default()
    };
    let mut lines = String::new();
    let running = if arguments.without_merchant {
        Running::Providers(Sandbox::start(&of_sandbox)?)
    } else {
        let config = Config {
            sandbox: of_sandbox,
            port,
            root: arguments.root,
            without_webassembly: arguments.without_webassembly,
            // a name or a value that is no text is none of ours
            environment: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        };
        let without = if config.has_demo() { "" } else { ", without the demo page: no www/ in --root" };
        let demo = Demo::start(config)?;
        lines += &format!("{:<15} {}{without}\n", "Merchant", demo["merchant"]);
        Running::Demo(demo)
    };
    for provider in PROVIDERS {
        let place = if running.is_live(provider.id) {
            "the real one, with the credentials in the environment"
        } else {
            &running.origins()[provider.id]
        };
        let plays = scenarios.get(provider.id).map(|name| format!(", plays {name}")).unwrap_or_default();
        lines += &format!("{:<15} {place}{plays}\n", provider.name);
    }
    lines += "Ctrl-C ends it.";
    if arguments.json {
        println!("{}", serde_json::to_string(running.origins())?);
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
    drop(running);
    Ok(())
}

/// The merchant's port and the providers', which follow it unless `--ports` names them.
fn ports(arguments: &Arguments) -> anyhow::Result<(u16, BTreeMap<&'static str, u16>)> {
    let mut port = arguments.port;
    let mut ports = options::ports(port.checked_add(u16::from(port > 0)).unwrap_or_default())
        .ok()
        .filter(|ports| port == 0 || !ports.is_empty())
        .with_context(|| {
            format!("--port {port} leaves no ports for the providers: it must be at most 65529")
        })?;
    for text in &arguments.ports {
        let (name, wanted) =
            text.split_once('=').with_context(|| format!("--ports takes NAME=PORT, not `{text}`"))?;
        let wanted = wanted.parse().with_context(|| format!("`{wanted}` is no port, in --ports {text}"))?;
        if name == "merchant" {
            port = wanted;
            continue;
        }
        let known = options::names().find(|known| *known == name).with_context(|| {
            let names: Vec<_> = options::names().collect();
            format!("--ports knows no `{name}`: it must be one of merchant, {}", names.join(", "))
        })?;
        ports.insert(known, wanted);
    }
    Ok((port, ports))
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

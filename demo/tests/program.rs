//! The program itself, as a person or the tests of an app start it.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// So that it cannot hang, on a machine that has much to do.
const LIMIT: Duration = Duration::from_secs(60);
const NAMES: [&str; 7] = ["merchant", "fiskil", "flinks", "finx", "finqlink", "fimento", "stranger"];

/// The first of seven free ports in a row.
fn free_ports() -> u16 {
    let is_free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    // Below those that the system gives out by itself.
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    (first..).step_by(7).find(|&first| (first..first + 7).all(is_free)).unwrap()
}

fn program(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_link-widget-sandbox"));
    program.args(arguments).args(["--root", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/site")]);
    // with credentials it would speak to the real providers
    program.env_clear();
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    program
}

/// Starts it, and gives the origins that it prints.
async fn started(mut program: Command) -> (Child, Value) {
    let mut child = program.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let line = timeout(LIMIT, lines.next_line()).await.expect("it says something").unwrap();
    let origins = serde_json::from_str(&line.expect("a line")).unwrap();
    (child, origins)
}

async fn ended(child: &mut Child) -> ExitStatus {
    timeout(LIMIT, child.wait()).await.expect("it ends").unwrap()
}

async fn answers(url: &str) -> bool {
    timeout(LIMIT, reqwest::get(url)).await.expect("it answers or is not there").is_ok()
}

#[tokio::test]
async fn one_line_of_json_says_where_everything_listens() {
    let port = free_ports();
    let (mut child, origins) = started(program(&["--json", "--port", &port.to_string()])).await;
    for (name, port) in NAMES.into_iter().zip(port..) {
        assert_eq!(origins[name], format!("http://127.0.0.1:{port}"), "{name}");
    }
    let url = format!("http://127.0.0.1:{port}/api/providers");
    assert_eq!(reqwest::get(url).await.unwrap().status(), 200);
    child.kill().await.unwrap();
    let mut rest = String::new();
    child.stdout.take().unwrap().read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "", "and nothing else");
}

#[tokio::test]
async fn the_providers_alone_at_a_port_that_is_named() {
    let port = free_ports();
    let named = format!("finx={port}");
    let (mut child, origins) =
        started(program(&["--json", "--quiet", "--without-merchant", "--ports", &named])).await;
    let mut names: Vec<_> = origins.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_by_key(|name| NAMES.iter().position(|known| known == name));
    assert_eq!(names, NAMES[1..]);
    assert_eq!(origins["finx"], format!("http://127.0.0.1:{port}"));
    assert!(answers(&format!("http://127.0.0.1:{port}/__sandbox/log")).await);
    child.kill().await.unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "", "it is quiet");
}

#[tokio::test]
async fn everywhere_it_is_reached_as_localhost() {
    let (_child, origins) = started(program(&["--json", "--host", "0.0.0.0"])).await;
    let merchant = origins["merchant"].as_str().unwrap();
    assert!(merchant.starts_with("http://localhost:"), "{merchant}");
    assert!(answers(&format!("{merchant}/api/providers")).await);
}

#[tokio::test]
async fn it_ends_when_it_is_told_to() {
    let (mut child, _) = started(program(&["--json", "--lifetime", "1"])).await;
    assert!(ended(&mut child).await.success(), "after its lifetime");

    let mut with_parent = program(&["--json", "--with-parent"]);
    with_parent.stdin(Stdio::piped());
    let (mut child, origins) = started(with_parent).await;
    let fiskil = origins["fiskil"].as_str().unwrap();
    assert!(answers(fiskil).await);
    drop(child.stdin.take());
    assert!(ended(&mut child).await.success(), "with its parent");
    assert!(!answers(fiskil).await);

    let (mut child, _) = started(program(&["--json"])).await;
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    assert!(ended(&mut child).await.success(), "by SIGTERM");
}

#[tokio::test]
async fn it_says_its_version_and_what_is_wrong() {
    let version = program(&["--version"]).output().await.unwrap();
    assert_eq!(
        String::from_utf8_lossy(&version.stdout).trim(),
        concat!("link-widget-sandbox ", env!("CARGO_PKG_VERSION"))
    );
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let taken = (TcpListener::bind((Ipv4Addr::LOCALHOST, taken)).unwrap(), format!("fiskil={taken}"));
    for (arguments, says) in [
        (["--ports", taken.1.as_str()], "cannot listen on 127.0.0.1:"),
        (["--ports", "fiscal=4000"], "must be one of merchant, fiskil"),
        (["--port", "65535"], "must be at most 65529"),
        (["--scenario", "sucess"], "there is no scenario `sucess`"),
    ] {
        let output = program(&arguments).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(says), "{arguments:?}: {said}");
    }
}

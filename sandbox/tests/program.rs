//! The program itself, as a person or the tests of an app start it.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

/// So that it cannot hang, on a machine that has much to do.
const LIMIT: Duration = Duration::from_secs(60);

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn one_line_of_json_says_where_everything_listens() {
    let port = free_port();
    let mut program = Command::new(env!("CARGO_BIN_EXE_sandbox"));
    program.args(["--json", "--port", &port.to_string()]);
    program.args(["--root", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/site")]);
    // with credentials it would speak to the real providers
    program.env_clear();
    program.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = program.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = timeout(LIMIT, lines.next_line()).await.expect("it says something").unwrap();
    let origins: Value = serde_json::from_str(&line.expect("a line")).unwrap();

    assert_eq!(origins["merchant"], format!("http://127.0.0.1:{port}"));
    for name in ["fiskil", "flinks", "finx", "finqlink", "fimento", "stranger"] {
        let origin = origins[name].as_str().unwrap_or_default();
        assert!(origin.starts_with("http://127.0.0.1:"), "{name}: {origins}");
    }
    let url = format!("http://127.0.0.1:{port}/api/providers");
    let response = timeout(LIMIT, reqwest::get(url)).await.expect("it answers").unwrap();
    assert_eq!(response.status(), 200);

    child.kill().await.unwrap();
    assert_eq!(lines.next_line().await.unwrap(), None, "and nothing else");
}

//! wasm-bindgen and its test runner, compiled from the versions in Cargo.lock.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::command::{cargo, command, run, step};
use crate::paths;

/// Compiles them unless they are up to date.
pub fn install() -> Result<()> {
    if !program().exists() {
        step("Compiling the wasm-bindgen tools, of exactly the library's version (takes minutes)");
    }
    let mut cargo = cargo();
    cargo.args(["build", "--profile", "tools", "--package", "wasm-tools"]);
    run(cargo)
}

/// The program; its first argument chooses the tool.
pub fn program() -> PathBuf {
    paths::target().join("tools/wasm-tools")
}

/// One of the tools.
pub fn tool(name: &str) -> Command {
    let mut command = command(program());
    command.arg(name);
    command
}

/// More than the threads that the test runner's server (tiny_http) starts with.
const BUSY: usize = 8;

/// A free address for the test runner's server, whose threads are kept busy once it listens. Its port is below those that
/// the system gives to clients: one that connects before there is a server would get the same port, and reach itself.
///
/// The server counts a thread as idle until it has woken up, so some of the connections that a browser opens at once wait
/// for busy threads, and the page never loads. With no thread idle, each connection gets a new one.
pub fn test_address() -> Result<SocketAddr> {
    let mut free = (20_000..32_768).filter_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok());
    let address = free.next().context("a free port")?.local_addr()?;
    thread::spawn(move || {
        let mut busy = Vec::new();
        while busy.len() < BUSY {
            match answered(address) {
                Ok(connection) => busy.push(connection),
                // it does not listen yet
                Err(_) => thread::sleep(Duration::from_millis(10)),
            }
        }
        // for as long as this program runs
        loop {
            thread::park();
        }
    });
    Ok(address)
}

/// A connection that has a thread of the server's, which waits for the next request.
fn answered(address: SocketAddr) -> io::Result<TcpStream> {
    let mut connection = TcpStream::connect(address)?;
    write!(connection, "GET / HTTP/1.1\r\nHost: {address}\r\n\r\n")?;
    connection.read_exact(&mut [0])?;
    Ok(connection)
}

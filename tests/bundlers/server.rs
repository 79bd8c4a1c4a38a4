//! Builds the projects and serves what comes of it.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use axum::Router;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// How long a server of a bundler's may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// Builds a project with its own script.
pub async fn build(project: &Path) -> anyhow::Result<()> {
    succeeds(project, "npm", &["run", "build"]).await
}

/// Runs a project's tests for Node.
pub async fn test(project: &Path, file: &str) -> anyhow::Result<()> {
    succeeds(project, "node", &["--test", file]).await
}

async fn succeeds(project: &Path, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(project).env("NEXT_TELEMETRY_DISABLED", "1");
    let done = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let done = done.with_context(|| format!("cannot run {program}"))?;
    ensure!(
        done.status.success(),
        "{program} {} fails in {}:\n{}{}",
        arguments.join(" "),
        project.display(),
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}

/// Something that serves pages, until it is dropped.
pub struct Server {
    origin: String,
    running: Running,
}

enum Running {
    /// With what it has said so far.
    Program {
        child: Child,
        said: Arc<Mutex<String>>,
    },
    Task(JoinHandle<()>),
}

impl Server {
    /// Serves a router's pages.
    pub async fn start(router: Router) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Ok(Self { origin, running: Running::Task(task) })
    }

    /// Runs a project's own server: a script of one of its packages, which is told the port last.
    pub async fn run(project: &Path, script: &str, arguments: &[&str]) -> anyhow::Result<Self> {
        // not all of them tell the one that they have found
        let port = chromium::free_port()?;
        let mut node = Command::new("node");
        node.arg(format!("node_modules/{script}")).args(arguments).arg(port.to_string());
        node.current_dir(project).env("NEXT_TELEMETRY_DISABLED", "1").env("NO_COLOR", "1");
        node.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = node.spawn().context("cannot run node")?;
        let said = Arc::default();
        keep(child.stdout.take().context("its output is a pipe")?, &said);
        keep(child.stderr.take().context("its output is a pipe")?, &said);
        let running = Running::Program { child, said };
        let mut server = Self { origin: format!("http://127.0.0.1:{port}"), running };
        let is_there = tokio::time::timeout(PATIENCE, server.tells_its_address()).await;
        let is_there = is_there.unwrap_or_else(|_| Err(anyhow!("it does not tell its address")));
        is_there.with_context(|| format!("the server {script}, which said:\n{}", server.said()))?;
        Ok(server)
    }

    /// Waits for what a program says once it serves. Its port shows nothing: Vite listens at it for a moment to see whether it
    /// is free, long before.
    async fn tells_its_address(&mut self) -> anyhow::Result<()> {
        while !self.said().contains(&self.origin) {
            if let Running::Program { child, .. } = &mut self.running
                && let Some(status) = child.try_wait()?
            {
                bail!("it ended: {status}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// What a program has said so far, for the person who reads of a failure.
    pub fn said(&self) -> String {
        match &self.running {
            Running::Program { said, .. } => said.lock().expect("nobody panics with it").clone(),
            Running::Task(_) => String::new(),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// Adds the lines that a program says to `said`, until it ends.
fn keep(output: impl AsyncRead + Send + Unpin + 'static, said: &Arc<Mutex<String>>) {
    let said = said.clone();
    let mut lines = BufReader::new(output).lines();
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            said.lock().expect("nobody panics with it").extend([&line, "\n"]);
        }
    });
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Running::Task(task) = &self.running {
            task.abort();
        }
    }
}

//! Builds the projects and serves what comes of it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use axum::Router;
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

/// Runs a project's tests with its own script.
pub async fn test_itself(project: &Path) -> anyhow::Result<()> {
    succeeds(project, "npm", &["test"]).await
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
    /// Has what a program says.
    log: Option<PathBuf>,
    running: Running,
}

enum Running {
    Program(Child),
    Task(JoinHandle<()>),
}

impl Server {
    /// Serves a router's pages.
    pub async fn start(router: Router) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Ok(Self { origin, log: None, running: Running::Task(task) })
    }

    /// Runs a project's own server: a script of one of its packages, which is told the port last.
    pub async fn run(project: &Path, script: &str, arguments: &[&str]) -> anyhow::Result<Self> {
        // not all of them tell the one that they have found
        let port = chromium::free_port()?;
        let mut node = Command::new("node");
        node.arg(format!("node_modules/{script}")).args(arguments).arg(port.to_string());
        node.current_dir(project).env("NEXT_TELEMETRY_DISABLED", "1").env("NO_COLOR", "1");
        // beside the project, whose files are watched
        let log = project.with_extension(format!("{port}.log"));
        let file = File::create(&log)?;
        node.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).kill_on_drop(true);
        let child = node.spawn().context("cannot run node")?;
        let origin = format!("http://127.0.0.1:{port}");
        let mut server = Self { origin, log: Some(log), running: Running::Program(child) };
        let is_there = tokio::time::timeout(PATIENCE, server.tells_its_address()).await;
        let is_there = is_there.unwrap_or_else(|_| Err(anyhow!("it does not tell its address")));
        is_there.with_context(|| format!("the server {script}, which said:\n{}", server.said()))?;
        Ok(server)
    }

    /// Waits for what a program says once it serves. Its port shows nothing: Vite listens at it for a moment to see whether it
    /// is free, long before.
    async fn tells_its_address(&mut self) -> anyhow::Result<()> {
        while !self.said().contains(&self.origin) {
            if let Running::Program(child) = &mut self.running
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
        self.log.as_ref().and_then(|log| fs::read_to_string(log).ok()).unwrap_or_default()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Running::Task(task) = &self.running {
            task.abort();
        }
    }
}

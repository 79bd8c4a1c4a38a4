//! The installed package where people use it: `cargo xtask test bundlers` installs the projects under `target/bundlers`,
//! and here each is built as its bundler builds it, served, and driven in a browser through a flow of the sandbox.

mod browser;
mod page;
mod server;
mod tls;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use browser::Session;
use demo::{Config, Demo};
use libtest_mimic::{Arguments, Trial};
use page::Page;
use server::Server;
use tokio::runtime::{Builder, Runtime};
use tower_http::services::ServeDir;

/// As many as there are cores to run them on.
const AT_ONCE: usize = 2;

fn main() -> anyhow::Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(arguments.test_threads.unwrap_or(AT_ONCE).min(AT_ONCE));
    let world = Arc::new(World::new()?);
    let trials = vec![
        world.trial("plain: a classic script", async |world| world.without_bundler(true).await),
        world.trial("plain: a module", async |world| world.without_bundler(false).await),
        world.trial("esbuild", async |world| world.bundle("esbuild").await),
        world.trial("webpack", async |world| world.bundle("webpack").await),
        world.trial("Rollup", async |world| world.bundle("rollup").await),
        world.trial("Angular", async |world| {
            world.bundle("angular").await?;
            let dist = world.project("angular").join("dist");
            let server = Server::start(Router::new().fallback_service(ServeDir::new(dist))).await?;
            world.with_page(&server, "/index.html", Page::leaves_angular_stable).await
        }),
        world.trial("Node: a server", async |world| server::test(&world.project("vite"), "server.test.mjs").await),
        world.trial("Jest", async |world| server::test_itself(&world.project("jest")).await),
        world.trial("Vitest", async |world| server::test_itself(&world.project("vitest")).await),
        world.trial("Cloudflare's workerd", async |world| server::test_itself(&world.project("workers")).await),
        world.trial("Hermes", async |world| server::test_itself(&world.project("hermes")).await),
        world.trial("Parcel", async |world| world.bundle("parcel").await),
        world.trial("Vite: dev", async |world| {
            let project = world.project("vite");
            let server = vite_dev(&project).await?;
            world.with_page(&server, "/index.html", Page::completes).await?;
            world.with_page(&server, "/react.html", Page::has_component).await?;
            let component = project.join("Bank.jsx");
            world.with_page(&server, "/react.html", async |page| page.takes_change(&component, true).await).await?;
            world.with_page(&server, "/wasm.html", Page::completes).await
        }),
        world.trial("Vite: build", async |world| {
            let server = vite_build(&world.project("vite")).await?;
            world.with_page(&server, "/index.html", Page::completes).await?;
            world.with_page(&server, "/react.html", Page::has_component).await?;
            world.with_page(&server, "/vue.html", Page::has_component).await?;
            world.with_page(&server, "/svelte.html", Page::has_component).await?;
            world.with_page(&server, "/element.html", Page::has_element).await?;
            world.with_page(&server, "/element.html#container", Page::has_element_as_container).await?;
            world.with_page(&server, "/wasm.html", Page::completes).await?;
            world.with_page(&server, "/wasm.html#bytes", Page::completes).await?;
            world.with_page(&server, "/seed.html", Page::has_seed).await?;
            world.with_page(&server, "/seed.html", Page::has_seeds_words).await
        }),
        world.trial("Vite 6: dev", async |world| {
            let project = world.project("vite-6");
            let server = vite_dev(&project).await?;
            world.with_page(&server, "/index.html", Page::completes).await?;
            world.with_page(&server, "/react.html", Page::has_component).await?;
            let component = project.join("Bank.jsx");
            world.with_page(&server, "/react.html", async |page| page.takes_change(&component, false).await).await
        }),
        world.trial("Vite 6: build", async |world| {
            let server = vite_build(&world.project("vite-6")).await?;
            world.with_page(&server, "/index.html", Page::completes).await?;
            world.with_page(&server, "/react.html", Page::has_component).await
        }),
        world.trial("Next.js", async |world| {
            let project = world.project("next");
            server::build(&project).await?;
            let start = ["start", "--hostname", "127.0.0.1", "--port"];
            let server = Server::run(&project, "next/dist/bin/next", &start).await?;
            let html = reqwest::get(server.url("/")).await?.text().await?;
            ensure!(html.contains(r#"<button id="connect">"#), "the server gives no markup: {html}");
            let told = reqwest::get(server.url("/edge")).await?.text().await?;
            ensure!(told == "as wanted", "the edge runtime says {told}");
            world.with_page(&server, "/", async |page| {
                // the button was there before its component
                page.until("Object.keys(document.getElementById('connect')).some((key) => key.startsWith('__reactProps'))")
                    .await?;
                page.completes().await
            })
            .await?;
            for moment in ["before", "module", "effect"] {
                world.with_page(&server, &format!("/{moment}/home"), Page::comes_back).await?;
                world.with_page(&server, &format!("/pages/{moment}/home"), Page::comes_back).await?;
            }
            Ok(())
        }),
        world.trial("Rust: Yew", async |world| {
            world.with_example(Page::has_example_in_page).await?;
            world.with_example(Page::completes).await?;
            world.with_example(Page::has_example_over_page).await?;
            world.with_example(Page::has_example_in_window).await?;
            world.with_example(Page::has_example_in_tab).await
        }),
        world.trial("coming back: routers old and new, and what fetches pages", async |world| {
            let server = vite_build(&world.project("routers")).await?;
            for folder in [
                "vue/before",
                "vue/after",
                "vue/setup",
                "vue/effect",
                "vue/guard",
                "vue/loading",
                "react/before",
                "react/after",
                "react/effect",
                "react/loader",
                "react-element/before",
                "react-element/after",
                "react-element/layout",
                "react-element/effect",
                "tanstack/before",
                "tanstack/after",
                "tanstack/effect",
                "tanstack/loader",
                "vue2/after",
                "vue2/effect",
                "vue2/guard",
                "vue2/loading",
                "react5/after",
                "turbo/after",
                "swup/after",
            ] {
                world.with_page(&server, &format!("/{folder}/home"), Page::comes_back).await?;
            }
            Ok(())
        }),
        world.trial("coming back: SvelteKit", async |world| {
            let server = vite_build(&world.project("sveltekit")).await?;
            for moment in ["hooks", "module", "setup", "effect"] {
                world.with_page(&server, &format!("/{moment}/home"), Page::comes_back).await?;
            }
            Ok(())
        }),
    ];
    libtest_mimic::run(&arguments, trials).exit()
}

async fn vite_dev(project: &Path) -> anyhow::Result<Server> {
    Server::run(project, "vite/bin/vite.js", &["--host", "127.0.0.1", "--strictPort", "--port"]).await
}

async fn vite_build(project: &Path) -> anyhow::Result<Server> {
    server::build(project).await?;
    let preview = ["preview", "--host", "127.0.0.1", "--strictPort", "--port"];
    Server::run(project, "vite/bin/vite.js", &preview).await
}

/// What all cases share.
struct World {
    runtime: Runtime,
    demo: Demo,
    /// The same, with the example in Rust as the merchant's page.
    example: Demo,
    /// The port at which the sandbox's Fiskil is `https://auth.fiskil.com`.
    auth_server: u16,
    target: PathBuf,
}

impl World {
    fn new() -> anyhow::Result<Self> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("a target folder")?.to_owned();
        ensure!(target.join("bundlers").exists(), "nothing is installed: run cargo xtask test bundlers");
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let demo = Demo::start(Config::default())?;
        let auth_server = runtime.block_on(tls::serve(&demo["fiskil"]))?;
        let root = target.join("bundlers/yew");
        let example = Demo::start(Config { root, ..Config::default() })?;
        Ok(Self { runtime, demo, example, auth_server, target })
    }

    fn trial(
        self: &Arc<Self>,
        name: &str,
        run: impl AsyncFnOnce(&Self) -> anyhow::Result<()> + Send + 'static,
    ) -> Trial {
        let world = self.clone();
        // a future that borrows need not be Send where it is waited for on this thread
        Trial::test(name, move || {
            world.runtime.block_on(run(&world)).map_err(|error| format!("{error:#}").into())
        })
    }

    fn project(&self, name: &str) -> PathBuf {
        self.target.join("bundlers").join(name)
    }

    /// Does something with a server's page that has a session of the sandbox in its address.
    async fn with_page(
        &self,
        server: &Server,
        path: &str,
        run: impl AsyncFnOnce(&Page) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let result = self.with_page_of(&self.demo["merchant"], &server.url(path), run).await;
        result.with_context(|| format!("{path}, of a server that said:\n{}", server.said()))
    }

    /// The same with the example in Rust.
    async fn with_example(&self, run: impl AsyncFnOnce(&Page) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let merchant = &self.example["merchant"];
        self.with_page_of(merchant, &format!("{merchant}/"), run).await
    }

    async fn with_page_of(
        &self,
        merchant: &str,
        url: &str,
        run: impl AsyncFnOnce(&Page) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let session = Session::start(self.auth_server).await?;
        let page = Page::open(session.driver.clone(), merchant, url).await;
        let result = match &page {
            Ok(page) => run(page).await,
            Err(error) => Err(anyhow::anyhow!("{error:#}")),
        };
        let shown = match &result {
            Ok(()) => String::new(),
            Err(_) => page::shown(&session.driver).await,
        };
        session.end().await;
        result.with_context(|| format!("the page: {shown}"))
    }

    /// A page that a bundler makes with a command of its own.
    async fn bundle(&self, name: &str) -> anyhow::Result<()> {
        let project = self.project(name);
        server::build(&project).await?;
        // most bundlers know no pages
        let dist = project.join("dist");
        if !dist.join("index.html").exists() {
            std::fs::copy(project.join("index.html"), dist.join("index.html"))?;
        }
        let server = Server::start(Router::new().fallback_service(ServeDir::new(dist))).await?;
        self.with_page(&server, "/index.html", Page::completes).await
    }

    /// The installed package beside a page, without a bundler, at the address that its README has for it.
    async fn without_bundler(&self, is_classic: bool) -> anyhow::Result<()> {
        let package = self.target.join("consumer/node_modules/link-widget");
        let readme = std::fs::read_to_string(package.join("README.md"))?;
        let tag = readme.lines().find(|line| line.starts_with("<script src="));
        let tag = tag.context("README.md has no <script>")?;
        let path = tag.split('"').nth(1).and_then(|src| src.strip_suffix("/iife.js"));
        let path = path.with_context(|| format!("no path of iife.js: {tag}"))?;
        let (script, link) = if is_classic {
            (tag, "const { link } = LinkWidget;".to_owned())
        } else {
            ("", format!("import {{ link }} from '{path}/index.js';"))
        };
        let page = include_str!("plain.html").replace("{{script}}", script).replace("{{link}}", &link);
        let page = Html(page);
        let router = Router::new()
            .route("/", get(async || page))
            .nest_service(path, ServeDir::new(&package))
            .fallback_service(ServeDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("shared")));
        let server = Server::start(router).await?;
        self.with_page(&server, "/", Page::completes).await
    }
}

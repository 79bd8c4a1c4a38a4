use std::net::{IpAddr, TcpListener};
use std::sync::{Arc, RwLock};

use anyhow::Context;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tower::ServiceExt;

/// A listener that has an address, and serves nothing yet.
pub struct Origin {
    /// Such as `http://127.0.0.1:4711`.
    pub url: String,
    listener: TcpListener,
}

impl Origin {
    /// Port 0 takes any free one.
    ///
    /// # Errors
    /// The port is taken, or the host is none of this machine's.
    pub fn bind(host: IpAddr, port: u16) -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind((host, port)).with_context(|| format!("cannot listen on {host}:{port}"))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        // Who listens everywhere is reached under the name of whichever machine it is.
        let url = if host.is_unspecified() {
            format!("http://localhost:{}", address.port())
        } else {
            format!("http://{address}")
        };
        Ok(Self { url, listener })
    }

    /// Serves until the runtime ends, inside which this is called.
    pub(crate) fn serve(self, router: Router) -> anyhow::Result<()> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(())
    }
}

/// What an origin serves, with all that it remembers. Another one takes its place where it is reset.
pub struct Served {
    build: Box<dyn Fn() -> anyhow::Result<Router> + Send + Sync>,
    current: RwLock<Router>,
}

impl Served {
    /// `build` makes it, now and at every reset.
    ///
    /// # Errors
    /// Those of `build`.
    pub fn new(
        build: impl Fn() -> anyhow::Result<Router> + Send + Sync + 'static,
    ) -> anyhow::Result<Arc<Self>> {
        Ok(Arc::new(Self { current: RwLock::new(build()?), build: Box::new(build) }))
    }

    /// Starts anew, with nothing of what was remembered.
    ///
    /// # Errors
    /// What it is built from says so.
    pub fn reset(&self) -> anyhow::Result<()> {
        *self.current.write().unwrap() = (self.build)()?;
        Ok(())
    }

    /// Routes to it, and calls `reset` at `POST /__sandbox/reset`.
    pub fn router(
        self: Arc<Self>,
        reset: impl Fn() -> anyhow::Result<()> + Clone + Send + Sync + 'static,
    ) -> Router {
        let reset = || async move {
            match reset() {
                Ok(()) => StatusCode::NO_CONTENT.into_response(),
                Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}\n")).into_response(),
            }
        };
        let route = move |request: Request| {
            let current = self.current.read().unwrap().clone();
            async move { current.oneshot(request).await.unwrap_or_else(|never| match never {}) as Response }
        };
        Router::new().route("/__sandbox/reset", post(reset)).fallback(route)
    }
}

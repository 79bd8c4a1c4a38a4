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
pub(crate) struct Origin {
    /// Such as `http://127.0.0.1:4711`.
    pub url: String,
    listener: tokio::net::TcpListener,
}

impl Origin {
    /// Port 0 takes any free one.
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
        let listener = tokio::net::TcpListener::from_std(listener)?;
        Ok(Self { url, listener })
    }

    /// Serves until the runtime ends.
    pub fn serve(self, router: Router) {
        tokio::spawn(async move { axum::serve(self.listener, router).await });
    }
}

/// What an origin serves, with all that it remembers. Another one takes its place where it is reset.
pub(crate) struct Served {
    build: Box<dyn Fn() -> anyhow::Result<Router> + Send + Sync>,
    current: RwLock<Router>,
}

impl Served {
    pub fn new(
        build: impl Fn() -> anyhow::Result<Router> + Send + Sync + 'static,
    ) -> anyhow::Result<Arc<Self>> {
        Ok(Arc::new(Self { current: RwLock::new(build()?), build: Box::new(build) }))
    }

    fn reset(&self) -> anyhow::Result<()> {
        *self.current.write().unwrap() = (self.build)()?;
        Ok(())
    }

    /// Routes to it, and resets all of `resets` at `POST /__sandbox/reset`, once `forget` was called.
    pub fn router(
        self: Arc<Self>,
        resets: Vec<Arc<Self>>,
        forget: impl Fn() + Clone + Send + Sync + 'static,
    ) -> Router {
        let reset = move || {
            forget();
            let result = resets.iter().try_for_each(|served| served.reset());
            async move {
                match result {
                    Ok(()) => StatusCode::NO_CONTENT.into_response(),
                    Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}\n")).into_response(),
                }
            }
        };
        let route = move |request: Request| {
            let current = self.current.read().unwrap().clone();
            async move { current.oneshot(request).await.unwrap_or_else(|never| match never {}) as Response }
        };
        Router::new().route("/__sandbox/reset", post(reset)).fallback(route)
    }
}

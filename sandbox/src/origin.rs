use std::net::{Ipv4Addr, TcpListener};

use anyhow::Context;
use axum::Router;

/// A listener on loopback that has an address, and serves nothing yet.
pub(crate) struct Origin {
    /// Such as `http://127.0.0.1:4711`.
    pub url: String,
    listener: tokio::net::TcpListener,
}

impl Origin {
    /// Port 0 takes any free one.
    pub fn bind(port: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("cannot listen on 127.0.0.1:{port}"))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let listener = tokio::net::TcpListener::from_std(listener)?;
        Ok(Self { url, listener })
    }

    /// Serves until the runtime ends.
    pub fn serve(self, router: Router) {
        tokio::spawn(async move { axum::serve(self.listener, router).await });
    }
}

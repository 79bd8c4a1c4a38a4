//! The sandbox as the provider's own host, for code that names no other.

use std::sync::Arc;

use anyhow::Context;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Passes what comes by TLS on to `origin`, until the runtime ends. The certificate is nobody's.
pub async fn serve(origin: &str) -> anyhow::Result<u16> {
    let made = rcgen::generate_simple_self_signed(["auth.fiskil.com".to_owned()])?;
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![made.cert.der().clone()], key)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let origin = origin.strip_prefix("http://").context("an address without TLS")?.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, origin) = (acceptor.clone(), origin.clone());
            // a browser leaves connections as it likes
            tokio::spawn(async move {
                let mut outside = acceptor.accept(stream).await?;
                let mut inside = TcpStream::connect(origin).await?;
                copy_bidirectional(&mut outside, &mut inside).await
            });
        }
    });
    Ok(port)
}

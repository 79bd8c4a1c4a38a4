//! Of `preload(url)`, what the other end of a connection sees; the rest is `pages/cases/warm.js`.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    vec![case("preload(url) connects, and the flow uses that connection", connects)]
}

async fn connects(page: Page) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    page.merchant("").await;
    page.call("warm", "preloads", json!([format!("{origin}/consent?session=secret")])).await;
    let (stream, _) =
        timeout(Duration::from_secs(20), listener.accept()).await.expect("in time").expect("a connection");
    let mut asked = [0; 1000];
    // A browser may close it again, having asked for nothing.
    let length = timeout(Duration::from_millis(300), stream.peek(&mut asked))
        .await
        .map_or(0, |read| read.unwrap_or(0));
    assert_eq!(String::from_utf8_lossy(&asked[..length]), "", "what it asks for");
    page.is_clean().await;

    page.call("warm", "starts", json!([origin])).await;
    // That the question comes on this connection is enough.
    let question = timeout(Duration::from_secs(20), async {
        while stream.peek(&mut asked).await.expect("still open") == 0 {}
    });
    question.await.expect("the flow's page is asked for on another connection");
    page.call("warm", "closes", json!([])).await;
    page.is_clean().await;
}

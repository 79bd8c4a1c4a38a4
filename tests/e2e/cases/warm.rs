//! Getting ready for a flow that may come: `preload(url)`.

use std::time::Duration;

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
    let links = page
        .run(&format!("preload('{origin}/consent?session=secret'); return document.querySelectorAll('link[rel=preconnect]').length"))
        .await;
    assert_eq!(links, 0);
    let (stream, _) =
        timeout(Duration::from_secs(20), listener.accept()).await.expect("in time").expect("a connection");
    let mut asked = [0; 1000];
    // A browser may close it again, having asked for nothing.
    let length = timeout(Duration::from_millis(300), stream.peek(&mut asked))
        .await
        .map_or(0, |read| read.unwrap_or(0));
    assert_eq!(String::from_utf8_lossy(&asked[..length]), "", "what it asks for");
    page.is_clean().await;

    page.run(&format!("window.flow = start({{ authServer: '{origin}' }})")).await;
    // Nobody answers it; that the question comes on this connection is enough.
    let question = timeout(Duration::from_secs(20), async {
        while stream.peek(&mut asked).await.expect("still open") == 0 {}
    });
    question.await.expect("the flow's page is asked for on another connection");
    page.run("flow.close(); await end(flow)").await;
    page.is_clean().await;
}

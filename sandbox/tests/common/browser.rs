//! Chromium, and a page of another origin that embeds or opens what it is given and keeps the messages that come.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use serde_json::Value;
use thirtyfour::prelude::*;
use tokio::process::Child;

const PARENT: &str = r#"<!doctype html><meta charset="utf-8"><title>Parent</title><button id="open">Open</button>
<style>iframe { width: 100%; height: 700px; border: 0 }</style>
<script>
  const url = decodeURIComponent(location.hash.slice(1));
  const messages = [];
  addEventListener('message', ({ data, origin }) => messages.push({ data, origin, loaded: !!window.loaded }));
  document.getElementById('open').onclick = () => { window.popup = open(url, 'bank', 'popup,width=420,height=700'); };
  if (location.pathname === '/frame') {
    const frame = document.createElement('iframe');
    frame.onload = () => { window.loaded = true; };
    frame.src = url;
    document.body.append(frame);
  }
</script>"#;

pub struct Browser {
    pub driver: WebDriver,
    /// The parent page's origin. `/frame#<url>` embeds, `/popup#<url>` has a button that opens.
    pub parent: String,
    port: u16,
    _chromedriver: Child,
}

impl Browser {
    /// A headless Chromium of this width.
    pub async fn start(width: u32) -> Self {
        let driver = chromium::driver(|_| ());
        let (_chromedriver, port) = driver.await.expect("chromedriver starts");
        let wanted = chromium::capabilities(width, 900).expect("capabilities");
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.unwrap();

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let parent = format!("http://{}", listener.local_addr().unwrap());
        let page = || async { Html(PARENT) };
        let router =
            Router::new().route("/frame", get(page)).route("/popup", get(page)).route("/back", get(page));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { driver, parent, port, _chromedriver }
    }

    /// Opens the parent page. `how` is `frame` or `popup`.
    pub async fn parent(&self, how: &str, url: &str) {
        // from elsewhere, as the fragment alone would not load the page again
        self.driver.goto("about:blank").await.unwrap();
        let fragment = url::form_urlencoded::byte_serialize(url.as_bytes()).collect::<String>();
        self.driver.goto(format!("{}/{how}#{fragment}", self.parent)).await.unwrap();
    }

    /// What the parent page has heard, once there is something.
    pub async fn messages(&self) -> Vec<Value> {
        for _ in 0..200 {
            let heard = self.eval("return messages").await;
            if heard.as_array().is_some_and(|heard| !heard.is_empty()) {
                return heard.as_array().unwrap().clone();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no message came");
    }

    pub async fn eval(&self, script: &str) -> Value {
        self.driver.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// Waits until the script gives true.
    pub async fn until(&self, script: &str) {
        for _ in 0..200 {
            // a page that is just leaving has no answer
            if let Ok(answer) = self.driver.execute(script, Vec::new()).await
                && answer.json() == &Value::Bool(true)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("never true: {script}");
    }

    pub async fn click(&self, selector: &str) {
        self.driver.find(By::Css(selector)).await.unwrap().click().await.unwrap();
    }

    /// Presses Enter on a control, as the keyboard does.
    pub async fn enter_on(&self, selector: &str) {
        self.driver.find(By::Css(selector)).await.unwrap().send_keys(Key::Enter + "").await.unwrap();
    }

    /// Replaces what a field holds, and presses Enter.
    pub async fn enter(&self, selector: &str, text: &str) {
        let field = self.driver.find(By::Css(selector)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text + Key::Enter).await.unwrap();
    }
}

impl Drop for Browser {
    // after a panic as well, when the driver's own connection waits for a runtime that does not go on
    fn drop(&mut self) {
        let _ = self.driver.clone().leak();
        chromium::shut_down(self.port);
    }
}

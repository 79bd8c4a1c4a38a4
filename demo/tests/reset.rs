//! A sandbox that forgets, between two tests of an app; and one that many use at a time.

#[path = "../../sandbox/tests/common/mod.rs"]
mod common;
mod shop;

use reqwest::StatusCode;
use sandbox::options;
use serde_json::{Value, json};
use shop::{Bench, bench, config, of};

async fn reset(bench: &Bench, origin: &str) {
    let status = bench.http.post(format!("{origin}/__sandbox/reset")).send().await.unwrap().status();
    assert_eq!(status, StatusCode::NO_CONTENT);
}

/// How the merchant's start is answered, and whether its record is still known.
async fn start(bench: &Bench, provider: &str) -> Value {
    let (status, started) = bench.post(bench.merchant(&format!("/api/{provider}/start")), json!({})).await;
    assert_eq!(status, 200, "{provider}: {started}");
    started
}

async fn knows(bench: &Bench, provider: &str, started: &Value) -> bool {
    let path = format!("/api/{provider}/record/{}", started["ref"].as_str().unwrap());
    bench.get(bench.merchant(&path)).await.0 == 200
}

async fn logged(bench: &Bench, origin: &str) -> usize {
    bench.get(format!("{origin}/__sandbox/log")).await.1["entries"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_provider_forgets_what_it_knows_and_no_other_does() {
    let bench = bench(config());
    let started = start(&bench, "fiskil").await;
    start(&bench, "finx").await;
    let page =
        format!("{}/?sess_id={}", bench.sandbox["fiskil"], started["launch"]["sessionId"].as_str().unwrap());
    let is_there = async || bench.http.get(&page).send().await.unwrap().status() == 200;
    assert!(is_there().await);
    let of_finx = logged(&bench, &bench.sandbox["finx"]).await;

    reset(&bench, &bench.sandbox["fiskil"]).await;
    assert_eq!(logged(&bench, &bench.sandbox["fiskil"]).await, 0);
    assert_eq!(logged(&bench, &bench.sandbox["finx"]).await, of_finx);
    assert!(!is_there().await, "the session has gone");
    assert!(knows(&bench, "fiskil", &started).await, "the merchant is somebody else");
}

#[tokio::test]
async fn the_merchant_has_all_forget() {
    let bench = bench(config());
    let mut links = Vec::new();
    for provider in ["fiskil", "flinks", "finx", "finqlink", "fimento"] {
        links.push((provider, start(&bench, provider).await));
    }
    // A merchant that starts may register its webhooks anew, which is logged.
    let has_session =
        async || bench.get(bench.merchant("/__sandbox/log")).await.1.to_string().contains("/v1/auth/session");
    assert!(has_session().await);
    reset(&bench, &bench.sandbox["merchant"]).await;
    assert!(!has_session().await);
    for (provider, started) in links {
        assert!(!knows(&bench, provider, &started).await, "{provider}");
        start(&bench, provider).await;
    }
}

#[tokio::test]
async fn two_hundred_sessions_at_a_time() {
    let scenarios = options::scenarios(["success"]).unwrap();
    let bench = of(sandbox::Config { scenarios, ..common::config() });
    let sessions = (0..200).map(|_| async {
        let started = start(&bench, "fiskil").await;
        let session = started["launch"]["sessionId"].as_str().unwrap().to_owned();
        let (status, ending) = bench.page("/consent/play", &session, json!({})).await;
        assert_eq!((status, &ending["message"]["isCompleted"]), (StatusCode::OK, &json!(true)), "{ending}");
        ending["message"]["consentID"].as_str().unwrap().to_owned()
    });
    let consents = futures::future::join_all(sessions).await;
    let different: std::collections::HashSet<_> = consents.iter().collect();
    assert_eq!(different.len(), 200);
}

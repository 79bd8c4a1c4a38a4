//! The demo merchant's back end, against the simulated Fimento.

#[path = "../../sandbox/tests/common/mod.rs"]
mod common;
mod shop;

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sandbox::fimento;
use serde_json::{Value, json};
use shop::{Bench, bench, config, of};
use url::Url;

/// Lets the page play, as a browser would: the return URL.
async fn play(bench: &Bench, launch: &Value) -> Url {
    let link = launch["consentLink"].as_str().unwrap();
    bench.http.get(link).send().await.unwrap();
    let token = link.rsplit('/').next().unwrap();
    let (status, leave) =
        bench.post(format!("{}/consent/play", bench.sandbox["fimento"]), json!({ "token": token })).await;
    assert_eq!(status, 200, "{leave}");
    Url::parse(leave["url"].as_str().unwrap()).unwrap()
}

/// What the launcher gives the page.
fn result(url: &Url) -> Value {
    let params: serde_json::Map<String, Value> =
        url.query_pairs().map(|(name, value)| (name.into_owned(), value.into())).collect();
    json!({ "state": params.get("state"), "status": params.get("status"), "params": params, "url": url.as_str() })
}

#[tokio::test]
async fn a_reconnect_is_another_consent_in_the_same_process() {
    let bench = bench(config());
    let again = async |earlier: &str| {
        let body = json!({ "scenario": "success", "reconnect": earlier });
        bench.post(bench.merchant("/api/fimento/start"), body).await
    };
    let (first, launch) = bench.start("fimento", json!({ "scenario": "success" })).await;
    assert_eq!(again(&first).await.0, 409, "nothing is connected yet");
    assert_eq!(again("invented").await.0, 404);
    let back = result(&play(&bench, &launch).await);
    bench.finish("fimento", &first, back.clone()).await;
    assert_eq!(bench.settled("fimento", &first).await["canReconnect"], true);

    let (status, unused) = again(&first).await;
    assert_eq!(status, 200, "{unused}");
    let (status, started) = again(&first).await;
    assert_eq!(status, 200, "one that nobody used is replaced: {started}");
    let links = [&launch, &unused["launch"], &started["launch"]].map(|launch| &launch["consentLink"]);
    assert!(links[0] != links[1] && links[1] != links[2]);
    for same in ["state", "returnUrl"] {
        assert_eq!(started["launch"][same], launch[same], "{same}");
    }
    let second = started["ref"].as_str().unwrap();
    let new = result(&play(&bench, &started["launch"]).await);
    assert_eq!(new["params"]["processId"], back["params"]["processId"]);
    assert_eq!(bench.finish("fimento", second, new).await.0, 200);
    assert_eq!(bench.settled("fimento", second).await.get("error"), None);
}

#[tokio::test]
async fn a_consent_ends_with_insights_and_the_visualisation() {
    let bench = bench(config());
    for (scenario, category, other) in
        [("success", "savings", "gambling"), ("bad-data", "gambling", "savings")]
    {
        let (reference, launch) = bench.start("fimento", json!({ "scenario": scenario })).await;
        assert_eq!(launch["returnUrl"], bench.merchant("/callback.html"));
        assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(launch["state"].as_str().unwrap()).unwrap().len(), 16);
        assert!(!serde_json::to_string(&launch).unwrap().contains(fimento::PASSWORD));
        let result = result(&play(&bench, &launch).await);
        assert_eq!(result["state"], launch["state"]);
        let (status, body) = bench.finish("fimento", &reference, result.clone()).await;
        assert_eq!((status.as_u16(), body), (200, json!({ "ok": true })));
        let record = bench.settled("fimento", &reference).await;
        assert_eq!(record.get("error"), None);
        let data = &record["data"];
        for kind in ["accounts", "transactions", "insights"] {
            let rows = data[kind].as_array().unwrap();
            assert!(!rows.is_empty() && rows.iter().all(|row| row["currency"] == "SEK"), "{kind}");
        }
        assert!(data["transactions"].as_array().unwrap().len() > 100, "every page");
        let insights = data["insights"].as_array().unwrap();
        let has = |category: &str| insights.iter().any(|row| row["category"] == category);
        assert!(has(category) && !has(other), "{scenario}");
        let statuses: Vec<_> =
            data["statuses"].as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap()).collect();
        assert_eq!(
            statuses,
            [
                "created",
                "consentLinkOpened",
                "bankAddedNotCompletedAuthFlow",
                "bankAddedCompletedAuthFlow",
                "fetchingTransactionsStarted",
                "fetchingTransactionsDone",
                "customerApprovedConsent",
                "categorisationStarted",
                "categorisationDone",
                "insightsStarted",
                "completed"
            ]
        );
        let webhooks = record["webhooks"].as_array().unwrap();
        assert_eq!(webhooks.len(), 11);
        assert!(webhooks.iter().all(|webhook| webhook["proof"] == "address"));
        let shown = data["visualisationUrl"].as_str().unwrap();
        assert_eq!(bench.http.get(shown).send().await.unwrap().status(), 200);
        assert_ne!(
            bench.settled("fimento", &reference).await["data"]["visualisationUrl"],
            shown,
            "fetched every time"
        );
        assert_eq!(
            bench.finish("fimento", &reference, result).await.0,
            200,
            "finishing twice changes nothing"
        );
    }
    let (_, log) = bench.get(format!("{}/__sandbox/log", bench.sandbox["fimento"])).await;
    let requests = log["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "request");
    let logins = requests.filter(|entry| entry["path"] == "/login").count();
    assert_eq!(logins, 1, "the token is kept");
}

#[tokio::test]
async fn the_pages_own_state_and_return_url_are_used() {
    let bench = bench(config());
    let page = bench.merchant("/back?tab=2");
    let wanted =
        json!({ "scenario": "success", "mode": "redirect", "returnUrl": page, "state": "the pages/own" });
    let (_, launch) = bench.start("fimento", wanted).await;
    assert_eq!((&launch["state"], &launch["returnUrl"]), (&json!("the pages/own"), &json!(page)));
    let result = result(&play(&bench, &launch).await);
    assert_eq!((&result["state"], &result["params"]["tab"]), (&json!("the pages/own"), &json!("2")));
    assert_eq!(
        bench.start("fimento", json!({ "mode": "redirect" })).await.1["returnUrl"],
        bench.merchant("/")
    );
    assert_eq!(bench.start("fimento", json!({ "scenario": "never-loads" })).await.1["timeoutMs"], 2000);
    for (body, part) in [
        (json!({ "scenario": "nonsense" }), "scenario"),
        (json!({ "mode": "overlay" }), "mode"),
        (json!({ "returnUrl": "https://elsewhere.example/" }), "returnUrl"),
    ] {
        let (status, answer) = bench.post(bench.merchant("/api/fimento/start"), body).await;
        assert_eq!(status, 400);
        assert!(answer["error"].as_str().unwrap().contains(part), "{answer}");
    }
}

#[tokio::test]
async fn the_provider_decides_not_the_browser() {
    let bench = bench(config());
    for (scenario, part) in [("denied", "customerDeniedConsent"), ("auth-error", "authError")] {
        let (reference, launch) = bench.start("fimento", json!({ "scenario": scenario })).await;
        let mut claimed = result(&play(&bench, &launch).await);
        claimed["status"] = "completed".into();
        let (status, body) = bench.finish("fimento", &reference, claimed).await;
        assert_eq!(status, 409);
        assert!(body["error"].as_str().unwrap().contains(part), "{body}");
    }
    let (_, other) = bench.start("fimento", json!({ "scenario": "success" })).await;
    let others = result(&play(&bench, &other).await);
    let (mine, _) = bench.start("fimento", json!({ "scenario": "success" })).await;
    assert_eq!(bench.finish("fimento", &mine, others.clone()).await.0, 403);
    assert_eq!(
        bench.finish("fimento", &mine, json!({ "params": others["params"] })).await.0,
        403,
        "its processId tells"
    );
    assert_eq!(bench.finish("fimento", &mine, json!({})).await.0, 409, "nobody has approved");
    assert_eq!(bench.finish("fimento", "invented", others).await.0, 404);
    assert_eq!(bench.get(bench.merchant("/api/fimento/record/invented")).await.0, 404);
    let (_, record) = bench.get(bench.merchant(&format!("/api/fimento/record/{mine}"))).await;
    assert_eq!((&record["pending"], &record["data"]), (&json!(true), &json!({})));
}

#[tokio::test]
async fn a_consent_that_is_revoked_meanwhile_gives_nothing() {
    let bench = of(sandbox::Config { webhook_delay: Duration::from_millis(300), ..common::config() });
    let (reference, launch) = bench.start("fimento", json!({ "scenario": "success" })).await;
    let result = result(&play(&bench, &launch).await);
    assert_eq!(bench.finish("fimento", &reference, result.clone()).await.0, 200);
    let login = json!({ "name": sandbox::fimento::NAME, "password": fimento::PASSWORD });
    let (_, token) = bench.post(format!("{}/login", bench.sandbox["fimento"]), login).await;
    let id = result["params"]["processId"].as_str().unwrap();
    let revoke = bench
        .http
        .post(format!("{}/process/{id}/consent-status?status=revoked", bench.sandbox["fimento"]))
        .bearer_auth(token["access_token"].as_str().unwrap())
        .header("partner-bank-id", sandbox::fimento::PARTNER_BANK_ID);
    assert_eq!(common::answer(revoke).await.0, 201);
    let record = bench.settled("fimento", &reference).await;
    assert!(record["error"].as_str().unwrap().contains("customerDeniedConsent"), "{record}");
    assert_eq!(record["data"], json!({}));
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let bench = bench(config());
    bench.start("fimento", json!({})).await;
    bench.http.post(format!("{}/__sandbox/expire-tokens", bench.sandbox["fimento"])).send().await.unwrap();
    bench.start("fimento", json!({})).await;
    let (_, log) = bench.get(format!("{}/__sandbox/log", bench.sandbox["fimento"])).await;
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.iter().filter(|entry| entry["path"] == "/login").count(), 2);
    assert!(!log.to_string().contains(fimento::PASSWORD), "the log hides secrets");
}

#[tokio::test]
async fn a_webhook_counts_only_at_the_address_that_was_registered() {
    let bench = bench(config());
    let (reference, launch) = bench.start("fimento", json!({ "scenario": "success" })).await;
    let result = result(&play(&bench, &launch).await);
    let notice = json!({
        "processId": result["params"]["processId"],
        "status": { "code": "completed", "timestamp": "2026-01-01T00:00:00Z" },
    });
    assert_eq!(bench.post(bench.merchant("/webhooks/fimento/guess"), notice.clone()).await.0, 404);
    let (_, log) = bench.get(format!("{}/__sandbox/log", bench.sandbox["fimento"])).await;
    let registered =
        log["entries"].as_array().unwrap().iter().find(|entry| entry["path"] == "/webhook").unwrap().clone();
    let hook = registered["body"]["webhookUrl"].as_str().unwrap().to_owned();
    assert_eq!(bench.post(hook.clone(), json!({ "processId": "x" })).await.0, 400);
    assert_eq!(bench.post(hook, notice).await.0, 200);
    // a webhook alone makes nothing true: the process is asked
    let (_, record) = bench.get(bench.merchant(&format!("/api/fimento/record/{reference}"))).await;
    assert_eq!((&record["pending"], &record["data"]), (&json!(true), &json!({})));
}

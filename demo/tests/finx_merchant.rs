//! The demo merchant's back end, against the simulated finX.

#[path = "../../sandbox/tests/common/mod.rs"]
mod common;
mod shop;

use common::given;
use sandbox::finx::{CLIENT_ID, CLIENT_SECRET};
use serde_json::{Value, json};
use shop::{Bench, bench, config, with_account};

/// Opens the widget as the launcher would, and lets it play: the result that the launcher makes of its message.
async fn play(bench: &Bench, launch: &Value) -> Value {
    let page = bench.http.get(launch["location"].as_str().unwrap()).send().await.unwrap();
    let page = given(&page.text().await.unwrap());
    let (status, ending) =
        bench.post(format!("{}/widget/play", bench.sandbox["finx"]), json!({ "flow": page["flow"] })).await;
    assert_eq!(status, 200, "{ending}");
    let query = &ending["message"]["query"];
    json!({ "code": query["code"], "state": query["state"], "flowId": query["flow_id"] })
}

#[tokio::test]
async fn a_success_ends_with_accounts_and_transactions() {
    let bench = bench(config());
    let (reference, launch) = bench.start("finx", json!({ "scenario": "success" })).await;
    let result = play(&bench, &launch).await;
    let (status, body) = bench.finish("finx", &reference, &result).await;
    assert_eq!((status.as_u16(), body), (200, json!({ "ok": true })));
    let record = bench.settled("finx", &reference).await;
    assert_eq!(record.get("error"), None);
    assert_eq!(record["data"]["accounts"].as_array().unwrap().len(), 3);
    assert!(record["data"]["transactions"].as_array().unwrap().len() > 100);
    assert_eq!(bench.finish("finx", &reference, &result).await.0, 200, "finishing twice changes nothing");
    assert!(!record.to_string().contains("token"), "no token reaches the page");
}

#[tokio::test]
async fn a_reconnect_synchronises_the_same_accounts_without_a_code() {
    let bench = bench(config());
    let again = async |earlier: &str| {
        let body = json!({ "scenario": "success", "reconnect": earlier });
        bench.post(bench.merchant("/api/finx/start"), body).await
    };
    let (first, launch) = bench.start("finx", json!({ "scenario": "success" })).await;
    assert_eq!(again(&first).await.0, 409, "nothing is connected yet");
    assert_eq!(again("invented").await.0, 404);
    bench.finish("finx", &first, &play(&bench, &launch).await).await;
    let record = bench.settled("finx", &first).await;
    assert_eq!((&record["canReconnect"], record.get("sameConnection")), (&json!(true), None));

    let (status, started) = again(&first).await;
    assert_eq!(status, 200, "{started}");
    let second = started["ref"].as_str().unwrap();
    let result = play(&bench, &started["launch"]).await;
    assert_eq!(result["code"], Value::Null);
    assert_eq!(bench.finish("finx", second, &json!({ "state": "another" })).await.0, 403);
    assert_eq!(bench.finish("finx", second, &result).await.0, 200);
    let record = bench.settled("finx", second).await;
    assert_eq!((record.get("error"), &record["sameConnection"]), (None, &json!(true)));
    assert_eq!(again(second).await.0, 200, "and once more");
}

#[tokio::test]
async fn a_payment_counts_by_its_receipt() {
    let bench = bench(config());
    let (reference, launch) = bench.start("finx", json!({ "scenario": "payment" })).await;
    let claimed = json!({ "state": launch["state"] });
    assert_eq!(bench.finish("finx", &reference, &claimed).await.0, 502, "nothing was paid yet");
    let result = play(&bench, &launch).await;
    assert_eq!(result["code"], Value::Null);
    assert_eq!(bench.finish("finx", &reference, &result).await.0, 200);
    let record = bench.settled("finx", &reference).await;
    assert_eq!(record.get("error"), None);
    assert_eq!(record["data"]["payment"][0]["amount"], "100.50");
    assert_eq!(record.get("canReconnect"), None);
}

#[tokio::test]
async fn the_page_may_choose_the_state() {
    let bench = bench(config());
    let back = bench.merchant("/callback.html?tab=1");
    let (_, launch) = bench
        .start(
            "finx",
            json!({ "mode": "redirect", "returnUrl": back, "state": "of-the-page", "scenario": "success" }),
        )
        .await;
    assert_eq!(launch["state"], "of-the-page");
    assert_eq!(play(&bench, &launch).await["state"], "of-the-page");
    let (_, log) = bench.get(format!("{}/__sandbox/log", bench.sandbox["finx"])).await;
    assert_eq!(log["entries"][0]["body"]["redirect_uri"], back);

    let (_, one) = bench.start("finx", json!({})).await;
    let (_, other) = bench.start("finx", json!({})).await;
    assert_eq!(one["state"].as_str().unwrap().len(), 22, "128 bits, base64url");
    assert_ne!(one["state"], other["state"]);
    assert!(!one.to_string().contains(CLIENT_SECRET));
}

#[tokio::test]
async fn a_code_counts_only_with_its_links_state_and_flow() {
    let bench = bench(config());
    let (reference, launch) = bench.start("finx", json!({ "scenario": "success" })).await;
    let result = play(&bench, &launch).await;
    let (other, _) = bench.start("finx", json!({ "scenario": "success" })).await;
    assert_eq!(bench.finish("finx", &other, &result).await.0, 403);
    let mut stateless = result.clone();
    stateless["state"].take();
    assert_eq!(bench.finish("finx", &reference, &stateless).await.0, 403);
    let mut elsewhere = result.clone();
    elsewhere["flowId"] = "another".into();
    assert_eq!(bench.finish("finx", &reference, &elsewhere).await.0, 403);
    assert_eq!(bench.finish("finx", &reference, &json!({ "state": result["state"] })).await.0, 400);
    assert_eq!(bench.finish("finx", "invented", &result).await.0, 404);
    assert_eq!(bench.get(bench.merchant("/api/finx/record/invented")).await.0, 404);
    assert_eq!(bench.finish("finx", &reference, &result).await.0, 200);

    for scenario in ["state-swapped", "state-missing"] {
        let (reference, launch) = bench.start("finx", json!({ "scenario": scenario })).await;
        let result = play(&bench, &launch).await;
        assert!(result["code"].is_string());
        assert_eq!(bench.finish("finx", &reference, &result).await.0, 403, "{scenario}");
    }
}

#[tokio::test]
async fn an_expired_code_is_said() {
    let bench = bench(config());
    let (reference, launch) = bench.start("finx", json!({ "scenario": "expired-code" })).await;
    let (status, body) = bench.finish("finx", &reference, &play(&bench, &launch).await).await;
    assert_eq!(status, 502);
    assert_eq!(body["error"], "finX answered 400, invalid_grant: The code is unknown, used or expired");
    assert_eq!(bench.settled("finx", &reference).await["error"], body["error"]);
}

#[tokio::test]
async fn start_refuses_what_cannot_be_and_knows_every_scenario() {
    let bench = bench(config());
    for body in [
        json!({ "scenario": "nonsense" }),
        json!({ "mode": "hologram" }),
        json!({ "returnUrl": "https://evil.example/" }),
    ] {
        let (status, answer) = bench.post(bench.merchant("/api/finx/start"), body.clone()).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer["error"].is_string());
    }
    let (_, listing) = bench.get(bench.merchant("/api/providers")).await;
    let providers = listing["providers"].as_array().unwrap();
    let finx = providers.iter().find(|provider| provider["id"] == "finx").unwrap();
    let scenarios = finx["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), 16);
    for scenario in scenarios {
        assert!(!scenario["modes"].as_array().unwrap().is_empty());
        bench.start("finx", json!({ "scenario": scenario["id"] })).await;
    }
    assert!(bench.start("finx", json!({ "scenario": "never-answers" })).await.1["timeoutMs"].is_u64());
    assert!(bench.start("finx", json!({ "scenario": "never-loads" })).await.1["loadTimeoutMs"].is_u64());
}

#[tokio::test]
async fn with_an_account_of_its_own_the_same_code_calls_that_service() {
    let service = bench(config());
    let account = |secret: &str| {
        with_account(&[
            ("FINX_CLIENT_ID", CLIENT_ID),
            ("FINX_CLIENT_SECRET", secret),
            ("FINX_BASE_URL", &service.sandbox["finx"]),
        ])
    };
    let live = account(CLIENT_SECRET);
    let (_, launch) = live.start("finx", json!({})).await;
    assert!(launch["location"].as_str().unwrap().starts_with(&service.sandbox["finx"]));
    let (status, _) = live.post(live.merchant("/api/finx/start"), json!({ "scenario": "cancel" })).await;
    assert_eq!(status, 400, "the real service plays no scenarios");

    let live = account("my-real-secret");
    let (status, body) = live.post(live.merchant("/api/finx/start"), json!({})).await;
    assert_eq!(status, 502);
    assert_eq!(
        body["error"],
        "finX answered 401, invalid_client: The client credentials are missing or wrong"
    );
    drop(service.sandbox);
    let (_, body) = live.post(live.merchant("/api/finx/start"), json!({})).await;
    assert!(body["error"].as_str().unwrap().starts_with("finX cannot be reached"), "{body}");
}

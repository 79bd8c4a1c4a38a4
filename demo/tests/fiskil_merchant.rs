//! The demo merchant's back end, against the simulated Fiskil.

#[path = "../../sandbox/tests/common/mod.rs"]
mod common;
mod shop;

use std::time::Duration;

use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::{answer, sign};
use reqwest::header::HOST;
use sandbox::fiskil::{CLIENT_SECRET, WEBHOOK_SECRET};
use serde_json::{Value, json};
use shop::{Bench, bench, config, of, with_account};
use tokio::net::TcpListener;

const CONSENT: &str = "consent.received";
const BANKING: &str = "banking.transactions.sync.completed";
const ENERGY: &str = "energy.usage.sync.completed";

/// Lets the page of a session play, as a browser would: the message that it posts.
async fn play(bench: &Bench, launch: &Value) -> Value {
    let (status, ending) =
        bench.page("/consent/play", launch["sessionId"].as_str().unwrap(), json!({})).await;
    assert_eq!(status, 200, "{ending}");
    ending["message"].clone()
}

#[tokio::test]
async fn a_success_ends_with_webhooks_and_data() {
    let bench = bench(config());
    let (reference, launch) = bench.start("fiskil", json!({ "scenario": "success" })).await;
    assert_eq!(launch["authServer"], bench.sandbox["fiskil"]);
    assert_eq!(
        bench.record("fiskil", &reference).await,
        json!({ "pending": true, "webhooks": [], "data": {} })
    );
    let message = play(&bench, &launch).await;
    let (status, body) =
        bench.finish("fiskil", &reference, json!({ "consentID": message["consentID"] })).await;
    assert_eq!((status.as_u16(), body), (200, json!({ "ok": true })));

    let record = bench.settled("fiskil", &reference).await;
    assert_eq!(record.get("error"), None);
    let webhooks = record["webhooks"].as_array().unwrap();
    let events: Vec<_> = webhooks
        .iter()
        .map(|webhook| (webhook["event"].as_str().unwrap(), webhook["duplicate"] == true))
        .collect();
    assert_eq!(events, [(CONSENT, false), (BANKING, false), (BANKING, true), (ENERGY, false)]);
    assert!(webhooks.iter().all(|webhook| webhook["proof"] == "signature"));
    assert_eq!(webhooks[1]["messageId"], webhooks[2]["messageId"]);
    let data = &record["data"];
    assert_eq!(data["accounts"].as_array().unwrap().len(), 3);
    assert!(data["transactions"].as_array().unwrap().len() > 50);
    assert_eq!(data["energy"].as_array().unwrap().len(), 28);

    let requests = bench.log("request").await;
    let times = |path: &str| {
        requests.iter().filter(|entry| entry["path"].as_str().unwrap().starts_with(path)).count()
    };
    assert_eq!(times("/v1/token"), 1, "the token is kept");
    assert_eq!(times("/v1/transactions"), 1, "a repeated webhook fetches nothing");
}

#[tokio::test]
async fn a_reconnect_renews_the_consent_of_the_earlier_link() {
    let bench = bench(config());
    let again = async |earlier: &str| {
        let body = json!({ "scenario": "success", "reconnect": earlier });
        bench.post(bench.merchant("/api/fiskil/start"), body).await
    };
    let (first, launch) = bench.start("fiskil", json!({ "scenario": "success" })).await;
    assert_eq!(again(&first).await.0, 409, "nothing is connected yet");
    assert_eq!(again("invented").await.0, 404);
    let consent = play(&bench, &launch).await["consentID"].clone();
    bench.finish("fiskil", &first, json!({ "consentID": consent })).await;
    let record = bench.settled("fiskil", &first).await;
    assert_eq!((&record["canReconnect"], record.get("sameConnection")), (&json!(true), None));

    let (status, started) = again(&first).await;
    assert_eq!(status, 200, "{started}");
    let second = started["ref"].as_str().unwrap();
    assert_eq!(play(&bench, &started["launch"]).await["consentID"], consent);
    assert_eq!(bench.finish("fiskil", second, json!({ "consentID": consent })).await.0, 200);
    assert_eq!(bench.settled("fiskil", second).await["sameConnection"], true);
    let requests = bench.log("request").await;
    let session = requests.iter().rfind(|entry| entry["path"] == "/v1/auth/session").unwrap();
    assert_eq!(session["body"]["arrangement_id"], consent);
    assert_eq!(requests.iter().filter(|entry| entry["path"] == "/v1/end-users").count(), 1);
}

#[tokio::test]
async fn webhooks_that_come_before_the_page_answers_count() {
    let bench = of(sandbox::Config { webhook_delay: Duration::ZERO, ..common::config() });
    let (reference, launch) = bench.start("fiskil", json!({ "scenario": "success" })).await;
    let message = play(&bench, &launch).await;
    while bench.log("webhook").await.len() < 4 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(bench.record("fiskil", &reference).await["pending"], true);
    let requests = bench.log("request").await;
    assert!(
        !requests.iter().any(|entry| entry["path"].as_str().unwrap().starts_with("/v1/accounts")),
        "nothing is fetched for nobody"
    );
    bench.finish("fiskil", &reference, message).await;
    assert_eq!(bench.settled("fiskil", &reference).await["data"]["accounts"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_consent_of_somebody_else_is_refused() {
    let bench = bench(config());
    let (_, launch) = bench.start("fiskil", json!({ "scenario": "success" })).await;
    let message = play(&bench, &launch).await;
    let (other, _) = bench.start("fiskil", json!({ "scenario": "success" })).await;
    for claimed in [message["consentID"].clone(), json!("arr_invented")] {
        let (status, body) = bench.finish("fiskil", &other, json!({ "consentID": claimed })).await;
        assert_eq!(status, 403, "{body}");
        assert!(body["error"].as_str().unwrap().contains("end user"));
    }
    let (status, _) = bench.finish("fiskil", &other, json!({})).await;
    assert_eq!(status, 409, "no consent has been given");
    assert_eq!(bench.record("fiskil", &other).await, json!({ "pending": true, "webhooks": [], "data": {} }));
    assert_eq!(bench.finish("fiskil", "invented", message).await.0, 404);
    assert_eq!(bench.get(bench.merchant("/api/fiskil/record/invented")).await.0, 404);
}

#[tokio::test]
async fn without_a_consent_id_the_server_finds_the_consent() {
    let bench = bench(config());
    let (reference, launch) = bench.start("fiskil", json!({ "scenario": "success-redirect-only" })).await;
    let message = play(&bench, &launch).await;
    assert_eq!(message.get("consentID"), None);
    assert_eq!(
        bench.finish("fiskil", &reference, json!({ "redirectURL": message["redirectURL"] })).await.0,
        200
    );
    assert_eq!(bench.settled("fiskil", &reference).await["data"]["accounts"].as_array().unwrap().len(), 3);
    assert_eq!(bench.finish("fiskil", &reference, json!({})).await.0, 200, "finishing twice changes nothing");
}

#[tokio::test]
async fn an_unsigned_or_altered_webhook_is_refused() {
    let bench = bench(config());
    let (reference, launch) = bench.start("fiskil", json!({ "scenario": "success" })).await;
    let message = play(&bench, &launch).await;
    bench.finish("fiskil", &reference, message.clone()).await;
    let before = bench.settled("fiskil", &reference).await;

    let consent = message["consentID"].as_str().unwrap();
    let body = json!({ "event": BANKING, "data": { "consent_id": consent }, "message_id": "msg_forged" })
        .to_string();
    let right = sign(&body);
    let mut flipped = right.clone();
    flipped.replace_range(0..1, if right.starts_with('0') { "1" } else { "0" });
    for signature in ["", "zz", &flipped, &right[..62], &format!("{right}00"), &sign("")] {
        assert_eq!(bench.webhook(&body, signature).await, 401, "{signature}");
    }
    // one space more, and another consent
    assert_eq!(bench.webhook(&format!("{body} "), &right).await, 401);
    assert_eq!(bench.webhook(&body.replace(consent, "arr_other"), &right).await, 401);
    let unsigned =
        bench.http.post(bench.merchant("/webhooks/fiskil")).body(body.clone()).send().await.unwrap();
    assert_eq!(unsigned.status(), 401);
    assert_eq!(bench.record("fiskil", &reference).await, before, "nothing was stored");

    assert_eq!(bench.webhook(&body, &right).await, 200);
    assert_eq!(bench.record("fiskil", &reference).await["webhooks"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_refusal_names_the_form_of_the_signature() {
    let bench = bench(config());
    let body = json!({ "event": CONSENT, "data": { "consent_id": "c" }, "message_id": "m" }).to_string();
    let newer = BASE64_STANDARD.encode(hex::decode(sign(&body)).unwrap());
    for (signature, said) in [
        (sign("another body"), "is hex, and not of this body"),
        (newer, "is base64, the form of the newer guide"),
        ("zz".into(), "is neither hex nor base64"),
        (String::new(), "There is no X-Fiskil-Signature"),
    ] {
        let (status, answer) = bench.webhook_answer(&body, &signature).await;
        assert_eq!(status, 401);
        assert!(answer["error"].as_str().unwrap().contains(said), "{signature}: {answer}");
    }
}

#[tokio::test]
async fn a_replayed_webhook_is_accepted_and_ignored() {
    let bench = bench(config());
    let (reference, launch) = bench.start("fiskil", json!({ "scenario": "success" })).await;
    let message = play(&bench, &launch).await;
    bench.finish("fiskil", &reference, message).await;
    let before = bench.settled("fiskil", &reference).await;
    let fetched = async || {
        bench
            .log("request")
            .await
            .iter()
            .filter(|entry| entry["path"].as_str().unwrap().contains("consent_id"))
            .count()
    };
    let calls = fetched().await;

    let sent = bench.log("webhook").await;
    let body = sent[1]["body"].as_str().unwrap();
    assert_eq!(bench.webhook(body, &sign(body)).await, 200);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let after = bench.record("fiskil", &reference).await;
    assert_eq!(after["data"], before["data"]);
    assert_eq!(after["webhooks"].as_array().unwrap().last().unwrap()["duplicate"], true);
    assert_eq!(fetched().await, calls);
}

#[tokio::test]
async fn a_signed_webhook_that_makes_no_sense_is_a_bad_request() {
    let bench = bench(config());
    for body in [
        "",
        "[]",
        "{}",
        r#"{"event":"consent.received","message_id":"m"}"#,
        r#"{"message_id":"m","data":{"consent_id":"c"}}"#,
    ] {
        assert_eq!(bench.webhook(body, &sign(body)).await, 400, "{body}");
    }
    let newer = r#"{"message_id":"m","data":{"consent_id":"c","event":"consent.received"}}"#;
    assert_eq!(bench.webhook(newer, &sign(newer)).await, 200);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let bench = bench(config());
    bench.start("fiskil", json!({ "scenario": "success" })).await;
    bench.http.post(bench.fiskil("/__sandbox/expire-tokens")).send().await.unwrap();
    bench.start("fiskil", json!({ "scenario": "success" })).await;
    let statuses: Vec<_> = bench
        .log("request")
        .await
        .iter()
        .map(|entry| (entry["path"].as_str().unwrap().to_owned(), entry["status"].as_u64().unwrap()))
        .collect();
    let expected = [
        ("/v1/token", 200),
        ("/v1/end-users", 201),
        ("/v1/auth/session", 201),
        ("/__sandbox/expire-tokens", 204),
        ("/v1/end-users", 401),
        ("/v1/token", 200),
        ("/v1/end-users", 201),
        ("/v1/auth/session", 201),
    ];
    assert_eq!(statuses, expected.map(|(path, status)| (path.to_owned(), status)));
}

#[tokio::test]
async fn a_token_near_its_end_is_not_used() {
    let bench = of(sandbox::Config { token_lifetime: Duration::from_secs(59), ..common::config() });
    bench.start("fiskil", json!({ "scenario": "success" })).await;
    let tokens = bench.log("request").await.iter().filter(|entry| entry["path"] == "/v1/token").count();
    assert_eq!(tokens, 2, "one for each call");
}

/// With an account at a service like Fiskil.
fn live(fiskil: &str, client_secret: &str) -> Bench {
    with_account(&[
        ("FISKIL_CLIENT_ID", "sandbox-client"),
        ("FISKIL_CLIENT_SECRET", client_secret),
        ("FISKIL_WEBHOOK_SECRET", "another-webhook-secret"),
        ("FISKIL_BASE_URL", &format!("{fiskil}/v1")),
        ("FISKIL_AUTH_SERVER", "https://auth.example"),
    ])
}

#[tokio::test]
async fn with_an_account_of_its_own_the_same_code_calls_that_service() {
    let service = bench(config());
    let live = live(&service.sandbox["fiskil"], CLIENT_SECRET);
    let (_, listing) = live.get(live.merchant("/api/providers")).await;
    let fiskil = &listing["providers"][0];
    assert_eq!(fiskil["live"], true);
    assert_eq!(fiskil["scenarios"].as_array().unwrap().len(), 1);
    let (_, launch) = live.start("fiskil", json!({ "scenario": "manual" })).await;
    assert_eq!(launch["authServer"], "https://auth.example");
    assert_eq!(service.log("request").await.len(), 3);
    assert!(live.log("request").await.is_empty(), "the simulated one is not asked");
    let (status, _) = live.post(live.merchant("/api/fiskil/start"), json!({ "scenario": "denied" })).await;
    assert_eq!(status, 400, "the real service plays no scenarios");
    let body = json!({ "event": CONSENT, "data": { "consent_id": "c" }, "message_id": "m" }).to_string();
    assert_eq!(
        live.webhook(&body, &sign(&body)).await,
        401,
        "signed with {WEBHOOK_SECRET}, not with its own secret"
    );
}

#[tokio::test]
async fn an_end_user_has_either_name_of_the_documentation() {
    for name in ["id", "end_user_id"] {
        let session = async |Json(body): Json<Value>| Json(json!({ "session_id": body["end_user_id"] }));
        let service = Router::new()
            .route("/v1/token", post(async || Json(json!({ "token": "t", "expires_in": 900 }))))
            .route("/v1/end-users", post(async move || Json(json!({ name: "the person" }))))
            .route("/v1/auth/session", post(session));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let live = live(&format!("http://{}", listener.local_addr().unwrap()), CLIENT_SECRET);
        tokio::spawn(async { axum::serve(listener, service).await });
        let (_, launch) = live.start("fiskil", json!({})).await;
        assert_eq!(launch["sessionId"], "the person", "{name}");
    }
}

#[tokio::test]
async fn wrong_credentials_are_said_without_saying_them() {
    let service = bench(config());
    let live = live(&service.sandbox["fiskil"], "my-real-secret");
    let (status, body) = live.post(live.merchant("/api/fiskil/start"), json!({})).await;
    assert_eq!(status, 502);
    let error = body["error"].as_str().unwrap();
    assert!(error.starts_with("Fiskil answered 401: The client credentials are wrong"), "{error}");
    assert!(!error.contains("my-real-secret"));
    assert!(!format!("{:?}", service.log("request").await).contains("my-real-secret"));

    drop(service.sandbox);
    let (status, body) = live.post(live.merchant("/api/fiskil/start"), json!({})).await;
    assert_eq!(status, 502);
    assert!(body["error"].as_str().unwrap().starts_with("Fiskil cannot be reached"), "{body}");
}

#[tokio::test]
async fn start_refuses_what_cannot_be() {
    let bench = bench(config());
    let start = |body| bench.post(bench.merchant("/api/fiskil/start"), body);
    for body in [
        json!({ "scenario": "nonsense" }),
        json!({ "mode": "hologram" }),
        json!({ "returnUrl": "https://evil.example/" }),
        json!({ "returnUrl": "not a url" }),
        json!({ "returnUrl": format!("{}.evil.example/", bench.sandbox["merchant"]) }),
    ] {
        let (status, answer) = start(body.clone()).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer["error"].is_string());
    }
    let own = bench.merchant("/callback.html");
    for url in [own.clone(), own.replace("127.0.0.1", "localhost")] {
        let (status, _) = start(json!({ "returnUrl": url })).await;
        assert_eq!(status, 200);
        let log = bench.log("request").await;
        let session = log.last().unwrap();
        assert_eq!(
            (&session["body"]["redirect_uri"], &session["body"]["cancel_uri"]),
            (&json!(url), &json!(url))
        );
    }
}

#[tokio::test]
async fn scenarios_of_time_come_with_the_time() {
    let bench = bench(config());
    assert!(bench.start("fiskil", json!({ "scenario": "never-answers" })).await.1["timeoutMs"].is_u64());
    assert!(bench.start("fiskil", json!({ "scenario": "never-loads" })).await.1["loadTimeoutMs"].is_u64());
    let (_, launch) = bench.start("fiskil", json!({ "scenario": "frame-blocked" })).await;
    let policy =
        bench.http.get(bench.merchant("/")).send().await.unwrap().headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
    assert!(!policy.contains(launch["authServer"].as_str().unwrap()));
}

#[tokio::test]
async fn every_listed_scenario_can_be_started() {
    let bench = bench(config());
    let (_, listing) = bench.get(bench.merchant("/api/providers")).await;
    let fiskil = &listing["providers"][0];
    assert_eq!(fiskil["modes"], json!(["overlay", "container", "popup", "redirect"]));
    let scenarios = fiskil["scenarios"].as_array().unwrap();
    assert!(scenarios.len() > 20);
    for scenario in scenarios {
        assert!(!scenario["modes"].as_array().unwrap().is_empty());
        bench.start("fiskil", json!({ "scenario": scenario["id"] })).await;
    }
}

#[tokio::test]
async fn the_site_and_the_package_are_served_with_a_strict_policy() {
    let bench = bench(config());
    for (path, part) in [("/", "<title>Merchant</title>"), ("/pkg/index.js", "export")] {
        let response = bench.http.get(bench.merchant(path)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers().clone();
        assert_eq!(headers["cache-control"], "no-cache");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        let policy = headers["content-security-policy"].to_str().unwrap();
        for directive in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            &bench.sandbox["fiskil"],
            &bench.sandbox["stranger"],
        ] {
            assert!(policy.contains(directive), "{directive} in {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert!(response.text().await.unwrap().contains(part));
    }
    for path in ["/missing.html", "/pkg/missing.js", "/..%2fCargo.toml", "/pkg/..%2f..%2fcommon/mod.rs"] {
        let response = bench.http.get(bench.merchant(path)).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_foreign_host_name_does_not_reach_the_back_end() {
    let bench = bench(config());
    let foreign = || {
        bench.http.post(bench.merchant("/api/fiskil/start")).header(HOST, "rebound.example").json(&json!({}))
    };
    assert_eq!(answer(foreign()).await.0, 421);
    let body = "{}";
    let webhook =
        bench.http.post(bench.merchant("/webhooks/fiskil")).header(HOST, "tunnel.example").body(body);
    let status = webhook.header("x-fiskil-signature", sign(body)).send().await.unwrap().status();
    assert_eq!(status, 400, "webhooks come through a tunnel, and are signed");
    let form =
        bench.http.post(bench.merchant("/api/fiskil/start")).header("content-type", "text/plain").body("{}");
    assert_eq!(answer(form).await.0, 415, "another site's form cannot start a link");
}

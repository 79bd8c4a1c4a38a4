//! Webhooks for somebody else's back end: who gets them and when, and those that must be refused.

mod common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use common::{Bench, answer, bench, config, is_signed, sign};
use sandbox::{Config, fimento, finqlink, options};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

const SENDERS: [&str; 3] = ["fiskil", "finqlink", "fimento"];
/// So that nothing waits forever, on a machine that has much to do.
const PATIENCE: Duration = Duration::from_secs(30);
const HANGS: Duration = Duration::from_secs(3600);

/// A back end: what it got, and how it behaves.
#[derive(Clone)]
struct BackEnd {
    url: String,
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    takes: Duration,
    /// How many it answers with 500 at first.
    fails: usize,
}

impl BackEnd {
    async fn start(takes: Duration, fails: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let back_end = Self { url, got: Arc::default(), takes, fails };
        let router = Router::new().fallback(receive).with_state(back_end.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        back_end
    }

    async fn good() -> Self {
        Self::start(Duration::ZERO, 0).await
    }

    /// The bodies so far, as soon as there are so many.
    async fn bodies(&self, count: usize) -> Vec<String> {
        let enough = async {
            while self.got.lock().unwrap().len() < count {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let came = timeout(PATIENCE, enough).await;
        let bodies: Vec<_> = self.got.lock().unwrap().iter().map(|(_, body)| body.clone()).collect();
        came.unwrap_or_else(|_| panic!("not {count}: {bodies:?}"));
        bodies
    }
}

async fn receive(State(back_end): State<BackEnd>, headers: HeaderMap, body: String) -> StatusCode {
    let nth = {
        let mut got = back_end.got.lock().unwrap();
        got.push((headers, body));
        got.len()
    };
    sleep(back_end.takes).await;
    if nth <= back_end.fails { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::NO_CONTENT }
}

fn url(bench: &Bench, provider: &str, path: &str) -> String {
    let origins = serde_json::to_value(&*bench.sandbox).unwrap();
    format!("{}{path}", origins[provider].as_str().unwrap())
}

async fn control(bench: &Bench, provider: &str, path: &str, body: Value) -> (u16, Value) {
    let (status, answer) =
        bench.post(url(bench, provider, &format!("/__sandbox/webhooks{path}")), body).await;
    (status.as_u16(), answer)
}

async fn register(bench: &Bench, provider: &str, back_end: &BackEnd) {
    let (status, answer) = control(bench, provider, "", json!({ "url": back_end.url })).await;
    assert_eq!(status, 201, "{answer}");
}

async fn bad(bench: &Bench, provider: &str, kind: &str) -> Vec<Value> {
    let (status, answer) = control(bench, provider, "/bad", json!({ "kind": kind })).await;
    assert_eq!(status, 200, "{answer}");
    answer["sent"].as_array().unwrap().clone()
}

/// Does what ends in so many webhooks.
async fn happen(bench: &Bench, provider: &str, more: Value) -> usize {
    match provider {
        "fiskil" => {
            let session = bench.session(json!({ "scenario": "success" })).await;
            assert_eq!(bench.page("/consent/play", &session, json!({})).await.0, 200);
            4
        }
        "finqlink" => {
            let mut body = json!({
                "client_id": finqlink::CLIENT_ID,
                "client_secret": finqlink::CLIENT_SECRET,
                "ais_method": { "provider_id": "bt_ro" },
                "options": { "type": "wrapped_sca" },
            });
            body["options"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let (status, link) = bench.post(url(bench, provider, "/test/ais/consents/create"), body).await;
            assert_eq!(status, 200, "{link}");
            4
        }
        _ => {
            let body = json!({ "market": "SE", "dataCollectionType": "transaction-categorisation" });
            assert_eq!(fimento(bench, "/process", body).await, 201);
            1
        }
    }
}

async fn fimento(bench: &Bench, path: &str, body: Value) -> u16 {
    let credentials = json!({ "name": fimento::NAME, "password": fimento::PASSWORD });
    let (_, login) = bench.post(url(bench, "fimento", "/login"), credentials).await;
    let request = bench.http.post(url(bench, "fimento", path)).json(&body);
    let request = request.bearer_auth(login["access_token"].as_str().unwrap());
    answer(request.header("partner-bank-id", fimento::PARTNER_BANK_ID)).await.0.as_u16()
}

async fn keys(bench: &Bench) -> Value {
    bench.get(url(bench, "finqlink", "/.well-known/jwks.json")).await.1
}

/// What the log says was sent to one receiver, as soon as there are so many: one is noted when it is over.
async fn sent(bench: &Bench, provider: &str, to: &BackEnd, count: usize) -> Vec<Value> {
    for _ in 0..2000 {
        let (_, log) = bench.get(url(bench, provider, "/__sandbox/log")).await;
        let entries = log["entries"].as_array().unwrap().iter();
        let ours = entries.filter(|entry| entry["kind"] == "webhook" && entry["url"] == to.url);
        let ours: Vec<_> = ours.cloned().collect();
        if ours.len() >= count {
            return ours;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("there are not {count}");
}

#[tokio::test]
async fn whoever_registers_gets_what_happens_with_a_genuine_signature() {
    let by_option = BackEnd::good().await;
    let webhooks =
        SENDERS.map(|provider| options::receiver(&format!("{provider}={}", by_option.url)).unwrap()).to_vec();
    let bench = bench(Config { webhooks, ..config() });
    let mut of_option = 0;
    for provider in SENDERS {
        let by_call = BackEnd::good().await;
        register(&bench, provider, &by_call).await;
        register(&bench, provider, &by_call).await;
        let count = happen(&bench, provider, json!({})).await;
        of_option += count;
        assert_eq!(by_call.bodies(count).await.len(), count, "{provider}: once, although registered twice");
        by_option.bodies(of_option).await;
        for (headers, body) in by_call.got.lock().unwrap().iter() {
            assert_eq!(headers["content-type"], "application/json");
            let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
            assert_eq!(header("x-fiskil-signature"), (provider == "fiskil").then(|| sign(body)).as_deref());
            assert_eq!(header("x-signature").is_some(), provider == "finqlink");
        }
        if provider == "finqlink" {
            let keys = keys(&bench).await;
            let entries = sent(&bench, provider, &by_call, count).await;
            assert!(entries.iter().all(|sent| is_signed(
                &keys,
                &sent["headers"],
                sent["body"].as_str().unwrap()
            )));
        }
    }
    assert_eq!(by_option.bodies(of_option).await.len(), of_option);
}

#[tokio::test]
async fn a_request_may_name_a_receiver_of_its_own() {
    let (bench, own, all) = (bench(config()), BackEnd::good().await, BackEnd::good().await);
    register(&bench, "finqlink", &all).await;
    happen(&bench, "finqlink", json!({ "webhook_url": own.url })).await;
    assert_eq!(own.bodies(4).await, all.bodies(4).await);
    happen(&bench, "finqlink", json!({})).await;
    assert_eq!((all.bodies(8).await.len(), own.bodies(0).await.len()), (8, 4));

    let fimentos = BackEnd::good().await;
    assert_eq!(fimento(&bench, "/webhook", json!({ "webhookUrl": fimentos.url })).await, 201);
    happen(&bench, "fimento", json!({})).await;
    fimentos.bodies(1).await;
}

#[tokio::test]
async fn receivers_are_listed_and_forgotten() {
    let (bench, one, two) = (bench(config()), BackEnd::good().await, BackEnd::good().await);
    let hooks = url(&bench, "finqlink", "/__sandbox/webhooks");
    for back_end in [&one, &two] {
        register(&bench, "finqlink", back_end).await;
    }
    assert_eq!(bench.get(hooks.clone()).await.1, json!({ "receivers": [one.url, two.url] }));
    let forget = bench.http.delete(&hooks).json(&json!({ "url": one.url }));
    assert_eq!(answer(forget.try_clone().unwrap()).await.1, json!({ "receivers": [two.url] }));
    let (status, said) = answer(forget).await;
    assert_eq!(status, 404);
    assert_eq!(said["error"], format!("`{}` is none of the receivers: {}", one.url, two.url));
    happen(&bench, "finqlink", json!({})).await;
    assert_eq!((two.bodies(4).await.len(), one.bodies(0).await.len()), (4, 0));
    assert_eq!(answer(bench.http.delete(&hooks)).await.1, json!({ "receivers": [] }));
}

#[tokio::test]
async fn one_that_hangs_holds_up_nobody() {
    let limit = Duration::from_millis(400);
    let bench = bench(Config { webhook_timeout: limit, ..config() });
    let (hangs, good) = (BackEnd::start(HANGS, 0).await, BackEnd::good().await);
    for provider in SENDERS {
        register(&bench, provider, &hangs).await;
        register(&bench, provider, &good).await;
    }
    let mut count = 0;
    for provider in SENDERS {
        count += happen(&bench, provider, json!({})).await;
    }
    good.bodies(count).await;
    assert!(sent(&bench, "fiskil", &hangs, 0).await.len() < 4 * 5, "it is still being tried");
    // all of them come to that one, too, and more than once
    hangs.bodies(count * 2).await;
    let tried = sent(&bench, "fimento", &hangs, 1).await;
    assert_eq!((&tried[0]["status"], &tried[0]["attempt"]), (&Value::Null, &json!(1)));
    assert_eq!(tried[0]["error"], "no answer within 400ms");
}

#[tokio::test]
async fn one_that_fails_gets_it_again() {
    let (bench, fails, other) =
        (bench(config()), BackEnd::start(Duration::ZERO, 2).await, BackEnd::good().await);
    register(&bench, "fimento", &fails).await;
    happen(&bench, "fimento", json!({})).await;
    let bodies = fails.bodies(3).await;
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    happen(&bench, "fimento", json!({})).await;
    assert_ne!(fails.bodies(4).await[3], bodies[0], "a third time was enough");
    let tries = sent(&bench, "fimento", &fails, 4)
        .await
        .into_iter()
        .filter(|sent| sent["body"] == bodies[0].as_str());
    let attempts: Vec<_> = tries.map(|sent| [&sent["attempt"], &sent["status"]].map(Value::as_u64)).collect();
    assert_eq!(attempts, [[1, 500], [2, 500], [3, 204]].map(|row| row.map(Some)));

    // nobody listens there
    let gone = BackEnd { url: "http://127.0.0.1:1/hooks".into(), ..other.clone() };
    for back_end in [&gone, &other] {
        register(&bench, "fimento", back_end).await;
    }
    happen(&bench, "fimento", json!({})).await;
    other.bodies(1).await;
    assert_eq!(sent(&bench, "fimento", &gone, 1).await[0]["error"], "nobody listens there");
}

#[tokio::test]
async fn slow_ones_are_told_in_parallel_and_each_in_order() {
    let bench = bench(config());
    let takes = Duration::from_millis(600);
    let mut slow = Vec::new();
    for _ in 0..8 {
        let back_end = BackEnd::start(takes, 0).await;
        register(&bench, "finqlink", &back_end).await;
        slow.push(back_end);
    }
    let since = Instant::now();
    let entries = bad(&bench, "finqlink", "forged").await;
    assert!(entries.iter().all(|sent| sent["status"] == 204));
    assert!(since.elapsed() < takes * 7, "{:?}", since.elapsed());
    happen(&bench, "finqlink", json!({})).await;
    for back_end in slow {
        let statuses: Vec<Value> = back_end.bodies(5).await[1..]
            .iter()
            .map(|body| serde_json::from_str::<Value>(body).unwrap()["status"].take())
            .collect();
        assert_eq!(statuses, ["started", "requested", "sca_url_retrieved", "awaiting_authz"]);
    }
}

#[tokio::test]
async fn bad_ones_are_wrong_in_one_way_each() {
    let bench = bench(config());
    let keys = async || keys(&bench).await;
    let back_end = BackEnd::start(Duration::ZERO, usize::MAX).await;
    for provider in SENDERS {
        register(&bench, provider, &back_end).await;
    }
    for genuine_first in [false, true] {
        for (provider, kind) in [
            ("fiskil", "forged"),
            ("fiskil", "altered"),
            ("finqlink", "forged"),
            ("finqlink", "altered"),
            ("finqlink", "unknown-kid"),
        ] {
            let why = format!("{provider} {kind} {genuine_first}");
            if genuine_first {
                let before = back_end.bodies(0).await.len();
                happen(&bench, provider, json!({})).await;
                back_end.bodies(before + 1).await;
            }
            let entries = bad(&bench, provider, kind).await;
            let entry = entries.iter().find(|entry| entry["url"] == back_end.url).unwrap();
            assert_eq!((&entry["bad"], &entry["status"]), (&json!(kind), &json!(500)), "{why}");
            let (headers, body) = (&entry["headers"], entry["body"].as_str().unwrap());
            let genuine = body.replace("-altered", "");
            if genuine_first && kind == "altered" {
                // The last one that was sent may still be on its way.
                let came = async {
                    while !back_end.bodies(0).await.contains(&genuine) {
                        sleep(Duration::from_millis(5)).await;
                    }
                };
                timeout(PATIENCE, came).await.unwrap_or_else(|_| panic!("{why}: {genuine} never came"));
            }
            if provider == "fiskil" {
                let signature = headers["x-fiskil-signature"].as_str().unwrap();
                assert_ne!(signature, sign(body), "{why}");
                assert_eq!(signature == sign(&genuine), kind == "altered", "{why}");
                continue;
            }
            let keys = keys().await;
            assert!(!is_signed(&keys, headers, body), "{why}");
            assert_eq!(is_signed(&keys, headers, &genuine), kind == "altered", "{why}");
            let kid =
                keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == headers["x-signature-kid"]);
            assert_eq!(kid, kind != "unknown-kid", "{why}");
        }
    }
}

#[tokio::test]
async fn a_replayed_one_is_the_last_one_byte_for_byte() {
    let bench = bench(config());
    for provider in SENDERS {
        let (status, said) = control(&bench, provider, "/bad", json!({ "kind": "replayed" })).await;
        assert_eq!(
            (status, &said["error"]),
            (409, &json!("no webhook has been sent yet that could be replayed"))
        );
        let back_end = BackEnd::good().await;
        register(&bench, provider, &back_end).await;
        let count = happen(&bench, provider, json!({})).await;
        back_end.bodies(count).await;
        bad(&bench, provider, "replayed").await;
        let bodies = back_end.bodies(count + 1).await;
        assert_eq!(bodies[count], bodies[count - 1]);
        let got = back_end.got.lock().unwrap();
        for header in ["x-fiskil-signature", "x-signature", "x-signature-kid"] {
            assert_eq!(got[count].0.get(header), got[count - 1].0.get(header));
        }
    }
}

#[tokio::test]
async fn wrong_calls_say_what_is_expected() {
    let bench = bench(config());
    for (provider, path, body, status, expected) in [
        ("fiskil", "", json!({}), 400, "the body must be JSON with `url`, such as {\"url\":\"http"),
        ("fimento", "", json!({ "url": "/hooks" }), 400, "`/hooks` must be an absolute http or https URL"),
        (
            "fiskil",
            "/bad",
            json!([]),
            400,
            "the body must be JSON with `kind`, such as {\"kind\":\"replayed\"}",
        ),
        ("fiskil", "/bad", json!({ "kind": "unknown-kid" }), 400, "must be one of forged, altered, replayed"),
        ("finqlink", "/bad", json!({ "kind": "x" }), 400, "forged, altered, unknown-kid, replayed"),
        ("fimento", "/bad", json!({ "kind": "forged" }), 400, "`kind` must be one of altered, replayed"),
        ("finqlink", "/bad", json!({ "kind": "forged" }), 409, "register with POST /__sandbox/webhooks"),
    ] {
        let (got, said) = control(&bench, provider, path, body).await;
        assert_eq!(got, status, "{said}");
        assert!(said["error"].as_str().unwrap().contains(expected), "{said}");
    }
    for (option, expected) in [
        ("http://127.0.0.1:1", "it must be PROVIDER=URL"),
        (
            "finx=http://127.0.0.1:1",
            "`finx` sends no webhooks: PROVIDER must be one of fiskil, finqlink, fimento",
        ),
        ("fiskil=3000", "`3000` must be an absolute http or https URL"),
    ] {
        assert_eq!(options::receiver(option).unwrap_err().to_string(), expected);
    }
}

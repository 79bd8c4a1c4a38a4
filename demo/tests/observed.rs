//! What other people's tests use: scenarios that play by themselves, and the log of what happened.

#[path = "../../sandbox/tests/common/mod.rs"]
mod common;
mod shop;

use common::given;
use demo::Config;
use reqwest::StatusCode;
use sandbox::fiskil::CLIENT_SECRET;
use sandbox::options;
use serde_json::{Value, json};
use shop::{Bench, bench, config, of};

const PROVIDERS: [&str; 5] = ["fiskil", "flinks", "finx", "finqlink", "fimento"];

fn playing(scenarios: &[&str]) -> Bench {
    of(sandbox::Config {
        scenarios: options::scenarios(scenarios.iter().copied()).unwrap(),
        ..common::config()
    })
}

/// What the merchant's page would open, by a back end that names this scenario, or none.
async fn opened(bench: &Bench, provider: &str, scenario: Option<&str>) -> (StatusCode, Value) {
    let start = bench.merchant(&format!("/api/{provider}/start"));
    let (status, started) = bench.post(start, json!({ "scenario": scenario })).await;
    assert_eq!(status, 200, "{provider}: {started}");
    let launch = &started["launch"];
    let text = |name: &str| launch[name].as_str().unwrap().to_owned();
    let url = match provider {
        "fiskil" => format!("{}/?sess_id={}", text("authServer"), text("sessionId")),
        "flinks" => format!("{}&authorizeToken={}", text("url"), text("authorizeToken")),
        "finx" => text("location"),
        "finqlink" => text("url"),
        _ => text("consentLink"),
    };
    let page = bench.http.get(url).send().await.unwrap();
    (page.status(), given(&page.text().await.unwrap()))
}

#[tokio::test]
async fn pages_wait_for_a_person_unless_a_scenario_is_chosen() {
    let (waiting, playing) = (bench(config()), playing(&["success"]));
    for provider in PROVIDERS {
        for (bench, plays) in [(&waiting, false), (&playing, true)] {
            let (status, given) = opened(bench, provider, None).await;
            assert_eq!((status, &given["plays"]), (StatusCode::OK, &json!(plays)), "{provider}");
        }
    }
}

#[tokio::test]
async fn a_session_ends_as_chosen_unless_its_creator_says_otherwise() {
    let bench = playing(&["denied"]);
    for (more, error) in [
        (json!({}), json!("CONSENT_ENDUSER_DENIED")),
        (json!({ "scenario": "cancelled" }), json!("AUTH_SESSION_CANCELLED")),
        (json!({ "scenario": "success" }), Value::Null),
    ] {
        let session = bench.session(more).await;
        let (status, ending) = bench.page("/consent/play", &session, json!({})).await;
        assert_eq!((status, &ending["message"]["errorType"]), (StatusCode::OK, &error));
    }
    for (provider, path, name) in [
        ("finqlink", "/w/play", "web_id"),
        ("finx", "/widget/play", "flow"),
        ("fimento", "/consent/play", "token"),
    ] {
        let (_, given) = opened(&bench, provider, None).await;
        let own = given[if name == "web_id" { "webId" } else { name }].clone();
        let origin = serde_json::to_value(&*bench.sandbox).unwrap()[provider].clone();
        let (status, ending) =
            bench.post(format!("{}{path}", origin.as_str().unwrap()), json!({ name: own })).await;
        assert_eq!(status, 200, "{provider}: {ending}");
        let told = ending.to_string().to_lowercase();
        assert!(told.contains("denied"), "{provider}: {told}");
    }
}

#[tokio::test]
async fn a_scenario_for_one_provider_leaves_the_others() {
    let bench = playing(&["flinks=token-invalid-once", "fimento=bad-data"]);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(opened(&bench, "flinks", None).await.0.as_u16());
    }
    assert_eq!(statuses, [401, 200, 401, 200], "each first token is refused, the next one is not");
    assert_eq!(opened(&bench, "fiskil", None).await.1["plays"], false);

    let (_, given) = opened(&bench, "fimento", None).await;
    assert_eq!((&given["plays"], &given["numberIsKnown"]), (&json!(true), &json!(true)));
    let entries = entries(&bench.get(bench.merchant("/__sandbox/log")).await.1, "fimento");
    let created = entries.iter().find(|entry| entry["path"] == "/process").unwrap();
    assert_eq!(created["answer"]["socialSecurityNumber"], "197710114682");
}

fn entries(log: &Value, provider: &str) -> Vec<Value> {
    let entries = log["entries"].as_array().unwrap().iter();
    entries.filter(|entry| entry["provider"] == provider).cloned().collect()
}

#[tokio::test]
async fn the_merchants_log_has_all_providers_in_order_with_what_they_answered() {
    let bench = playing(&["success"]);
    let page = bench.session(json!({})).await;
    opened(&bench, "finx", None).await;
    bench.page("/consent/play", &page, json!({})).await;
    let wrong = json!({ "client_id": "x", "client_secret": CLIENT_SECRET });
    bench.post(bench.fiskil("/v1/token"), wrong).await;

    let (status, log) = bench.get(bench.merchant("/__sandbox/log")).await;
    assert_eq!(status, 200);
    assert!(log["since"].as_str().unwrap().ends_with('Z'));
    let all = log["entries"].as_array().unwrap();
    let times: Vec<u64> = all.iter().map(|entry| entry["ms"].as_u64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    let requests = all.iter().filter(|entry| entry["kind"] == "request");
    let lines: Vec<String> = requests
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap().to_owned();
            format!("{} {} {} {}", text("provider"), text("method"), text("path"), entry["status"])
        })
        .collect();
    assert_eq!(
        lines,
        [
            "fiskil POST /v1/token 200",
            "fiskil POST /v1/end-users 201",
            "fiskil POST /v1/token 200",
            "fiskil POST /v1/auth/session 201",
            "finx POST /ongoing/access 201",
            "finx GET /?token=(hidden) 200",
            "fiskil POST /consent/play 200",
            "fiskil POST /v1/token 401",
        ]
    );
    let tokens: Vec<&Value> = all.iter().filter(|entry| entry["path"] == "/v1/token").collect();
    assert_eq!(tokens[0]["answer"]["token"], "(hidden)");
    assert_eq!(all[1]["answer"]["email"], "a@example.com");
    assert_eq!(tokens[2]["body"], json!({ "client_id": "x", "client_secret": "(hidden)" }));
    assert!(tokens[2]["answer"].to_string().contains("credentials are wrong"), "{}", tokens[2]);
    assert!(!log.to_string().contains(CLIENT_SECRET));

    let (_, own) = bench.get(bench.fiskil("/__sandbox/log")).await;
    assert_eq!(own["since"], log["since"]);
    let fiskil = entries(&log, "fiskil");
    assert!(own["entries"].as_array().unwrap().starts_with(&fiskil) && fiskil.len() < all.len());
}

#[tokio::test]
async fn a_request_that_is_never_answered_is_in_the_log() {
    let bench = playing(&["fiskil=never-loads"]);
    let session = bench.session(json!({})).await;
    let url = bench.fiskil(&format!("/?sess_id={session}"));
    let waiting = bench.http.get(&url).timeout(std::time::Duration::from_millis(300)).send().await;
    assert!(waiting.unwrap_err().is_timeout());
    let log = bench.log("request").await;
    let last = log.last().unwrap();
    assert_eq!((&last["path"], &last["status"]), (&json!(format!("/?sess_id={session}")), &Value::Null));
}

#[tokio::test]
async fn without_the_repository_the_providers_work_and_the_demo_says_what_is_missing() {
    let bench = bench(Config { root: "/nonexistent".into(), ..config() });
    let page = bench.http.get(bench.merchant("/")).send().await.unwrap();
    assert_eq!(page.status(), 404);
    let text = page.text().await.unwrap();
    assert!(text.contains("--root") && text.contains("cargo xtask build"), "{text}");
    for provider in PROVIDERS {
        assert_eq!(opened(&bench, provider, Some("success")).await.0, 200, "{provider}");
    }
}

#[tokio::test]
async fn the_shop_and_the_stranger_say_what_they_answer() {
    let bench = bench(config());
    for (name, endpoint) in [("merchant", "POST /api/{provider}/start"), ("stranger", "GET /")] {
        let origin = &bench.sandbox[name];
        let guide = bench.http.get(format!("{origin}/__sandbox")).send().await.unwrap().text().await.unwrap();
        assert!(
            guide.contains(&format!("<code>{endpoint}</code>")) && !guide.contains("{{"),
            "{name}: {guide}"
        );
        for sheet in ["guide.css", "consent.css"] {
            let asset = bench.http.get(format!("{origin}/assets/{sheet}")).send().await.unwrap();
            assert_eq!(asset.status(), 200, "{name} {sheet}");
        }
        let (status, missing) = bench.get(format!("{origin}/api/nowhere")).await;
        assert_eq!(
            (status, &missing["error"]),
            (StatusCode::NOT_FOUND, &json!("There is no /api/nowhere here"))
        );
        assert!(missing["endpoints"].as_array().unwrap().contains(&json!(endpoint)), "{name}: {missing}");
    }
    let (status, wrong) = bench.get(bench.merchant("/api/fiskil/start")).await;
    let error = json!("/api/fiskil/start takes no GET");
    assert_eq!((status, &wrong["error"]), (StatusCode::METHOD_NOT_ALLOWED, &error));
    assert!(wrong["endpoints"].as_array().unwrap().len() > 10);
}

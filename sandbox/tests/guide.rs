//! What each origin says of itself: its guide, and its answers to what is no endpoint.

#[path = "common/browser.rs"]
mod browser;
mod common;

use browser::Browser;
use common::{Answer, Bench, answer, bench, config};
use reqwest::header::ALLOW;
use reqwest::{Method, StatusCode};
use sandbox::{flinks, options};
use serde_json::{Value, json};

const PROVIDERS: [&str; 5] = ["fiskil", "flinks", "finx", "finqlink", "fimento"];

fn url(bench: &Bench, provider: &str, path: &str) -> String {
    let origins = serde_json::to_value(&*bench.sandbox).unwrap();
    format!("{}{path}", origins[provider].as_str().unwrap())
}

/// The endpoints that a provider lists where there is none.
async fn endpoints(bench: &Bench, provider: &str) -> Vec<(Method, String)> {
    let (status, body) = bench.get(url(bench, provider, "/nowhere")).await;
    assert_eq!(status, 404, "{provider}: {body}");
    let rows = body["endpoints"].as_array().unwrap().iter();
    rows.map(|row| {
        let (method, path) = row.as_str().unwrap().split_once(' ').unwrap();
        (method.parse().unwrap(), path.to_owned())
    })
    .collect()
}

#[tokio::test]
async fn every_endpoint_of_the_guides_is_there() {
    let bench = bench(config());
    let mut seen = 0;
    for provider in PROVIDERS {
        let page = bench.http.get(url(&bench, provider, "/__sandbox")).send().await.unwrap();
        assert_eq!(page.status(), 200, "{provider}");
        let page = page.text().await.unwrap();
        assert!(!page.contains("{{"), "{provider}: every place is filled");
        for (method, path) in endpoints(&bench, provider).await {
            assert!(page.contains(&format!("<code>{method} {path}</code>")), "{provider} {path}");
            let path = path.replace("{customer_id}", flinks::CUSTOMER_ID).replace(['{', '}'], "");
            let (status, body) =
                answer(bench.http.request(method.clone(), url(&bench, provider, &path))).await;
            assert!(status != 405 && body.get("endpoints").is_none(), "{provider} {method} {path}: {body}");
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen}");
}

#[tokio::test]
async fn what_is_no_endpoint_is_refused_in_the_providers_own_form() {
    let bench = bench(config());
    let form = |provider: &str, (status, body): &Answer| {
        let message = match provider {
            "fiskil" | "finqlink" => &body["message"],
            "flinks" => &body["Message"],
            "finx" => &body["error_description"],
            _ => &body["message"][0],
        };
        let known = match provider {
            "flinks" => body["HttpStatusCode"] == status.as_u16() && body["FlinksCode"].is_string(),
            "fimento" => body["statusCode"] == status.as_u16() && body["error"].is_string(),
            "fiskil" => body["id"].is_string() && body["name"].is_string(),
            "finx" => body["error"].is_string(),
            _ => body["request_id"].is_string() && body["code"].is_string(),
        };
        assert!(known, "{provider}: {body}");
        message.as_str().unwrap().to_owned()
    };
    let wrong_method = [
        ("fiskil", "/v1/accounts"),
        ("flinks", "/v3/oauth/authorize"),
        ("finx", "/rest/accounts"),
        ("finqlink", "/.well-known/jwks.json"),
        ("fimento", "/insights"),
    ];
    for (provider, path) in wrong_method {
        let missing = bench.post(url(&bench, provider, "/v0/nothing"), json!({})).await;
        assert_eq!(missing.0, StatusCode::NOT_FOUND);
        assert!(form(provider, &missing).contains("/v0/nothing"));

        let response = bench.http.put(url(&bench, provider, path)).send().await.unwrap();
        assert!(response.headers()[ALLOW].to_str().unwrap().contains("GET"), "{provider}");
        let wrong: Answer = (response.status(), response.json().await.unwrap());
        assert_eq!(wrong.0, StatusCode::METHOD_NOT_ALLOWED);
        assert!(form(provider, &wrong).contains("PUT"));
        let listed = wrong.1["endpoints"].as_array().unwrap();
        assert!(listed.contains(&Value::from(format!("GET {path}"))), "{provider}: {listed:?}");
    }
    let (status, body) = bench.post(url(&bench, "finqlink", "/v1/ais/accounts/list"), json!({})).await;
    assert_eq!((status.as_u16(), &body["code"]), (404, &json!("not_found")));
}

#[tokio::test]
async fn a_guide_has_the_logins_and_every_scenario() {
    let bench = bench(config());
    // one line for each provider, with all names
    let listed = options::scenarios(["nonsense"]).unwrap_err().to_string();
    for (provider, part) in [
        ("fiskil", sandbox::fiskil::CLIENT_ID),
        ("flinks", "Greatday"),
        ("finx", sandbox::finx::CLIENT_ID),
        ("finqlink", "testcecapi"),
        ("fimento", "199503096316"),
    ] {
        let page = bench.http.get(url(&bench, provider, "/__sandbox")).send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(page.contains(part) && page.contains("guess: "), "{provider}");
        let names =
            listed.lines().find_map(|line| line.trim().strip_prefix(&format!("{provider}: "))).unwrap();
        for name in names.split(", ") {
            assert!(page.contains(&format!("<td><code>{name}</code></td>")), "{provider} {name}");
        }
    }
}

#[tokio::test]
async fn on_a_phone_nothing_of_a_guide_is_off_the_screen() {
    let (bench, browser) = (bench(config()), Browser::start(500).await);
    for provider in PROVIDERS {
        browser.parent("frame", &url(&bench, provider, "/__sandbox")).await;
        browser.eval("document.querySelector('iframe').style.width = '390px'").await;
        browser.until("return window.loaded === true").await;
        browser.driver.enter_frame(0).await.unwrap();
        let off = "return innerWidth !== 390 || document.documentElement.scrollWidth > 390
            || [...document.querySelectorAll('.wide')].some((part) => part.scrollWidth > part.clientWidth)";
        assert_eq!(browser.eval(off).await, false, "{provider}");
    }
}

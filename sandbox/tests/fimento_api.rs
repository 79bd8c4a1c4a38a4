//! Fimento's API and the calls of its pages: what they give, and what they refuse.

mod common;

use std::time::Duration;

use common::{Answer, Bench, answer, bench, config};
use reqwest::{Method, RequestBuilder};
use sandbox::{Config, fimento};
use serde_json::{Value, json};
use url::Url;

const GOOD: &str = "199503096316";
const BAD: &str = "197710114682";
const CALLBACK: &str = "https://app.example/back?order=7&state=s1";

fn url(bench: &Bench, path: &str) -> String {
    format!("{}{path}", bench.sandbox["fimento"])
}

async fn token(bench: &Bench) -> String {
    let credentials = json!({ "name": fimento::NAME, "password": fimento::PASSWORD });
    let (status, body) = bench.post(url(bench, "/login"), credentials).await;
    assert_eq!(status, 200, "{body}");
    body["access_token"].as_str().unwrap().into()
}

async fn request(bench: &Bench, method: Method, path: &str) -> RequestBuilder {
    let request = bench.http.request(method, url(bench, path));
    request.bearer_auth(token(bench).await).header("partner-bank-id", fimento::PARTNER_BANK_ID)
}

async fn get(bench: &Bench, path: &str) -> Answer {
    answer(request(bench, Method::GET, path).await).await
}

async fn post(bench: &Bench, path: &str, body: Value) -> Answer {
    answer(request(bench, Method::POST, path).await.json(&body)).await
}

fn wanted(more: Value) -> Value {
    let mut body = json!({
        "market": "SE",
        "dataCollectionType": "transaction-categorisation",
        "redirectUrl": CALLBACK,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn process(bench: &Bench, more: Value) -> Value {
    let (status, process) = post(bench, "/process", wanted(more)).await;
    assert_eq!(status, 201, "{process}");
    process
}

async fn state_of(bench: &Bench, process: &Value) -> Value {
    let (status, body) = get(bench, &format!("/process/{}", process["_id"].as_str().unwrap())).await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn open(bench: &Bench, link: &Value) -> u16 {
    bench.http.get(link.as_str().unwrap()).send().await.unwrap().status().as_u16()
}

async fn page(bench: &Bench, path: &str, link: &Value, mut body: Value) -> Answer {
    body["token"] = link.as_str().unwrap().rsplit('/').next().unwrap().into();
    bench.post(url(bench, &format!("/consent/{path}")), body).await
}

/// Lets the page of a process play: where it sends the person.
async fn play(bench: &Bench, process: &Value) -> Url {
    assert_eq!(open(bench, &process["consent-link"]).await, 200);
    let (status, leave) = page(bench, "play", &process["consent-link"], json!({})).await;
    assert_eq!(status, 200, "{leave}");
    Url::parse(leave["url"].as_str().unwrap_or_else(|| panic!("{leave}"))).unwrap()
}

/// The process once its insights are there.
async fn completed(bench: &Bench, process: &Value) -> Value {
    for _ in 0..200 {
        let state = state_of(bench, process).await;
        if state["consentFlowStatus"]["current"]["code"] == "completed" {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never completed");
}

fn codes(status: &Value) -> Vec<&str> {
    status["history"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect()
}

fn param(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn assert_error((status, body): &Answer, expected: u16, error: &str, part: &str) {
    assert_eq!((status.as_u16(), &body["statusCode"]), (expected, &json!(expected)), "{body}");
    assert_eq!(body["error"], error, "{body}");
    let messages = body["message"].as_array().unwrap();
    assert!(messages.iter().any(|message| message.as_str().unwrap().contains(part)), "{part}: {body}");
}

#[tokio::test]
async fn the_login_gives_a_token_that_ends() {
    let bench = bench(Config { token_lifetime: Duration::from_millis(400), ..config() });
    let login = async |body: Value| bench.post(url(&bench, "/login"), body).await;
    let (status, body) = login(json!({ "name": fimento::NAME, "password": fimento::PASSWORD })).await;
    assert_eq!(status, 200);
    let ahead = body["valid_until"].as_i64().unwrap() - chrono::Utc::now().timestamp_millis();
    assert!((0..=400).contains(&ahead), "{ahead}");
    let list =
        || bench.http.get(url(&bench, "/partner-bank")).bearer_auth(body["access_token"].as_str().unwrap());
    assert_eq!(answer(list()).await.0, 200);
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert_error(&answer(list()).await, 401, "Unauthorized", "expired");

    assert_error(
        &login(json!({ "name": fimento::NAME, "password": "guess" })).await,
        401,
        "Unauthorized",
        "wrong",
    );
    let nothing = login(json!({})).await;
    assert_eq!(nothing.1["message"], json!(["name is required", "password is required"]));
    assert_error(&nothing, 400, "Bad request", "name is required");
    assert_error(&login(json!([])).await, 400, "Bad request", "object");
    for path in
        ["/partner-bank", "/process/x", "/insights", "/insights/transactions", "/insights/visualisation-link"]
    {
        assert_error(&bench.get(url(&bench, path)).await, 401, "Unauthorized", "token");
    }
    for path in ["/process", "/webhook"] {
        assert_error(&bench.post(url(&bench, path), json!({})).await, 401, "Unauthorized", "token");
    }
}

#[tokio::test]
async fn partner_banks_are_made_listed_and_changed() {
    let bench = bench(config());
    let (status, made) = post(&bench, "/partner-bank", json!({ "name": "North", "isBroker": true })).await;
    assert_eq!((status.as_u16(), &made["name"], &made["isBroker"]), (201, &json!("North"), &json!(true)));
    let id = made["_id"].as_str().unwrap();
    assert_eq!(id.len(), 24);
    let change = request(&bench, Method::PUT, &format!("/partner-bank/{id}")).await;
    let (_, changed) = answer(change.json(&json!({ "name": "South" }))).await;
    assert_eq!((&changed["_id"], &changed["name"]), (&json!(id), &json!("South")));
    let (_, all) = get(&bench, "/partner-bank").await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    let (_, second) = get(&bench, "/partner-bank?page=2&limit=1").await;
    assert_eq!(second, json!([changed]));
    for (path, part) in [("/partner-bank?page=0", "page"), ("/partner-bank?limit=x", "limit")] {
        assert_error(&get(&bench, path).await, 400, "Bad request", part);
    }
    assert_error(&post(&bench, "/partner-bank", json!({})).await, 400, "Bad request", "name is required");
    let broker = post(&bench, "/partner-bank", json!({ "name": "X", "isBroker": "yes" })).await;
    assert_error(&broker, 400, "Bad request", "isBroker");
    let unknown = request(&bench, Method::PUT, "/partner-bank/x").await.json(&json!({ "name": "X" }));
    assert_error(&answer(unknown).await, 404, "Not found", "partner bank");
}

#[tokio::test]
async fn a_process_starts_with_the_documented_body() {
    let bench = bench(config());
    let process = process(&bench, json!({ "socialSecurityNumber": GOOD, "firstName": "Ada" })).await;
    assert_eq!(process["_id"].as_str().unwrap().len(), 24);
    let link = process["consent-link"].as_str().unwrap();
    assert!(link.starts_with(&url(&bench, "/consent/")), "{link}");
    let status = &process["consentFlowStatus"];
    assert_eq!(
        (&status["current"]["code"], &status["current"]["desc"]),
        (&json!("created"), &json!("Created - No banks added"))
    );
    assert_eq!(codes(status), ["created"]);
    assert!(chrono::DateTime::parse_from_rfc3339(status["current"]["timestamp"].as_str().unwrap()).is_ok());
    for (field, value) in [
        ("market", json!("SE")),
        ("partnerBank", json!(fimento::PARTNER_BANK_ID)),
        ("socialSecurityNumber", json!(GOOD)),
        ("firstName", json!("Ada")),
        ("consent", Value::Null),
        ("customerBankConsent", json!([])),
        ("consentFlowStatuses", json!([])),
        ("brokerBanks", json!([])),
    ] {
        assert_eq!(process[field], value, "{field}");
    }
    let mut state = process.clone();
    state.as_object_mut().unwrap().remove("consent-link");
    assert_eq!(state_of(&bench, &process).await, state, "the link is told once");

    let wrong = post(&bench, "/process", json!({ "market": "NO", "psuType": 7 })).await;
    assert_error(&wrong, 400, "Bad request", "market must be one of the following values: SE, FI");
    assert_error(&wrong, 400, "Bad request", "dataCollectionType is required");
    assert_error(&wrong, 400, "Bad request", "psuType must be a string");
    for (more, part) in [
        (json!({ "dataCollectionType": "all" }), "dataCollectionType must be one of"),
        (json!({ "redirectUrl": "back" }), "redirectUrl"),
        (json!({ "socialSecurityNumber": 1995 }), "socialSecurityNumber must be a string"),
        (json!({ "brokerBanks": [{ "name": "X" }] }), "brokerBanks"),
        (json!({ "scenario": "nonsense" }), "scenario"),
    ] {
        assert_error(&post(&bench, "/process", wanted(more)).await, 400, "Bad request", part);
    }
}

#[tokio::test]
async fn every_call_about_a_process_needs_its_partner_bank() {
    let bench = bench(config());
    let process = process(&bench, json!({})).await;
    let path = format!("/process/{}", process["_id"].as_str().unwrap());
    let as_bank = async |id: Option<&str>| {
        let request = bench.http.get(url(&bench, &path)).bearer_auth(token(&bench).await);
        answer(match id {
            Some(id) => request.header("partner-bank-id", id),
            None => request,
        })
        .await
    };
    assert_error(&as_bank(None).await, 400, "Bad request", "partner-bank-id is required");
    assert_error(&as_bank(Some("x")).await, 404, "Not found", "partner bank");
    let (_, other) = post(&bench, "/partner-bank", json!({ "name": "Other" })).await;
    assert_error(&as_bank(other["_id"].as_str()).await, 404, "Not found", "process");
    assert_error(&get(&bench, "/process/x").await, 404, "Not found", "process");
}

#[tokio::test]
async fn an_idempotency_key_makes_one_process() {
    let bench = bench(config());
    let with_key = async |key: &str| {
        let request = request(&bench, Method::POST, "/process").await.header("idempotency-key", key);
        answer(request.json(&wanted(json!({})))).await.1
    };
    let (one, again, another) = (with_key("a").await, with_key("a").await, with_key("b").await);
    assert_eq!(one, again);
    assert_ne!(one["_id"], another["_id"]);
    assert_ne!(process(&bench, json!({})).await["_id"], process(&bench, json!({})).await["_id"]);
}

#[tokio::test]
async fn statuses_come_in_the_documented_order() {
    let bench = bench(config());
    let process = process(&bench, json!({ "scenario": "success", "socialSecurityNumber": GOOD })).await;
    for _ in 0..2 {
        open(&bench, &process["consent-link"]).await;
    }
    let back = play(&bench, &process).await;
    assert_eq!(param(&back, "status").as_deref(), Some("customerApprovedConsent"));
    let done = completed(&bench, &process).await;
    assert_eq!(
        codes(&done["consentFlowStatus"]),
        [
            "created",
            "consentLinkOpened",
            "consentLinkOpened",
            "consentLinkOpened",
            "customerApprovedConsent",
            "categorisationStarted",
            "categorisationDone",
            "insightsStarted",
            "completed"
        ]
    );
    let bank = &done["customerBankConsent"][0];
    assert_eq!(
        codes(&bank["status"]),
        [
            "bankAddedNotCompletedAuthFlow",
            "bankAddedCompletedAuthFlow",
            "fetchingTransactionsStarted",
            "fetchingTransactionsDone"
        ]
    );
    assert_eq!(bank["consentFlowStatusId"], done["consentFlowStatus"]["_id"]);
    assert!(bank["consentGivenAt"].is_string());
    assert_eq!(
        (&done["consent"], &done["consentFlowStatus"]["consent"]),
        (&json!("approved"), &json!("approved"))
    );
    let current = done["consentFlowStatus"]["current"].as_object().unwrap();
    assert!(!current.contains_key("isError"), "on authError only");
}

#[tokio::test]
async fn every_scenario_ends_as_the_contract_says() {
    let bench = bench(config());
    // scenario, `consent` afterwards, the last status, what stands on the return URL
    for (scenario, consent, last, name, value) in [
        ("bad-data", json!("approved"), None, "status", "customerApprovedConsent"),
        ("visualisation", json!("approved"), None, "status", "customerApprovedConsent"),
        ("success-severed", json!("approved"), None, "status", "customerApprovedConsent"),
        ("denied", json!("revoked"), Some("customerDeniedConsent"), "status", "customerDeniedConsent"),
        ("revoked", json!("revoked"), Some("customerDeniedConsent"), "consent", "revoked"),
        ("auth-error", Value::Null, Some("authError"), "status", "authError"),
    ] {
        let process = process(&bench, json!({ "scenario": scenario })).await;
        let back = play(&bench, &process).await;
        assert!(back.as_str().starts_with(CALLBACK), "{scenario}: the merchant's own query is kept: {back}");
        assert_eq!(param(&back, name).as_deref(), Some(value), "{scenario}");
        assert_eq!(param(&back, "processId").as_deref(), process["_id"].as_str(), "{scenario}");
        let state = state_of(&bench, &process).await;
        assert_eq!(state["consent"], consent, "{scenario}");
        if let Some(last) = last {
            assert_eq!(state["consentFlowStatus"]["current"]["code"], last, "{scenario}");
        }
        assert_eq!(open(&bench, &process["consent-link"]).await, 410, "{scenario}: a link is used once");
        let again = page(&bench, "play", &process["consent-link"], json!({})).await;
        assert_error(&again, 400, "Bad request", "over");
    }
    let failed = process(&bench, json!({ "scenario": "auth-error" })).await;
    play(&bench, &failed).await;
    let current = state_of(&bench, &failed).await["consentFlowStatus"]["current"].clone();
    assert_eq!(current["isError"], true);
    assert!(current["errorMessage"].is_string());

    let back = play(&bench, &process(&bench, json!({ "scenario": "wrong-state" })).await).await;
    let states: Vec<_> = back.query_pairs().filter(|(name, _)| name == "state").collect();
    assert_eq!(states.len(), 1);
    assert_ne!(states[0].1, "s1");
    for (scenario, next) in [
        ("other-tab", "elsewhere"),
        ("cold-callback", "elsewhere"),
        ("closes-itself", "close"),
        ("never-answers", "wait"),
    ] {
        let process = process(&bench, json!({ "scenario": scenario })).await;
        assert_eq!(
            page(&bench, "play", &process["consent-link"], json!({})).await.1["next"],
            next,
            "{scenario}"
        );
    }
    let slow = process(&bench, json!({ "scenario": "never-loads" })).await;
    let request = bench.http.get(slow["consent-link"].as_str().unwrap()).timeout(Duration::from_millis(300));
    assert!(request.send().await.unwrap_err().is_timeout());
    let severed = process(&bench, json!({ "scenario": "success-severed" })).await;
    let response = bench.http.get(severed["consent-link"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(response.headers()["cross-origin-opener-policy"], "same-origin");
    assert_eq!(bench.http.get(url(&bench, "/consent/unknown")).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn an_unused_link_expires_and_is_renewed() {
    let bench = bench(config());
    let process = process(&bench, json!({ "scenario": "expired-link" })).await;
    let response = bench.http.get(process["consent-link"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(response.status(), 410);
    assert!(response.text().await.unwrap().contains("error=link_expired"));
    let path = format!("/process/{}/consent-link", process["_id"].as_str().unwrap());
    let (status, renewed) = post(&bench, &path, json!({})).await;
    assert_eq!(status, 201, "{renewed}");
    assert_ne!(renewed["consent-link"], process["consent-link"]);
    assert_eq!(open(&bench, &renewed["consent-link"]).await, 200);
    assert_eq!(open(&bench, &process["consent-link"]).await, 404, "the old one is gone");
    bench.http.post(url(&bench, "/__sandbox/expire-links")).send().await.unwrap();
    assert_eq!(open(&bench, &renewed["consent-link"]).await, 410);
}

#[tokio::test]
async fn after_a_failed_sign_in_a_new_link_opens() {
    let bench = bench(config());
    let process = process(&bench, json!({ "socialSecurityNumber": GOOD })).await;
    let refuse = async |link: &Value| {
        page(&bench, "bank", link, json!({ "bank": "Lingon Bank" })).await;
        page(&bench, "sign-in", link, json!({ "code": "000000" })).await
    };
    refuse(&process["consent-link"]).await;
    assert_eq!(open(&bench, &process["consent-link"]).await, 410);
    let path = format!("/process/{}/consent-link", process["_id"].as_str().unwrap());
    let (status, renewed) = post(&bench, &path, json!({})).await;
    assert_eq!(status, 201, "{renewed}");
    let link = &renewed["consent-link"];
    assert_eq!(open(&bench, link).await, 200);
    page(&bench, "bank", link, json!({ "bank": "Lingon Bank" })).await;
    page(&bench, "sign-in", link, json!({ "code": "123456" })).await;
    assert_eq!(page(&bench, "decide", link, json!({ "decision": "approve" })).await.0, 200);
    let done = completed(&bench, &process).await;
    let said = codes(&done["consentFlowStatus"]);
    assert_eq!(said[..4], ["created", "authError", "consentLinkOpened", "customerApprovedConsent"]);
    assert_eq!(done["customerBankConsent"].as_array().unwrap().len(), 1, "the failed one made room");
}

#[tokio::test]
async fn another_bank_needs_the_last_flow_to_be_over() {
    let bench = bench(config());
    let process = process(&bench, json!({ "scenario": "success", "socialSecurityNumber": GOOD })).await;
    let id = process["_id"].as_str().unwrap();
    let early = post(&bench, &format!("/process/{id}/consent"), json!({})).await;
    assert_error(&early, 400, "Bad request", "approved or revoked first");
    play(&bench, &process).await;
    completed(&bench, &process).await;
    let late = post(&bench, &format!("/process/{id}/consent-link"), json!({})).await;
    assert_error(&late, 400, "Bad request", "approved or revoked");
    let (status, second) = post(&bench, &format!("/process/{id}/consent"), json!({})).await;
    assert_eq!(status, 201, "{second}");
    let state = state_of(&bench, &process).await;
    assert_eq!(codes(&state["consentFlowStatus"]), ["created"]);
    assert_eq!(state["customerBankConsent"].as_array().unwrap().len(), 1, "the first bank stays");
    assert_eq!(get(&bench, &format!("/insights?processId={id}")).await.0, 200);
    let (status, _) = page(&bench, "play", &second["consent-link"], json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(completed(&bench, &process).await["customerBankConsent"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn automated_tests_approve_and_revoke() {
    let bench = bench(config());
    let process = process(
        &bench,
        json!({ "socialSecurityNumber": GOOD, "companyId": "5590", "firstName": "Ada", "lastName": "Berg" }),
    )
    .await;
    let id = process["_id"].as_str().unwrap();
    let set = async |status: &str| {
        post(&bench, &format!("/process/{id}/consent-status?status={status}"), json!({})).await
    };
    let wrong = set("maybe").await;
    assert_error(&wrong, 400, "Bad request", "status must be one of the following values: approved, revoked");
    let in_body = json!({ "status": "approved" });
    let none = post(&bench, &format!("/process/{id}/consent-status"), in_body).await;
    assert_error(&none, 400, "Bad request", "status is required");
    let insights = format!("/insights?processId={id}");
    assert_error(&get(&bench, &insights).await, 404, "Not found", "no insights");
    let (status, body) = set("approved").await;
    assert_eq!((status.as_u16(), body), (201, json!({ "isApproved": true })));
    completed(&bench, &process).await;
    assert_eq!(get(&bench, &insights).await.0, 200);
    assert_error(&set("approved").await, 400, "Bad request", "over");
    let (_, body) = set("revoked").await;
    assert_eq!(body, json!({ "isApproved": false }));
    assert_error(&get(&bench, &insights).await, 404, "Not found", "no insights");
    let rows = format!("/insights/transactions?page=1&processId={id}");
    assert_error(&get(&bench, &rows).await, 404, "Not found", "no insights");
    let state = state_of(&bench, &process).await;
    for field in ["socialSecurityNumber", "companyId", "firstName", "lastName"] {
        assert_eq!(state[field], Value::Null, "all data about the person goes: {field}");
    }
    assert_eq!((&state["consent"], &state["customerBankConsent"]), (&json!("revoked"), &json!([])));

    let (status, _) = answer(request(&bench, Method::DELETE, &format!("/process/{id}")).await).await;
    assert_eq!(status, 204);
    assert_error(&get(&bench, &format!("/process/{id}")).await, 404, "Not found", "process");
    let twice = answer(request(&bench, Method::DELETE, &format!("/process/{id}")).await).await;
    assert_error(&twice, 404, "Not found", "process");
}

/// The insights of the customer with this number, and all transactions.
async fn data(bench: &Bench, number: &str) -> (String, Value, Vec<Value>) {
    let process = process(bench, json!({ "scenario": "success", "socialSecurityNumber": number })).await;
    play(bench, &process).await;
    completed(bench, &process).await;
    let id = process["_id"].as_str().unwrap();
    let (status, insights) = get(bench, &format!("/insights?processId={id}")).await;
    assert_eq!(status, 200, "{insights}");
    let mut rows = Vec::new();
    for page in 1.. {
        let (status, body) = get(bench, &format!("/insights/transactions?processId={id}&page={page}")).await;
        assert_eq!(status, 200, "{body}");
        let some = body["transactions"].as_array().unwrap();
        assert!(some.len() <= 100);
        if some.is_empty() {
            break;
        }
        rows.extend(some.iter().cloned());
    }
    (id.into(), insights, rows)
}

#[tokio::test]
async fn the_two_test_customers_have_good_and_bad_data() {
    let bench = bench(config());
    let (id, good, good_rows) = data(&bench, GOOD).await;
    let (_, bad, bad_rows) = data(&bench, BAD).await;
    assert_eq!(good["processId"], json!(id));
    let rows = url(&bench, &format!("/insights/transactions?processId={id}&page=1"));
    let bare = bench.http.get(rows).header("authorization", format!("bearer {}", token(&bench).await));
    assert_eq!(answer(bare).await.0, 200, "no partner-bank-id; the scheme in any case");
    let sums = |insights: &Value| insights["computationAutomation"].clone();
    assert_eq!(sums(&good)["remarks"], json!([]));
    assert!(sums(&good)["leftToLiveOn"].as_f64() > Some(0.0));
    assert!(sums(&bad)["leftToLiveOn"].as_f64() < Some(0.0));
    assert_eq!(sums(&bad)["remarks"].as_array().unwrap().len(), 4);
    assert!(
        good["totalBalance"]["amount"].as_f64() > Some(0.0)
            && bad["totalBalance"]["amount"].as_f64() < Some(0.0)
    );
    for (insights, rows) in [(&good, &good_rows), (&bad, &bad_rows)] {
        assert!(rows.len() > 100, "more than one page");
        assert!(insights["accountsInfo"][0]["accountNumber"].is_string());
        // the graph and the transactions tell the same story
        let first = &insights["accountsInfo"][0]["accountNumber"];
        let spent: f64 = rows
            .iter()
            .filter(|row| row["accountId"] == *first)
            .filter_map(|row| row["amount"].as_f64().filter(|amount| *amount < 0.0))
            .sum();
        let graph: f64 = insights["transactionGraph"]
            .as_array()
            .unwrap()
            .iter()
            .map(|month| month["info"]["negativeSum"].as_f64().unwrap())
            .sum();
        assert!((spent - graph).abs() < 0.01, "{spent} {graph}");
    }
    for (path, status, part) in [
        ("/insights".to_owned(), 400, "processId"),
        ("/insights?processId=x".to_owned(), 404, "process"),
        (format!("/insights/transactions?processId={id}"), 400, "page is required"),
        (format!("/insights/transactions?processId={id}&page=0"), 400, "page"),
    ] {
        let error = if status == 400 { "Bad request" } else { "Not found" };
        assert_error(&get(&bench, &path).await, status, error, part);
    }
}

#[tokio::test]
async fn the_visualisation_link_is_new_every_time_and_ends() {
    let bench = bench(config());
    let (id, _, _) = data(&bench, BAD).await;
    let link = async || {
        let (status, body) = get(&bench, &format!("/insights/visualisation-link?processId={id}")).await;
        assert_eq!(status, 200, "{body}");
        body["visualisationUrl"].as_str().unwrap().to_owned()
    };
    let (one, other) = (link().await, link().await);
    assert_ne!(one, other);
    let response = bench.http.get(&one).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(!policy.contains("frame-ancestors"), "it can be embedded");
    assert!(response.text().await.unwrap().contains("Gambling"));
    bench.http.post(url(&bench, "/__sandbox/expire-links")).send().await.unwrap();
    assert_eq!(bench.http.get(&one).send().await.unwrap().status(), 410);
    let third = link().await;
    let path = format!("/process/{id}");
    answer(request(&bench, Method::DELETE, &path).await).await;
    assert_eq!(
        bench.http.get(&third).send().await.unwrap().status(),
        410,
        "with the process the data is gone"
    );
}

#[tokio::test]
async fn a_person_signs_in_with_their_id_app() {
    let bench = bench(config());
    let known = process(&bench, json!({ "socialSecurityNumber": GOOD })).await;
    let unknown = process(&bench, json!({ "market": "FI" })).await;
    for (process, bank, number) in
        [(&known, "Lingon Bank", None), (&unknown, "Aurora Pankki", Some("19771011-4682"))]
    {
        let ask = async |path: &str, body: Value| page(&bench, path, &process["consent-link"], body).await;
        assert_error(
            &ask("sign-in", json!({ "number": GOOD, "code": "123456" })).await,
            400,
            "Bad request",
            "No bank",
        );
        assert_error(
            &ask("bank", json!({ "bank": "Nowhere Bank" })).await,
            400,
            "Bad request",
            "no such bank",
        );
        assert_eq!(ask("bank", json!({ "bank": bank })).await.0, 200);
        assert_error(&ask("decide", json!({ "decision": "approve" })).await, 400, "Bad request", "signed in");
        let code = |code: &str| json!({ "number": number, "code": code });
        assert_error(&ask("sign-in", code("1")).await, 400, "Bad request", "code is not right");
        if number.is_some() {
            let nobody = ask("sign-in", json!({ "number": "200001010000", "code": "123456" })).await;
            assert_error(&nobody, 400, "Bad request", "personal number");
        }
        let (status, body) = ask("sign-in", code("123456")).await;
        assert_eq!(status, 200, "{body}");
        assert!(!body["accounts"].as_array().unwrap().is_empty());
        let (_, leave) = ask("decide", json!({ "decision": "approve" })).await;
        assert_eq!(leave["next"], "return");
        completed(&bench, process).await;
    }
    assert_eq!(state_of(&bench, &unknown).await["socialSecurityNumber"], BAD);

    let refused = process(&bench, json!({ "socialSecurityNumber": GOOD })).await;
    page(&bench, "bank", &refused["consent-link"], json!({ "bank": "Mälarbanken" })).await;
    let (_, body) = page(&bench, "sign-in", &refused["consent-link"], json!({ "code": "000000" })).await;
    assert!(body["leave"]["url"].as_str().unwrap().contains("status=authError"), "{body}");
    let cancelled = process(&bench, json!({})).await;
    let (_, leave) =
        page(&bench, "decide", &cancelled["consent-link"], json!({ "decision": "cancel" })).await;
    assert!(leave["url"].as_str().unwrap().contains("status=customerDeniedConsent"), "{leave}");
    let silent = post(
        &bench,
        "/process",
        json!({ "market": "SE", "dataCollectionType": "bank-account-verification" }),
    )
    .await
    .1;
    let (_, leave) = page(&bench, "decide", &silent["consent-link"], json!({ "decision": "cancel" })).await;
    assert_eq!(leave, json!({ "next": "done" }), "there is no return URL");
}

#[tokio::test]
async fn webhooks_tell_every_status_in_order() {
    let bench = bench(config());
    for (body, part) in [(json!({}), "required"), (json!({ "webhookUrl": "me" }), "URL")] {
        assert_error(&post(&bench, "/webhook", body).await, 400, "Bad request", part);
    }
    let hook = json!({ "webhookUrl": url(&bench, "/__sandbox/expire-links") });
    for _ in 0..2 {
        let (status, body) = post(&bench, "/webhook", hook.clone()).await;
        assert_eq!((status.as_u16(), &body), (201, &hook));
    }
    let process = process(&bench, json!({ "socialSecurityNumber": GOOD })).await;
    let path = format!("/process/{}/consent-status?status=approved", process["_id"].as_str().unwrap());
    post(&bench, &path, json!({})).await;
    completed(&bench, &process).await;
    let mut events = Vec::new();
    for _ in 0..100 {
        let (_, log) = bench.get(url(&bench, "/__sandbox/log")).await;
        let sent: Vec<_> = log["entries"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["kind"] == "webhook")
            .cloned()
            .collect();
        let id = process["_id"].as_str().unwrap();
        assert!(sent.iter().all(|entry| entry["body"].as_str().unwrap().contains(id)));
        events = sent.iter().map(|entry| entry["event"].as_str().unwrap().to_owned()).collect();
        if events.last().is_some_and(|event| event == "completed") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        events,
        [
            "created",
            "bankAddedNotCompletedAuthFlow",
            "bankAddedCompletedAuthFlow",
            "fetchingTransactionsStarted",
            "fetchingTransactionsDone",
            "customerApprovedConsent",
            "categorisationStarted",
            "categorisationDone",
            "insightsStarted",
            "completed"
        ],
        "once each, although the URL was registered twice"
    );
}

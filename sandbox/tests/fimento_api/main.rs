//! Fimento's API and the calls of its pages: what they give, and what they refuse.

#[path = "../common/mod.rs"]
mod common;
mod consent;
mod data;
mod processes;

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

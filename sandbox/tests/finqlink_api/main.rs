//! FinqLink's API and the calls of its pages: what they give, and what they refuse.

#[path = "../common/mod.rs"]
mod common;
mod data;
mod flows;
mod payments;
mod tokens;
mod webhooks;

use std::sync::LazyLock;
use std::time::Duration;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use common::{Answer, Bench, answer, bench, is_signed};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use pem::Pem;
use sandbox::{Config, finqlink};
use serde_json::{Value, json};
use url::Url;

const CALLBACK: &str = "https://app.example/back?order=7&state=s1";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const CREDITOR: &str = "RO10RZBR0000069999999970";

fn url(bench: &Bench, path: &str) -> String {
    format!("{}{path}", bench.sandbox["finqlink"])
}

fn claims(bench: &Bench) -> Value {
    let now = chrono::Utc::now().timestamp();
    json!({
        "aud": url(bench, "/oauth2/v1/token"),
        "iss": finqlink::CLIENT_ID,
        "sub": finqlink::CLIENT_ID,
        "iat": now,
        "exp": now + 300,
        "jti": uuid::Uuid::new_v4(),
    })
}

const KEY_ID: &str = "mine";

/// Whose public half is registered.
static KEY: LazyLock<EncodingKey> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let pem = pem::encode(&Pem::new("PRIVATE KEY", pair.as_der().unwrap().as_ref()));
    EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()
});

fn config() -> Config {
    let mut jwk = Jwk::from_encoding_key(&KEY, Algorithm::RS256).unwrap();
    jwk.common.key_id = Some(KEY_ID.into());
    Config { public_keys: vec![serde_json::to_string(&jwk).unwrap().parse().unwrap()], ..common::config() }
}

fn assertion(claims: &Value) -> String {
    let header = Header { kid: Some(KEY_ID.into()), ..Header::new(Algorithm::RS256) };
    encode(&header, claims, &KEY).unwrap()
}

async fn token_with(bench: &Bench, fields: &[(&str, &str)]) -> Answer {
    let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = bench.http.post(url(bench, "/oauth2/v1/token"));
    answer(request.header("content-type", "application/x-www-form-urlencoded").body(form)).await
}

async fn token_for(bench: &Bench, assertion: &str) -> Answer {
    let fields = [
        ("client_id", finqlink::CLIENT_ID),
        ("grant_type", "client_credentials"),
        ("scope", "pay_by_link"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    token_with(bench, &fields).await
}

async fn token(bench: &Bench) -> String {
    let (status, body) = token_for(bench, &assertion(&claims(bench))).await;
    assert_eq!(status, 200, "{body}");
    body["access_token"].as_str().unwrap().into()
}

/// A call under `/test`, by the method for test calls.
async fn call(bench: &Bench, path: &str, mut body: Value) -> Answer {
    body["client_id"] = finqlink::CLIENT_ID.into();
    body["client_secret"] = finqlink::CLIENT_SECRET.into();
    bench.post(url(bench, &format!("/test{path}")), body).await
}

/// `more` goes beside the options that every link of these tests has; its `options` are added to them.
async fn create(bench: &Bench, path: &str, base: Value, more: Value) -> Value {
    let mut body = base;
    body["options"] = json!({ "redirect_url": CALLBACK });
    for (name, value) in more.as_object().unwrap() {
        match (name.as_str(), value) {
            ("options", Value::Object(options)) => {
                body["options"].as_object_mut().unwrap().extend(options.clone());
            }
            _ => body[name] = value.clone(),
        }
    }
    let (status, link) = call(bench, path, body).await;
    assert_eq!(status, 200, "{link}");
    link
}

async fn consent(bench: &Bench, more: Value) -> Value {
    create(bench, "/ais/consents/create", json!({}), more).await
}

async fn payment(bench: &Bench, more: Value) -> Value {
    create(bench, "/links/create", json!({ "intent": intent("100.50".into()) }), more).await
}

fn intent(amount: Value) -> Value {
    json!({ "amount": amount, "currency": "RON", "creditor": { "name": "Shop", "iban": CREDITOR }, "details": "7" })
}

async fn page(bench: &Bench, path: &str, link: &Value, mut body: Value) -> Answer {
    body["web_id"] = link["web_id"].clone();
    bench.post(url(bench, &format!("/w/{path}")), body).await
}

async fn open(bench: &Bench, link: &Value) -> u16 {
    bench.http.get(link["web_url"].as_str().unwrap()).send().await.unwrap().status().as_u16()
}

/// Lets the page of a link play: where it sends the person.
async fn play(bench: &Bench, link: &Value) -> Url {
    assert_eq!(open(bench, link).await, 200);
    let (status, leave) = page(bench, "play", link, json!({})).await;
    assert_eq!(status, 200, "{leave}");
    Url::parse(leave["url"].as_str().unwrap_or_else(|| panic!("{leave}"))).unwrap()
}

async fn status_of(bench: &Bench, link: &Value) -> Value {
    let (path, name) = if link["consent_id"].is_string() {
        ("/ais/consents/get", "consent_id")
    } else {
        ("/links/get", "link_id")
    };
    let (status, body) = call(bench, path, json!({ name: link[name] })).await;
    assert_eq!(status, 200, "{body}");
    body["status"].clone()
}

/// A consent that can be read with.
async fn active(bench: &Bench, more: Value) -> Value {
    let link = consent(bench, more).await;
    play(bench, &link).await;
    link
}

fn assert_error((status, body): &Answer, expected: u16, code: &str, part: &str) {
    assert_eq!((status.as_u16(), &body["code"]), (expected, &json!(code)), "{body}");
    assert!(body["message"].as_str().unwrap().contains(part), "{part}: {body}");
    assert!(body["id"].is_string() && body["request_id"].is_string(), "{body}");
}

fn param(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

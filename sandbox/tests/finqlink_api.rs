//! FinqLink's API and the calls of its pages: what they give, and what they refuse.

mod common;

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

#[tokio::test]
async fn a_token_comes_for_a_signed_assertion_or_a_secret() {
    let bench = bench(config());
    let (status, body) = token_for(&bench, &assertion(&claims(&bench))).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!((&body["token_type"], &body["scope"]), (&json!("Bearer"), &json!("pay_by_link")));
    let secret = [
        ("client_id", finqlink::CLIENT_ID),
        ("client_secret", finqlink::CLIENT_SECRET),
        ("grant_type", "client_credentials"),
        ("scope", "pay_by_link"),
    ];
    assert_eq!(token_with(&bench, &secret).await.0, 200);

    let refused = async |change: usize, value: &'static str, status: u16, error: &str| {
        let mut fields = secret;
        fields[change].1 = value;
        let (got, body) = token_with(&bench, &fields).await;
        assert_eq!((got.as_u16(), &body["error"]), (status, &json!(error)), "{body}");
    };
    refused(0, "somebody", 401, "invalid_client").await;
    refused(1, "guess", 401, "invalid_client").await;
    refused(1, "", 401, "invalid_client").await;
    refused(2, "password", 400, "unsupported_grant_type").await;
    refused(2, "", 400, "invalid_request").await;
    refused(3, "everything", 400, "invalid_scope").await;
    let typed = [secret[0], secret[2], secret[3], ("client_assertion_type", "x"), ("client_assertion", "y")];
    assert_eq!(token_with(&bench, &typed).await.1["error"], "invalid_request");
}

#[tokio::test]
async fn an_assertion_is_checked_in_every_part() {
    let bench = bench(config());
    let refused = async |assertion: &str, part: &str| {
        let (status, body) = token_for(&bench, assertion).await;
        assert_eq!((status.as_u16(), &body["error"]), (401, &json!("invalid_client")), "{part}: {body}");
        assert!(body["error_description"].as_str().unwrap().contains(part), "{part}: {body}");
    };
    let now = chrono::Utc::now().timestamp();
    for (claim, value, part) in [
        ("aud", json!("https://elsewhere.example/token"), "InvalidAudience"),
        ("aud", Value::Null, "aud"),
        ("iss", json!("somebody"), "InvalidIssuer"),
        ("sub", json!("somebody"), "InvalidSubject"),
        ("exp", json!(now - 10), "ExpiredSignature"),
        ("exp", json!(now + 4000), "ahead"),
        ("exp", Value::Null, "exp"),
        ("nbf", json!(now + 100), "ImmatureSignature"),
        ("jti", Value::Null, "jti"),
        ("jti", json!(""), "jti"),
    ] {
        let mut claims = claims(&bench);
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(claim);
        } else {
            claims[claim] = value;
        }
        refused(&assertion(&claims), part).await;
    }
    let used = assertion(&claims(&bench));
    assert_eq!(token_for(&bench, &used).await.0, 200);
    refused(&used, "used before").await;

    // the claims of one assertion under the signature of another
    let (one, other) = (assertion(&claims(&bench)), assertion(&claims(&bench)));
    let (message, _) = one.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    refused(&format!("{message}.{signature}"), "InvalidSignature").await;
    let no_signature = format!(
        "{}.{}.",
        BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
        message.split_once('.').unwrap().1
    );
    refused(&no_signature, "refused").await;
    // signed with the secret in place of the key
    let header = Header { kid: Some(KEY_ID.into()), ..Header::new(Algorithm::HS256) };
    let by_secret =
        encode(&header, &claims(&bench), &EncodingKey::from_secret(finqlink::CLIENT_SECRET.as_bytes()));
    refused(&by_secret.unwrap(), "InvalidAlgorithm").await;
    // by a key that is not registered
    let header = Header { kid: Some("another".into()), ..Header::new(Algorithm::RS256) };
    refused(&encode(&header, &claims(&bench), &KEY).unwrap(), "kid").await;
    refused("nonsense", "refused").await;
}

#[tokio::test]
async fn live_calls_need_a_token_and_test_calls_may_bring_a_secret() {
    let bench = bench(Config { token_lifetime: Duration::from_millis(400), ..config() });
    let with_secret = json!({ "client_id": finqlink::CLIENT_ID, "client_secret": finqlink::CLIENT_SECRET });
    for path in ["/test/providers/list", "/v2/test/providers/list"] {
        assert_eq!(bench.post(url(&bench, path), with_secret.clone()).await.0, 200, "{path}");
        let wrong = json!({ "client_id": finqlink::CLIENT_ID, "client_secret": "guess" });
        assert_error(&bench.post(url(&bench, path), wrong).await, 401, "unauthorized", "wrong");
    }
    let live = url(&bench, "/v2/providers/list");
    assert_error(&bench.post(live.clone(), with_secret).await, 401, "unauthorized", "token");
    let token = token(&bench).await;
    let request = || bench.http.post(&live).bearer_auth(&token).json(&json!({}));
    assert_eq!(answer(request()).await.0, 200);
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert_eq!(answer(request()).await.0, 401, "it has expired");
    let any_case = bench.http.post(url(&bench, "/v2/providers/list")).json(&json!({}));
    let any_case = any_case.header("authorization", format!("bearer {}", self::token(&bench).await));
    assert_eq!(answer(any_case).await.0, 200);
}

#[tokio::test]
async fn banks_are_listed_with_the_methods_that_are_asked_for() {
    let bench = bench(config());
    let (_, plain) = call(&bench, "/providers/list", json!({})).await;
    let banks: Vec<_> =
        plain["providers"].as_array().unwrap().iter().map(|row| &row["provider_id"]).collect();
    assert_eq!(banks, ["bt_ro", "cec_ro", "rzb_ro"]);
    assert_eq!(plain["providers"][0]["payment_methods"][0]["remitter_type"], json!(["retail"]));
    assert!(plain["providers"][0].get("ais_methods").is_none());
    let filtered = async |filter: Value| {
        let options = json!({ "show_ais_methods": true, "ais_methods_filter": filter });
        let (_, shown) = call(&bench, "/providers/list", json!({ "options": options })).await;
        assert_eq!(shown["providers"].as_array().unwrap().len(), 3, "the filter is of methods");
        shown["providers"][2]["ais_methods"].clone()
    };
    let method = |owner: &str, env: &str| json!({ "account_owner_type": [owner], "interface_type": "psd2", "interface_env": env });
    let example = json!({ "account_owner_type": ["retail"], "interface_env": "prod" });
    assert_eq!(filtered(example).await, json!([method("retail", "prod")]));
    let all = [method("retail", "sandbox"), method("retail", "prod"), method("corporate", "prod")];
    assert_eq!(filtered(Value::Null).await, json!(all));
    assert_eq!(
        filtered(json!({ "account_owner_type": ["retail", "corporate"] })).await,
        json!(all),
        "any of several"
    );
    assert_eq!(filtered(json!({ "interface_type": "screen" })).await, json!([]));
    let (_, one) = call(&bench, "/providers/get", json!({ "provider_id": "cec_ro" })).await;
    assert_eq!(one["provider"]["provider_id"], "cec_ro");
    assert_error(
        &call(&bench, "/providers/get", json!({ "provider_id": "x" })).await,
        404,
        "not_found",
        "provider",
    );
}

#[tokio::test]
async fn the_first_version_has_payments_alone_in_its_own_form() {
    let bench = bench(config());
    let call = async |path: &str, body: Value| {
        let request = bench.http.post(url(&bench, &format!("/v1{path}"))).json(&body);
        answer(request.bearer_auth(token(&bench).await)).await
    };
    let (status, list) = call("/providers/list", json!({ "options": { "show_ais_methods": true } })).await;
    assert_eq!(status, 200);
    for bank in list["providers"].as_array().unwrap() {
        let methods = bank["payment_methods"].as_array().unwrap().iter();
        let types: Vec<_> = methods.map(|method| method["remitter_type"].as_str().unwrap()).collect();
        assert_eq!(types, ["retail", "retail", "corporate"]);
        assert!(bank.get("ais_methods").is_none());
    }
    let (_, one) = call("/providers/get", json!({ "provider_id": "cec_ro" })).await;
    assert_eq!(one["provider"]["payment_methods"][0]["remitter_type"], "retail");

    let mut ids = Vec::new();
    for amount in ["1", "2"] {
        let (status, link) = call("/links/create", json!({ "intent": intent(amount.into()) })).await;
        assert_eq!(status, 200, "{link}");
        let (_, got) = call("/links/get", json!({ "link_id": link["link_id"] })).await;
        assert_eq!(got["intent"]["amount"], amount);
        ids.insert(0, link["link_id"].clone());
    }
    let (_, list) = call("/links/list", json!({ "pagination": { "limit": 1 } })).await;
    let listed: Vec<_> =
        list["links"].as_array().unwrap().iter().map(|link| link["link_id"].clone()).collect();
    assert_eq!((listed, list.get("pagination")), (ids, None));

    for path in ["/ais/accounts/list", "/ais/consents/create"] {
        assert_eq!(call(path, json!({})).await.0, 404, "{path}");
    }
    assert_eq!(bench.post(url(&bench, "/v1/links/list"), json!({})).await.0, 401);
    let with_secret = json!({ "client_id": finqlink::CLIENT_ID, "client_secret": finqlink::CLIENT_SECRET });
    assert_eq!(bench.post(url(&bench, "/v1/test/links/list"), with_secret).await.0, 200);
}

#[tokio::test]
async fn a_payment_link_takes_decimals_as_strings_only() {
    let bench = bench(config());
    let create =
        async |amount: Value| call(&bench, "/links/create", json!({ "intent": intent(amount) })).await;
    for amount in ["100.50", "0.50", "7", "12.5"] {
        let (status, link) = create(amount.into()).await;
        assert_eq!(status, 200, "{amount}: {link}");
        let (_, got) = call(&bench, "/links/get", json!({ "link_id": link["link_id"] })).await;
        assert_eq!((&got["intent"]["amount"], &got["status"]), (&json!(amount), &json!("created")));
    }
    for amount in [
        json!(100.5),
        json!("1,000.00"),
        json!("0100"),
        json!("00.5"),
        json!("-1"),
        json!("0"),
        json!("1.234"),
        json!(""),
    ] {
        assert_error(&create(amount).await, 400, "validation_error", "intent.amount");
    }
}

#[tokio::test]
async fn what_a_link_is_made_of_is_checked() {
    let bench = bench(config());
    let wrong = [
        ("/links/create", json!({}), "validation_error", "intent"),
        (
            "/links/create",
            json!({ "intent": { "amount": "1", "currency": "EUR" } }),
            "validation_error",
            "RON",
        ),
        (
            "/links/create",
            json!({ "intent": { "amount": "1", "currency": "RON", "creditor": { "iban": "RO11RZBR0000069999999970" } } }),
            "validation_error",
            "IBAN",
        ),
        ("/ais/consents/create", json!({ "scope": ["balances"] }), "validation_error", "scope"),
        ("/ais/consents/create", json!({ "valid_days": 1000 }), "validation_error", "valid_days"),
        (
            "/ais/consents/create",
            json!({ "options": { "type": "teleport" } }),
            "validation_error",
            "options.type",
        ),
        (
            "/ais/consents/create",
            json!({ "options": { "ux_template": "neon" } }),
            "validation_error",
            "glass",
        ),
        ("/ais/consents/create", json!({ "options": { "expires_in": 0 } }), "validation_error", "expires_in"),
        (
            "/ais/consents/create",
            json!({ "options": { "redirect_url": "/back" } }),
            "validation_error",
            "redirect_url",
        ),
        (
            "/ais/consents/create",
            json!({ "options": { "type": "direct_sca" } }),
            "method_selection_error",
            "provider_id",
        ),
        (
            "/ais/consents/create",
            json!({ "options": { "type": "direct_sca" }, "ais_method": { "provider_id": "bt_ro" } }),
            "validation_error",
            "redirect_url",
        ),
        (
            "/ais/consents/create",
            json!({ "ais_method": { "provider_id": "x" } }),
            "method_selection_error",
            "x",
        ),
        ("/ais/consents/create", json!({ "options": { "type": 7 } }), "validation_error", "string"),
    ];
    for (path, body, code, part) in wrong {
        let got = call(&bench, path, body).await;
        let part = if code == "method_selection_error" { "provider_id" } else { part };
        assert_error(&got, 400, code, part);
    }
    let got = bench.post(url(&bench, "/test/links/create"), json!([])).await;
    assert_error(&got, 400, "bad_request", "object");
    assert_error(&call(&bench, "/links/get", json!({ "link_id": "x" })).await, 404, "not_found", "link");
    let consent = consent(&bench, json!({ "options": { "ux_template": "glass", "expires_in": 60 } })).await;
    assert_error(
        &call(&bench, "/links/get", json!({ "link_id": consent["consent_id"] })).await,
        404,
        "not_found",
        "link",
    );
    assert_eq!(consent["valid_days"], 90);
    let alias = call(&bench, "/consents/create", json!({})).await;
    assert_eq!(alias.0, 200, "the quick start's path");
}

#[tokio::test]
async fn payment_links_are_listed_page_by_page() {
    let bench = bench(config());
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(payment(&bench, json!({ "scenario": "payment" })).await);
    }
    consent(&bench, json!({})).await;
    play(&bench, &made[1]).await;
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    for expected in [2, 2, 1] {
        let (status, page) =
            call(&bench, "/links/list", json!({ "pagination": { "limit": 2, "after": after } })).await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(page["pagination"]["count"], expected);
        assert_eq!(page["pagination"]["more?"], expected == 2);
        seen.extend(page["links"].as_array().unwrap().iter().map(|link| link["link_id"].clone()));
        after = page["pagination"]["after"].clone();
    }
    let newest_first: Vec<_> = made.iter().rev().map(|link| link["link_id"].clone()).collect();
    assert_eq!(seen, newest_first);

    let list = async |body: Value| call(&bench, "/links/list", body).await;
    let (_, done) = list(json!({ "filter": { "status": "funds_received" } })).await;
    assert_eq!(done["links"].as_array().unwrap().len(), 1);
    let (_, past) = list(json!({ "filter": { "inserted_at_to": "2024-01-01T00:00:00Z" } })).await;
    assert_eq!(past["links"], json!([]));
    for (body, code, part) in [
        (json!({ "pagination": { "limit": 0 } }), "validation_error", "1 to 250"),
        (json!({ "pagination": { "limit": 251 } }), "validation_error", "1 to 250"),
        (json!({ "pagination": { "limit": "5" } }), "validation_error", "1 to 250"),
        (json!({ "pagination": { "after": "bm9uc2Vuc2U" } }), "invalid_input", "keyset"),
        (json!({ "pagination": { "after": 5 } }), "invalid_input", "keyset"),
        (json!({ "filter": { "status": "sleeping" } }), "validation_error", "status"),
        (json!({ "filter": { "inserted_at_from": "yesterday" } }), "validation_error", "timestamp"),
    ] {
        assert_error(&list(body).await, 400, code, part);
    }
}

#[tokio::test]
async fn every_scenario_ends_as_the_contract_says() {
    let bench = bench(config());
    // scenario, the status afterwards, what stands on the return URL
    for (scenario, status, name, value) in [
        ("success", "active", "status", "active"),
        ("success-severed", "active", "status", "active"),
        ("denied", "failed", "error", "access_denied"),
        ("failed", "failed", "status", "failed"),
        ("revoked", "revoked", "status", "revoked"),
        ("suspended", "suspended", "status", "suspended"),
        ("provider-error", "failed", "error", "server_error"),
        ("payment", "funds_received", "status", "completed"),
        ("funds-rejected", "funds_rejected", "status", "funds_rejected"),
    ] {
        let more = json!({ "scenario": scenario });
        let link = match scenario {
            "payment" | "funds-rejected" => payment(&bench, more).await,
            _ => consent(&bench, more).await,
        };
        let back = play(&bench, &link).await;
        assert!(back.as_str().starts_with(CALLBACK), "{scenario}: the merchant's own query is kept: {back}");
        assert_eq!(param(&back, name).as_deref(), Some(value), "{scenario}");
        assert_eq!(param(&back, "web_id"), link["web_id"].as_str().map(Into::into), "{scenario}");
        assert_eq!(status_of(&bench, &link).await, status, "{scenario}");
        assert_eq!(open(&bench, &link).await, 410, "{scenario}: a link is used once");
        assert_error(&page(&bench, "play", &link, json!({})).await, 400, "link_expired", "over");
    }
    let link = consent(&bench, json!({ "scenario": "wrong-state" })).await;
    let back = play(&bench, &link).await;
    let states: Vec<_> = back.query_pairs().filter(|(name, _)| name == "state").collect();
    assert_eq!(states.len(), 1);
    assert_ne!(states[0].1, "s1");
    assert_eq!(param(&back, "order").as_deref(), Some("7"));

    for (scenario, next) in [
        ("other-tab", "elsewhere"),
        ("cold-callback", "elsewhere"),
        ("closes-itself", "close"),
        ("never-answers", "wait"),
    ] {
        let link = consent(&bench, json!({ "scenario": scenario })).await;
        let (_, leave) = page(&bench, "play", &link, json!({})).await;
        assert_eq!(leave["next"], next, "{scenario}");
    }
    let link = consent(&bench, json!({ "scenario": "expired" })).await;
    assert_eq!(open(&bench, &link).await, 410);
    assert_eq!(status_of(&bench, &link).await, "expired");
    for scenario in ["never-loads", "never-loads-popup"] {
        let link = consent(&bench, json!({ "scenario": scenario })).await;
        let request = bench.http.get(link["web_url"].as_str().unwrap()).timeout(Duration::from_millis(300));
        assert!(request.send().await.unwrap_err().is_timeout(), "{scenario}");
    }
    let severed = consent(&bench, json!({ "scenario": "success-severed" })).await;
    let response = bench.http.get(severed["web_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(response.headers()["cross-origin-opener-policy"], "same-origin");
    assert_eq!(bench.http.get(url(&bench, "/w/unknown")).send().await.unwrap().status(), 404);
    assert_error(
        &call(&bench, "/links/create", json!({ "intent": intent("1".into()), "scenario": "x" })).await,
        404,
        "not_found",
        "scenario",
    );
}

#[tokio::test]
async fn each_banks_test_customer_can_sign_in() {
    let bench = bench(config());
    let customers = [
        (
            "bt_ro",
            json!({ "username": "testbt", "password": "testbt" }),
            Some("1234567"),
            "RO17BTRLRONCRT0263514401",
        ),
        (
            "cec_ro",
            json!({ "username": "testcecapi", "password": "testcecapi", "iban": "ro42 CECE AG02 02RO N000 7466" }),
            None,
            "RO42CECEAG0202RON0007466",
        ),
        (
            "rzb_ro",
            json!({ "psu_id": "9999999998", "iban": "RO03RZBR0000069999999999" }),
            None,
            "RO03RZBR0000069999999999",
        ),
    ];
    for (bank, customer, pin, iban) in customers {
        let link = consent(&bench, json!({})).await;
        let ask = async |path: &str, mut body: Value| {
            body["provider_id"] = bank.into();
            page(&bench, path, &link, body).await
        };
        assert_error(&ask("sign-in", customer.clone()).await, 400, "bad_request", "chosen");
        open(&bench, &link).await;
        assert_eq!(status_of(&bench, &link).await, "started");
        assert_eq!(ask("bank", json!({})).await.0, 200);
        assert_eq!(status_of(&bench, &link).await, "awaiting_authz");
        for field in customer.as_object().unwrap().keys() {
            let mut wrong = customer.clone();
            wrong[field] = "wrong".into();
            assert_error(&ask("sign-in", wrong).await, 400, "method_input_validation_error", "together");
        }
        assert_error(&ask("decide", json!({ "decision": "approve" })).await, 400, "bad_request", "signed in");
        let (status, mut signed_in) = ask("sign-in", customer).await;
        assert_eq!(status, 200, "{signed_in}");
        if let Some(pin) = pin {
            assert_eq!(signed_in["next"], "pin");
            assert_error(
                &ask("pin", json!({ "pin": "0000000" })).await,
                400,
                "method_input_validation_error",
                "2 tries",
            );
            signed_in = ask("pin", json!({ "pin": pin })).await.1;
        }
        assert_eq!(signed_in["accounts"][0]["iban"], iban, "{bank}");
        let none = ask("decide", json!({ "decision": "approve", "ibans": [] })).await;
        assert_error(&none, 400, "validation_error", "at least one");
        let (_, leave) = ask("decide", json!({ "decision": "approve", "ibans": [iban] })).await;
        assert_eq!(leave["next"], "return");
        assert_eq!(status_of(&bench, &link).await, "active");
        let (_, list) = call(&bench, "/ais/accounts/list", json!({ "consent_id": link["consent_id"] })).await;
        let rows = list["accounts"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["iban"]), (1, &json!(iban)), "only what was shared");
    }
}

#[tokio::test]
async fn typed_user_names_and_decisions_end_a_link() {
    let bench = bench(config());
    for (user, name, value) in [
        ("denied", "error", "access_denied"),
        ("SUSPENDED", "status", "suspended"),
        ("provider-error", "error", "server_error"),
    ] {
        let link = consent(&bench, json!({})).await;
        page(&bench, "bank", &link, json!({ "provider_id": "rzb_ro" })).await;
        let typed = json!({ "provider_id": "rzb_ro", "psu_id": user, "iban": "RO03RZBR0000069999999999" });
        let (status, body) = page(&bench, "sign-in", &link, typed).await;
        assert_eq!(status, 200, "{user}: {body}");
        let back = Url::parse(body["leave"]["url"].as_str().unwrap()).unwrap();
        assert_eq!(param(&back, name).as_deref(), Some(value), "{user}");
    }
    let link = payment(&bench, json!({})).await;
    let (_, leave) = page(&bench, "decide", &link, json!({ "decision": "cancel" })).await;
    assert!(leave["url"].as_str().unwrap().contains("error=access_denied"));
    assert_error(
        &page(&bench, "decide", &link, json!({ "decision": "cancel" })).await,
        400,
        "link_expired",
        "over",
    );

    let link = consent(&bench, json!({})).await;
    let ask = async |path: &str, mut body: Value| {
        body["provider_id"] = "bt_ro".into();
        page(&bench, path, &link, body).await
    };
    ask("bank", json!({})).await;
    ask("sign-in", json!({ "username": "testbt", "password": "testbt" })).await;
    for _ in 0..2 {
        assert_eq!(ask("pin", json!({ "pin": "1" })).await.0, 400);
    }
    let (_, last) = ask("pin", json!({ "pin": "1" })).await;
    assert!(last["leave"]["url"].as_str().unwrap().contains("status=failed"), "{last}");
}

#[tokio::test]
async fn data_is_read_page_by_page_with_filters() {
    let bench = bench(config());
    let consent = active(&bench, json!({ "scenario": "success" })).await;
    let id = &consent["consent_id"];
    let read = async |kind: &str, mut body: Value| {
        body["consent_id"] = id.clone();
        call(&bench, &format!("/ais/{kind}/list"), body).await
    };
    let all = async |kind: &str, limit: u64| {
        let (mut rows, mut after) = (Vec::new(), Value::Null);
        loop {
            let (status, page) =
                read(kind, json!({ "pagination": { "limit": limit, "after": after } })).await;
            assert_eq!(status, 200, "{page}");
            let some = page[kind].as_array().unwrap().clone();
            assert_eq!(page["pagination"]["count"], some.len());
            // the last record's own keyset asks for the next page too
            after = some.last().map_or(Value::Null, |row| row["keyset"].clone());
            rows.extend(some);
            if page["pagination"]["more?"] == false {
                return rows;
            }
            assert_eq!(page["pagination"]["after"], after);
        }
    };
    for kind in ["accounts", "balances", "transactions"] {
        let rows = all(kind, 7).await;
        assert_eq!(rows, all(kind, 250).await, "{kind}");
        let mut keys: Vec<_> = rows.iter().map(|row| row["keyset"].to_string()).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), rows.len(), "{kind}: every row once");
    }
    let rows = all("transactions", 100).await;
    let dates: Vec<_> = rows.iter().map(|row| row["booking_date"].as_str().unwrap()).collect();
    assert!(dates.is_sorted_by(|one, other| one >= other), "the newest first");
    let chosen = async |filter: Value| {
        let (status, page) =
            read("transactions", json!({ "filter": filter, "pagination": { "limit": 250 } })).await;
        assert_eq!(status, 200, "{page}");
        page["transactions"].as_array().unwrap().clone()
    };
    let credits = chosen(json!({ "credit_debit_indicator": "credit" })).await;
    let debits = chosen(json!({ "credit_debit_indicator": "debit" })).await;
    assert!(!credits.is_empty() && credits.len() + debits.len() == rows.len());
    let number = |row: &Value| row["amount"].as_str().unwrap().parse::<f64>().unwrap();
    let some = chosen(json!({ "amount_from": "50", "amount_to": "150.00" })).await;
    assert!(!some.is_empty() && some.iter().all(|row| (50.0..=150.0).contains(&number(row))));
    let day = dates[dates.len() / 2];
    let some = chosen(json!({ "booking_date_from": day, "booking_date_to": day })).await;
    assert!(!some.is_empty() && some.iter().all(|row| row["booking_date"] == day));
    let (_, euros) = read("accounts", json!({ "filter": { "currency": "EUR" } })).await;
    assert_eq!(euros["accounts"].as_array().unwrap().len(), 1);
    let account = &euros["accounts"][0]["account_id"];
    let (_, of_one) = read("balances", json!({ "filter": { "account_id": account } })).await;
    assert!(of_one["balances"].as_array().unwrap().iter().all(|row| row["account_id"] == *account));
    for (kind, filter, part) in [
        ("transactions", json!({ "amount_from": 50 }), "string"),
        ("transactions", json!({ "amount_from": "1,5" }), "decimal"),
        ("transactions", json!({ "booking_date_from": "soon" }), "date"),
        ("transactions", json!({ "status": "maybe" }), "booked"),
    ] {
        assert_error(&read(kind, json!({ "filter": filter })).await, 400, "validation_error", part);
    }
}

#[tokio::test]
async fn data_needs_an_active_consent_that_covers_it() {
    let bench = bench(config());
    let limited = active(&bench, json!({ "scenario": "success", "scope": ["accounts", "balances"] })).await;
    let id = json!({ "consent_id": limited["consent_id"] });
    assert_eq!(call(&bench, "/ais/balances/list", id.clone()).await.0, 200);
    assert_error(
        &call(&bench, "/ais/transactions/list", id.clone()).await,
        400,
        "unprocessable_entity",
        "scope",
    );
    let (status, revoked) = call(&bench, "/ais/consents/revoke", id.clone()).await;
    assert_eq!((status.as_u16(), &revoked["status"]), (200, &json!("revoked")));
    for path in ["/ais/consents/revoke", "/ais/accounts/list", "/ais/jobs/create"] {
        assert_error(&call(&bench, path, id.clone()).await, 400, "consent_not_active", "revoked");
    }
    let new = consent(&bench, json!({})).await;
    let id = json!({ "consent_id": new["consent_id"] });
    assert_error(&call(&bench, "/ais/accounts/list", id).await, 400, "consent_not_active", "created");
    assert_error(
        &call(&bench, "/ais/accounts/list", json!({ "consent_id": "x" })).await,
        404,
        "not_found",
        "consent",
    );
    assert_error(&call(&bench, "/ais/accounts/list", json!({})).await, 400, "validation_error", "consent_id");
}

#[tokio::test]
async fn a_job_refreshes_once_a_minute() {
    let bench = bench(config());
    let consent = active(&bench, json!({ "scenario": "success" })).await;
    let id = json!({ "consent_id": consent["consent_id"] });
    let (status, job) = call(&bench, "/ais/jobs/create", id.clone()).await;
    assert_eq!((status.as_u16(), &job["status"]), (200, &json!("started")));
    assert_error(&call(&bench, "/ais/jobs/create", id).await, 400, "cooldown_failed", "minute");
    let job = json!({ "job_id": job["job_id"] });
    while call(&bench, "/ais/jobs/get", job.clone()).await.1["status"] != "completed" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_error(&call(&bench, "/ais/jobs/get", json!({ "job_id": "x" })).await, 404, "not_found", "job");
}

#[tokio::test]
async fn in_direct_sca_the_merchant_relays_the_banks_query_string() {
    let bench = bench(config());
    let direct = |bank: &str| {
        json!({
            "ais_method": { "provider_id": bank },
            "scenario": "direct-sca",
            "options": { "type": "direct_sca", "state": "a b/c", "redirect_url": "https://app.example/sca" },
        })
    };
    let link = consent(&bench, direct("rzb_ro")).await;
    let web_url = Url::parse(link["web_url"].as_str().unwrap()).unwrap();
    assert_eq!(web_url.path(), "/bank/rzb_ro/authorize");
    assert_eq!(param(&web_url, "state").as_deref(), Some("a b/c"));
    assert_eq!(status_of(&bench, &link).await, "awaiting_authz");
    let mut forged = web_url.clone();
    forged
        .query_pairs_mut()
        .clear()
        .append_pair("request", link["web_id"].as_str().unwrap())
        .append_pair("state", "x");
    assert_eq!(bench.http.get(forged).send().await.unwrap().status(), 404);

    let back = play(&bench, &link).await;
    let query = back.as_str().split_once('?').unwrap().1.to_owned();
    assert_eq!(status_of(&bench, &link).await, "awaiting_authz", "until it is relayed");
    let relay = async |query: &str, sync: bool| {
        let body = json!({ "query_string": query, "sync": sync });
        call(&bench, "/ais/consents/redirect", body).await
    };
    for wrong in ["", "code=1", "state", "=1&state=a+b%2Fc"] {
        assert_error(&relay(wrong, true).await, 400, "validation_error", "query_string");
    }
    assert_error(&relay("state=unknown", true).await, 400, "invalid_input", "No link");
    let decoded: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(url::form_urlencoded::parse(query.as_bytes()))
        .finish();
    assert_ne!(decoded, query);
    assert_error(&relay(&decoded, true).await, 400, "invalid_input", "byte for byte");
    let other = call(&bench, "/links/redirect", json!({ "query_string": query })).await;
    assert_error(&other, 400, "invalid_input", "No link");

    let (status, first) = relay(&query, false).await;
    assert_eq!((status.as_u16(), &first["status"]), (202, &json!("redirect_in_progress")));
    while status_of(&bench, &link).await != "active" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (status, again) = relay(&query, true).await;
    assert_eq!((status.as_u16(), &again["status"]), (201, &json!("active")));
    assert_eq!(again["consent_id"], link["consent_id"]);

    let link = consent(&bench, direct("bt_ro")).await;
    let back = play(&bench, &link).await;
    let (status, done) = relay(back.as_str().split_once('?').unwrap().1, true).await;
    assert_eq!((status.as_u16(), &done["status"]), (200, &json!("active")));

    let mut denied = direct("bt_ro");
    denied["scenario"] = "direct-sca-denied".into();
    let link = consent(&bench, denied).await;
    let back = play(&bench, &link).await;
    assert_eq!(param(&back, "error").as_deref(), Some("access_denied"));
    let (status, done) = relay(back.as_str().split_once('?').unwrap().1, true).await;
    assert_eq!((status.as_u16(), &done["status"]), (200, &json!("failed")));
}

#[tokio::test]
async fn the_other_ways_to_the_bank_come_back_through_the_webui() {
    let bench = bench(config());
    for (kind, path) in [("wrapped_sca", "/w/"), ("redirect_sca", "/bank/cec_ro/authorize")] {
        let more = json!({
            "payment_method": { "provider_id": "cec_ro" }, "options": { "type": kind }, "scenario": "payment",
        });
        let link = payment(&bench, more).await;
        assert!(Url::parse(link["web_url"].as_str().unwrap()).unwrap().path().starts_with(path), "{kind}");
        let (status, other) = page(&bench, "bank", &link, json!({ "provider_id": "bt_ro" })).await;
        assert_eq!((status.as_u16(), &other["code"]), (400, &json!("method_selection_error")), "{kind}");
        let back = play(&bench, &link).await;
        assert_eq!(param(&back, "status").as_deref(), Some("completed"), "{kind}");
    }
}

#[tokio::test]
async fn the_keys_are_two_and_rotate() {
    let bench = bench(config());
    let jwks = async || bench.get(url(&bench, "/.well-known/jwks.json")).await.1;
    let rotate = async || {
        bench.http.post(url(&bench, "/__sandbox/rotate-keys")).send().await.unwrap();
    };
    let first = jwks().await;
    let keys = first["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    for key in keys {
        for (field, value) in [("kty", "RSA"), ("alg", "RS256"), ("use", "sig"), ("e", "AQAB")] {
            assert_eq!(key[field], value, "{key}");
        }
        assert!(key.get("d").is_none(), "nothing private");
    }
    rotate().await;
    let second = jwks().await;
    assert_eq!(second["keys"].as_array().unwrap().len(), 2);
    assert_eq!(second["keys"][1], first["keys"][0], "the newest first");
    assert_ne!(second["keys"][0], first["keys"][0]);
}

#[tokio::test]
async fn webhooks_come_in_order_and_are_signed() {
    let bench = bench(config());
    let options = json!({ "webhook_url": url(&bench, "/w/nowhere") });
    let consent = active(&bench, json!({ "scenario": "success", "options": options })).await;
    let sent = async || {
        let log = bench.get(url(&bench, "/__sandbox/log")).await.1;
        let entries = log["entries"].as_array().unwrap().clone();
        entries.into_iter().filter(|entry| entry["kind"] == "webhook").collect::<Vec<_>>()
    };
    while sent().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let keys = bench.get(url(&bench, "/.well-known/jwks.json")).await.1;
    let first = sent().await.remove(0);
    assert_eq!(first["headers"]["x-signature-kid"], keys["keys"][0]["kid"], "by the current key");
    let body: Value = serde_json::from_str(first["body"].as_str().unwrap()).unwrap();
    assert_eq!(
        body,
        json!({
            "type": "consent_status_update",
            "consent_id": consent["consent_id"],
            "web_id": consent["web_id"],
            "status": "started",
        })
    );
    assert!(is_signed(&keys, &first["headers"], first["body"].as_str().unwrap()));
}

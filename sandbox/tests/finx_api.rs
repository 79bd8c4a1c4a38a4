//! finX's API and the calls of its widget: what they give, and what they refuse.

mod common;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::{Answer, Bench, answer, bench, config, given};
use reqwest::header::WWW_AUTHENTICATE;
use sandbox::finx::{CLIENT_ID, CLIENT_SECRET};
use serde_json::{Value, json};

const CALLBACK: &str = "https://my-app.example.com/callback";

async fn call(bench: &Bench, path: &str, body: &Value) -> Answer {
    let request = bench.http.post(format!("{}{path}", bench.sandbox["finx"])).json(body);
    answer(request.basic_auth(CLIENT_ID, Some(CLIENT_SECRET))).await
}

/// A new link with these fields beside the redirect_uri.
async fn link(bench: &Bench, more: Value) -> Value {
    let mut body = json!({ "redirect_uri": CALLBACK });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (status, link) = call(bench, "/onetime/access", &body).await;
    assert_eq!(status, 201, "{link}");
    link
}

/// What the widget's script asks of its own server.
async fn widget(bench: &Bench, path: &str, link: &Value, mut body: Value) -> Answer {
    body["flow"] = link["id"].clone();
    bench.post(format!("{}/widget/{path}", bench.sandbox["finx"]), body).await
}

async fn page(bench: &Bench, link: &Value) -> (u16, Value) {
    let response = bench.http.get(link["location"].as_str().unwrap()).send().await.unwrap();
    (response.status().as_u16(), given(&response.text().await.unwrap()))
}

/// The code of a flow that plays this scenario.
async fn code(bench: &Bench, scenario: &str) -> String {
    let link = link(bench, json!({ "scenario": scenario })).await;
    let (status, ending) = widget(bench, "play", &link, json!({})).await;
    assert_eq!(status, 200, "{ending}");
    ending["message"]["query"]["code"].as_str().unwrap().into()
}

async fn exchange(bench: &Bench, code: &str, redirect_uri: &str) -> Answer {
    let body = json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri });
    call(bench, "/auth/token", &body).await
}

async fn read(bench: &Bench, path: &str, tokens: &Value) -> Answer {
    let request = bench.http.get(format!("{}{path}", bench.sandbox["finx"]));
    answer(request.bearer_auth(tokens["access_token"].as_str().unwrap())).await
}

fn assert_error(answer: &Answer, status: u16, error: &str, part: &str) {
    assert_eq!((answer.0.as_u16(), &answer.1["error"]), (status, &json!(error)), "{}", answer.1);
    assert!(answer.1["error_description"].as_str().unwrap().contains(part), "{}", answer.1);
}

#[tokio::test]
async fn a_link_has_a_location_with_a_token_and_an_id() {
    let bench = bench(config());
    let link = link(&bench, json!({ "language": "de", "accounts": [], "sync_period": 90 })).await;
    let location = link["location"].as_str().unwrap();
    let token = location.strip_prefix(&format!("{}/?token=", bench.sandbox["finx"])).unwrap();
    assert!(token.starts_with("eyJ") && token.split('.').count() == 3, "{token}");
    assert_eq!(link["id"].as_str().unwrap().len(), 36);
    let (status, page) = self::page(&bench, &link).await;
    assert_eq!((status, page["flow"].clone(), page["days"].clone()), (200, link["id"].clone(), json!(90)));
    assert_eq!(page["banks"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_link_needs_a_client_and_a_redirect_uri() {
    let bench = bench(config());
    let url = format!("{}/onetime/access", bench.sandbox["finx"]);
    let bare = bench.http.post(&url).json(&json!({ "redirect_uri": CALLBACK })).send().await.unwrap();
    assert_eq!((bare.status().as_u16(), &bare.headers()[WWW_AUTHENTICATE]), (401, &"Basic".parse().unwrap()));
    let wrong = bench.http.post(&url).basic_auth(CLIENT_ID, Some("guess")).json(&json!({}));
    assert_error(&answer(wrong).await, 401, "invalid_client", "credentials");
    let broken = bench.http.post(&url).basic_auth(CLIENT_ID, Some(CLIENT_SECRET)).body("{");
    assert_error(&answer(broken).await, 400, "invalid_request", "JSON object");
    for (body, part) in [
        (json!({}), "redirect_uri is required"),
        (json!({ "redirect_uri": "/callback" }), "absolute"),
        (json!({ "redirect_uri": "javascript:alert(1)" }), "absolute"),
        (json!({ "redirect_uri": CALLBACK, "language": "tlh" }), "language"),
        (json!({ "redirect_uri": CALLBACK, "state": 7 }), "state must be a string"),
        (json!({ "redirect_uri": CALLBACK, "accounts": "DE82900948150000002881" }), "accounts"),
        (json!({ "redirect_uri": CALLBACK, "accounts": [{ "iban": "DE82900948150000002881" }] }), "accounts"),
        (json!({ "redirect_uri": CALLBACK, "sync_period": 0 }), "sync_period"),
        (json!({ "redirect_uri": CALLBACK, "sync_period": "90" }), "sync_period"),
        (json!({ "redirect_uri": CALLBACK, "scenario": "nonsense" }), "scenario"),
    ] {
        assert_error(&call(&bench, "/onetime/access", &body).await, 400, "invalid_request", part);
    }
}

#[tokio::test]
async fn a_code_is_exchanged_once_for_the_redirect_uri_of_its_flow() {
    let bench = bench(config());
    let code = code(&bench, "success").await;
    let (status, tokens) = exchange(&bench, &code, CALLBACK).await;
    assert_eq!(status, 200);
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert_eq!(tokens["scope"], "accounts=ro balance=ro transactions=ro offline");
    assert_error(&exchange(&bench, &code, CALLBACK).await, 400, "invalid_grant", "used");

    let code = self::code(&bench, "success").await;
    let other = exchange(&bench, &code, "https://evil.example/callback").await;
    assert_error(&other, 400, "invalid_grant", "redirect_uri");
    assert_error(&exchange(&bench, &code, CALLBACK).await, 400, "invalid_grant", "used");

    let expired = self::code(&bench, "expired-code").await;
    assert_error(&exchange(&bench, &expired, CALLBACK).await, 400, "invalid_grant", "expired");
    assert_error(&exchange(&bench, "invented", CALLBACK).await, 400, "invalid_grant", "unknown");
    for (body, error, part) in [
        (json!({}), "invalid_request", "grant_type is required"),
        (json!({ "grant_type": "password" }), "unsupported_grant_type", "grant_type"),
        (json!({ "grant_type": "authorization_code" }), "invalid_request", "code is required"),
        (json!({ "grant_type": "authorization_code", "code": "c" }), "invalid_request", "redirect_uri"),
        (json!({ "grant_type": "refresh_token" }), "invalid_request", "refresh_token is required"),
    ] {
        assert_error(&call(&bench, "/auth/token", &body).await, 400, error, part);
    }
    let bare = bench.post(format!("{}/auth/token", bench.sandbox["finx"]), json!({})).await;
    assert_error(&bare, 401, "invalid_client", "credentials");
}

#[tokio::test]
async fn a_refresh_token_is_new_each_time() {
    let bench = bench(config());
    let (_, tokens) = exchange(&bench, &code(&bench, "success").await, CALLBACK).await;
    let refresh = async |tokens: &Value| {
        let body = json!({ "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"] });
        call(&bench, "/auth/token", &body).await
    };
    let (status, renewed) = refresh(&tokens).await;
    assert_eq!(status, 200);
    assert_ne!(renewed["refresh_token"], tokens["refresh_token"]);
    assert_error(&refresh(&tokens).await, 400, "invalid_grant", "used");
    assert_eq!(read(&bench, "/rest/accounts", &renewed).await.0, 200);

    bench.http.post(format!("{}/__sandbox/expire-tokens", bench.sandbox["finx"])).send().await.unwrap();
    assert_error(&read(&bench, "/rest/accounts", &renewed).await, 401, "invalid_token", "expired");
    assert_eq!(read(&bench, "/rest/accounts", &refresh(&renewed).await.1).await.0, 200);
}

#[tokio::test]
async fn data_is_read_with_an_access_token_alone() {
    let bench = bench(config());
    let (_, tokens) = exchange(&bench, &code(&bench, "success").await, CALLBACK).await;
    let (status, body) = read(&bench, "/rest/accounts", &tokens).await;
    assert_eq!(status, 200);
    let accounts = body["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 3);
    assert!(accounts.iter().all(|account| account["iban"].as_str().unwrap().len() == 22));
    let (status, body) = read(&bench, "/rest/transactions", &tokens).await;
    assert_eq!(status, 200);
    let days: Vec<_> = body["transactions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["booking_date"].as_str().unwrap())
        .collect();
    assert!(days.len() > 100 && days.is_sorted_by(|one, other| one >= other), "the newest first");
    for path in ["/rest/accounts", "/rest/transactions"] {
        let url = format!("{}{path}", bench.sandbox["finx"]);
        assert_error(&bench.get(url.clone()).await, 401, "invalid_token", "missing");
        assert_error(
            &answer(bench.http.get(url).bearer_auth("invented")).await,
            401,
            "invalid_token",
            "wrong",
        );
    }
}

#[tokio::test]
async fn a_person_shares_what_they_chose() {
    let bench = bench(config());
    let known =
        json!({ "accounts": [{ "id": "DE82 9009 4815 0000 0028 81" }], "sync_period": 7, "state": "s-1" });
    let link = link(&bench, known).await;
    let (_, page) = page(&bench, &link).await;
    assert_eq!(page["banks"].as_array().unwrap().len(), 1, "the account tells the bank");
    let sign_in = json!({ "bank": "90094815", "customer": "success", "password": "sandbox" });
    assert_eq!(widget(&bench, "tan", &link, json!({ "tan": "123456" })).await.0, 409, "nobody has signed in");
    assert_eq!(widget(&bench, "sign-in", &link, sign_in).await.1, json!({}));
    assert_eq!(widget(&bench, "share", &link, json!({ "accounts": [] })).await.0, 409, "no TAN yet");
    assert_eq!(widget(&bench, "tan", &link, json!({ "tan": "1" })).await.1, json!({ "error": "error-tan" }));
    let (_, accounts) = widget(&bench, "tan", &link, json!({ "tan": "123456" })).await;
    assert_eq!(accounts["accounts"][0]["iban"], "DE82900948150000002881");
    let nothing = widget(&bench, "share", &link, json!({ "accounts": ["invented"] })).await;
    assert_eq!(nothing.1, json!({ "error": "error-account" }));
    let chosen = json!({ "accounts": [accounts["accounts"][0]["id"]] });
    let (_, shared) = widget(&bench, "share", &link, chosen.clone()).await;
    let query = &shared["ending"]["message"]["query"];
    assert_eq!((&query["state"], &query["flow_id"]), (&json!("s-1"), &link["id"]));

    let (_, tokens) = exchange(&bench, query["code"].as_str().unwrap(), CALLBACK).await;
    let (_, body) = read(&bench, "/rest/accounts", &tokens).await;
    assert_eq!(body["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(body["accounts"][0]["iban"], "DE82900948150000002881");
    let (_, body) = read(&bench, "/rest/transactions", &tokens).await;
    assert!(body["transactions"].as_array().unwrap().len() < 40, "a week of one account");
    assert_eq!(read(&bench, "/accounts", &tokens).await.0, 404, "data is under /rest");

    assert_eq!(widget(&bench, "share", &link, chosen).await.0, 409, "it is over");
    assert_eq!(self::page(&bench, &link).await.0, 410);
}

#[tokio::test]
async fn a_person_comes_back_to_accounts_that_they_have_shared() {
    let bench = bench(config());
    let (_, tokens) = exchange(&bench, &code(&bench, "success").await, CALLBACK).await;
    let accounts = read(&bench, "/rest/accounts", &tokens).await.1["accounts"].clone();
    let ids: Vec<_> = accounts.as_array().unwrap().iter().map(|account| &account["account_id"]).collect();
    let body = json!({ "redirect_uri": CALLBACK, "state": "s-2", "account_ids": ids });
    let (status, link) = call(&bench, "/ongoing/sync", &body).await;
    assert_eq!(status, 201, "{link}");
    let (_, page) = page(&bench, &link).await;
    assert_eq!(page["knownAccount"], accounts[0]["iban"]);
    assert_eq!(page["banks"].as_array().unwrap().len(), 1);

    let sign_in = json!({ "bank": "90094815", "customer": "success", "password": "sandbox" });
    assert_eq!(widget(&bench, "sign-in", &link, sign_in).await.1, json!({}));
    let (_, ended) = widget(&bench, "tan", &link, json!({ "tan": "123456" })).await;
    let query = &ended["ending"]["message"]["query"];
    assert_eq!(
        query,
        &json!({ "success": "true", "state": "s-2", "flow_id": link["id"] }),
        "no choice, no code"
    );
    assert_eq!(read(&bench, "/rest/accounts", &tokens).await.1["accounts"], accounts);

    for ids in [json!(null), json!([]), json!("A1"), json!(["invented"]), json!([7])] {
        let body = json!({ "redirect_uri": CALLBACK, "account_ids": ids });
        assert_error(&call(&bench, "/ongoing/sync", &body).await, 400, "invalid_request", "account_ids");
    }
}

#[tokio::test]
async fn three_wrong_tans_are_a_failure_that_nobody_cancelled() {
    let bench = bench(config());
    let link = link(&bench, json!({ "state": "s-1" })).await;
    let sign_in =
        |password: &str| json!({ "bank": "90055500", "customer": "Success ", "password": password });
    assert_eq!(widget(&bench, "sign-in", &link, sign_in("x")).await.1, json!({ "error": "error-sign-in" }));
    assert_eq!(widget(&bench, "sign-in", &link, sign_in("sandbox")).await.1, json!({}));
    for _ in 0..2 {
        assert_eq!(
            widget(&bench, "tan", &link, json!({ "tan": "0" })).await.1,
            json!({ "error": "error-tan" })
        );
    }
    let (_, last) = widget(&bench, "tan", &link, json!({ "tan": "0" })).await;
    let query = &last["ending"]["message"]["query"];
    assert_eq!(query, &json!({ "success": "false", "state": "s-1", "flow_id": link["id"] }));
}

#[tokio::test]
async fn an_altered_or_foreign_token_opens_nothing() {
    let bench = bench(config());
    let link = link(&bench, json!({})).await;
    let location = link["location"].as_str().unwrap();
    let code = code(&bench, "success").await;
    for location in [
        format!("{}/", bench.sandbox["finx"]),
        format!("{}/?token=invented", bench.sandbox["finx"]),
        format!("{}/?token={code}", bench.sandbox["finx"]),
        format!("{location}x"),
    ] {
        assert_eq!(page(&bench, &json!({ "location": location })).await.0, 410, "{location}");
    }
    assert_eq!(page(&bench, &link).await.0, 200);
}

#[tokio::test]
async fn a_merchant_chooses_how_far_back_transactions_go() {
    let bench = bench(config());
    let oldest = async |period: Value| {
        let link = link(&bench, json!({ "scenario": "success", "sync_period": period })).await;
        let (_, ending) = widget(&bench, "play", &link, json!({})).await;
        let code = ending["message"]["query"]["code"].as_str().unwrap().to_owned();
        let (_, tokens) = exchange(&bench, &code, CALLBACK).await;
        let (status, body) = read(&bench, "/rest/transactions", &tokens).await;
        assert_eq!(status, 200);
        let row = body["transactions"].as_array().unwrap().last().unwrap();
        let date: chrono::NaiveDate = row["booking_date"].as_str().unwrap().parse().unwrap();
        (chrono::Utc::now().date_naive() - date).num_days()
    };
    assert!((80..90).contains(&oldest(Value::Null).await));
    assert!((710..720).contains(&oldest(json!(720)).await));
    let all = oldest(json!(u32::MAX)).await;
    assert!((1000..6000).contains(&all), "not before the accounts were opened: {all}");
}

#[tokio::test]
async fn the_names_of_the_schemes_count_in_any_case() {
    let bench = bench(config());
    let (_, tokens) = exchange(&bench, &code(&bench, "success").await, CALLBACK).await;
    let request = bench.http.get(format!("{}/rest/accounts", bench.sandbox["finx"]));
    let token = format!("bearer {}", tokens["access_token"].as_str().unwrap());
    assert_eq!(answer(request.header("authorization", token)).await.0, 200);
    let client = BASE64_STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    let request = bench.http.post(format!("{}/onetime/access", bench.sandbox["finx"]));
    let request = request.json(&json!({ "redirect_uri": CALLBACK }));
    assert_eq!(answer(request.header("authorization", format!("BASIC {client}"))).await.0, 201);
}

#[tokio::test]
async fn every_documented_link_can_be_created() {
    let bench = bench(config());
    for path in [
        "/onetime/account-verification",
        "/onetime/income-report",
        "/onetime/risk-report",
        "/ongoing/access",
        "/ongoing/risk-report",
    ] {
        let body = json!({ "redirect_uri": CALLBACK, "scenario": "success" });
        let (status, link) = call(&bench, path, &body).await;
        assert_eq!(status, 201, "{path}: {link}");
        let (_, ending) = widget(&bench, "play", &link, json!({})).await;
        assert!(ending["message"]["query"]["code"].is_string(), "{path}: {ending}");
    }
}

#[tokio::test]
async fn a_payment_has_a_receipt_and_a_code_with_readout_alone() {
    let bench = bench(config());
    let receipt = async |link: &Value| {
        let url = format!("{}/payment-receipts/{}", bench.sandbox["finx"], link["id"].as_str().unwrap());
        answer(bench.http.get(url).basic_auth(CLIENT_ID, Some(CLIENT_SECRET))).await
    };
    let wanted = json!({
        "redirect_uri": CALLBACK,
        "amount": "12.30",
        "recipient_name": "Ledgerly",
        "recipient_iban": "DE82900948150000002881",
    });
    for path in ["/onetime/payment", "/ongoing/payment"] {
        assert_error(
            &call(&bench, path, &json!({ "redirect_uri": CALLBACK })).await,
            400,
            "invalid_request",
            "amount is required",
        );
        for (scenario, readout, success) in
            [("payment", false, "true"), ("success", true, "true"), ("failure", false, "false")]
        {
            let mut body = wanted.clone();
            body["scenario"] = scenario.into();
            body["readout"] = readout.into();
            let (_, link) = call(&bench, path, &body).await;
            assert_eq!(page(&bench, &link).await.1["payment"]["amount"], "12.30");
            assert_error(&receipt(&link).await, 404, "not_found", "Nothing was paid");
            let (_, ending) = widget(&bench, "play", &link, json!({})).await;
            let query = &ending["message"]["query"];
            assert_eq!((&query["success"], query["code"].is_string()), (&json!(success), readout));
            let (status, receipt) = receipt(&link).await;
            assert_eq!(status == 200, success == "true", "{receipt}");
            if success == "true" {
                let named = (&receipt["id"], &receipt["amount"], &receipt["currency"]);
                assert_eq!(named, (&link["id"], &json!("12.30"), &json!("EUR")));
            }
        }
    }
    let url = format!("{}/payment-receipts/x", bench.sandbox["finx"]);
    assert_eq!(bench.http.get(url).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn the_vendors_test_logins_are_right() {
    let bench = bench(config());
    for (customer, password, is_right) in
        [("figo01", "654321", true), ("demo", "demo", true), ("figo01", "demo", false)]
    {
        let link = link(&bench, json!({})).await;
        let body = json!({ "bank": "90094815", "customer": customer, "password": password });
        let (_, answer) = widget(&bench, "sign-in", &link, body).await;
        assert_eq!(answer["error"].is_null(), is_right, "{answer}");
        let (_, shared) = widget(&bench, "tan", &link, json!({ "tan": "123456" })).await;
        assert_eq!(shared["accounts"].is_array(), is_right, "{shared}");
    }
}

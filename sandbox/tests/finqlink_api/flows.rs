//! How a person goes through a link.

use super::*;

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

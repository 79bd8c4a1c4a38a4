//! The banks, and payment links.

use super::*;

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
    for amount in ["100.50", "0.50", "7", "12.5", "92233720368547758.07"] {
        let (status, link) = create(amount.into()).await;
        assert_eq!(status, 200, "{amount}: {link}");
        let (_, got) = call(&bench, "/links/get", json!({ "link_id": link["link_id"] })).await;
        assert_eq!((&got["intent"]["amount"], &got["status"]), (&json!(amount), &json!("created")));
        let page = bench.http.get(link["web_url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(page.status(), 200, "{amount}");
    }
    for amount in [
        json!(100.5),
        json!("1,000.00"),
        json!("0100"),
        json!("00.5"),
        json!("-1"),
        json!("0"),
        json!("1.234"),
        json!("92233720368547758.08"),
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

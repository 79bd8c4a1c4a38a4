//! The login, partner banks, and processes from their start to their end.

use super::*;

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

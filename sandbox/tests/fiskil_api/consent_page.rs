//! How a person goes through the consent page.

use super::*;

#[tokio::test]
async fn clicking_through_gives_a_consent_to_the_chosen_accounts_alone() {
    let bench = bench(config());
    let session = bench.session(json!({})).await;
    let wrong = json!({ "institution_id": "22", "customer_id": "success", "password": "guess" });
    let (status, error) = bench.page("/consent/sign-in", &session, wrong).await;
    assert_eq!(status, 401);
    assert_error(&error, "Unauthorized", "do not go together");
    let (status, _) =
        bench.page("/consent/decide", &session, json!({ "decision": "agree", "account_ids": ["x"] })).await;
    assert_eq!(status, 409, "nobody has signed in");

    let right = json!({ "institution_id": "22", "customer_id": " Success ", "password": "sandbox" });
    assert_eq!(bench.page("/consent/sign-in", &session, right).await.0, 200);
    let (status, error) =
        bench.page("/consent/one-time-password", &session, json!({ "code": "000000" })).await;
    assert_eq!(status, 401);
    assert_error(&error, "Unauthorized", "2 tries are left");
    let (status, body) =
        bench.page("/consent/one-time-password", &session, json!({ "code": "123456" })).await;
    assert_eq!(status, 200);
    let accounts = body["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 3);

    let none = json!({ "decision": "agree", "account_ids": ["acc_of_somebody_else"] });
    assert_eq!(bench.page("/consent/decide", &session, none).await.0, 400);
    let chosen = accounts[1]["id"].clone();
    let (status, ending) = bench
        .page("/consent/decide", &session, json!({ "decision": "agree", "account_ids": [chosen] }))
        .await;
    assert_eq!(status, 200);
    let consent = ending["message"]["consentID"].as_str().unwrap();
    assert_eq!(ending["message"], json!({ "isCompleted": true, "consentID": consent }));

    let (_, answer) = bench.call(&format!("/v1/accounts?consent_id={consent}"), None).await;
    let shared = answer["accounts"].as_array().unwrap();
    assert_eq!(shared.len(), 1);
    assert_eq!(shared[0]["id"], chosen);
    let (_, answer) = bench.call(&format!("/v1/transactions?consent_id={consent}"), None).await;
    let transactions = answer["transactions"].as_array().unwrap();
    assert!(!transactions.is_empty() && transactions.iter().all(|row| row["account_id"] == chosen));
    let (_, answer) = bench.call(&format!("/v1/energy/usage?consent_id={consent}"), None).await;
    assert_eq!(answer["usage"].as_array().unwrap().len(), 28);

    let again = bench.page("/consent/decide", &session, json!({ "decision": "cancel" })).await;
    assert_eq!(again.0, 409, "a session is used once");
}

#[tokio::test]
async fn three_wrong_codes_end_in_failure() {
    let bench = bench(config());
    let session = bench.session(json!({})).await;
    let right = json!({ "institution_id": "22", "customer_id": "otp-failure", "password": "sandbox" });
    assert_eq!(bench.page("/consent/sign-in", &session, right).await.0, 200);
    for _ in 0..2 {
        assert_eq!(
            bench.page("/consent/one-time-password", &session, json!({ "code": "123456" })).await.0,
            401
        );
    }
    let (status, body) =
        bench.page("/consent/one-time-password", &session, json!({ "code": "123456" })).await;
    assert_eq!(status, 200);
    assert_eq!(body["ending"]["message"]["errorType"], "CONSENT_OTP_FAILURE");
}

#[tokio::test]
async fn declining_and_cancelling_say_so() {
    let bench = bench(config());
    let session = bench.session(json!({})).await;
    let (status, _) = bench.page("/consent/decide", &session, json!({ "decision": "decline" })).await;
    assert_eq!(status, 409, "there is nothing to decline yet");
    let right = json!({ "institution_id": "22", "customer_id": "success", "password": "sandbox" });
    bench.page("/consent/sign-in", &session, right).await;
    bench.page("/consent/one-time-password", &session, json!({ "code": "123456" })).await;
    let (_, ending) = bench.page("/consent/decide", &session, json!({ "decision": "decline" })).await;
    assert_eq!(ending["message"]["errorType"], "CONSENT_ENDUSER_DENIED");

    let (status, ending) = bench.page("/consent/decide", &session, json!({ "decision": "cancel" })).await;
    assert_eq!(status, 200, "after declining, the same session may be tried again");
    assert_eq!(ending["message"]["errorType"], "AUTH_SESSION_CANCELLED");
    assert_eq!(bench.page("/consent/decide", &session, json!({ "decision": "cancel" })).await.0, 409);
    assert_eq!(bench.page("/consent/decide", "unknown", json!({ "decision": "cancel" })).await.0, 404);
    let fresh = bench.session(json!({})).await;
    assert_eq!(bench.page("/consent/decide", &fresh, json!({ "decision": "perhaps" })).await.0, 400);
    assert_eq!(bench.page("/consent/play", &fresh, json!({})).await.0, 409, "it has no scenario");
}

#[tokio::test]
async fn a_locked_bank_cannot_be_changed() {
    let bench = bench(config());
    let session = bench.session(json!({ "institution_id": "40" })).await;
    let page = bench
        .http
        .get(bench.fiskil(&format!("/?sess_id={session}")))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("Bank of the Ranges") && !page.contains("Wattle Mutual"));
    let other = json!({ "institution_id": "22", "customer_id": "success", "password": "sandbox" });
    assert_eq!(bench.page("/consent/sign-in", &session, other).await.0, 404);
}

#[tokio::test]
async fn every_scenario_ends_as_the_contract_says() {
    let bench = bench(config());
    // scenario, errorType in the message, error in the return URL
    let failures = [
        ("denied", "CONSENT_ENDUSER_DENIED", "access_denied"),
        ("otp-failure", "CONSENT_OTP_FAILURE", "access_denied"),
        ("ineligible", "CONSENT_ENDUSER_INELIGIBLE", "access_denied"),
        ("consent-timeout", "CONSENT_TIMEOUT", "access_denied"),
        ("upstream-error", "CONSENT_UPSTREAM_PROCESSING_ERROR", "server_error"),
        ("cancelled", "AUTH_SESSION_CANCELLED", "access_denied"),
        ("invalid-session", "LINK_INVALID_SESSION", "invalid_request"),
        ("invalid-session-alias", "AUTH_SESSION_INVALID", "invalid_request"),
        ("unknown-error", "CONSENT_LUNAR_ECLIPSE", "server_error"),
    ];
    for (scenario, error_type, error) in failures {
        let session = bench.session(json!({ "scenario": scenario })).await;
        let (status, ending) = bench.page("/consent/play", &session, json!({})).await;
        assert_eq!(status, 200, "{scenario}: {ending}");
        let message = &ending["message"];
        assert_eq!(message["isCompleted"], false, "{scenario}");
        assert_eq!(message["errorType"], error_type, "{scenario}");
        for field in ["error", "errorID", "errorDescription", "errorURI"] {
            assert!(!message[field].as_str().unwrap().is_empty(), "{scenario} {field}");
        }
        let url = url::Url::parse(ending["returnUrl"].as_str().unwrap()).unwrap();
        assert_eq!(url.path(), "/cancel");
        let query: Vec<_> = url.query_pairs().into_owned().collect();
        let names: Vec<_> = query.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["error", "error_type", "error_description", "error_id", "error_uri"]);
        assert_eq!((query[0].1.as_str(), query[1].1.as_str()), (error, error_type));
    }

    let play = async |scenario: &str, more: Value| {
        let mut fields = json!({ "scenario": scenario });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let session = bench.session(fields).await;
        let (status, ending) = bench.page("/consent/play", &session, json!({})).await;
        assert_eq!(status, 200, "{scenario}: {ending}");
        (session, ending)
    };
    let redirect = json!({ "redirect_uri": "https://app.example/done?tab=1" });

    let (_, ending) = play("success", json!({})).await;
    assert_eq!(ending["message"].as_object().unwrap().len(), 2, "{ending}");
    assert_eq!(ending["returnUrl"], Value::Null);
    let (session, ending) = play("success", redirect.clone()).await;
    let consent = ending["message"]["consentID"].as_str().unwrap();
    assert_eq!(ending["message"]["redirectURL"], "https://app.example/done?tab=1");
    assert_eq!(
        ending["returnUrl"],
        format!("https://app.example/done?tab=1&session_id={session}&consent_id={consent}")
    );
    let (_, ending) = play("success-redirect-url", json!({})).await;
    assert_eq!(ending["message"]["redirectURL"], "https://app.example/cancel");
    assert!(ending["message"]["consentID"].is_string());
    let (session, ending) = play("success-redirect-only", redirect).await;
    assert_eq!(
        ending["message"],
        json!({ "isCompleted": true, "redirectURL": "https://app.example/done?tab=1" })
    );
    assert_eq!(ending["returnUrl"], format!("https://app.example/done?tab=1&session_id={session}"));

    let no_uris = json!({ "cancel_uri": null });
    for scenario in ["success", "denied", "bare-error", "smuggled-error"] {
        let (_, ending) = play(scenario, no_uris.clone()).await;
        assert!(ending["message"].is_object() && ending["returnUrl"].is_null(), "{scenario}: {ending}");
        let smuggles = ending["message"]["redirectURL"].as_str().is_some_and(|url| url.contains("CONSENT_"));
        assert_eq!(smuggles, scenario == "smuggled-error");
    }

    let (_, ending) = play("smuggled-error", json!({})).await;
    assert_eq!(ending["message"]["isCompleted"], true);
    assert!(ending["message"]["redirectURL"].as_str().unwrap().contains("error_type=CONSENT_ENDUSER_DENIED"));
    let (_, ending) = play("bare-error", json!({})).await;
    assert_eq!(ending["message"], json!({ "error": "Some error" }));
    let (_, ending) = play("never-answers", json!({})).await;
    assert_eq!((&ending["message"], &ending["returnUrl"]), (&Value::Null, &Value::Null));
    let (_, ending) = play("stranger", json!({})).await;
    assert!(ending["strangerUrl"].as_str().unwrap().starts_with(&bench.sandbox["stranger"]));
}

#[tokio::test]
async fn an_unknown_expired_or_used_session_shows_the_page_that_stays() {
    let bench = bench(Config { session_lifetime: Duration::from_millis(400), ..config() });
    let open = async |sess_id: &str| {
        let response = bench.http.get(bench.fiskil(&format!("/?sess_id={sess_id}"))).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let fresh = bench.session(json!({})).await;
    let (status, page) = open(&fresh).await;
    assert_eq!(status, 200);
    assert!(page.contains("Choose your bank"));

    for (sess_id, expected) in [
        ("unknown", 404),
        ("", 404),
        (&bench.session(json!({ "scenario": "expired-session" })).await, 410),
        (&bench.session(json!({ "scenario": "used-session" })).await, 410),
    ] {
        let (status, page) = open(sess_id).await;
        assert_eq!(status, expected, "{sess_id}");
        assert!(page.contains("This link no longer works") && page.contains("LINK_INVALID_SESSION"));
    }

    let used = bench.session(json!({ "scenario": "success" })).await;
    assert_eq!(bench.page("/consent/play", &used, json!({})).await.0, 200);
    assert_eq!(open(&used).await.0, 410);

    tokio::time::sleep(Duration::from_millis(450)).await;
    assert_eq!(open(&fresh).await.0, 410);
    assert_eq!(bench.page("/consent/decide", &fresh, json!({ "decision": "cancel" })).await.0, 409);
}

#[tokio::test]
async fn a_page_that_never_loads_is_held_back() {
    let bench = bench(config());
    let session = bench.session(json!({ "scenario": "never-loads" })).await;
    let request =
        bench.http.get(bench.fiskil(&format!("/?sess_id={session}"))).timeout(Duration::from_millis(400));
    assert!(request.send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn pages_may_be_embedded_and_load_nothing_from_elsewhere() {
    let bench = bench(config());
    let session = bench.session(json!({})).await;
    let plain = bench.http.get(bench.fiskil(&format!("/?sess_id={session}"))).send().await.unwrap();
    let policy = plain.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("frame-ancestors"), "{policy}");
    assert!(!plain.headers().contains_key("x-frame-options"));
    assert!(!plain.headers().contains_key("cross-origin-opener-policy"));
    assert!(!plain.text().await.unwrap().contains("https://"));

    let severed = bench.session(json!({ "scenario": "success-severed" })).await;
    let page = bench.http.get(bench.fiskil(&format!("/?sess_id={severed}"))).send().await.unwrap();
    assert_eq!(page.headers()["cross-origin-opener-policy"], "same-origin");
}

#[tokio::test]
async fn the_log_shows_requests_without_secrets() {
    let bench = bench(config());
    bench.session(json!({})).await;
    let requests = bench.log("request").await;
    let paths: Vec<_> = requests.iter().map(|entry| entry["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["/v1/token", "/v1/end-users", "/v1/token", "/v1/auth/session"]);
    assert_eq!(requests[0]["body"]["client_secret"], "(hidden)");
    assert!(!format!("{requests:?}").contains(CLIENT_SECRET));
    let (status, _) = bench
        .post(bench.fiskil("/consent/ended"), json!({ "to": "parent", "message": { "isCompleted": true } }))
        .await;
    assert_eq!(status, 204);
    assert_eq!(bench.log("message").await[0]["message"]["isCompleted"], true);
}

#[tokio::test]
async fn everything_ends_when_it_is_dropped() {
    let bench = bench(config());
    let fiskil = bench.fiskil("/");
    assert!(bench.http.get(&fiskil).send().await.is_ok());
    drop(bench.sandbox);
    let http = reqwest::Client::new();
    assert!(http.get(fiskil).send().await.unwrap_err().is_connect());
}

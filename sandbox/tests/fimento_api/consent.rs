//! How a person consents, and the notices of it.

use super::*;

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

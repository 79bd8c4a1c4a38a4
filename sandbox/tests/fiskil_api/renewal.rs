//! Consents that are renewed and revoked.

use super::*;

#[tokio::test]
async fn a_consent_is_renewed_with_its_bank_and_its_accounts() {
    let bench = bench(config());
    let user = bench.end_user().await;
    let session = async |more: Value| {
        let mut body = json!({ "end_user_id": user, "cancel_uri": "https://app.example/cancel" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        bench.call("/v1/auth/session", Some(body)).await
    };
    // a person shares what `chosen` picks of the accounts on offer; gives the consent, and how many accounts there were
    let share = async |session: &Value, chosen: usize| {
        let sess_id = session["session_id"].as_str().unwrap();
        let sign_in = json!({ "institution_id": "22", "customer_id": "success", "password": "sandbox" });
        assert_eq!(bench.page("/consent/sign-in", sess_id, sign_in).await.0, 200);
        let (_, offer) = bench.page("/consent/one-time-password", sess_id, json!({ "code": "123456" })).await;
        let offer: Vec<_> =
            offer["accounts"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
        let agree = json!({ "decision": "agree", "account_ids": offer[..chosen] });
        let (_, ending) = bench.page("/consent/decide", sess_id, agree).await;
        (ending["message"]["consentID"].as_str().unwrap().to_owned(), offer.len())
    };
    let consents = async || bench.call(&format!("/v1/consent?end_user_id={user}&active=true"), None).await.1;

    let (_, institutions) = bench.call("/v1/institutions", None).await;
    assert_eq!((&institutions[1]["id"], &institutions[1]["name"]), (&json!("22"), &json!("Wattle Mutual")));
    let (_, first) = session(json!({ "institution_id": institutions[1]["id"] })).await;
    let (consent, offered) = share(&first, 2).await;
    assert_eq!(offered, 3);
    let before = consents().await;

    let (status, renewal) = session(json!({ "arrangement_id": consent })).await;
    assert_eq!(status, 201, "{renewal}");
    let (renewed, offered) = share(&renewal, 2).await;
    assert_eq!((&renewed, offered), (&consent, 2), "it is the same consent, to the same accounts");
    let after = consents().await;
    assert_eq!(after.as_array().unwrap().len(), 1);
    for same in ["arrangement_id", "institution_id", "account_ids", "created_at"] {
        assert_eq!(after[0][same], before[0][same], "{same}");
    }
    for later in ["last_consent", "expires_at"] {
        assert!(after[0][later].as_str() > before[0][later].as_str(), "{later}");
    }

    assert_error(&session(json!({ "arrangement_id": "arr_nothing" })).await.1, "NotFound", "consent");
    let others = bench.end_user().await;
    let body =
        json!({ "end_user_id": others, "cancel_uri": "https://app.example/", "arrangement_id": consent });
    assert_eq!(bench.call("/v1/auth/session", Some(body)).await.0, 404, "it is somebody else's");
}

#[tokio::test]
async fn a_consent_that_is_revoked_is_no_longer_active() {
    // nobody listens there, which is noted
    let receiver = Receiver { provider: "fiskil", url: "http://127.0.0.1:9/".into() };
    let bench = bench(Config { webhooks: vec![receiver], ..config() });
    let user = bench.end_user().await;
    let session = json!({ "end_user_id": user, "cancel_uri": "https://app.example/", "scenario": "success" });
    let mut consents = Vec::new();
    for _ in 0..2 {
        let (_, session) = bench.call("/v1/auth/session", Some(session.clone())).await;
        let sess_id = session["session_id"].as_str().unwrap();
        let (_, ending) = bench.page("/consent/play", sess_id, json!({})).await;
        consents.push(ending["message"]["consentID"].as_str().unwrap().to_owned());
    }
    let [kept, revoked] = &consents[..] else { panic!() };
    let path = format!("/v1/consent/{revoked}");
    let delete = async || {
        let request = bench.http.delete(bench.fiskil(&path)).bearer_auth(bench.token().await);
        request.send().await.unwrap().status()
    };
    assert_eq!(bench.http.delete(bench.fiskil(&path)).send().await.unwrap().status(), 401);
    assert_eq!((delete().await, delete().await), (204.try_into().unwrap(), 404.try_into().unwrap()));

    let listed = async |more: &str| {
        let (_, rows) = bench.call(&format!("/v1/consent?end_user_id={user}{more}"), None).await;
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| (row["arrangement_id"].as_str().unwrap().to_owned(), row["active"] == true))
            .collect::<Vec<_>>()
    };
    assert_eq!(listed("&active=true").await, [(kept.clone(), true)]);
    assert_eq!(listed("&active=false").await, [(revoked.clone(), false)]);
    assert_eq!(listed("").await, [(kept.clone(), true), (revoked.clone(), false)]);
    let (_, error) = bench.call(&format!("/v1/consent?end_user_id={user}&active=yes"), None).await;
    assert_error(&error, "InvalidRequest", "active");

    assert_eq!(bench.call(&format!("/v1/accounts?consent_id={kept}"), None).await.0, 200);
    assert_eq!(bench.call(&format!("/v1/accounts?consent_id={revoked}"), None).await.0, 404);
    let mut again = session.clone();
    again["arrangement_id"] = revoked.as_str().into();
    assert_eq!(bench.call("/v1/auth/session", Some(again)).await.0, 404, "it cannot be renewed");

    for _ in 0..200 {
        let sent = bench.log("webhook").await;
        if let Some(notice) = sent.iter().find(|entry| entry["event"] == "consent.revoked") {
            let body = notice["body"].as_str().unwrap();
            let body: Value = serde_json::from_str(body).unwrap();
            assert_eq!(body["data"]["consent_id"], revoked.as_str());
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nobody was told");
}

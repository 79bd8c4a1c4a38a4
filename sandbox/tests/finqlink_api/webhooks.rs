//! The notices and their keys.

use super::*;

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
async fn what_is_relayed_twice_at_once_is_redeemed_once() {
    let bench = bench(config());
    let options = json!({
        "type": "direct_sca",
        "redirect_url": "https://app.example/sca",
        "webhook_url": url(&bench, "/w/nowhere"),
    });
    let method = json!({ "provider_id": "bt_ro" });
    let direct = json!({ "ais_method": method, "scenario": "direct-sca", "options": options });
    let link = consent(&bench, direct).await;
    let back = play(&bench, &link).await;
    let query = back.query().unwrap();
    for (sync, expected) in [(false, 202), (true, 200), (false, 201)] {
        let body = json!({ "query_string": query, "sync": sync });
        assert_eq!(call(&bench, "/ais/consents/redirect", body).await.0, expected);
    }
    let told = async || {
        let log = bench.get(url(&bench, "/__sandbox/log")).await.1;
        let entries = log["entries"].as_array().unwrap().iter();
        let tries = entries.filter(|entry| entry["kind"] == "webhook" && entry["attempt"] == 1);
        tries.filter(|entry| entry["body"].as_str().unwrap().contains(r#""status":"active""#)).count()
    };
    while told().await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // long enough for another one
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(told().await, 1);
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

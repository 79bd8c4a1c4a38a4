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

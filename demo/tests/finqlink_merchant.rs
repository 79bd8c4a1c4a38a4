//! The demo merchant's back end, against the simulated FinqLink.

#[path = "../../sandbox/tests/common/mod.rs"]
mod common;
mod shop;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use common::Answer;
use reqwest::StatusCode;
use sandbox::finqlink;
use serde_json::{Value, json};
use shop::{Bench, bench, config};
use url::Url;

/// Lets the page play, as a browser would: the return URL.
async fn play(bench: &Bench, launch: &Value) -> Url {
    let url = Url::parse(launch["url"].as_str().unwrap()).unwrap();
    bench.http.get(url.clone()).send().await.unwrap();
    let web_id = url.query_pairs().find(|(name, _)| name == "request").map_or_else(
        || url.path_segments().unwrap().next_back().unwrap().to_owned(),
        |(_, value)| value.into_owned(),
    );
    let (status, leave) =
        bench.post(format!("{}/w/play", bench.sandbox["finqlink"]), json!({ "web_id": web_id })).await;
    assert_eq!(status, 200, "{leave}");
    Url::parse(leave["url"].as_str().unwrap()).unwrap()
}

/// What the launcher gives the page.
fn result(url: &Url) -> Value {
    let params: serde_json::Map<String, Value> =
        url.query_pairs().map(|(name, value)| (name.into_owned(), value.into())).collect();
    json!({ "state": params.get("state"), "status": params.get("status"), "params": params, "url": url.as_str() })
}

async fn log(bench: &Bench, kind: &str) -> Vec<Value> {
    let (_, log) = bench.get(format!("{}/__sandbox/log", bench.sandbox["finqlink"])).await;
    log["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).cloned().collect()
}

fn statuses(record: &Value) -> Vec<&str> {
    record["data"]["statuses"].as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_reconnect_is_a_new_consent_at_the_same_bank() {
    let bench = bench(config());
    let again = async |earlier: &str| {
        let body = json!({ "scenario": "success", "reconnect": earlier });
        bench.post(bench.merchant("/api/finqlink/start"), body).await
    };
    let (first, launch) = bench.start("finqlink", json!({ "scenario": "success" })).await;
    assert_eq!(again(&first).await.0, 409, "nothing is connected yet");
    assert_eq!(again("invented").await.0, 404);
    bench.finish("finqlink", &first, result(&play(&bench, &launch).await)).await;
    let record = bench.settled("finqlink", &first).await;
    assert_eq!((&record["canReconnect"], record.get("sameConnection")), (&json!(true), None));

    let (status, started) = again(&first).await;
    assert_eq!(status, 200, "{started}");
    let second = started["ref"].as_str().unwrap();
    assert_ne!(started["launch"]["state"], launch["state"]);
    bench.finish("finqlink", second, result(&play(&bench, &started["launch"]).await)).await;
    assert_eq!(bench.settled("finqlink", second).await["sameConnection"], true);
    let requests = log(&bench, "request").await;
    let created = requests.iter().rfind(|entry| entry["path"].as_str().unwrap().ends_with("consents/create"));
    let body = &created.unwrap()["body"];
    assert_eq!(
        (&body["ais_method"]["provider_id"], &body["options"]["type"]),
        (&json!("bt_ro"), &json!("wrapped_sca"))
    );

    let (payment, launch) = bench.start("finqlink", json!({ "scenario": "payment" })).await;
    bench.finish("finqlink", &payment, result(&play(&bench, &launch).await)).await;
    assert_eq!(
        bench.settled("finqlink", &payment).await.get("canReconnect"),
        None,
        "nobody comes back to a payment"
    );
    assert_eq!(again(&payment).await.0, 409);
}

#[tokio::test]
async fn a_consent_ends_with_data_and_its_status_history() {
    let bench = bench(config());
    let (reference, launch) =
        bench.start("finqlink", json!({ "scenario": "success", "mode": "popup" })).await;
    assert_eq!(launch["returnUrl"], bench.merchant("/callback.html"));
    assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(launch["state"].as_str().unwrap()).unwrap().len(), 16);
    let back = play(&bench, &launch).await;
    assert!(back.as_str().starts_with(launch["returnUrl"].as_str().unwrap()));
    let result = result(&back);
    assert_eq!((&result["state"], &result["status"]), (&launch["state"], &json!("active")));
    assert_eq!(
        bench.finish("finqlink", &reference, result.clone()).await,
        (StatusCode::OK, json!({ "ok": true }))
    );
    let record = bench.settled("finqlink", &reference).await;
    assert_eq!(record.get("error"), None);
    assert_eq!(
        statuses(&record),
        ["started", "requested", "sca_url_retrieved", "awaiting_authz", "authorized", "active"]
    );
    assert!(record["webhooks"].as_array().unwrap().iter().all(|webhook| webhook["proof"] == "signature"));
    assert_eq!(record["data"]["accounts"].as_array().unwrap().len(), 3);
    assert_eq!(record["data"]["balances"].as_array().unwrap().len(), 270, "every page");
    assert!(record["data"]["transactions"].as_array().unwrap().len() > 100, "every page");
    assert_eq!(bench.finish("finqlink", &reference, result).await.0, 200, "finishing twice changes nothing");
    let requests = log(&bench, "request").await;
    let times = |path: &str| requests.iter().filter(|entry| entry["path"] == path).count();
    assert_eq!(times("/oauth2/v1/token"), 1, "the token is kept");
    assert_eq!(times("/v2/ais/balances/list"), 3);
    assert_eq!(times("/.well-known/jwks.json"), 1, "the keys are kept");
    assert!(!serde_json::to_string(&launch).unwrap().contains(finqlink::CLIENT_SECRET));
}

#[tokio::test]
async fn a_payment_ends_with_the_payment() {
    let bench = bench(config());
    let (reference, launch) = bench.start("finqlink", json!({ "scenario": "payment" })).await;
    let back = play(&bench, &launch).await;
    assert_eq!(bench.finish("finqlink", &reference, result(&back)).await.0, 200);
    let record = bench.settled("finqlink", &reference).await;
    assert_eq!(statuses(&record), ["submitted", "completed", "funds_received"]);
    assert_eq!(record["data"]["payment"][0]["amount"], "100.50");
    assert_eq!(record["webhooks"][0]["event"], "link_status_update");
}

#[tokio::test]
async fn the_pages_own_state_and_return_url_are_used() {
    let bench = bench(config());
    let page = bench.merchant("/back");
    for scenario in ["success", "direct-sca"] {
        let wanted =
            json!({ "scenario": scenario, "mode": "redirect", "returnUrl": page, "state": "the pages/own" });
        let (_, launch) = bench.start("finqlink", wanted).await;
        assert_eq!((&launch["state"], &launch["returnUrl"]), (&json!("the pages/own"), &json!(page)));
        assert_eq!(result(&play(&bench, &launch).await)["state"], "the pages/own", "{scenario}");
    }
    let (_, launch) = bench.start("finqlink", json!({ "mode": "redirect" })).await;
    assert_eq!(launch["returnUrl"], bench.merchant("/"));
    for (body, part) in [
        (json!({ "scenario": "nonsense" }), "scenario"),
        (json!({ "mode": "telepathy" }), "mode"),
        (json!({ "returnUrl": "https://elsewhere.example/" }), "returnUrl"),
    ] {
        let (status, answer) = bench.post(bench.merchant("/api/finqlink/start"), body).await;
        assert_eq!(status, 400);
        assert!(answer["error"].as_str().unwrap().contains(part), "{answer}");
    }
}

#[tokio::test]
async fn in_direct_sca_the_query_string_is_relayed_as_it_came() {
    let bench = bench(config());
    for own in [true, false] {
        let (reference, launch) = bench.start("finqlink", json!({ "scenario": "direct-sca" })).await;
        let back = play(&bench, &launch).await;
        let query = back.as_str().split_once('?').unwrap().1;
        assert!(query.contains("%2f"), "an escape of the bank's own: {query}");
        let mut result = result(&back);
        assert_eq!(result["state"], launch["state"]);
        if own {
            // what the page got from `scaQueryString`
            result["queryString"] = query.into();
            result["url"] = Value::Null;
        }
        assert_eq!(bench.finish("finqlink", &reference, result).await.0, 200);
        assert_eq!(
            bench.settled("finqlink", &reference).await["data"]["accounts"].as_array().unwrap().len(),
            3
        );
        let relayed: Vec<_> = log(&bench, "request").await;
        let relayed = relayed.iter().rfind(|entry| entry["path"] == "/v2/ais/consents/redirect").unwrap();
        assert_eq!(relayed["body"]["query_string"], query);
    }
    let (reference, launch) = bench.start("finqlink", json!({ "scenario": "direct-sca" })).await;
    let back = play(&bench, &launch).await;
    let mut altered = result(&back);
    altered["url"] = back.as_str().replace("%2f", "%2F").into();
    let (status, body) = bench.finish("finqlink", &reference, altered).await;
    assert_eq!(status, 502);
    assert!(body["error"].as_str().unwrap().contains("byte for byte"), "{body}");
}

#[tokio::test]
async fn the_provider_decides_not_the_browser() {
    let bench = bench(config());
    // a success that the return URL only claims
    let (reference, launch) = bench.start("finqlink", json!({ "scenario": "suspended" })).await;
    let mut claimed = result(&play(&bench, &launch).await);
    claimed["status"] = "active".into();
    let (status, body) = bench.finish("finqlink", &reference, claimed).await;
    assert_eq!(status, 409);
    assert!(body["error"].as_str().unwrap().contains("suspended"), "{body}");
    // somebody else's answer
    let (_, other) = bench.start("finqlink", json!({ "scenario": "success" })).await;
    let others = result(&play(&bench, &other).await);
    let (mine, _) = bench.start("finqlink", json!({ "scenario": "success" })).await;
    assert_eq!(bench.finish("finqlink", &mine, others.clone()).await.0, 403);
    let without_state = json!({ "params": others["params"] });
    assert_eq!(bench.finish("finqlink", &mine, without_state).await.0, 403, "its web_id tells");
    assert_eq!(bench.finish("finqlink", "invented", others).await.0, 404);
    assert_eq!(bench.get(bench.merchant("/api/finqlink/record/invented")).await.0, 404);
    let (_, record) = bench.get(bench.merchant(&format!("/api/finqlink/record/{mine}"))).await;
    assert_eq!(record, json!({ "pending": true, "webhooks": [], "data": {} }));
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let bench = bench(config());
    bench.start("finqlink", json!({})).await;
    bench.http.post(format!("{}/__sandbox/expire-tokens", bench.sandbox["finqlink"])).send().await.unwrap();
    bench.start("finqlink", json!({})).await;
    let requests = log(&bench, "request").await;
    let tokens: Vec<_> = requests.iter().filter(|entry| entry["path"] == "/oauth2/v1/token").collect();
    assert_eq!(tokens.len(), 2);
    assert!(tokens.iter().all(|entry| entry["answer"]["access_token"] == "(hidden)"));
    let sent = requests.iter().map(|entry| entry["body"].to_string()).collect::<String>();
    assert!(!sent.contains("access_token") && !sent.contains("PRIVATE"));
}

/// A genuine webhook: body, signature, kid.
async fn genuine(bench: &Bench) -> (String, String, String) {
    let (reference, launch) = bench.start("finqlink", json!({ "scenario": "success" })).await;
    let back = play(bench, &launch).await;
    bench.finish("finqlink", &reference, result(&back)).await;
    bench.settled("finqlink", &reference).await;
    let sent = log(bench, "webhook").await.pop().unwrap();
    let header = |name: &str| sent["headers"][name].as_str().unwrap().to_owned();
    (sent["body"].as_str().unwrap().into(), header("x-signature"), header("x-signature-kid"))
}

async fn post(bench: &Bench, body: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = bench.http.post(bench.merchant("/webhooks/finqlink")).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    common::answer(request).await
}

#[tokio::test]
async fn a_webhook_counts_only_with_the_signature_of_a_published_key() {
    let bench = bench(config());
    let (body, signature, kid) = genuine(&bench).await;
    let send = async |body: &str, signature: &str, kid: &str| {
        post(&bench, body, &[("x-signature", signature), ("x-signature-kid", kid)]).await
    };
    let (status, said) = send(&body, &signature, &kid).await;
    assert_eq!((status.as_u16(), &said["status"]), (200, &json!("already processed")));

    let (message, signed) = signature.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let altered = body.replace("active", "failed");
    let altered_payload = BASE64_URL_SAFE_NO_PAD.encode(&altered);
    let unsigned = BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"none","kid":"{kid}"}}"#));
    let secret = BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#));
    let other_kid = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"another"}"#);
    let mut flipped = BASE64_URL_SAFE_NO_PAD.decode(signed).unwrap();
    flipped[7] ^= 1;
    let flipped = BASE64_URL_SAFE_NO_PAD.encode(flipped);
    for (why, body, signature, kid) in [
        ("another body", altered.as_str(), signature.clone(), kid.as_str()),
        ("a space more", &format!("{body} "), signature.clone(), &kid),
        ("another payload", &altered, format!("{header}.{altered_payload}.{signed}"), &kid),
        ("a flipped bit", &body, format!("{message}.{flipped}"), &kid),
        ("no signature", &body, format!("{message}."), &kid),
        ("alg none", &body, format!("{unsigned}.{payload}."), &kid),
        ("alg HS256", &body, format!("{secret}.{payload}.{signed}"), &kid),
        ("a kid of the header's own", &body, format!("{other_kid}.{payload}.{signed}"), &kid),
        ("an unknown kid", &body, signature.clone(), "unknown"),
        ("no JWS", &body, "nonsense".into(), &kid),
    ] {
        assert_eq!(send(body, &signature, kid).await.0, 401, "{why}");
    }
    assert_eq!(post(&bench, &body, &[("x-signature", &signature)]).await.0, 401);
    assert_eq!(post(&bench, &body, &[("x-signature-kid", &kid)]).await.0, 401);
}

#[tokio::test]
async fn keys_rotate_under_the_merchant() {
    let bench = bench(config());
    let rotate = async || {
        bench.http.post(format!("{}/__sandbox/rotate-keys", bench.sandbox["finqlink"])).send().await.unwrap();
    };
    let (body, signature, kid) = genuine(&bench).await;
    rotate().await;
    // the new key's webhooks are accepted: the provider sends again until the merchant has fetched it
    let (_, _, new_kid) = genuine(&bench).await;
    assert_ne!(new_kid, kid);
    let headers = [("x-signature", signature.as_str()), ("x-signature-kid", kid.as_str())];
    assert_eq!(post(&bench, &body, &headers).await.0, 200, "the previous key is still published");
    rotate().await;
    let (_, _, third) = genuine(&bench).await;
    assert_ne!(third, new_kid);
    assert_eq!(post(&bench, &body, &headers).await.0, 401, "two rotations later it is not");
}

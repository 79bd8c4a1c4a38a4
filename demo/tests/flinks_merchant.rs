//! The demo merchant's back end, against the simulated Flinks.

#[path = "../../sandbox/tests/common/mod.rs"]
mod common;
mod shop;

use common::given;
use sandbox::flinks::{CUSTOMER_ID, SECRET_KEY};
use serde_json::{Value, json};
use shop::{Bench, bench, config, with_account};

/// Opens Flinks Connect as the launcher would, and lets it play: what it says, and where it goes.
async fn play(bench: &Bench, launch: &Value, token: &Value) -> Value {
    let request = bench.http.get(launch["url"].as_str().unwrap());
    let page = request.query(&[("authorizeToken", token.as_str().unwrap())]).send().await.unwrap();
    let page = given(&page.text().await.unwrap());
    if page["session"] == "" {
        return page["first"].clone();
    }
    let url = format!("{}/v2/play", bench.sandbox["flinks"]);
    let (status, turn) = bench.post(url, json!({ "session": page["session"] })).await;
    assert_eq!(status, 200, "{turn}");
    turn
}

fn last(turn: &Value) -> &Value {
    turn["say"].as_array().unwrap().last().unwrap()
}

#[tokio::test]
async fn a_success_ends_with_accounts_and_transactions() {
    let bench = bench(config());
    let (reference, launch) =
        bench.start("flinks", json!({ "scenario": "success-accounts", "mode": "overlay" })).await;
    let redirect = last(&play(&bench, &launch, &launch["authorizeToken"]).await).clone();
    assert_eq!(redirect["step"], "REDIRECT");
    let (status, body) = bench.finish("flinks", &reference, json!({ "loginId": redirect["loginId"] })).await;
    assert_eq!((status.as_u16(), body), (200, json!({ "ok": true })));
    let record = bench.settled("flinks", &reference).await;
    assert_eq!((record.get("error"), &record["webhooks"]), (None, &json!([])));
    let accounts = record["data"]["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 3);
    assert_eq!((&accounts[0]["name"], &accounts[0]["currency"]), (&json!("Chequing Account"), &json!("CAD")));
    assert!(record["data"]["transactions"].as_array().unwrap().len() > 100);

    let (_, log) = bench.get(format!("{}/__sandbox/log", bench.sandbox["flinks"])).await;
    let polled: Vec<_> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["path"].as_str().unwrap_or_default().contains("GetAccountsDetail"))
        .map(|entry| entry["status"].as_u64().unwrap())
        .collect();
    assert_eq!(polled, [202, 202, 200]);

    let again = bench.finish("flinks", &reference, json!({ "loginId": redirect["loginId"] })).await;
    assert_eq!(again.0, 200, "finishing twice changes nothing");
    assert_eq!(bench.finish("flinks", &reference, json!({ "loginId": "another" })).await.0, 403);
}

#[tokio::test]
async fn the_launch_suits_the_mode_and_has_no_secret() {
    let bench = bench(config());
    let back = bench.merchant("/callback.html");
    for (mode, returns) in [("overlay", false), ("container", false), ("popup", true), ("redirect", true)] {
        let (_, launch) = bench.start("flinks", json!({ "mode": mode, "returnUrl": back })).await;
        let url = url::Url::parse(launch["url"].as_str().unwrap()).unwrap();
        assert!(
            url.as_str().starts_with(&format!("{}/v2/?demo=true&tag=", bench.sandbox["flinks"])),
            "{url}"
        );
        let redirect_url =
            url.query_pairs().find(|(name, _)| name == "redirectUrl").map(|(_, url)| url.into_owned());
        assert_eq!(redirect_url, returns.then(|| back.clone()), "{mode}");
        assert!(!launch.to_string().contains(SECRET_KEY));
    }
    let query = async |scenario: &str| {
        bench.start("flinks", json!({ "scenario": scenario })).await.1["url"].to_string()
    };
    assert!(query("stringify").await.contains("&stringify=true"));
    assert!(query("success-accounts").await.contains("&accountSelectorMultiple=true"));
}

/// What a person does in a page of Flinks Connect.
async fn act(bench: &Bench, session: &Value, mut action: Value) -> Value {
    action["session"] = session.clone();
    let (status, turn) = bench.post(format!("{}/v2/act", bench.sandbox["flinks"]), action).await;
    assert_eq!(status, 200, "{turn}");
    turn
}

#[tokio::test]
async fn a_reconnect_opens_at_the_banks_question_of_the_same_login() {
    let bench = bench(config());
    let again = async |earlier: &str| {
        bench.post(bench.merchant("/api/flinks/start"), json!({ "reconnect": earlier })).await
    };
    let (first, launch) = bench.start("flinks", json!({ "scenario": "success" })).await;
    assert_eq!(again(&first).await.0, 409, "nothing is connected yet");
    assert_eq!(again("invented").await.0, 404);
    let login = last(&play(&bench, &launch, &launch["authorizeToken"]).await).clone();
    let result = json!({ "loginId": login["loginId"], "accountIds": [login["accountId"]] });
    bench.finish("flinks", &first, result).await;
    let record = bench.settled("flinks", &first).await;
    assert_eq!((&record["canReconnect"], record.get("sameConnection")), (&json!(true), None));

    let (status, started) = again(&first).await;
    assert_eq!(status, 200, "{started}");
    let second = started["ref"].as_str().unwrap();
    let url = url::Url::parse(started["launch"]["url"].as_str().unwrap()).unwrap();
    let query: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(json!(query["resumeSelectedAccounts"]), login["accountId"]);
    assert!(started["launch"]["authorizeToken"].is_string());
    bench.http.get(url).send().await.unwrap();
    let answer = json!({ "action": "answer", "answer": "Montreal" });
    let redirect = last(&act(&bench, &query["requestId"].clone().into(), answer).await).clone();
    assert_eq!(redirect["loginId"], login["loginId"]);
    assert_eq!(bench.finish("flinks", second, json!({ "loginId": redirect["loginId"] })).await.0, 200);
    assert_eq!(bench.settled("flinks", second).await["sameConnection"], true);
}

#[tokio::test]
async fn a_reconnect_opens_nothing_where_the_bank_asks_nothing() {
    let bench = bench(config());
    let (first, launch) = bench.start("flinks", json!({})).await;
    let page = bench.http.get(launch["url"].as_str().unwrap()).send().await.unwrap();
    let session = given(&page.text().await.unwrap())["session"].clone();
    act(&bench, &session, json!({ "action": "accept-consent" })).await;
    act(&bench, &session, json!({ "action": "choose", "institution": "FlinksCapital" })).await;
    let name = json!({ "action": "sign-in", "username": "greatday_nomfa", "password": "Everyday" });
    let account = act(&bench, &session, name).await["accounts"][0]["id"].clone();
    let done = act(&bench, &session, json!({ "action": "accounts", "accounts": [account] })).await;
    bench.finish("flinks", &first, json!({ "loginId": last(&done)["loginId"] })).await;
    bench.settled("flinks", &first).await;

    let body = json!({ "reconnect": first });
    let (status, started) = bench.post(bench.merchant("/api/flinks/start"), body).await;
    assert_eq!((status.as_u16(), started.get("launch")), (200, None), "{started}");
    let record = bench.settled("flinks", started["ref"].as_str().unwrap()).await;
    assert_eq!((record.get("error"), &record["sameConnection"]), (None, &json!(true)));
    assert_eq!(record["data"]["accounts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refused_token_can_be_replaced() {
    let bench = bench(config());
    let fresh = async |reference: &str| {
        let (status, body) =
            bench.post(bench.merchant("/api/flinks/token"), json!({ "ref": reference })).await;
        assert_eq!(status, 200, "{body}");
        body["authorizeToken"].clone()
    };
    let (reference, launch) = bench.start("flinks", json!({ "scenario": "token-invalid-once" })).await;
    let invalid = json!({ "step": "TOKEN_INVALID" });
    assert_eq!(last(&play(&bench, &launch, &launch["authorizeToken"]).await), &invalid);
    let redirect = last(&play(&bench, &launch, &fresh(&reference).await).await).clone();
    assert_eq!(bench.finish("flinks", &reference, redirect).await.0, 200);

    let (reference, launch) = bench.start("flinks", json!({ "scenario": "token-invalid" })).await;
    for token in [launch["authorizeToken"].clone(), fresh(&reference).await] {
        assert_eq!(last(&play(&bench, &launch, &token).await), &invalid);
    }
    let (status, _) = bench.post(bench.merchant("/api/flinks/token"), json!({ "ref": "invented" })).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_result_counts_only_when_flinks_knows_it_and_it_is_this_links() {
    let bench = bench(config());
    let (reference, launch) = bench.start("flinks", json!({ "scenario": "success" })).await;
    let redirect = last(&play(&bench, &launch, &launch["authorizeToken"]).await).clone();
    let (other, _) = bench.start("flinks", json!({ "scenario": "success" })).await;
    let url = url::Url::parse(redirect["url"].as_str().unwrap()).unwrap();
    let tag = url.query_pairs().find(|(name, _)| name == "tag").unwrap().1.into_owned();
    let claimed = json!({ "loginId": redirect["loginId"], "tag": tag });
    assert_eq!(bench.finish("flinks", &other, claimed.clone()).await.0, 403, "another link's tag");
    assert_eq!(bench.finish("flinks", &other, json!({})).await.0, 400);
    assert_eq!(bench.finish("flinks", &other, json!({ "loginId": 7 })).await.0, 400);
    let (status, body) =
        bench.finish("flinks", &other, json!({ "loginId": "5e115eac-1209-4f19-641c-08d6d484e2fe" })).await;
    assert_eq!(status, 502);
    assert_eq!(body["error"], "Flinks answered 401, INVALID_LOGIN: LoginId not found or invalid");
    assert_eq!(bench.finish("flinks", "invented", claimed.clone()).await.0, 404);
    assert_eq!(bench.get(bench.merchant("/api/flinks/record/invented")).await.0, 404);
    assert_eq!(bench.finish("flinks", &reference, claimed).await.0, 200);
}

#[tokio::test]
async fn start_refuses_what_cannot_be() {
    let bench = bench(config());
    for body in [
        json!({ "scenario": "nonsense" }),
        json!({ "mode": "hologram" }),
        json!({ "returnUrl": "https://evil.example/" }),
    ] {
        let (status, answer) = bench.post(bench.merchant("/api/flinks/start"), body.clone()).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer["error"].is_string());
    }
}

#[tokio::test]
async fn every_listed_scenario_can_be_started() {
    let bench = bench(config());
    let (_, listing) = bench.get(bench.merchant("/api/providers")).await;
    let providers = listing["providers"].as_array().unwrap();
    let flinks = providers.iter().find(|provider| provider["id"] == "flinks").unwrap();
    let scenarios = flinks["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), 21);
    for scenario in scenarios {
        assert!(!scenario["modes"].as_array().unwrap().is_empty());
        bench.start("flinks", json!({ "scenario": scenario["id"] })).await;
    }
    let (_, slow) = bench.start("flinks", json!({ "scenario": "never-answers" })).await;
    assert!(slow["timeoutMs"].is_u64());
    let (_, slow) = bench.start("flinks", json!({ "scenario": "never-loads" })).await;
    assert!(slow["loadTimeoutMs"].is_u64());
}

#[tokio::test]
async fn with_an_account_of_its_own_the_same_code_calls_that_service() {
    let service = bench(config());
    let flinks = &service.sandbox["flinks"];
    let account = |secret_key: &str| {
        with_account(&[
            ("FLINKS_INSTANCE", "toolbox"),
            ("FLINKS_CUSTOMER_ID", CUSTOMER_ID),
            ("FLINKS_SECRET_KEY", secret_key),
            ("FLINKS_API_URL", flinks),
            ("FLINKS_CONNECT_URL", &format!("{flinks}/v2/")),
        ])
    };
    let live = account(SECRET_KEY);
    let (_, launch) = live.start("flinks", json!({})).await;
    assert!(launch["url"].as_str().unwrap().starts_with(&service.sandbox["flinks"]));
    let (status, _) = live.post(live.merchant("/api/flinks/start"), json!({ "scenario": "denied" })).await;
    assert_eq!(status, 400, "the real service plays no scenarios");
    let (_, log) = live.get(format!("{}/__sandbox/log", live.sandbox["flinks"])).await;
    assert_eq!(log["entries"], json!([]), "the simulated one is not asked");

    let live = account("my-real-secret");
    let (status, body) = live.post(live.merchant("/api/flinks/start"), json!({})).await;
    assert_eq!(status, 502);
    assert_eq!(body["error"], "Flinks answered 401, UNAUTHORIZED: You must provide a valid auth key");
    drop(service.sandbox);
    let (_, body) = live.post(live.merchant("/api/flinks/start"), json!({})).await;
    assert!(body["error"].as_str().unwrap().starts_with("Flinks cannot be reached"), "{body}");
}

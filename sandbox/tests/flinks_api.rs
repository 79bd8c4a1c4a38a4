//! Flinks' API and the calls of Flinks Connect: what they give, and what they refuse.

mod common;

use common::{Answer, Bench, answer, bench, config, given};
use sandbox::flinks::{CUSTOMER_ID, SECRET_KEY};
use serde_json::{Value, json};

fn path(bench: &Bench, name: &str) -> String {
    format!("{}/v3/{CUSTOMER_ID}/BankingServices/{name}", bench.sandbox["flinks"])
}

async fn mint(bench: &Bench, key: &str, body: Value) -> Answer {
    let request = bench.http.post(path(bench, "GenerateAuthorizeToken")).json(&body);
    answer(request.header("flinks-auth-key", key)).await
}

async fn token(bench: &Bench) -> String {
    let (status, body) = mint(bench, SECRET_KEY, json!({})).await;
    assert_eq!(status, 200, "{body}");
    body["Token"].as_str().unwrap().into()
}

/// Flinks Connect's page: the status, and what its script is given.
async fn connect(bench: &Bench, query: &str) -> (u16, Value) {
    connect_at(bench, "", query).await
}

async fn connect_at(bench: &Bench, path: &str, query: &str) -> (u16, Value) {
    let url = format!("{}/v2/{path}?{query}", bench.sandbox["flinks"]);
    let response = bench.http.get(url).send().await.unwrap();
    (response.status().as_u16(), given(&response.text().await.unwrap()))
}

/// The loginId of a person who has connected the dummy bank.
async fn login(bench: &Bench) -> String {
    let (_, body) = mint(bench, SECRET_KEY, json!({ "scenario": "success-accounts" })).await;
    let (status, page) = connect(bench, &format!("authorizeToken={}", body["Token"].as_str().unwrap())).await;
    assert_eq!(status, 200);
    let url = format!("{}/v2/play", bench.sandbox["flinks"]);
    let (_, turn) = bench.post(url, json!({ "session": page["session"] })).await;
    turn["say"].as_array().unwrap().last().unwrap()["loginId"].as_str().unwrap().into()
}

async fn authorize(bench: &Bench, body: Value) -> Answer {
    let request = bench.http.post(path(bench, "Authorize")).json(&body);
    answer(request.header("flinks-auth-key", token(bench).await)).await
}

fn assert_error(answer: &Answer, status: u16, code: &str, part_of_message: &str) {
    let (actual, body) = answer;
    assert_eq!(actual.as_u16(), status, "{body}");
    assert_eq!(body["HttpStatusCode"], status);
    assert_eq!(body["FlinksCode"], code);
    assert!(body["Message"].as_str().unwrap().contains(part_of_message), "{body}");
}

#[tokio::test]
async fn a_token_needs_the_secret_key_of_the_customer() {
    let bench = bench(config());
    let (status, body) = mint(&bench, SECRET_KEY, json!({})).await;
    assert_eq!((status.as_u16(), &body["HttpStatusCode"]), (200, &json!(200)));
    assert_eq!(body["Token"].as_str().unwrap().len(), 36);

    assert_error(&mint(&bench, "guess", json!({})).await, 401, "UNAUTHORIZED", "valid auth key");
    let bare = answer(bench.http.post(path(&bench, "GenerateAuthorizeToken"))).await;
    assert_error(&bare, 401, "UNAUTHORIZED", "valid auth key");
    let other = path(&bench, "GenerateAuthorizeToken").replace(CUSTOMER_ID, "somebody");
    let other = answer(bench.http.post(other).header("flinks-auth-key", SECRET_KEY)).await;
    assert_error(&other, 404, "CUSTOMER_NOT_FOUND", "customer");
    let nonsense = mint(&bench, SECRET_KEY, json!({ "scenario": "nonsense" })).await;
    assert_error(&nonsense, 400, "INVALID_REQUEST", "scenario");
    let request = bench.http.post(path(&bench, "GenerateAuthorizeToken")).body("[");
    let broken = answer(request.header("flinks-auth-key", SECRET_KEY)).await;
    assert_error(&broken, 400, "INVALID_REQUEST", "JSON object");
}

#[tokio::test]
async fn a_token_opens_flinks_connect_once() {
    let bench = bench(config());
    let token = token(&bench).await;
    let query = format!("demo=true&authorizeToken={token}");
    let (status, page) = connect(&bench, &query).await;
    assert_eq!(status, 200);
    assert_eq!(
        page["first"]["say"],
        json!([{ "step": "APP_MOUNTED" }, { "step": "COMPONENT_LOAD_CONSENT" }])
    );
    assert_eq!(page["institutions"][0]["id"], "FlinksCapital");

    for query in [query.as_str(), "authorizeToken=invented", ""] {
        let (status, page) = connect(&bench, query).await;
        assert_eq!(status, 401, "{query}");
        assert_eq!(page["first"]["say"], json!([{ "step": "TOKEN_INVALID" }]), "{query}");
    }
    let (status, _) = connect(&bench, "demo=true").await;
    assert_eq!(status, 200, "the provider's own demonstration has no token");

    let expired = self::token(&bench).await;
    bench.http.post(format!("{}/__sandbox/expire-tokens", bench.sandbox["flinks"])).send().await.unwrap();
    assert_eq!(connect(&bench, &format!("authorizeToken={expired}")).await.0, 401);
}

#[tokio::test]
async fn a_login_is_exchanged_for_a_request_and_the_accounts_come_after_a_while() {
    let bench = bench(config());
    let login = login(&bench).await;
    let body = json!({ "LoginId": login, "MostRecentCached": true });
    let request = bench.http.post(path(&bench, "Authorize")).json(&body);
    let (status, session) = answer(request.header("flinks-auth-key", token(&bench).await)).await;
    assert_eq!(status, 200, "{session}");
    assert_eq!(session["Login"]["Id"], login);
    assert_eq!(
        (&session["Login"]["Username"], &session["Institution"]),
        (&json!("Greatday"), &json!("FlinksCapital"))
    );

    let request_id = session["RequestId"].as_str().unwrap();
    let detail =
        async || bench.post(path(&bench, "GetAccountsDetail"), json!({ "RequestId": request_id })).await;
    let again = async || bench.get(path(&bench, &format!("GetAccountsDetailAsync/{request_id}"))).await;
    assert_error(&again().await, 400, "INVALID_REQUEST", "GetAccountsDetail");
    for (status, body) in [detail().await, again().await] {
        assert_eq!(status, 202);
        assert_eq!(
            (&body["FlinksCode"], &body["RequestId"]),
            (&json!("OPERATION_PENDING"), &json!(request_id))
        );
    }
    for (status, body) in [again().await, detail().await] {
        assert_eq!(status, 200);
        assert_eq!((&body["HttpStatusCode"], &body["RequestId"]), (&json!(200), &json!(request_id)));
        let accounts = body["Accounts"].as_array().unwrap();
        let kinds: Vec<_> = accounts.iter().map(|account| account["Type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["Chequing", "Savings", "CreditCard"]);
        let transactions = accounts[0]["Transactions"].as_array().unwrap();
        assert!(transactions.len() > 60);
        assert_eq!(transactions[0]["Balance"], accounts[0]["Balance"]["Current"]);
        assert!(transactions.iter().all(|row| row["Debit"].is_null() != row["Credit"].is_null()));
    }
}

#[tokio::test]
async fn a_person_comes_back_to_the_question_and_keeps_the_login() {
    let bench = bench(config());
    let login = login(&bench).await;
    let authorize = async |body: Value| self::authorize(&bench, body).await;
    let live = json!({ "LoginId": login, "MostRecentCached": false, "Save": true });
    let (status, asked) = authorize(live).await;
    assert_eq!((status.as_u16(), &asked["HttpStatusCode"]), (203, &json!(203)));
    assert_eq!(asked["SecurityChallenges"][0]["Prompt"], "What city were you born in?");
    let request_id = asked["RequestId"].as_str().unwrap();
    let early = bench.post(path(&bench, "GetAccountsDetail"), json!({ "RequestId": request_id })).await;
    assert_error(&early, 400, "SESSION_NONEXISTENT", "session");

    let (_, cached) = authorize(json!({ "LoginId": login, "MostRecentCached": true })).await;
    bench.post(path(&bench, "GetAccountsDetail"), json!({ "RequestId": cached["RequestId"] })).await;
    let again = path(&bench, &format!("GetAccountsDetailAsync/{}", cached["RequestId"].as_str().unwrap()));
    bench.get(again.clone()).await;
    let accounts = bench.get(again).await.1["Accounts"].clone();
    let resumed =
        format!("requestId={request_id}&resumeSelectedAccounts={}", accounts[1]["Id"].as_str().unwrap());
    let (status, page) = connect(&bench, &resumed).await;
    assert_eq!((status, &page["bank"]), (200, &json!("Flinks Capital")));
    assert_eq!(page["first"]["show"], "mfa");
    let answer = json!({ "session": page["session"], "action": "answer", "answer": "Montreal" });
    let (_, turn) = bench.post(format!("{}/v2/act", bench.sandbox["flinks"]), answer).await;
    let redirect = turn["say"].as_array().unwrap().last().unwrap();
    assert_eq!((&redirect["loginId"], &redirect["requestId"]), (&json!(login), &json!(request_id)));
    assert_eq!(redirect["accountId"], accounts[1]["Id"], "there is no second choice of accounts");
    assert_eq!(
        bench.post(path(&bench, "GetAccountsDetail"), json!({ "RequestId": request_id })).await.0,
        202
    );

    // it is over
    for query in [format!("requestId={request_id}"), "requestId=invented".into()] {
        let (_, page) = connect(&bench, &query).await;
        assert_eq!(page["first"]["say"][0]["flinksCode"], "SESSION_EXPIRED", "{query}");
    }
    let (status, _) = connect(&bench, &format!("requestId={request_id}&authorizeToken=invented")).await;
    assert_eq!(status, 401, "a token that is given must be good");
}

#[tokio::test]
async fn bad_calls_get_the_documented_codes() {
    let bench = bench(config());
    let with_key = async |key: &str, body: &Value| {
        let request = bench.http.post(path(&bench, "Authorize")).json(body);
        answer(request.header("flinks-auth-key", key)).await
    };
    let authorize = async |body: Value| self::authorize(&bench, body).await;
    let good = json!({ "LoginId": login(&bench).await, "MostRecentCached": true });
    let token = token(&bench).await;
    assert_eq!(with_key(&token, &good).await.0, 200);
    for key in [token.as_str(), SECRET_KEY] {
        assert_error(&with_key(key, &good).await, 401, "UNAUTHORIZED", "valid authorize token");
    }
    let bare = bench.post(path(&bench, "Authorize"), good.clone()).await;
    assert_error(&bare, 401, "UNAUTHORIZED", "valid authorize token");
    let unknown = json!({ "LoginId": "5e115eac-1209-4f19-641c-08d6d484e2fe", "MostRecentCached": true });
    assert_error(&authorize(unknown).await, 401, "INVALID_LOGIN", "LoginId not found");
    assert_error(&authorize(json!({ "MostRecentCached": true })).await, 400, "INVALID_REQUEST", "LoginId");
    assert_error(&authorize(json!({ "LoginId": 7 })).await, 400, "INVALID_REQUEST", "string");
    for live in [
        json!({ "LoginId": good["LoginId"] }),
        json!({ "LoginId": good["LoginId"], "MostRecentCached": false }),
    ] {
        assert_error(&authorize(live).await, 400, "INVALID_REQUEST", "MostRecentCached");
    }

    let detail = async |body: Value| bench.post(path(&bench, "GetAccountsDetail"), body).await;
    assert_error(&detail(json!({})).await, 400, "INVALID_REQUEST", "RequestId");
    assert_error(&detail(json!({ "RequestId": "old" })).await, 400, "SESSION_NONEXISTENT", "session");
    let again = bench.get(path(&bench, "GetAccountsDetailAsync/old")).await;
    assert_error(&again, 400, "SESSION_NONEXISTENT", "session");
}

#[tokio::test]
async fn a_deleted_card_is_gone_with_its_requests() {
    let bench = bench(config());
    let (login, other) = (login(&bench).await, login(&bench).await);
    let cached = |login: &str| json!({ "LoginId": login, "MostRecentCached": true });
    let (_, session) = authorize(&bench, cached(&login)).await;
    let live = json!({ "LoginId": login, "MostRecentCached": false, "Save": true });
    let (_, asked) = authorize(&bench, live).await;
    let delete = async || answer(bench.http.delete(path(&bench, &format!("DeleteCard/{login}")))).await;
    let (status, body) = delete().await;
    assert_eq!((status.as_u16(), &body["HttpStatusCode"]), (200, &json!(200)));
    assert_error(&delete().await, 401, "INVALID_LOGIN", "LoginId not found");
    assert_error(&authorize(&bench, cached(&login)).await, 401, "INVALID_LOGIN", "LoginId not found");
    let request = json!({ "RequestId": session["RequestId"] });
    let detail = bench.post(path(&bench, "GetAccountsDetail"), request).await;
    assert_error(&detail, 400, "SESSION_NONEXISTENT", "session");
    let resumed = format!("requestId={}", asked["RequestId"].as_str().unwrap());
    assert_eq!(connect(&bench, &resumed).await.1["first"]["say"][0]["flinksCode"], "SESSION_EXPIRED");
    assert_eq!(authorize(&bench, cached(&other)).await.0, 200, "another connection stays");
}

/// Where OAuth/Authorize leads, without following it.
async fn oauth(bench: &Bench, path: &str, query: &[(&str, &str)]) -> reqwest::Response {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let url = format!("{}/v3/{path}", bench.sandbox["flinks"]);
    http.get(url).query(query).send().await.unwrap()
}

#[tokio::test]
async fn an_integration_without_connect_leads_to_the_bank_by_oauth() {
    const BACK: &str = "https://shop.example/back?tab=1";
    let bench = bench(config());
    let act = async |page: &Value, mut action: Value| {
        action["session"] = page["session"].clone();
        bench.post(format!("{}/v2/act", bench.sandbox["flinks"]), action).await.1
    };
    for (path, institution, redirect) in [
        ("OAuth/Authorize", "institution", "redirect_url"),
        ("oauth/authorize", "institution_id", "redirect_uri"),
    ] {
        let query = [(institution, "SaintLaurentBank"), (redirect, BACK), ("state", "s 1")];
        let answer = oauth(&bench, path, &query).await;
        assert_eq!(answer.status(), 302);
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let page = async || given(&bench.http.get(&location).send().await.unwrap().text().await.unwrap());
        let declined = act(&page().await, json!({ "action": "deny-consent" })).await;
        let back = "https://shop.example/back?tab=1&state=s+1&error=access_denied&error_description=";
        assert!(declined["leave"]["url"].as_str().unwrap().starts_with(back), "{declined}");

        let page = page().await;
        assert_eq!((&page["bank"], &page["plays"]), (&json!("Saint-Laurent Bank"), &json!(false)));
        let turn = act(&page, json!({ "action": "accept-consent" })).await;
        assert_eq!(turn["show"], "credentials", "there is no choice of banks");
        act(&page, json!({ "action": "sign-in", "username": "Greatday", "password": "Everyday" })).await;
        let turn = act(&page, json!({ "action": "answer", "answer": "Montreal" })).await;
        let login = turn["say"].as_array().unwrap().last().unwrap()["loginId"].as_str().unwrap();
        let back = format!("https://shop.example/back?tab=1&loginId={login}&state=s+1");
        assert_eq!(turn["leave"], json!({ "url": back, "inside": false, "alone": false }));

        let live = json!({ "LoginId": login, "MostRecentCached": false, "Save": true });
        let (status, session) = authorize(&bench, live).await;
        assert_eq!((status.as_u16(), &session["Login"]["Id"]), (200, &json!(login)));
    }
    for scenario in ["success", "denied"] {
        let query =
            [("institution", "FlinksCapital"), ("redirect_url", "myapp://back"), ("scenario", scenario)];
        let answer = oauth(&bench, "OAuth/Authorize", &query).await;
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let page = given(&bench.http.get(location).send().await.unwrap().text().await.unwrap());
        let url = format!("{}/v2/play", bench.sandbox["flinks"]);
        let (_, turn) = bench.post(url, json!({ "session": page["session"] })).await;
        let start = if scenario == "success" { "myapp://back?loginId=" } else { "myapp://back?error=" };
        assert!(turn["leave"]["url"].as_str().unwrap().starts_with(start), "{turn}");
    }
    let good = [("institution", "SaintLaurentBank"), ("redirect_url", BACK)];
    for (name, value) in [
        ("institution", "PolarMutual"),
        ("institution", ""),
        ("redirect_url", "/back"),
        ("redirect_url", "javascript:alert(1)"),
        ("scenario", "nonsense"),
    ] {
        let mut query: Vec<_> = good.into_iter().filter(|(known, _)| *known != name).collect();
        query.push((name, value));
        let answer = oauth(&bench, "OAuth/Authorize", &query).await;
        let answer = (answer.status(), answer.json().await.unwrap());
        assert_error(&answer, 400, "INVALID_REQUEST", name.split('_').next().unwrap());
    }
}

#[tokio::test]
async fn the_pages_own_calls_refuse_what_is_out_of_turn() {
    let bench = bench(config());
    let (_, page) = connect(&bench, "demo=true").await;
    let act = async |mut body: Value| {
        body["session"] = page["session"].clone();
        bench.post(format!("{}/v2/act", bench.sandbox["flinks"]), body).await
    };
    for body in [
        json!({ "action": "sign-in", "username": "Greatday", "password": "Everyday" }),
        json!({ "action": "answer", "answer": "Montreal" }),
        json!({ "action": "bank-agreed" }),
        json!({ "action": "dance" }),
        json!({}),
    ] {
        let (status, answer) = act(body.clone()).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer["message"].is_string());
    }
    let (status, _) = bench
        .post(format!("{}/v2/play", bench.sandbox["flinks"]), json!({ "session": page["session"] }))
        .await;
    assert_eq!(status, 400, "nobody asked this page to play");
    assert_eq!(act(json!({ "action": "accept-consent" })).await.0, 200);
    assert_eq!(act(json!({ "action": "accept-consent" })).await.0, 400, "once");
}

#[tokio::test]
async fn secrets_do_not_get_into_the_record() {
    let bench = bench(config());
    token(&bench).await;
    let (_, page) = connect_at(&bench, "Credential/FlinksCapital", "demo=true&consentEnable=false").await;
    let body = json!({ "session": page["session"], "action": "sign-in", "username": "Greatday", "password": "Everyday" });
    assert_eq!(bench.post(format!("{}/v2/act", bench.sandbox["flinks"]), body).await.0, 200);
    let (_, log) = bench.get(format!("{}/__sandbox/log", bench.sandbox["flinks"])).await;
    assert_eq!(log["entries"].as_array().unwrap().len(), 3);
    assert!(!log.to_string().contains(SECRET_KEY) && !log.to_string().contains("Everyday"));
}

//! A bank that is chosen beforehand, and a person who comes back to a connection that exists: what the shop's server asks
//! of the sandbox, the widget on the shop's page, and a person's clicks in the provider's. See `docs/reconnect.md`.

use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::cases::demo::at;
use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    vec![
        case("fiskil: a consent of the chosen bank is renewed", fiskil),
        case("flinks: the bank in the path, then the question alone, of the same login", flinks),
        case("finx: the bank of a known account, then the same accounts without a choice", finx),
        case("finqlink: the bank's own page at once, then a new consent to the same accounts", finqlink),
        case("fimento: another consent in the same process, with the state of the first", fimento),
    ]
}

/// What a provider answers the shop's server.
async fn answer(request: RequestBuilder) -> Value {
    let response = request.send().await.expect("the sandbox is there");
    let status = response.status();
    let body = response.json().await.unwrap_or_default();
    assert!(status.is_success(), "{status}: {body}");
    body
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Of each row the field of this name.
fn each(rows: &Value, name: &str) -> Vec<Value> {
    rows.as_array()
        .unwrap_or_else(|| panic!("{rows} is no list"))
        .iter()
        .map(|row| row[name].clone())
        .collect()
}

/// Clicks a field and types: in a frame WebKit's driver says of an element that it cannot be focused.
async fn write(page: &Page, selector: &str, text: &str) {
    page.click(selector).await;
    page.press(text).await;
}

async fn submit(page: &Page, form: &str) {
    page.click(&format!("#{form} [type=submit]")).await;
}

/// Opens the widget in a click. The driver is in the dialog's frame afterwards.
async fn open_in_dialog(page: &Page, function: &str, of: Value) {
    page.start_at_click(function, of).await;
    page.enter_frame().await;
}

/// What the flow gave.
async fn result(page: &Page) -> Value {
    let settled = page.run("return await ended()").await;
    assert!(settled["completed"].is_object(), "{settled}");
    settled["completed"].clone()
}

async fn fiskil(page: Page) {
    let (http, origin) = (Client::new(), page.providers["fiskil"].clone());
    let client =
        json!({ "client_id": sandbox::fiskil::CLIENT_ID, "client_secret": sandbox::fiskil::CLIENT_SECRET });
    let token = answer(http.post(format!("{origin}/v1/token")).json(&client)).await["token"].clone();
    let post = async |path: &str, body: Value| {
        answer(http.post(format!("{origin}/v1/{path}")).bearer_auth(text(&token)).json(&body)).await
    };
    let get =
        async |path: String| answer(http.get(format!("{origin}/v1/{path}")).bearer_auth(text(&token))).await;
    let banks = get("institutions".into()).await;
    let bank = banks.as_array().unwrap().iter().find(|bank| bank["name"] == "Wattle Mutual").unwrap();
    let user = post("end-users", json!({ "email": "alex.doe@example.com" })).await["id"].clone();
    let session = async |name: &str, value: &Value| {
        let body = json!({ "end_user_id": user, "cancel_uri": page.origins.merchant, name: value });
        post("auth/session", body).await["session_id"].clone()
    };
    let sign_in = async |session: Value| {
        open_in_dialog(&page, "link", json!([session, { "authServer": origin }])).await;
        at(&page, "sign-in").await;
        write(&page, "#customer", "success").await;
        write(&page, "#password", "sandbox").await;
        submit(&page, "sign-in").await;
        at(&page, "code").await;
        write(&page, "#code", "123456").await;
        submit(&page, "code-form").await;
    };
    let agree = async || {
        at(&page, "consent").await;
        submit(&page, "consent-form").await;
        page.leave_frame().await;
        result(&page).await["consentID"].clone()
    };
    let consents = async || get(format!("consent?end_user_id={}&active=true", text(&user))).await;

    page.merchant("").await;
    sign_in(session("institution_id", &bank["id"]).await).await;
    at(&page, "accounts").await;
    page.click("#accounts label:last-child").await;
    submit(&page, "accounts-form").await;
    let consent = agree().await;
    let before = consents().await;
    assert_eq!(each(&before, "arrangement_id"), std::slice::from_ref(&consent));
    assert_eq!(before[0]["institution_id"], bank["id"]);
    assert_eq!(before[0]["account_ids"].as_array().unwrap().len(), 2);

    sign_in(session("arrangement_id", &consent).await).await;
    assert_eq!(agree().await, consent);
    let after = consents().await;
    assert_eq!(each(&after, "arrangement_id"), [consent]);
    assert_eq!(after[0]["account_ids"], before[0]["account_ids"]);
    assert!(text(&after[0]["expires_at"]) > text(&before[0]["expires_at"]));
    page.is_clean().await;
}

async fn flinks(page: Page) {
    let (http, origin) = (Client::new(), page.providers["flinks"].clone());
    let api = format!("{origin}/v3/{}/BankingServices", sandbox::flinks::CUSTOMER_ID);
    let token = async || {
        let request = http.post(format!("{api}/GenerateAuthorizeToken")).json(&json!({}));
        answer(request.header("flinks-auth-key", sandbox::flinks::SECRET_KEY)).await["Token"].clone()
    };
    let authorize = async |login: &Value, more: Value| {
        let mut body = json!({ "LoginId": login });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let request = http.post(format!("{api}/Authorize")).json(&body);
        answer(request.header("flinks-auth-key", text(&token().await))).await
    };
    let accounts = async |request_id: &Value| {
        let asked = http.post(format!("{api}/GetAccountsDetail")).json(&json!({ "RequestId": request_id }));
        let mut detail = answer(asked).await;
        while detail["HttpStatusCode"] == 202 {
            let url = format!("{api}/GetAccountsDetailAsync/{}", text(request_id));
            detail = answer(http.get(url)).await;
        }
        each(&detail["Accounts"], "Id")
    };
    let reply = async || {
        at(&page, "mfa").await;
        write(&page, "#answer", "Montreal").await;
        submit(&page, "mfa-form").await;
    };

    page.merchant("").await;
    let options = json!({
        "to": format!("{origin}/v2/Credential/FlinksCapital"),
        "authorizeToken": token().await,
        "params": { "demo": true, "consentEnable": false },
    });
    open_in_dialog(&page, "launch", json!(["flinks", options])).await;
    at(&page, "credentials").await;
    write(&page, "#username", "Greatday").await;
    write(&page, "#password", "Everyday").await;
    submit(&page, "credentials-form").await;
    reply().await;
    at(&page, "accounts").await;
    submit(&page, "accounts-form").await;
    page.leave_frame().await;
    let first = result(&page).await;
    let taken = page.run("return steps()").await;
    assert!(!taken.as_array().unwrap().contains(&json!("institution")), "{taken}");
    let cached = authorize(&first["loginId"], json!({ "MostRecentCached": true })).await;
    let shared = accounts(&cached["RequestId"]).await;
    assert_eq!(json!(shared), first["accountIds"]);

    let asked = authorize(&first["loginId"], json!({ "MostRecentCached": false, "Save": true })).await;
    assert_eq!(asked["HttpStatusCode"], 203);
    let options = json!({
        "to": format!("{origin}/v2/"),
        "authorizeToken": token().await,
        "params": { "requestId": asked["RequestId"], "resumeSelectedAccounts": first["accountIds"][0] },
    });
    open_in_dialog(&page, "launch", json!(["flinks", options])).await;
    reply().await;
    page.leave_frame().await;
    let again = result(&page).await;
    for same in ["loginId", "accountIds"] {
        assert_eq!(again[same], first[same], "{same}");
    }
    assert_eq!(again["requestId"], asked["RequestId"]);
    assert_eq!(page.run("return steps()").await, json!(["loaded", "mfa", "mfa"]));
    assert_eq!(accounts(&asked["RequestId"]).await, shared);
    page.is_clean().await;
}

async fn finx(page: Page) {
    let (http, origin) = (Client::new(), page.providers["finx"].clone());
    let callback = format!("{}/callback", page.origins.merchant);
    let post = async |path: &str, mut body: Value| {
        body["redirect_uri"] = callback.as_str().into();
        let request = http.post(format!("{origin}{path}")).json(&body);
        answer(request.basic_auth(sandbox::finx::CLIENT_ID, Some(sandbox::finx::CLIENT_SECRET))).await
    };
    let accounts = async |tokens: &Value| {
        let request = http.get(format!("{origin}/rest/accounts")).bearer_auth(text(&tokens["access_token"]));
        answer(request).await["accounts"].clone()
    };
    let sign_in = async |link: &Value, state: &str| {
        open_in_dialog(&page, "openFinx", json!([link["location"], { "state": state }])).await;
        at(&page, "sign-in").await;
        write(&page, "#customer", "success").await;
        write(&page, "#password", "sandbox").await;
        submit(&page, "sign-in").await;
        at(&page, "tan").await;
        write(&page, "#tan", "123456").await;
        submit(&page, "tan-form").await;
    };

    page.merchant("").await;
    let known = json!({ "state": "S1", "accounts": [{ "id": "DE82900948150000002881" }] });
    sign_in(&post("/ongoing/access", known).await, "S1").await;
    at(&page, "accounts").await;
    page.click("#accounts label:last-child").await;
    submit(&page, "accounts-form").await;
    page.leave_frame().await;
    let code = result(&page).await["code"].clone();
    let tokens = post("/auth/token", json!({ "grant_type": "authorization_code", "code": code })).await;
    let shared = accounts(&tokens).await;
    let ids = each(&shared, "account_id");
    assert_eq!((ids.len(), &shared[0]["iban"]), (2, &json!("DE82900948150000002881")));

    let link = post("/ongoing/sync", json!({ "state": "S2", "account_ids": ids })).await;
    sign_in(&link, "S2").await;
    page.leave_frame().await;
    let again = result(&page).await;
    assert_eq!((again.get("code"), &again["state"], &again["flowId"]), (None, &json!("S2"), &link["id"]));
    let renewal = json!({ "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"] });
    let renewed = post("/auth/token", renewal).await;
    assert_eq!(each(&accounts(&renewed).await, "account_id"), ids);
    page.is_clean().await;
}

async fn finqlink(page: Page) {
    let (http, origin) = (Client::new(), page.providers["finqlink"].clone());
    let callback = format!("{}/callback", page.origins.merchant);
    let send = async |path: &str, mut body: Value| {
        body["client_id"] = sandbox::finqlink::CLIENT_ID.into();
        body["client_secret"] = sandbox::finqlink::CLIENT_SECRET.into();
        http.post(format!("{origin}/v2/test/ais/{path}")).json(&body)
    };
    let ibans = async |consent: &Value| {
        let rows = answer(send("accounts/list", json!({ "consent_id": consent })).await).await;
        each(&rows["accounts"], "iban")
    };
    let connect = async |state: &str| {
        let asked = json!({
            "scope": ["accounts", "balances", "transactions"],
            "ais_method": { "provider_id": "bt_ro" },
            "options": { "type": "wrapped_sca", "redirect_url": format!("{callback}?state={state}") },
        });
        let created = answer(send("consents/create", asked).await).await;
        let options = json!({ "returnUrl": "/callback", "state": state });
        page.start_at_click("openFinqlink", json!([created["web_url"], options])).await;
        let popup = page.enter_popup().await;
        at(&page, "sign-in").await;
        page.click("#fill").await;
        submit(&page, "sign-in").await;
        at(&page, "pin").await;
        write(&page, "#pin", "1234567").await;
        submit(&page, "pin-form").await;
        at(&page, "accounts").await;
        submit(&page, "consent-form").await;
        page.leave_popup(popup).await;
        assert_eq!(result(&page).await["status"], "active");
        created["consent_id"].clone()
    };

    page.merchant("").await;
    let first = connect("S1").await;
    let shared = ibans(&first).await;
    answer(send("consents/revoke", json!({ "consent_id": first })).await).await;
    let refused = send("accounts/list", json!({ "consent_id": first })).await.send().await.unwrap();
    assert!(!refused.status().is_success(), "there is a reason to come back");
    let second = connect("S2").await;
    assert_ne!(second, first);
    assert_eq!(ibans(&second).await, shared, "an IBAN says which account is which");
    page.is_clean().await;
}

async fn fimento(page: Page) {
    let (http, origin) = (Client::new(), page.providers["fimento"].clone());
    let login = json!({ "name": sandbox::fimento::NAME, "password": sandbox::fimento::PASSWORD });
    let token = answer(http.post(format!("{origin}/login")).json(&login)).await["access_token"].clone();
    let send = async |request: RequestBuilder| {
        let request = request.header("partner-bank-id", sandbox::fimento::PARTNER_BANK_ID);
        answer(request.bearer_auth(text(&token))).await
    };
    let consent_to = async |link: &Value, bank: &str| {
        let options = json!({ "returnUrl": "/callback", "state": "S1" });
        page.start_at_click("openFimento", json!([link, options])).await;
        let popup = page.enter_popup().await;
        at(&page, "bank").await;
        page.click(&format!("[data-bank={bank}]")).await;
        at(&page, "sign-in").await;
        write(&page, "#code", "123456").await;
        submit(&page, "sign-in").await;
        at(&page, "consent").await;
        submit(&page, "consent-form").await;
        page.leave_popup(popup).await;
        result(&page).await
    };

    page.merchant("").await;
    let asked = json!({
        "market": "SE",
        "dataCollectionType": "transaction-categorisation",
        "socialSecurityNumber": "199503096316",
        "redirectUrl": format!("{}/callback?state=S1", page.origins.merchant),
    });
    let process = send(http.post(format!("{origin}/process")).json(&asked)).await;
    let url = format!("{origin}/process/{}", text(&process["_id"]));
    let completed = async || {
        for _ in 0..500 {
            let process = send(http.get(&url)).await;
            if process["consentFlowStatus"]["current"]["code"] == "completed" {
                return process;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the process is never completed");
    };
    consent_to(&process["consent-link"], "Norrskensbanken").await;
    let before = completed().await;

    let other = send(http.post(format!("{url}/consent")).json(&json!({}))).await;
    assert_ne!(other["consent-link"], process["consent-link"]);
    let again = consent_to(&other["consent-link"], "Norrskensbanken").await;
    assert_eq!(again["state"], "S1", "the return URL is the process's, and so is its state");
    let after = completed().await;
    assert_eq!(after["_id"], process["_id"]);
    let banks = |process: &Value| process["customerBankConsent"].as_array().unwrap().len();
    assert_eq!((banks(&before), banks(&after)), (1, 2));
    page.is_clean().await;
}

//! Flinks Connect in Chromium, embedded and opened by a page of another origin.

#[path = "common/browser.rs"]
mod browser;
mod common;

use browser::Browser;
use common::{Bench, answer, bench, config};
use sandbox::flinks::{CUSTOMER_ID, SECRET_KEY};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

/// Flinks Connect with a fresh token, and these parameters.
async fn url_of(bench: &Bench, scenario: Option<&str>, query: &[(&str, &str)]) -> String {
    let origin = &bench.sandbox["flinks"];
    let url = format!("{origin}/v3/{CUSTOMER_ID}/BankingServices/GenerateAuthorizeToken");
    let request = bench.http.post(url).header("flinks-auth-key", SECRET_KEY);
    let (_, minted) = answer(request.json(&json!({ "scenario": scenario }))).await;
    let mut url = url::Url::parse(&format!("{origin}/v2/?demo=true")).unwrap();
    url.query_pairs_mut()
        .append_pair("authorizeToken", minted["Token"].as_str().unwrap())
        .extend_pairs(query);
    url.into()
}

fn name(data: &Value) -> String {
    data["step"].as_str().or(data["flinksCode"].as_str()).unwrap_or("?").to_owned()
}

/// What the parent page has heard by the time `last` was said.
async fn heard_until(browser: &Browser, last: &str) -> Vec<Value> {
    browser
        .until(&format!(
            "return messages.some(({{ data }}) => (data.step ?? data.flinksCode) === '{last}' || String(data).includes('{last}'))"
        ))
        .await;
    browser.messages().await
}

async fn reaches(browser: &Browser, step: &str) {
    browser.until(&format!("return !document.getElementById('step-{step}').hidden")).await;
    let focused = format!("return document.activeElement === document.querySelector('#step-{step} h1')");
    assert_eq!(browser.eval(&focused).await, true, "the heading of {step} has the focus");
}

async fn says(browser: &Browser, form: &str, part: &str) {
    let script = format!("return document.querySelector('#{form} .error').textContent.includes({part:?})");
    browser.until(&script).await;
}

#[tokio::test]
async fn in_a_frame_every_scenario_posts_its_events_in_order() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    for (scenario, last) in [
        ("success", "REDIRECT"),
        ("success-url-only", "REDIRECT"),
        ("success-accounts", "REDIRECT"),
        ("wrong-password", "REDIRECT"),
        ("mfa-retry", "REDIRECT"),
        ("institution-disabled", "REDIRECT"),
        ("bank-window", "REDIRECT"),
        ("every-step", "REDIRECT"),
        ("denied", "COMPONENT_DENY_CONSENT"),
        ("closed", "COMPONENT_CLOSE_SESSION"),
        ("maximum-retry", "MAXIMUM_RETRY_REACHED"),
        ("session-expired", "SESSION_EXPIRED"),
        ("token-invalid", "TOKEN_INVALID"),
        ("token-invalid-once", "TOKEN_INVALID"),
    ] {
        browser.parent("frame", &url_of(&bench, Some(scenario), &[]).await).await;
        let messages = heard_until(&browser, last).await;
        assert!(messages.iter().all(|message| message["origin"] == bench.sandbox["flinks"]), "{scenario}");
        assert!(messages.iter().all(|message| message["loaded"] == true), "{scenario}: the frame had loaded");
        let names: Vec<String> = messages.iter().map(|message| name(&message["data"])).collect();
        assert_eq!(names.last().unwrap(), last, "{scenario}: {names:?}");
        assert!(!names.contains(&"?".to_owned()), "{scenario}: {names:?}");
        let first = if last == "TOKEN_INVALID" { "TOKEN_INVALID" } else { "APP_MOUNTED" };
        assert_eq!(names[0], first, "{scenario}");
    }

    browser.parent("frame", &url_of(&bench, Some("redirect-without-login"), &[]).await).await;
    browser.until("return messages.filter(({ data }) => data.step === 'REDIRECT').length === 2").await;
    let messages = browser.messages().await;
    let logins: Vec<_> =
        messages.iter().rev().take(2).map(|message| message["data"].get("loginId")).collect();
    assert!(logins[0].is_some() && logins[1].is_none());

    browser.parent("frame", &url_of(&bench, Some("stringify"), &[("stringify", "true")]).await).await;
    let messages = heard_until(&browser, "REDIRECT").await;
    for message in &messages {
        let event: Value = serde_json::from_str(message["data"].as_str().unwrap()).unwrap();
        assert!(event["step"].is_string());
    }

    browser.parent("frame", &url_of(&bench, Some("stranger"), &[]).await).await;
    browser
        .until(&format!("return messages.some(({{ origin }}) => origin === '{}')", bench.sandbox["stranger"]))
        .await;

    browser.parent("frame", &url_of(&bench, Some("never-answers"), &[]).await).await;
    heard_until(&browser, "SUBMIT_CREDENTIAL").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(name(&browser.messages().await.last().unwrap()["data"]), "SUBMIT_CREDENTIAL");
}

#[tokio::test]
async fn an_app_hears_the_events_as_texts() {
    let (bench, browser) = (bench(config()), Browser::start(500).await);
    for app in ["ReactNativeWebView = app", "webkit = { messageHandlers: { flinksEvent: app } }"] {
        let script = format!(
            "window.heard = []; const app = {{ postMessage: (text) => heard.push(JSON.parse(text).step) }}; window.{app};"
        );
        let cdp = browser.driver.cdp();
        let added = cdp.send_raw("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
        let heard = async |webview: &str| {
            let url = url_of(&bench, Some("success"), &[("webview", webview)]).await;
            browser.driver.goto(&url).await.unwrap();
            browser.until("return document.getElementById('step-done')?.hidden === false").await;
            browser.eval("return heard").await
        };
        let steps = heard("true").await;
        let steps = steps.as_array().unwrap();
        assert_eq!((&steps[0], steps.last().unwrap()), (&json!("APP_MOUNTED"), &json!("REDIRECT")), "{app}");
        assert_eq!(heard("false").await, json!([]), "{app}");
        let added = json!({ "identifier": added.unwrap()["identifier"] });
        cdp.send_raw("Page.removeScriptToEvaluateOnNewDocument", added).await.unwrap();
    }
}

#[tokio::test]
async fn by_keyboard_in_a_narrow_french_frame_all_steps_can_be_taken() {
    let (bench, browser) = (bench(config()), Browser::start(500).await);
    let query = [("language", "fr"), ("closeEnable", "true"), ("customerName", "Chez </script> Nous")];
    browser.parent("frame", &url_of(&bench, None, &query).await).await;
    browser.eval("document.querySelector('iframe').style.width = '320px'").await;
    let fits = async || {
        let widths = browser.eval("return [document.documentElement.scrollWidth, innerWidth]").await;
        assert_eq!(widths[1], 320);
        assert!(widths[0].as_u64() <= widths[1].as_u64(), "scrolls sideways: {widths}");
    };
    browser.driver.enter_frame(0).await.unwrap();
    browser.until("return !document.getElementById('step-consent').hidden").await;
    assert_eq!(browser.eval("return document.activeElement === document.body").await, true);
    assert_eq!(browser.eval("return document.documentElement.lang").await, "fr");
    let title = browser.eval("return document.querySelector('#step-consent h1').textContent").await;
    assert_eq!(title, "Partager vos comptes avec Chez </script> Nous?");
    assert_eq!(
        browser.eval("return document.body.innerHTML.includes('{{')").await,
        false,
        "every word is there"
    );
    fits().await;
    browser.enter_on("[value=accept-consent]").await;

    reaches(&browser, "institutions").await;
    fits().await;
    browser.enter_on("[value=PolarMutual]").await;
    says(&browser, "institutions-form", "hors service").await;
    browser.enter_on("[value=FlinksCapital]").await;

    reaches(&browser, "credentials").await;
    browser.click("#step-credentials summary").await;
    fits().await;
    browser.enter("#username", "Greatday").await;
    says(&browser, "credentials-form", "Mot de passe: veuillez remplir").await;
    browser.enter("#password", "Somedays").await;
    says(&browser, "credentials-form", "mot de passe n’est pas le bon").await;
    browser.enter("#username", "nobody").await;
    says(&browser, "credentials-form", "ne connaît pas").await;
    browser.driver.find(By::Css("#username")).await.unwrap().clear().await.unwrap();
    browser.driver.find(By::Css("#username")).await.unwrap().send_keys("Greatday").await.unwrap();
    browser.enter("#password", "Everyday").await;

    reaches(&browser, "mfa").await;
    browser.enter("#answer", "Toronto").await;
    says(&browser, "mfa-form", "Voici une autre question").await;
    assert_eq!(
        browser.eval("return document.querySelector('label[for=answer]').textContent").await,
        "Quel est le meilleur pays au monde?"
    );
    fits().await;
    browser.enter("#answer", "canada").await;

    reaches(&browser, "accounts").await;
    fits().await;
    let unnamed = "return [...document.querySelectorAll('button, input')].filter((control) => !(control.labels?.length || control.textContent.trim())).length";
    assert_eq!(browser.eval(unnamed).await, 0, "every control has a name");
    browser.enter_on("#accounts-form [type=submit]").await;
    reaches(&browser, "done").await;
    fits().await;

    browser.driver.enter_parent_frame().await.unwrap();
    let names: Vec<String> = browser.messages().await.iter().map(|message| name(&message["data"])).collect();
    assert_eq!(
        names,
        [
            "APP_MOUNTED",
            "COMPONENT_LOAD_CONSENT",
            "COMPONENT_ACCEPT_CONSENT",
            "COMPONENT_LOAD_INSTITUTION_SELECTOR",
            "INSTITUTION_SELECTED",
            "DISABLED_INSTITUTION",
            "INSTITUTION_SELECTED",
            "COMPONENT_LOAD_CREDENTIAL",
            "SUBMIT_CREDENTIAL",
            "INVALID_PASSWORD",
            "COMPONENT_LOAD_CREDENTIAL_RETRY",
            "SUBMIT_CREDENTIAL",
            "INVALID_USERNAME",
            "COMPONENT_LOAD_CREDENTIAL_RETRY",
            "SUBMIT_CREDENTIAL",
            "COMPONENT_LOAD_MFA",
            "SUBMIT_MFA",
            "INVALID_SECURITY_RESPONSE",
            "COMPONENT_LOAD_MFA_RETRY",
            "SUBMIT_MFA",
            "COMPONENT_LOAD_ACCOUNT_SELECTION",
            "ACCOUNT_SELECTED",
            "REDIRECT",
        ]
    );
}

#[tokio::test]
async fn the_cross_the_refusal_and_the_banks_own_window() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let window = browser.driver.window().await.unwrap();
    let open = async |query: &[(&str, &str)]| {
        browser.parent("frame", &url_of(&bench, None, query).await).await;
        browser.driver.enter_frame(0).await.unwrap();
        browser.until("return !document.getElementById('step-consent').hidden").await;
    };
    let last = async || {
        browser.driver.enter_parent_frame().await.unwrap();
        browser.messages().await.last().unwrap()["data"].clone()
    };

    open(&[("closeEnable", "true")]).await;
    browser.click("#close").await;
    browser.driver.enter_parent_frame().await.unwrap();
    heard_until(&browser, "COMPONENT_CLOSE_SESSION").await;

    open(&[]).await;
    assert_eq!(browser.eval("return document.getElementById('close').hidden").await, true);
    browser.click("[value=deny-consent]").await;
    reaches(&browser, "denied").await;
    assert_eq!(last().await["step"], "COMPONENT_DENY_CONSENT");

    open(&[]).await;
    browser.click("[value=accept-consent]").await;
    reaches(&browser, "institutions").await;
    browser.click("[value=SaintLaurentBank]").await;
    reaches(&browser, "bank").await;
    browser.click("#bank-form [type=submit]").await;
    for _ in 0..200 {
        if browser.driver.windows().await.unwrap().len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    let windows = browser.driver.windows().await.unwrap();
    let bank = windows.into_iter().find(|handle| *handle != window).expect("the bank's window is open");
    browser.driver.switch_to_window(bank).await.unwrap();
    browser.until("return document.title === 'Saint-Laurent Bank'").await;
    browser.click("#yes").await;
    browser.driver.switch_to_window(window).await.unwrap();
    browser.driver.enter_frame(0).await.unwrap();
    reaches(&browser, "accounts").await;
    browser.click("#accounts-form [type=submit]").await;
    reaches(&browser, "done").await;
    browser.driver.enter_parent_frame().await.unwrap();
    let names: Vec<String> = browser.messages().await.iter().map(|message| name(&message["data"])).collect();
    assert!(names.contains(&"POPUP_OPENED".into()), "{names:?}");
    assert_eq!(names.last().unwrap(), "REDIRECT");
}

#[tokio::test]
async fn a_popup_tells_its_opener_and_then_returns() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let back = format!("{}/back", browser.parent);
    let window = browser.driver.window().await.unwrap();
    let open = async |scenario: &str, more: &[(&str, &str)]| {
        browser.driver.switch_to_window(window.clone()).await.unwrap();
        let query = [&[("redirectUrl", back.as_str()), ("tag", "t-1")], more].concat();
        browser.parent("popup", &url_of(&bench, Some(scenario), &query).await).await;
        browser.click("#open").await;
    };
    let popup = async || {
        let all = browser.driver.windows().await.unwrap();
        let other = all.into_iter().find(|handle| *handle != window).expect("a popup is open");
        browser.driver.switch_to_window(other).await.unwrap();
    };
    let returned = async || {
        browser.until("return location.pathname === '/back'").await;
        browser.eval("return Object.fromEntries(new URLSearchParams(location.search))").await
    };

    open("success", &[]).await;
    let messages = heard_until(&browser, "REDIRECT").await;
    let redirect = messages.last().unwrap()["data"].clone();
    popup().await;
    let query = returned().await;
    assert_eq!((&query["loginId"], &query["tag"]), (&redirect["loginId"], &json!("t-1")));
    assert_eq!(query["accountId"], redirect["accountId"]);
    browser.driver.close_window().await.unwrap();

    open("severed", &[]).await;
    popup().await;
    assert!(returned().await["loginId"].is_string());
    browser.driver.close_window().await.unwrap();

    open("success", &[("jsRedirect", "true")]).await;
    heard_until(&browser, "REDIRECT").await;
    popup().await;
    reaches(&browser, "done").await;
    browser.driver.close_window().await.unwrap();
}

#[tokio::test]
async fn without_a_window_that_listens_the_person_is_sent_back() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let back = format!("{}/back?to=app", browser.parent);
    let arrives = async |scenario: &str| {
        let url = url_of(&bench, Some(scenario), &[("redirectUrl", &back)]).await;
        browser.driver.goto(url).await.unwrap();
        browser.until("return location.pathname === '/back'").await;
        browser.eval("return Object.fromEntries(new URLSearchParams(location.search))").await
    };
    let query = arrives("success-accounts").await;
    assert_eq!((&query["to"], &query["institution"]), (&json!("app"), &json!("FlinksCapital")));
    assert_eq!(query["accountId"].as_str().unwrap().split(',').count(), 3);
    for (scenario, error) in [("denied", "access_denied"), ("maximum-retry", "MAXIMUM_RETRY_REACHED")] {
        let query = arrives(scenario).await;
        assert_eq!((&query["to"], &query["error"]), (&json!("app"), &json!(error)));
        assert!(query["error_description"].is_string() && query.get("loginId").is_none());
    }

    // inside the frame where that is asked for
    let query = [("redirectUrl", back.as_str()), ("innerRedirect", "true")];
    browser.parent("frame", &url_of(&bench, Some("success"), &query).await).await;
    heard_until(&browser, "REDIRECT").await;
    browser.driver.enter_frame(0).await.unwrap();
    browser.until("return location.pathname === '/back'").await;
    browser.driver.enter_parent_frame().await.unwrap();
    assert_eq!(browser.eval("return location.pathname").await, "/frame");
}

#[tokio::test]
async fn by_oauth_a_person_signs_in_at_the_bank_and_is_sent_back() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let mut url = url::Url::parse(&format!("{}/v3/OAuth/Authorize", bench.sandbox["flinks"])).unwrap();
    url.query_pairs_mut()
        .append_pair("institution", "SaintLaurentBank")
        .append_pair("redirect_url", &bench.sandbox["stranger"])
        .append_pair("state", "s 1");
    let back = |part: &str| {
        let stranger = &bench.sandbox["stranger"];
        format!("return location.origin === '{stranger}' && location.search.includes('{part}')")
    };
    let shown = async |step: &str| {
        browser.until(&format!("return document.getElementById('step-{step}')?.hidden === false")).await;
    };

    browser.driver.goto(url.as_str()).await.unwrap();
    shown("consent").await;
    browser.click("#consent-form [value=accept-consent]").await;
    shown("credentials").await;
    let title = browser.eval("return document.querySelector('#step-credentials h1').textContent").await;
    assert_eq!(title, "Sign in to Saint-Laurent Bank");
    browser.enter("#username", "Greatday").await;
    browser.enter("#password", "Everyday").await;
    shown("mfa").await;
    browser.enter("#answer", "Montreal").await;
    browser.until(&back("?loginId=")).await;
    browser.until(&back("&state=s+1")).await;

    browser.driver.goto(url.as_str()).await.unwrap();
    shown("consent").await;
    browser.click("#consent-form [value=deny-consent]").await;
    browser.until(&back("?state=s+1&error=access_denied")).await;

    url.query_pairs_mut().append_pair("scenario", "success");
    browser.driver.goto(url.as_str()).await.unwrap();
    browser.until(&back("?loginId=")).await;
}

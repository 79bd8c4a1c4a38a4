//! finX's widget in Chromium, embedded and opened by a page of another origin.

#[path = "common/browser.rs"]
mod browser;
mod common;

use browser::Browser;
use common::{Bench, answer, bench, config};
use sandbox::finx;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

/// A new link to the widget; `back` is its redirect_uri.
async fn link(bench: &Bench, back: &str, more: Value) -> Value {
    let mut body = json!({ "redirect_uri": back, "state": "s-1", "language": "de" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let request = bench.http.post(format!("{}/onetime/access", bench.sandbox["finx"])).json(&body);
    let (status, link) = answer(request.basic_auth(finx::CLIENT_ID, Some(finx::CLIENT_SECRET))).await;
    assert_eq!(status, 201, "{link}");
    link
}

fn location(link: &Value) -> &str {
    link["location"].as_str().unwrap()
}

async fn reaches(browser: &Browser, step: &str) {
    browser.until(&format!("return !document.getElementById('step-{step}').hidden")).await;
    let focused = format!("return document.activeElement === document.querySelector('#step-{step} h1')");
    assert_eq!(browser.eval(&focused).await, true, "the heading of {step} has the focus");
}

#[tokio::test]
async fn in_a_frame_the_one_message_tells_how_it_ended_and_nobody_leaves() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let back = format!("{}/back?tab=1", browser.parent);
    let told = async |scenario: &str| {
        let link = link(&bench, &back, json!({ "scenario": scenario })).await;
        browser.parent("frame", location(&link)).await;
        let messages = browser.messages().await;
        assert_eq!((messages.len(), &messages[0]["loaded"]), (1, &json!(true)), "{scenario}");
        assert_eq!(messages[0]["origin"], bench.sandbox["finx"], "{scenario}");
        let data = messages[0]["data"].clone();
        assert_eq!(data["url"], format!("{}/back", browser.parent), "{scenario}");
        assert!(data["location"].as_str().unwrap().starts_with(&format!("{back}&")), "{scenario}");
        browser.driver.enter_frame(0).await.unwrap();
        reaches(&browser, "done").await;
        (data, link["id"].clone())
    };
    let (data, id) = told("success").await;
    assert!(data["query"]["code"].as_str().unwrap().starts_with("eyJ"));
    assert_eq!((&data["query"]["success"], &data["query"]["state"]), (&json!("true"), &json!("s-1")));
    assert_eq!((&data["query"]["flow_id"], &data["query"]["tab"]), (&id, &json!("1")));
    let (data, _) = told("success-location-only").await;
    assert_eq!(data["query"], json!({}));
    assert!(data["location"].as_str().unwrap().contains("&code=eyJ"));

    for (scenario, expected) in [
        ("cancel", json!({ "success": "false", "cancel": "true", "state": "s-1" })),
        ("failure", json!({ "success": "false", "state": "s-1" })),
        ("denied", json!({ "success": "false", "error": "access_denied", "state": "s-1" })),
        ("state-swapped", json!({ "success": "true", "state": "somebody-elses-state" })),
    ] {
        let (data, _) = told(scenario).await;
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(data["query"][field], *value, "{scenario}");
        }
        assert_eq!(data["query"].get("cancel").is_some(), scenario == "cancel");
    }
    assert_eq!(told("state-missing").await.0["query"].get("state"), None);

    let stranger = link(&bench, &back, json!({ "scenario": "stranger" })).await;
    browser.parent("frame", location(&stranger)).await;
    let messages = browser.messages().await;
    assert_eq!(messages[0]["origin"], bench.sandbox["stranger"]);
    assert_eq!(messages[0]["data"]["query"]["state"], "s-1");

    let silent = link(&bench, &back, json!({ "scenario": "never-answers" })).await;
    browser.parent("frame", location(&silent)).await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(browser.eval("return messages").await, json!([]));
}

#[tokio::test]
async fn by_keyboard_in_a_narrow_german_frame_all_steps_can_be_taken() {
    let (bench, browser) = (bench(config()), Browser::start(500).await);
    let link = link(&bench, "https://app.example/back", json!({})).await;
    browser.parent("frame", location(&link)).await;
    browser.eval("document.querySelector('iframe').style.width = '320px'").await;
    let fits = async || {
        let widths = browser.eval("return [document.documentElement.scrollWidth, innerWidth]").await;
        assert_eq!(widths[1], 320);
        assert!(widths[0].as_u64() <= widths[1].as_u64(), "scrolls sideways: {widths}");
    };
    let says = async |form: &str, part: &str| {
        let script =
            format!("return document.querySelector('#{form} .error').textContent.includes({part:?})");
        browser.until(&script).await;
    };
    browser.driver.enter_frame(0).await.unwrap();
    browser.until("return document.querySelectorAll('#banks button').length === 4").await;
    assert_eq!(browser.eval("return document.activeElement === document.body").await, true);
    assert_eq!(browser.eval("return document.documentElement.lang").await, "de");
    assert_eq!(
        browser.eval("return document.body.innerHTML.includes('{{')").await,
        false,
        "every word is there"
    );
    fits().await;
    browser.enter_on("[data-bank='90055500']").await;

    reaches(&browser, "sign-in").await;
    assert_eq!(browser.eval("return document.title").await, "Anmelden bei Hanse Direkt · finX");
    browser.click("#step-sign-in summary").await;
    fits().await;
    browser.enter("#customer", "success").await;
    says("sign-in", "PIN: bitte ausfüllen").await;
    browser.enter("#password", "falsch").await;
    says("sign-in", "passen nicht zusammen").await;
    browser.enter("#password", "sandbox").await;

    reaches(&browser, "tan").await;
    browser.enter("#tan", "000000").await;
    says("tan-form", "stimmt nicht").await;
    fits().await;
    browser.enter("#tan", "123456").await;

    reaches(&browser, "accounts").await;
    fits().await;
    let unnamed = "return [...document.querySelectorAll('button, input')].filter((control) => !(control.labels?.length || control.textContent.trim())).length";
    assert_eq!(browser.eval(unnamed).await, 0, "every control has a name");
    for account in browser.driver.find_all(By::Css("#accounts input")).await.unwrap() {
        account.send_keys(" ").await.unwrap();
    }
    browser.enter_on("#accounts-form [type=submit]").await;
    says("accounts-form", "mindestens ein Konto").await;
    browser.driver.find(By::Css("#accounts input")).await.unwrap().send_keys(" ").await.unwrap();
    browser.enter_on("#accounts-form [type=submit]").await;
    reaches(&browser, "done").await;
    browser.driver.enter_parent_frame().await.unwrap();
    let messages = browser.messages().await;
    assert_eq!(messages.len(), 1, "no progress is told");
    assert!(messages[0]["data"]["query"]["code"].is_string());
}

#[tokio::test]
async fn in_a_popup_or_a_tab_the_person_returns() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let back = format!("{}/back", browser.parent);
    let window = browser.driver.window().await.unwrap();
    let query = async || {
        browser.until("return location.pathname === '/back'").await;
        browser.eval("return Object.fromEntries(new URLSearchParams(location.search))").await
    };
    for scenario in ["success", "severed"] {
        let link = link(&bench, &back, json!({ "scenario": scenario })).await;
        browser.parent("popup", location(&link)).await;
        browser.click("#open").await;
        let all = browser.driver.windows().await.unwrap();
        let other = all.into_iter().find(|handle| *handle != window).expect("a popup is open");
        browser.driver.switch_to_window(other).await.unwrap();
        assert!(query().await["code"].is_string(), "{scenario}");
        browser.driver.close_window().await.unwrap();
        browser.driver.switch_to_window(window.clone()).await.unwrap();
        assert_eq!(browser.eval("return messages").await, json!([]), "{scenario}: an opener is told nothing");
    }
    for (scenario, field, value) in
        [("cancel", "cancel", "true"), ("denied", "error", "access_denied"), ("failure", "success", "false")]
    {
        let link = link(&bench, &back, json!({ "scenario": scenario })).await;
        browser.driver.goto(location(&link)).await.unwrap();
        let query = query().await;
        assert_eq!((&query[field], &query["flow_id"]), (&json!(value), &link["id"]), "{scenario}");
    }

    // by hand, with the account known; the used link is dead then
    let known = link(&bench, &back, json!({ "accounts": [{ "id": "DE82900948150000002881" }] })).await;
    browser.driver.goto(location(&known)).await.unwrap();
    browser.until("return !document.getElementById('step-sign-in').hidden").await;
    assert_eq!(
        browser.eval("return document.getElementById('known').innerText").await,
        "Für das Konto DE82 9009 4815 0000 0028 81"
    );
    browser.click("#cancel").await;
    assert_eq!(query().await["cancel"], "true");
    browser.driver.goto(location(&known)).await.unwrap();
    browser.until("return !document.getElementById('step-dead').hidden").await;
}

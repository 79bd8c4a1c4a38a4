//! Fiskil's consent pages in Chromium, embedded and opened by a page of another origin.

#[path = "common/browser.rs"]
mod browser;
mod common;

use browser::Browser;
use common::{Bench, bench, config};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

async fn url_of(bench: &Bench, more: Value) -> String {
    let session = bench.session(more).await;
    bench.fiskil(&format!("?sess_id={session}"))
}

/// The step that is shown, and whether its heading has the focus.
const AT: &str = "const step = [...document.querySelectorAll('[id^=step-]')].find(({ hidden }) => !hidden);
    return [step.id, document.activeElement === step.querySelector('h1')]";

async fn reaches(browser: &Browser, step: &str) {
    browser.until(&format!("return !document.getElementById('step-{step}').hidden")).await;
    assert_eq!(browser.eval(AT).await, json!([format!("step-{step}"), true]), "the heading has the focus");
}

async fn error_is_said(browser: &Browser, form: &str, field: &str, part: &str) {
    browser
        .until(&format!("return document.querySelector('#{form} .error').textContent.includes({part:?})"))
        .await;
    let said = browser
        .eval(&format!(
            "const field = document.querySelector('{field}'), error = document.querySelector('#{form} .error');
             return [error.getAttribute('role'), field.getAttribute('aria-invalid'),
                     field.getAttribute('aria-describedby') === error.id, document.activeElement === field]"
        ))
        .await;
    assert_eq!(said, json!(["alert", "true", true, true]));
}

#[tokio::test]
async fn in_a_frame_every_scenario_posts_its_message_to_the_parent() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    // scenario, what the message must have, whether the page that stays says that the link is dead
    let cases = [
        ("success", json!({ "isCompleted": true }), false),
        (
            "success-redirect-url",
            json!({ "isCompleted": true, "redirectURL": "https://app.example/cancel" }),
            false,
        ),
        (
            "success-redirect-only",
            json!({ "isCompleted": true, "redirectURL": "https://app.example/cancel" }),
            false,
        ),
        ("denied", json!({ "isCompleted": false, "errorType": "CONSENT_ENDUSER_DENIED" }), false),
        ("otp-failure", json!({ "isCompleted": false, "errorType": "CONSENT_OTP_FAILURE" }), false),
        ("ineligible", json!({ "isCompleted": false, "errorType": "CONSENT_ENDUSER_INELIGIBLE" }), false),
        ("consent-timeout", json!({ "isCompleted": false, "errorType": "CONSENT_TIMEOUT" }), false),
        (
            "upstream-error",
            json!({ "isCompleted": false, "errorType": "CONSENT_UPSTREAM_PROCESSING_ERROR" }),
            false,
        ),
        ("cancelled", json!({ "isCompleted": false, "errorType": "AUTH_SESSION_CANCELLED" }), false),
        ("unknown-error", json!({ "isCompleted": false, "errorType": "CONSENT_LUNAR_ECLIPSE" }), false),
        ("smuggled-error", json!({ "isCompleted": true }), false),
        ("bare-error", json!({ "error": "Some error" }), false),
        ("invalid-session", json!({ "isCompleted": false, "errorType": "LINK_INVALID_SESSION" }), true),
        ("invalid-session-alias", json!({ "isCompleted": false, "errorType": "AUTH_SESSION_INVALID" }), true),
        ("expired-session", json!({ "isCompleted": false, "errorType": "LINK_INVALID_SESSION" }), true),
        ("used-session", json!({ "isCompleted": false, "errorType": "LINK_INVALID_SESSION" }), true),
    ];
    let count = cases.len();
    for (scenario, expected, stays) in cases {
        browser.parent("frame", &url_of(&bench, json!({ "scenario": scenario })).await).await;
        let messages = browser.messages().await;
        assert_eq!(messages.len(), 1, "{scenario}");
        assert_eq!(messages[0]["origin"], bench.sandbox["fiskil"], "{scenario}");
        assert_eq!(messages[0]["loaded"], true, "{scenario}: the frame had loaded");
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(messages[0]["data"][field], *value, "{scenario}");
        }
        browser.driver.enter_frame(0).await.unwrap();
        let step = browser.eval(AT).await[0].clone();
        assert_eq!(step, if stays { "step-invalid" } else { "step-done" }, "{scenario}");
    }
    let said: Vec<_> = bench.log("message").await;
    assert_eq!(said.len(), count);
    assert!(said.iter().all(|entry| entry["to"] == "parent"));

    browser.parent("frame", &bench.fiskil("?sess_id=unknown")).await;
    assert_eq!(browser.messages().await[0]["data"]["errorType"], "LINK_INVALID_SESSION");

    browser.parent("frame", &url_of(&bench, json!({ "scenario": "stranger" })).await).await;
    let messages = browser.messages().await;
    assert_eq!(messages[0]["origin"], bench.sandbox["stranger"]);
    assert_eq!(messages[0]["data"]["isCompleted"], true);

    browser.parent("frame", &url_of(&bench, json!({ "scenario": "never-answers" })).await).await;
    browser.driver.enter_frame(0).await.unwrap();
    browser.until("return !document.getElementById('step-working').hidden").await;
    browser.driver.enter_parent_frame().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(browser.eval("return messages").await, json!([]));
}

#[tokio::test]
async fn by_keyboard_in_a_narrow_frame_all_steps_can_be_taken() {
    let (bench, browser) = (bench(config()), Browser::start(500).await);
    browser.parent("frame", &url_of(&bench, json!({})).await).await;
    browser.eval("document.querySelector('iframe').style.width = '320px'").await;
    let fits = async || {
        let widths = browser.eval("return [document.documentElement.scrollWidth, innerWidth]").await;
        assert_eq!(widths[1], 320);
        assert!(widths[0].as_u64() <= widths[1].as_u64(), "scrolls sideways: {widths}");
    };
    browser.driver.enter_frame(0).await.unwrap();
    browser.until("return document.querySelectorAll('#banks button').length === 5").await;
    assert_eq!(
        browser.eval("return document.activeElement === document.body").await,
        true,
        "nothing takes the focus unasked"
    );
    fits().await;

    let bank = browser.driver.find(By::Css("[data-institution='40']")).await.unwrap();
    bank.send_keys(Key::Enter + "").await.unwrap();
    reaches(&browser, "sign-in").await;
    assert_eq!(
        browser.eval("return document.querySelector('#step-sign-in h1').textContent").await,
        "Sign in to Bank of the Ranges"
    );
    assert_eq!(browser.eval("return document.title").await, "Sign in to Bank of the Ranges · Fiskil");
    fits().await;
    browser.enter("#customer", "success").await;
    error_is_said(&browser, "sign-in", "#password", "please fill this in").await;
    browser.enter("#password", "wrong").await;
    error_is_said(&browser, "sign-in", "#customer", "do not go together").await;
    fits().await;
    browser.enter("#password", "sandbox").await;

    reaches(&browser, "code").await;
    fits().await;
    browser.enter("#code", "000000").await;
    error_is_said(&browser, "code-form", "#code", "2 tries are left").await;
    browser.enter("#code", "123456").await;

    reaches(&browser, "accounts").await;
    fits().await;
    let boxes = browser.driver.find_all(By::Css("#accounts input")).await.unwrap();
    for account in &boxes {
        account.send_keys(" ").await.unwrap();
    }
    browser.enter_on("#accounts-form [type=submit]").await;
    error_is_said(&browser, "accounts-form", "#accounts input", "at least one").await;
    boxes[0].send_keys(" ").await.unwrap();
    browser.enter_on("#accounts-form [type=submit]").await;

    reaches(&browser, "consent").await;
    assert_eq!(
        browser.eval("return document.getElementById('chosen').textContent").await,
        "Everyday Account"
    );
    fits().await;
    browser.enter_on("#consent-form [type=submit]").await;
    reaches(&browser, "done").await;
    fits().await;
    browser.driver.enter_parent_frame().await.unwrap();
    let messages = browser.messages().await;
    assert!(messages[0]["data"]["consentID"].as_str().unwrap().starts_with("arr_"));
    let unnamed = "return [...document.querySelectorAll('button, input, a')].filter((control) => !(control.labels?.length || control.textContent.trim())).length";
    browser.driver.enter_frame(0).await.unwrap();
    assert_eq!(browser.eval(unnamed).await, 0, "every control has a name");
}

#[tokio::test]
async fn cancelling_declining_and_typed_scenarios_end_the_flow() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let sign_in = async |customer: &str| {
        browser.parent("frame", &url_of(&bench, json!({ "institution_id": "22" })).await).await;
        browser.driver.enter_frame(0).await.unwrap();
        browser.until("return !document.getElementById('step-sign-in').hidden").await;
        browser.driver.find(By::Css("#customer")).await.unwrap().send_keys(customer).await.unwrap();
        browser.enter("#password", "sandbox").await;
    };
    let heard = async || {
        browser.driver.enter_parent_frame().await.unwrap();
        browser.messages().await[0]["data"].clone()
    };

    browser.parent("frame", &url_of(&bench, json!({})).await).await;
    browser.driver.enter_frame(0).await.unwrap();
    browser.click("#cancel").await;
    assert_eq!(heard().await["errorType"], "AUTH_SESSION_CANCELLED");

    sign_in("success").await;
    reaches(&browser, "code").await;
    browser.enter("#code", "123456").await;
    reaches(&browser, "accounts").await;
    browser.click("#accounts-form [type=submit]").await;
    reaches(&browser, "consent").await;
    browser.click("#decline").await;
    assert_eq!(heard().await["errorType"], "CONSENT_ENDUSER_DENIED");

    sign_in("otp-failure").await;
    reaches(&browser, "code").await;
    for left in ["2 tries are left", "One try is left"] {
        browser.enter("#code", "123456").await;
        error_is_said(&browser, "code-form", "#code", left).await;
    }
    browser.enter("#code", "123456").await;
    assert_eq!(heard().await["errorType"], "CONSENT_OTP_FAILURE");

    sign_in("invalid-session").await;
    reaches(&browser, "invalid").await;
    assert_eq!(heard().await["errorType"], "LINK_INVALID_SESSION");

    sign_in("stranger").await;
    assert_eq!(heard().await["isCompleted"], true);
}

#[tokio::test]
async fn a_popup_answers_its_opener_or_else_returns() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let back = format!("{}/back", browser.parent);
    let session = |scenario: &str| json!({ "scenario": scenario, "redirect_uri": back, "cancel_uri": back });
    let window = browser.driver.window().await.unwrap();
    let open = async |scenario: &str| {
        browser.driver.switch_to_window(window.clone()).await.unwrap();
        browser.parent("popup", &url_of(&bench, session(scenario)).await).await;
        browser.click("#open").await;
    };
    let popup = async || {
        let all = browser.driver.windows().await.unwrap();
        let other = all.into_iter().find(|handle| *handle != window).expect("a popup is open");
        browser.driver.switch_to_window(other).await.unwrap();
    };

    open("success").await;
    let messages = browser.messages().await;
    assert_eq!(messages[0]["data"]["redirectURL"], back);
    assert_eq!(messages[0]["origin"], bench.sandbox["fiskil"]);
    popup().await;
    assert_eq!(browser.eval(AT).await[0], "step-done", "the popup does not close itself");
    browser.driver.close_window().await.unwrap();

    open("success-severed").await;
    popup().await;
    browser.until("return location.pathname === '/back'").await;
    let query = browser.eval("return location.search").await;
    assert!(query.as_str().unwrap().contains("consent_id=arr_"), "{query}");
    browser.driver.close_window().await.unwrap();
}

#[tokio::test]
async fn without_a_window_that_listens_the_person_is_sent_back() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let back = format!("{}/back", browser.parent);
    let arrives = async |scenario: &str| {
        let session = json!({ "scenario": scenario, "redirect_uri": format!("{back}?to=redirect"), "cancel_uri": format!("{back}?to=cancel") });
        browser.driver.goto(url_of(&bench, session).await).await.unwrap();
        browser.until("return location.pathname === '/back'").await;
        browser.eval("return Object.fromEntries(new URLSearchParams(location.search))").await
    };
    let query = arrives("success").await;
    assert_eq!(query["to"], "redirect");
    assert!(query["session_id"].is_string() && query["consent_id"].as_str().unwrap().starts_with("arr_"));
    for (scenario, error_type) in [
        ("denied", "CONSENT_ENDUSER_DENIED"),
        ("cancelled", "AUTH_SESSION_CANCELLED"),
        ("invalid-session", "LINK_INVALID_SESSION"),
        ("expired-session", "LINK_INVALID_SESSION"),
    ] {
        let query = arrives(scenario).await;
        assert_eq!(
            (&query["to"], &query["error_type"]),
            (&json!("cancel"), &json!(error_type)),
            "{scenario}"
        );
    }
    assert_eq!(arrives("bare-error").await["error"], "Some error");

    // a person who comes by themselves reads the page, and has a way back
    let session = bench.session(json!({ "cancel_uri": back })).await;
    bench.page("/consent/decide", &session, json!({ "decision": "cancel" })).await;
    browser.driver.goto(bench.fiskil(&format!("/?sess_id={session}"))).await.unwrap();
    browser.until("return !document.getElementById('back').hidden").await;
    browser.click("#back-link").await;
    browser
        .until("return location.pathname === '/back' && location.search.includes('LINK_INVALID_SESSION')")
        .await;
}

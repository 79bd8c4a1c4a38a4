//! Fimento's consent pages and its visualisation tool in Chromium.

#[path = "common/browser.rs"]
mod browser;
mod common;

use std::time::Duration;

use browser::Browser;
use common::{Bench, answer, bench, config};
use reqwest::Method;
use sandbox::fimento;
use serde_json::{Value, json};

const AT: &str = "const step = [...document.querySelectorAll('[id^=step-]')].find(({ hidden }) => !hidden);
    return [step.id, document.activeElement === step.querySelector('h1')]";
/// Nothing is wider than the window, and every control has a name.
const FITS: &str = "return document.documentElement.scrollWidth <= innerWidth
    && [...document.querySelectorAll('button, input, a')].every((control) => control.labels?.length || control.textContent.trim())";

async fn call(bench: &Bench, method: Method, path: &str, body: Value) -> Value {
    let login = json!({ "name": fimento::NAME, "password": fimento::PASSWORD });
    let (_, token) = bench.post(format!("{}/login", bench.sandbox["fimento"]), login).await;
    let request = bench
        .http
        .request(method, format!("{}{path}", bench.sandbox["fimento"]))
        .bearer_auth(token["access_token"].as_str().unwrap())
        .header("partner-bank-id", fimento::PARTNER_BANK_ID);
    let (status, body) = answer(request.json(&body)).await;
    assert!(status.is_success(), "{body}");
    body
}

/// A process that returns to the parent page.
async fn process(bench: &Bench, browser: &Browser, more: Value) -> Value {
    let mut body = json!({
        "market": "SE",
        "dataCollectionType": "transaction-categorisation",
        "redirectUrl": format!("{}/back?state=s", browser.parent),
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call(bench, Method::POST, "/process", body).await
}

async fn reaches(browser: &Browser, step: &str) {
    browser.until(&format!("return document.getElementById('step-{step}')?.hidden === false")).await;
    assert_eq!(browser.eval(AT).await, json!([format!("step-{step}"), true]), "the heading has the focus");
    browser.until(FITS).await;
}

async fn error_is_said(browser: &Browser, part: &str) {
    let script = format!(
        "const error = document.getElementById('sign-in-error'), field = document.querySelector('[aria-invalid]');
         return error.textContent.includes({part:?}) && error.getAttribute('role') === 'alert'
           && field?.getAttribute('aria-describedby') === error.id && document.activeElement === field"
    );
    browser.until(&script).await;
}

/// The query that the person came back with.
async fn back(browser: &Browser) -> Value {
    browser.until("return location.pathname === '/back'").await;
    browser.eval("return Object.fromEntries(new URLSearchParams(location.search))").await
}

#[tokio::test]
async fn by_keyboard_on_a_narrow_screen_a_consent_is_given_in_both_markets() {
    let (bench, browser) = (bench(config()), Browser::start(500).await);
    for (market, bank, number) in
        [("SE", "Västkustens Sparbank", "199503096316"), ("FI", "Saimaan Osuuspankki", "19771011-4682")]
    {
        let process = process(&bench, &browser, json!({ "market": market })).await;
        // a frame, as no window can be as narrow as a phone
        browser.parent("frame", process["consent-link"].as_str().unwrap()).await;
        browser.eval("document.querySelector('iframe').style.width = '320px'").await;
        browser.driver.enter_frame(0).await.unwrap();
        browser.until("return document.querySelectorAll('#banks button').length >= 3").await;
        assert_eq!(browser.eval("return innerWidth").await, 320);
        browser.until(FITS).await;
        browser.enter_on(&format!("[data-bank='{bank}']")).await;
        reaches(&browser, "sign-in").await;
        browser.enter("#code", "123456").await;
        error_is_said(&browser, "please fill this in").await;
        browser.enter("#number", "200001010000").await;
        error_is_said(&browser, "does not know").await;
        browser.enter("#number", number).await;
        reaches(&browser, "consent").await;
        browser.enter_on("#consent-form [type=submit]").await;
        let query = back(&browser).await;
        assert_eq!((&query["state"], &query["status"]), (&json!("s"), &json!("customerApprovedConsent")));
        assert_eq!(query["processId"], process["_id"]);
    }
}

#[tokio::test]
async fn a_person_can_decline_cancel_and_fail() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let open = async || {
        let process = process(&bench, &browser, json!({ "socialSecurityNumber": "199503096316" })).await;
        browser.driver.goto(process["consent-link"].as_str().unwrap()).await.unwrap();
        process
    };
    let sign_in = async |code: &str| {
        browser.click("[data-bank='Lingon Bank']").await;
        reaches(&browser, "sign-in").await;
        assert_eq!(
            browser.eval("return document.getElementById('number') === null").await,
            true,
            "it is known"
        );
        browser.enter("#code", code).await;
    };
    open().await;
    browser.click("#cancel").await;
    assert_eq!(back(&browser).await["status"], "customerDeniedConsent");
    open().await;
    sign_in("123456").await;
    reaches(&browser, "consent").await;
    browser.click("#deny").await;
    assert_eq!(back(&browser).await["status"], "customerDeniedConsent");
    let failed = open().await;
    sign_in("000000").await;
    assert_eq!(back(&browser).await["status"], "authError");

    // the link is over, says so, and leads back
    browser.driver.goto(failed["consent-link"].as_str().unwrap()).await.unwrap();
    browser.until("return !document.getElementById('step-over').hidden").await;
    browser.until(FITS).await;
    browser.click("#back-link").await;
    assert_eq!(back(&browser).await["status"], "authError");
}

#[tokio::test]
async fn a_link_that_plays_needs_no_click() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    for (scenario, name, value) in [
        ("success", "status", "customerApprovedConsent"),
        ("denied", "status", "customerDeniedConsent"),
        ("revoked", "consent", "revoked"),
        ("auth-error", "status", "authError"),
        ("expired-link", "error", "link_expired"),
    ] {
        let process = process(&bench, &browser, json!({ "scenario": scenario })).await;
        browser.driver.goto(process["consent-link"].as_str().unwrap()).await.unwrap();
        assert_eq!(back(&browser).await[name], value, "{scenario}");
    }
    let severed = process(&bench, &browser, json!({ "scenario": "success-severed" })).await;
    let parent = browser.driver.window().await.unwrap();
    browser.parent("popup", severed["consent-link"].as_str().unwrap()).await;
    browser.click("#open").await;
    browser.until("return popup.closed").await;
    let all = browser.driver.windows().await.unwrap();
    let other = all.into_iter().find(|window| *window != parent).unwrap();
    browser.driver.switch_to_window(other).await.unwrap();
    back(&browser).await;
    assert_eq!(browser.eval("return opener === null").await, true);
}

#[tokio::test]
async fn the_visualisation_is_shown_in_a_frame() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    for (number, remarks) in [("199503096316", 1), ("197710114682", 4)] {
        let process = process(&bench, &browser, json!({ "socialSecurityNumber": number })).await;
        let id = process["_id"].as_str().unwrap();
        let path = format!("/process/{id}/consent-status?status=approved");
        call(&bench, Method::POST, &path, json!({})).await;
        let path = format!("/process/{id}");
        while call(&bench, Method::GET, &path, json!({})).await["consentFlowStatus"]["current"]["code"]
            != "completed"
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let link =
            call(&bench, Method::GET, &format!("/insights/visualisation-link?processId={id}"), json!({}))
                .await;
        for width in [320, 800] {
            browser.parent("frame", link["visualisationUrl"].as_str().unwrap()).await;
            browser.eval(&format!("document.querySelector('iframe').style.width = '{width}px'")).await;
            browser.driver.enter_frame(0).await.unwrap();
            browser.until("return document.getElementById('step-shown')?.hidden === false").await;
            browser.until(FITS).await;
            let shown = browser
                .eval(
                    "return [document.querySelectorAll('#remarks li').length,
                        document.querySelectorAll('.months rect').length >= 12,
                        [...document.querySelectorAll('.months rect')].every((bar) => Number(bar.getAttribute('height')) >= 0),
                        document.querySelector('.months').getAttribute('aria-label').includes('income'),
                        document.querySelectorAll('#categories table').length]",
                )
                .await;
            assert_eq!(shown, json!([remarks, true, true, true, 2]), "{number} at {width}");
        }
        bench.http.post(format!("{}/__sandbox/expire-links", bench.sandbox["fimento"])).send().await.unwrap();
        browser.parent("frame", link["visualisationUrl"].as_str().unwrap()).await;
        browser.driver.enter_frame(0).await.unwrap();
        browser.until("return document.getElementById('step-gone')?.hidden === false").await;
    }
}

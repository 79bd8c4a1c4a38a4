//! FinqLink's pages and the banks' in Chromium, opened by a page of another origin.

#[path = "common/browser.rs"]
mod browser;
mod common;

use browser::Browser;
use common::{Bench, answer, bench, config};
use sandbox::finqlink;
use serde_json::{Value, json};

const AT: &str = "const step = [...document.querySelectorAll('[id^=step-]')].find(({ hidden }) => !hidden);
    return [step.id, document.activeElement === step.querySelector('h1')]";
/// Nothing is wider than the window, and every control has a name.
const FITS: &str = "return document.documentElement.scrollWidth <= innerWidth
    && [...document.querySelectorAll('button, input, a')].every((control) => control.labels?.length || control.textContent.trim())";

/// A consent link, or a payment link where `more` has an intent, that returns to the parent page.
async fn link(bench: &Bench, browser: &Browser, more: Value) -> String {
    let kind = if more["intent"].is_object() { "links" } else { "ais/consents" };
    let mut body = json!({
        "client_id": finqlink::CLIENT_ID,
        "client_secret": finqlink::CLIENT_SECRET,
        "options": { "redirect_url": format!("{}/back?state=s", browser.parent) },
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let url = format!("{}/test/{kind}/create", bench.sandbox["finqlink"]);
    let (status, link) = answer(bench.http.post(url).json(&body)).await;
    assert_eq!(status, 200, "{link}");
    link["web_url"].as_str().unwrap().into()
}

async fn reaches(browser: &Browser, step: &str) {
    browser.until(&format!("return document.getElementById('step-{step}')?.hidden === false")).await;
    assert_eq!(browser.eval(AT).await, json!([format!("step-{step}"), true]), "the heading has the focus");
    browser.until(FITS).await;
}

async fn error_is_said(browser: &Browser, form: &str, part: &str) {
    let script = format!(
        "const error = document.querySelector('#{form} .error'), field = document.querySelector('#{form} [aria-invalid]');
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
async fn by_keyboard_on_a_narrow_screen_a_consent_is_given_at_every_bank() {
    let (bench, browser) = (bench(config()), Browser::start(500).await);
    for (bank, fields, pin) in [
        ("bt_ro", vec![("username", "testbt"), ("password", "testbt")], Some("1234567")),
        (
            "cec_ro",
            vec![
                ("username", "testcecapi"),
                ("password", "testcecapi"),
                ("iban", "RO42 CECE AG02 02RO N000 7466"),
            ],
            None,
        ),
        ("rzb_ro", vec![("psu_id", "9999999998"), ("iban", "RO03RZBR0000069999999999")], None),
    ] {
        let url = link(&bench, &browser, json!({})).await;
        // a frame, as no window can be as narrow as a phone
        browser.parent("frame", &url).await;
        browser.eval("document.querySelector('iframe').style.width = '320px'").await;
        browser.driver.enter_frame(0).await.unwrap();
        browser.until("return document.querySelectorAll('#banks button').length === 3").await;
        assert_eq!(browser.eval("return innerWidth").await, 320);
        browser.until(FITS).await;
        browser.enter_on(&format!("[data-bank={bank}]")).await;
        reaches(&browser, "sign-in").await;
        let (last, first) = fields.split_last().unwrap();
        for (name, value) in first {
            browser.driver.find(thirtyfour::By::Id(*name)).await.unwrap().send_keys(*value).await.unwrap();
        }
        browser.enter(&format!("#{}", last.0), "wrong").await;
        error_is_said(&browser, "sign-in", "do not go together").await;
        browser.until(FITS).await;
        browser.enter(&format!("#{}", last.0), last.1).await;
        if let Some(pin) = pin {
            reaches(&browser, "pin").await;
            browser.enter("#pin", "0000000").await;
            error_is_said(&browser, "pin-form", "2 tries are left").await;
            browser.enter("#pin", pin).await;
        }
        reaches(&browser, "accounts").await;
        browser.enter_on("#consent-form [type=submit]").await;
        let query = back(&browser).await;
        assert_eq!((&query["state"], &query["status"]), (&json!("s"), &json!("active")), "{bank}");
    }
}

#[tokio::test]
async fn a_payment_is_shown_before_it_is_confirmed() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let intent = json!({
        "amount": "7.5", "currency": "RON", "details": "<b>7</b>",
        "creditor": { "name": "Shop", "iban": "RO10RZBR0000069999999970" },
    });
    for (button, name, value) in
        [("[type=submit]", "status", "completed"), (".decline", "error", "access_denied")]
    {
        browser.driver.goto(link(&bench, &browser, json!({ "intent": intent })).await).await.unwrap();
        browser.click("[data-bank=rzb_ro]").await;
        reaches(&browser, "sign-in").await;
        browser.click("#fill").await;
        browser.click("#sign-in [type=submit]").await;
        reaches(&browser, "payment").await;
        let said = browser.eval("return document.getElementById('step-payment').textContent").await;
        for part in ["7.50 RON", "Shop", "RO10 RZBR 0000 0699 9999 9970", "<b>7</b>", "RO03 RZBR"] {
            assert!(said.as_str().unwrap().contains(part), "{part}: {said}");
        }
        browser.click(&format!("#payment-form {button}")).await;
        assert_eq!(back(&browser).await[name], value);
    }
}

#[tokio::test]
async fn a_link_that_plays_needs_no_click() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    for (scenario, name, value) in [
        ("success", "status", "active"),
        ("denied", "error", "access_denied"),
        ("expired", "status", "expired"),
        ("suspended", "status", "suspended"),
    ] {
        browser.driver.goto(link(&bench, &browser, json!({ "scenario": scenario })).await).await.unwrap();
        assert_eq!(back(&browser).await[name], value, "{scenario}");
    }
    // the bank's own page, and its query string
    let direct = json!({
        "scenario": "direct-sca",
        "ais_method": { "provider_id": "bt_ro" },
        "options": { "type": "direct_sca", "state": "a b", "redirect_url": format!("{}/back", browser.parent) },
    });
    browser.driver.goto(link(&bench, &browser, direct).await).await.unwrap();
    assert_eq!(back(&browser).await["state"], "a b");
    let query = browser.eval("return location.search").await;
    assert!(query.as_str().unwrap().contains("%2f"), "{query}");

    browser.driver.goto(link(&bench, &browser, json!({})).await).await.unwrap();
    browser.click("#cancel").await;
    assert_eq!(back(&browser).await["error"], "access_denied");
    browser.driver.goto(format!("{}/w/unknown", bench.sandbox["finqlink"])).await.unwrap();
    browser.until("return !document.getElementById('step-over').hidden").await;
}

#[tokio::test]
async fn a_popup_is_cut_off_closes_itself_or_ends_in_another_tab() {
    let (bench, browser) = (bench(config()), Browser::start(900).await);
    let parent = browser.driver.window().await.unwrap();
    let open = async |scenario: &str| {
        browser.driver.switch_to_window(parent.clone()).await.unwrap();
        browser.parent("popup", &link(&bench, &browser, json!({ "scenario": scenario })).await).await;
        browser.click("#open").await;
    };
    let other = async || {
        let all = browser.driver.windows().await.unwrap();
        browser.driver.switch_to_window(all.last().unwrap().clone()).await.unwrap();
    };
    open("success").await;
    other().await;
    back(&browser).await;
    assert_eq!(browser.eval("return opener !== null").await, true);
    browser.driver.close_window().await.unwrap();

    open("success-severed").await;
    browser.until("return popup.closed").await;
    other().await;
    back(&browser).await;
    assert_eq!(browser.eval("return opener === null").await, true);
    browser.driver.close_window().await.unwrap();

    open("closes-itself").await;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(browser.eval("return popup.closed").await, false, "not at once, as a severed one would");
    browser.until("return popup.closed").await;

    open("other-tab").await;
    other().await;
    reaches(&browser, "elsewhere").await;
    browser.click("#elsewhere-link").await;
    for _ in 0..100 {
        if browser.driver.windows().await.unwrap().len() == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    other().await;
    assert_eq!(back(&browser).await["status"], "active");
    assert_eq!(browser.eval("return opener === null").await, true);
}

//! Every provider in every mode, through the demo and the sandbox's pages: each scenario ends as it says, and the person
//! can always leave.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use crate::browser::Browser;
use crate::page::{Case, Page, case};
use crate::vectors::{Provider, providers};

/// What fails before anything is opened, and so has no events.
const BEFORE_IT_OPENS: &[&str] = &["container-missing", "options-invalid", "popup-blocked"];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for provider in providers() {
        let name = provider.name.as_str();
        for mode in provider.modes() {
            cases.push(case(format!("{name}, {mode}: each scenario ends as it says"), move |page| {
                each_scenario(page, provider, mode)
            }));
            cases.push(case(format!("{name}, {mode}: the person goes back"), move |page| {
                goes_back(page, name, mode)
            }));
        }
    }
    cases.push(case("the cells are those that the demo offers", offered));
    cases
}

/// What the demo's server offers.
async fn listing(page: &Page) -> Vec<Value> {
    let answer = reqwest::get(format!("{}/api/providers", page.demo)).await.expect("the demo is there");
    let listing: Value = answer.json().await.expect("a listing");
    listing["providers"].as_array().expect("a list").clone()
}

async fn offered(page: Page) {
    let listing = listing(&page).await;
    let mut offered: Vec<_> = listing.iter().map(|listed| [&listed["id"], &listed["modes"]]).collect();
    offered.sort_by_key(|[id, _]| id.to_string());
    let cells: Vec<_> = providers().iter().map(|provider| json!([provider.name, provider.modes()])).collect();
    assert_eq!(json!(offered), json!(cells));
}

async fn open(page: &Page, provider: &str, mode: &str, scenario: &str) {
    page.goto(&format!("{}/{}", page.demo, wanted(provider, mode, scenario))).await;
    is_ready(page, provider, mode, scenario).await;
}

fn wanted(provider: &str, mode: &str, scenario: &str) -> String {
    format!("?provider={provider}&mode={mode}&scenario={scenario}&look=light")
}

async fn is_ready(page: &Page, provider: &str, mode: &str, scenario: &str) {
    page.shown("forget", &[]).await;
    page.until_shown("isReady", &[]).await;
    assert_eq!(page.shown("query", &[]).await, wanted(provider, mode, scenario), "it is offered");
}

/// Chooses another scenario on the page that is open, which costs a third of a new page.
async fn choose(page: &Page, provider: &str, mode: &str, scenario: &str) {
    page.shown("choose", &[scenario]).await;
    is_ready(page, provider, mode, scenario).await;
}

/// Clicks what the person is asked to click in another tab's stead.
async fn goes_elsewhere(page: &Page) {
    page.until_shown("isAt", &["elsewhere"]).await;
    page.click("#elsewhere-link").await;
}

async fn each_scenario(page: Page, provider: &'static Provider, mode: &'static str) {
    let listing = listing(&page).await;
    let listed = listing.iter().find(|listed| listed["id"] == *provider.name).expect("the provider");
    let mut wrong = Vec::new();
    let mut ends = Vec::new();
    // Messages in the default mode and return URLs after a redirect answer in every way that there is. In the other modes
    // the same messages come: one of each kind, and what those modes have of their own, is enough.
    let plays_all = mode == provider.modes()[0] || mode == "redirect";
    open(&page, &provider.name, mode, "manual").await;
    for scenario in listed["scenarios"].as_array().expect("a list") {
        let name = scenario["id"].as_str().expect("a name");
        let expect = scenario["expect"].as_str().expect("an outcome");
        let modes = scenario["modes"].as_array().expect("a list");
        // these are a person's own doing
        let is_played = !name.starts_with("manual") && name != "user-cancelled";
        let is_own = modes.len() < provider.modes().len();
        let is_new = ends.iter().all(|end| (*end == "completed") != (expect == "completed"));
        if !is_played || !modes.contains(&json!(mode)) || !(plays_all || is_own || is_new) {
            continue;
        }
        ends.push(expect);
        if let Err(difference) = plays(&page, provider, mode, name, expect).await {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(ends.contains(&"completed") && ends.iter().any(|end| *end != "completed"), "{ends:?}");
}

/// Plays a scenario. What is not as it should be is given back, so that the other scenarios are still seen.
async fn plays(page: &Page, provider: &Provider, mode: &str, name: &str, expect: &str) -> Result<(), String> {
    if mode == "redirect" || page.browser != Browser::Chromium {
        // What comes back may have added something to the address. And on a page that has just shown an end WebKit's
        // pointer now and then misses the button, so that no flow begins.
        open(page, &provider.name, mode, name).await;
    } else {
        choose(page, &provider.name, mode, name).await;
    }
    page.shown("hasFocus", &[if name.ends_with("severed") { "no" } else { "yes" }]).await;
    page.click("#connect").await;
    match name {
        "other-tab" => {
            let popup = page.enter_popup().await;
            goes_elsewhere(page).await;
            page.leave_popup(popup).await;
        }
        "cold-callback" => {
            goes_elsewhere(page).await;
            let windows = page.windows(2).await;
            page.driver.switch_to_window(windows[1].clone()).await.expect("the other tab");
            page.until_shown("isReady", &[]).await;
            let told = told(page).await;
            page.driver.close_window().await.expect("a tab");
            page.driver.switch_to_window(windows[0].clone()).await.expect("this tab");
            return told.same("outcome", &json!(""));
        }
        _ => {}
    }
    let is_ended = page.is_ever_shown("isEnded", &[]).await;
    let told = told(page).await;
    is_ended.map_err(|never| format!("{never}\n{}", told.0))?;
    told.same("outcome", &json!(expect))?;
    let stays = expect == "LINK_INVALID_SESSION" && provider.name == "fiskil" && mode != "redirect";
    if mode == "redirect" {
        told.same("address", &json!(["look", "mode", "provider", "scenario"]))?;
        told.same("hash", &json!(""))?;
        told.same(
            "stored",
            &if name == "wrong-state" || name.starts_with("state-") { json!(1) } else { json!(0) },
        )?;
    } else {
        told.same("widgets", &json!(i32::from(stays)))?;
        told.same("first", &json!(if BEFORE_IT_OPENS.contains(&name) { "settled" } else { "open" }))?;
        told.same("last", &json!("settled"))?;
        told.same("settled", &json!(1))?;
    }
    // in one mode of each provider all of them, since it takes the server a second
    let is_first = provider.modes()[0] == mode;
    if name == "success" || (is_first && expect == "completed" && name != "expired-code") {
        page.until_shown("isServerDone", &[]).await;
        let fault = page.shown("serverFault", &[]).await;
        if !fault.is_null() {
            return Err(format!("the server got {fault}"));
        }
    } else if expect != "completed" {
        let message = page.shown("textOf", &["#user-message"]).await;
        if !message.as_str().is_some_and(|message| message.ends_with('.')) {
            return Err(format!("the person is told {message}"));
        }
    }
    if stays && mode == "overlay" {
        page.click_dialog_button("Close").await;
    } else if stays {
        page.shown("cancel", &[]).await;
    }
    if page.driver.windows().await.is_ok_and(|windows| windows.len() > 1) {
        // it closes itself, or was asked to
        page.windows(1).await;
    }
    let left = page.shown("widgets", &[]).await;
    if left == 0 { Ok(()) } else { Err(format!("{left} frames are left")) }
}

/// What the page shows of how a flow ended.
struct Told(Value);

impl Told {
    fn same(&self, name: &str, expect: &Value) -> Result<(), String> {
        let Self(told) = self;
        if told[name] == *expect {
            Ok(())
        } else {
            Err(format!("{name} is {}, not {expect}: {told}", told[name]))
        }
    }
}

async fn told(page: &Page) -> Told {
    Told(page.shown("end", &[]).await)
}

/// Goes back from the provider's page. Gives whether the demo is there as it was: Firefox loads a page anew that had
/// asked its server for something at its `load` event, as the demo may have (it says so to `MOZ_LOG=SHIPBFCache:5`).
async fn is_kept(page: &Page) -> bool {
    page.is_led_to(|url| url.origin().ascii_serialization() != page.demo).await;
    // Firefox goes nowhere from a page that is still loading
    page.is_loaded().await;
    page.driver.back().await.expect("a page before");
    page.until_shown("isReady", &[]).await;
    page.shown("isEnded", &[]).await == true
}

/// The person opens the provider's page and leaves it by what each mode has for that.
async fn goes_back(page: Page, provider: &'static str, mode: &'static str) {
    open(&page, provider, mode, "manual").await;
    page.click("#connect").await;
    match mode {
        "overlay" => {
            page.until_shown("isWidgetFocused", &[]).await;
            page.tab_to_close_button().await;
            page.press(Key::Escape).await;
        }
        "container" => {
            page.until_shown("isThere", &["#bank [data-link-widget]"]).await;
            page.shown("focusOn", &["#cancel"]).await;
            page.press(Key::Enter).await;
        }
        "popup" => {
            page.windows(2).await;
            page.click_dialog_button("Cancel").await;
        }
        _ => {
            let mut tries = 0;
            while !is_kept(&page).await {
                tries += 1;
                assert!(tries < 10, "the page is never kept for the Back button");
                open(&page, provider, mode, "manual").await;
                page.click("#connect").await;
            }
        }
    }
    page.until_shown("isEnded", &[]).await;
    let told = told(&page).await;
    for (name, expect) in [
        ("outcome", json!("LINK_USER_CANCELLED")),
        ("widgets", json!(0)),
        ("stored", json!(0)),
        ("settled", json!(1)),
    ] {
        told.same(name, &expect).unwrap_or_else(|difference| panic!("{difference}"));
    }
    page.windows(1).await;
}

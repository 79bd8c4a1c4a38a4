//! Plays the person for a case on the page: does what the case asks `pages/person.js` for.

use std::fs;
use std::path::Path;

use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{ElementId, RequestData, SessionId};

use crate::axe;
use crate::browser::Browser;
use crate::page::Page;

/// What a case asks for; `pages/person.js` says what each is.
#[derive(Deserialize)]
#[serde(tag = "does", rename_all = "camelCase")]
enum Wish {
    Click { selector: String },
    ClickAt { x: i64, y: i64 },
    ClickDialogButton { name: String },
    ClickDialogBar,
    Press { key: String },
    Windows { count: usize },
    InPopup { script: String },
    ClickInPopup { selector: String },
    ClosePopup,
    ToFront,
    LookAtAnotherTab,
    InFrame { script: String },
    TypeInFrame { text: String },
    Prefer { feature: String, value: String },
    Resize { width: u32, height: u32 },
    Hears { selector: String },
    Axe { when: String },
    Held,
    Report { name: String, figures: Value },
    LeavesNothing,
}

/// Plays a case to its end. `names`: where it is in the module at `path`; `of`: what it gets.
pub async fn plays(page: &Page, path: &str, names: &[&str], of: &[&str]) {
    let mut wish = page.run(&format!("return await begins({path:?}, {names:?}, {of:?})")).await;
    while !wish.is_null() {
        let wanted = serde_json::from_value(wish.clone()).unwrap_or_else(|error| panic!("{wish}: {error}"));
        let answer = does(page, wanted).await;
        wish = page.run(&format!("return await goesOn({answer})")).await;
    }
}

/// Does it, and gives what the case waits for.
async fn does(page: &Page, wish: Wish) -> Value {
    match wish {
        Wish::Click { selector } => page.click(&selector).await,
        Wish::ClickAt { x, y } => page.click_at(x, y).await,
        Wish::ClickDialogButton { name } => page.click_dialog_button(&name).await,
        Wish::ClickDialogBar => page.click_dialog_bar().await,
        Wish::Press { key } => match key.strip_prefix("Shift+") {
            Some(key) => page.press_with(Key::Shift, key_named(key)).await,
            None => page.press(key_named(&key)).await,
        },
        Wish::Windows { count } => drop(page.windows(count).await),
        Wish::InPopup { script } => {
            let popup = page.enter_popup().await;
            let answer = page.eval(&script).await;
            page.leave_popup(popup).await;
            return answer;
        }
        Wish::ClickInPopup { selector } => {
            let popup = page.enter_popup().await;
            page.click(&selector).await;
            page.leave_popup(popup).await;
        }
        Wish::ClosePopup => {
            let popup = page.enter_popup().await;
            page.driver.close_window().await.expect("a popup");
            page.leave_popup(popup).await;
        }
        Wish::ToFront => page.to_front().await,
        Wish::LookAtAnotherTab => {
            let this = page.driver.window().await.expect("a window");
            let tab = page.driver.new_tab().await.expect("a tab");
            page.driver.switch_to_window(tab).await.expect("a tab");
            page.goto(&format!("{}/puppet", page.origins.attacker)).await;
            page.driver.close_window().await.expect("a tab");
            page.driver.switch_to_window(this).await.expect("a window");
        }
        Wish::InFrame { script } => {
            page.enter_frame().await;
            let answer = page.eval(&script).await;
            page.leave_frame().await;
            return answer;
        }
        Wish::TypeInFrame { text } => {
            page.enter_frame().await;
            page.press(text.replace('\t', &Key::Tab.value().to_string())).await;
            page.leave_frame().await;
        }
        Wish::Prefer { feature, value } => page.prefer(&feature, &value).await,
        Wish::Resize { width, height } => {
            page.driver.set_window_rect(0, 0, width, height).await.expect("a window can be resized");
        }
        Wish::Hears { selector } => return heard(page, &selector).await,
        Wish::Axe { when } => axe::finds_nothing(page, &when).await,
        Wish::Held => return held(page).await,
        Wish::Report { name, figures } => report(&name, &figures),
        Wish::LeavesNothing => page.is_clean().await,
    }
    Value::Null
}

/// The key by the name that a page's own event gives it.
fn key_named(name: &str) -> Key {
    match name {
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "PageDown" => Key::PageDown,
        "Space" => Key::Space,
        "Tab" => Key::Tab,
        other => panic!("person.rs knows no key {other}"),
    }
}

/// What a browser tells assistive technology of an element: <https://w3c.github.io/webdriver/#get-computed-role>.
#[derive(Debug)]
struct Told {
    element: ElementId,
    what: &'static str,
}

impl FormatRequestData for Told {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(Method::GET, format!("/session/{session}/element/{}/{}", self.element, self.what))
    }
}

/// The role and the name of an element of the widget's.
async fn heard(page: &Page, selector: &str) -> Value {
    let element = page
        .element(&format!(
            "return document.querySelector('[data-link-widget]').shadowRoot.querySelector({selector:?})"
        ))
        .await;
    let told = async |what| {
        let answer = page.driver.cmd(Told { element: element.element_id(), what }).await;
        answer.and_then(|answer| answer.value_json()).unwrap_or_else(|error| panic!("{what}: {error}"))
    };
    json!([told("computedrole").await, told("computedlabel").await])
}

/// What the browser says that the page holds, after it has thrown away what nobody uses. No other browser tells.
async fn held(page: &Page) -> Value {
    if page.browser != Browser::Chromium {
        return Value::Null;
    }
    let cdp = page.driver.cdp();
    // what a collection frees may free more in the next
    for _ in 0..3 {
        cdp.send_raw("HeapProfiler.collectGarbage", json!({})).await.expect("a collection");
    }
    cdp.send_raw("Performance.enable", json!({})).await.expect("figures");
    let figures = cdp.send_raw("Performance.getMetrics", json!({})).await.expect("figures");
    let figure = |name: &str| {
        let metrics = figures["metrics"].as_array().expect("a list");
        let metric = metrics.iter().find(|metric| metric["name"] == name).expect("a figure");
        metric["value"].as_f64().expect("a number") as u64
    };
    let counts = ["Documents", "Frames", "JSEventListeners", "Nodes"];
    let counts: serde_json::Map<_, _> =
        counts.iter().map(|name| (name.to_string(), figure(name).into())).collect();
    json!({ "heap": figure("JSHeapUsedSize"), "counts": counts })
}

/// In `target/e2e/remains`.
fn report(name: &str, figures: &Value) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e").join("remains");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(format!("{name}.json")), format!("{figures:#}")).expect("a file");
}

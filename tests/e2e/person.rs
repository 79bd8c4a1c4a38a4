//! Plays the person for a case on the page: does what the case asks `pages/person.js` for.

use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{ElementId, RequestData, SessionId};

use crate::axe;
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
    InFrame { script: String },
    TypeInFrame { text: String },
    Prefer { feature: String, value: String },
    Resize { width: u32, height: u32 },
    Hears { selector: String },
    Axe { when: String },
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

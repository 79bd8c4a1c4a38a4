//! Everybody can use it: in windows that are small, and in the demo. `pages/cases/access.js` has the rest.

use serde_json::json;
use thirtyfour::prelude::*;

use crate::axe;
use crate::page::{Case, Page, case};
use crate::person;
use crate::runs::repeated;

/// What a person may prefer.
const PREFERENCES: &[(&str, &str)] = &[
    ("prefers-color-scheme", "light"),
    ("prefers-color-scheme", "dark"),
    ("forced-colors", "active"),
    ("prefers-contrast", "more"),
];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &(feature, value) in PREFERENCES {
        cases.push(case(format!("axe-core finds nothing in the demo: {feature} {value}"), move |page| {
            demo_checked(page, feature, value)
        }));
    }
    for (name, width, height, font_size) in [
        ("a window of 320 pixels", 320, 640, "100%"),
        ("a zoom of 200%, which halves the window", 500, 380, "100%"),
        ("texts of twice the size", 640, 700, "200%"),
    ] {
        cases.push(case(format!("everything is in view: {name}"), move |page| {
            small(page, width, height, font_size)
        }));
    }
    cases.push(case(
        "the end is told where a screen reader hears it, and the focus is back",
        demo_tells_the_end,
    ));
    cases
}

async fn demo_checked(page: Page, feature: &'static str, value: &'static str) {
    page.prefer(feature, value).await;
    for (mode, scenario) in [("overlay", "manual"), ("popup", "manual"), ("container", "success")] {
        page.goto(&format!("{}/?provider=fiskil&mode={mode}&scenario={scenario}", page.demo)).await;
        page.until_shown("isReady", &[]).await;
        axe::finds_nothing(&page, &format!("{mode}, before")).await;
        page.click("#connect").await;
        if mode == "container" {
            page.until_shown("isEnded", &[]).await;
        } else {
            page.until_shown("isThere", &["[data-link-widget]"]).await;
        }
        axe::finds_nothing(&page, &format!("{mode}, then")).await;
        if mode == "popup" {
            page.click_dialog_button("Cancel").await;
            page.windows(1).await;
        }
    }
    page.prefer(feature, "").await;
}

async fn small(page: Page, width: u32, height: u32, font_size: &'static str) {
    // German and Finnish have the longest words
    let languages = [("en", "ltr"), ("en", "rtl"), ("de", "ltr"), ("fi", "ltr")];
    for (lang, direction) in repeated(page.browser, languages) {
        page.merchant("csp=none").await;
        page.call("access", "embedsWindow", json!([width, height])).await;
        page.driver.enter_frame(0).await.expect("a frame");
        page.merchant_arrives().await;
        assert_eq!(page.eval("return innerWidth").await, width);
        person::plays(&page, "/cases/access.js", &["isInView"], &[lang, direction, font_size]).await;
        page.leave_frame().await;
    }
}

/// The widget is gone when a flow ends, so it is the page that tells how: as the demo does.
async fn demo_tells_the_end(page: Page) {
    for (mode, scenario, says) in [
        ("overlay", "denied", "declined"),
        ("overlay", "success", "connected"),
        ("container", "container-missing", "Display error"),
    ] {
        page.goto(&format!("{}/?provider=fiskil&mode={mode}&scenario={scenario}", page.demo)).await;
        page.until_shown("isReady", &[]).await;
        page.shown("focusOn", &["#connect"]).await;
        page.press(Key::Enter).await;
        page.until_shown("isEnded", &[]).await;
        if scenario == "success" {
            // the last word is the server's
            page.until_shown("isServerDone", &[]).await;
        }
        let told = page.shown("textOf", &["#announcer[role=log]"]).await;
        assert!(told.as_str().is_some_and(|text| text.contains(says)), "{scenario}: {told}");
        assert_eq!(page.focus().await, "connect", "{scenario}");
    }
}

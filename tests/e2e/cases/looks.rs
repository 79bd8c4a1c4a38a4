//! What the page makes the widget look like: the properties and parts of `docs/theming.md`, and the demo's looks.

use serde_json::json;
use thirtyfour::prelude::*;

use crate::axe;
use crate::browser::Browser;
use crate::cases::demo::at;
use crate::page::{Case, Page, case};
use crate::picture;

/// As `www/looks.js` has them.
const LOOKS: [&str; 4] = ["light", "dark", "brand", "sheet"];

/// `draws`: with those that take the pictures for the documentation.
pub fn cases(draws: bool) -> Vec<Case> {
    let mut cases = vec![case("the demo's switch, with a flow open", switched)];
    for look in LOOKS {
        cases.push(case(format!("axe-core finds nothing in the demo: {look}"), move |page| {
            accessible(page, look)
        }));
    }
    if draws {
        cases.extend(of_chromium());
    }
    cases
}

/// What only Chromium's driver can do: a phone's screen, and pictures for the documentation.
fn of_chromium() -> Vec<Case> {
    let mut cases = vec![
        case("a phone: the whole screen, clear of its notch", notch),
        case("the picture of the demo", async |page| {
            page.goto(&demo(&page, "light")).await;
            draw(&page, "docs/demo.png", (1280, 880)).await;
        }),
    ];
    for look in LOOKS {
        cases.push(case(format!("the picture of a look: {look}"), async move |page| {
            page.goto(&demo(&page, look)).await;
            let size = if look == "sheet" { (390, 780) } else { (900, 760) };
            draw(&page, &format!("docs/looks/{look}.png"), size).await;
        }));
    }
    cases
}

fn demo(page: &Page, look: &str) -> String {
    format!("{}/?provider=fiskil&mode=overlay&scenario=manual&look={look}", page.demo)
}

/// Opens the demo's flow, and waits until it is there to be seen.
async fn open(page: &Page) {
    page.until_shown("isReady", &[]).await;
    page.click("#connect").await;
    page.until_shown("isWidgetFocused", &[]).await;
}

async fn close(page: &Page) {
    page.tab_to_close_button().await;
    page.press(Key::Escape).await;
    page.until_shown("isEnded", &[]).await;
    assert_eq!(page.shown("isThere", &["[data-link-widget]"]).await, false);
}

async fn accessible(page: Page, look: &'static str) {
    for is_forced in [false, true] {
        // WebKit forces no colours.
        if is_forced && page.browser == Browser::WebKit {
            return;
        }
        page.prefer("forced-colors", if is_forced { "active" } else { "" }).await;
        page.goto(&demo(&page, look)).await;
        page.until_shown("isReady", &[]).await;
        check(&page, &format!("{look}, before"), is_forced).await;
        open(&page).await;
        check(&page, &format!("{look}, during"), is_forced).await;
        close(&page).await;
    }
    page.prefer("forced-colors", "").await;
}

async fn check(page: &Page, when: &str, is_forced: bool) {
    if is_forced {
        axe::finds_nothing_in_forced_colours(page, &format!("{when}, forced colours")).await;
    } else {
        axe::finds_nothing(page, when).await;
    }
}

async fn switched(page: Page) {
    page.goto(&format!("{}/?provider=fiskil&mode=container&scenario=manual&look=light", page.demo)).await;
    page.until_shown("isReady", &[]).await;
    page.click("#connect").await;
    page.until_shown("isThere", &["#bank [data-link-widget]"]).await;
    page.shown("look", &["brand"]).await;
    page.until_shown("isLook", &["brand", "--link-widget-accent", "rgb(11, 61, 51)"]).await;
    assert_eq!(page.shown("widgets", &[]).await, 1, "the flow stays open");
}

/// A screen of this size, until it is [`wide`] again.
async fn screen(page: &Page, (width, height): (u32, u32)) {
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
    page.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await.expect("a screen");
    page.driver
        .cdp()
        .send_raw("Emulation.setScrollbarsHidden", json!({ "hidden": true }))
        .await
        .expect("no bars");
}

async fn wide(page: &Page) {
    page.driver.cdp().send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await.expect("a screen");
    page.driver
        .cdp()
        .send_raw("Emulation.setScrollbarsHidden", json!({ "hidden": false }))
        .await
        .expect("bars");
}

async fn notch(page: Page) {
    let insets = async |insets| {
        page.driver.cdp().send_raw("Emulation.setSafeAreaInsetsOverride", json!({ "insets": insets })).await
    };
    screen(&page, (390, 844)).await;
    insets(json!({ "top": 47, "bottom": 34, "left": 0, "right": 0 })).await.expect("a notch");
    page.merchant("").await;
    page.call("looks", "isClearOfNotch", json!([])).await;
    insets(json!({})).await.expect("no notch");
    wide(&page).await;
    page.is_clean().await;
}

/// Takes the picture of the demo with its flow open.
async fn draw(page: &Page, path: &str, size: (u32, u32)) {
    screen(page, size).await;
    open(page).await;
    // The cursor blinks in no picture, and the provider's page has drawn what it shows.
    page.enter_frame().await;
    at(page, "bank").await;
    page.leave_frame().await;
    chromium::painted(&page.driver).await.expect("it is seen");
    let png = page.driver.screenshot_as_png().await.expect("a picture");
    wide(page).await;
    close(page).await;
    let drawn = picture::keep(path, &png, has_fonts(page).await).unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(drawn, size, "{path}");
}

/// Whether a text is as wide as where the pictures in the repository were taken.
async fn has_fonts(page: &Page) -> bool {
    let widths = page
        .eval(
            "const pen = document.createElement('canvas').getContext('2d');
             // the page's, and the look `brand`'s
             return [getComputedStyle(document.body).fontFamily, 'Georgia, \"Liberation Serif\", serif'].map((fonts) => {
               pen.font = `100px ${fonts}`;
               return Math.round(pen.measureText('Connect your bank').width);
             })",
        )
        .await;
    widths == json!([948, 962])
}

//! What the page makes the widget look like: the properties and parts of `docs/theming.md`, and the demo's looks.

use serde_json::json;
use thirtyfour::prelude::*;

use crate::axe;
use crate::browser::Browser;
use crate::page::{Case, Page, case, script};
use crate::picture;

/// As `www/looks.js` has them.
const LOOKS: [&str; 4] = ["light", "dark", "brand", "sheet"];

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        script("each property, in a dialog and in a container", PROPERTIES, json!([])),
        script(
            "each part",
            "const sheet = new CSSStyleSheet();
             document.adoptedStyleSheets = [sheet];
             const wrong = [];
             for (const part of ['dialog', 'bar', 'title', 'close', 'status', 'frame']) {
                sheet.replaceSync(`[data-link-widget]::part(${part}) { border-color: rgb(1, 2, 3) }`);
                const { flow } = await started();
                const elements = shadow().querySelectorAll('*');
                const found = [...elements].filter((one) => getComputedStyle(one).borderTopColor === 'rgb(1, 2, 3)');
                if (found.length !== 1 || found[0].part.value !== part) wrong.push([part, found.map(({ localName }) => localName)]);
                flow.close();
                await end(flow);
             }
             document.adoptedStyleSheets = [];
             return wrong",
            json!([]),
        ),
        script("an on-screen keyboard, and a page that is zoomed in", KEYBOARD, json!([])),
        case("the demo's switch, with a flow open", switched),
    ];
    for look in LOOKS {
        cases.push(case(format!("axe-core finds nothing in the demo: {look}"), move |page| {
            accessible(page, look)
        }));
    }
    cases
}

/// What only Chromium's driver can do: a phone's screen, and pictures for the documentation.
pub fn of_chromium() -> Vec<Case> {
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
    page.until("return document.body.dataset.state === 'ready'").await;
    page.click("#connect").await;
    page.until("return document.querySelector('[data-link-widget]')?.shadowRoot.activeElement?.localName === 'iframe'")
        .await;
}

async fn close(page: &Page) {
    page.tab_to_close_button().await;
    page.press(Key::Escape).await;
    page.until("return document.querySelector('[data-link-widget]') === null").await;
}

async fn accessible(page: Page, look: &'static str) {
    for is_forced in [false, true] {
        // WebKit forces no colours.
        if is_forced && page.browser == Browser::WebKit {
            return;
        }
        page.prefer("forced-colors", if is_forced { "active" } else { "" }).await;
        page.goto(&demo(&page, look)).await;
        page.until("return document.body.dataset.state === 'ready'").await;
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
    page.until("return document.body.dataset.state === 'ready'").await;
    page.click("#connect").await;
    page.until("return document.querySelector('#bank [data-link-widget]') !== null").await;
    page.eval(
        "const look = document.getElementById('look');
         look.value = 'brand';
         look.dispatchEvent(new Event('change', { bubbles: true }))",
    )
    .await;
    page.until(
        "const { shadowRoot } = document.querySelector('#bank [data-link-widget]');
         return getComputedStyle(shadowRoot.querySelector('.page')).backgroundColor === 'rgb(11, 61, 51)'",
    )
    .await;
    let told = "return [new URLSearchParams(location.search).get('look'),
        document.getElementById('look-code').textContent.includes('--link-widget-accent'), document.body.dataset.state]";
    assert_eq!(page.eval(told).await, json!(["brand", true, "open"]));
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
    page.run("window.flow = (await started()).flow").await;
    let places = page
        .run(
            "const place = (selector) => {
                const { top, bottom, left, right } = shadow().querySelector(selector).getBoundingClientRect();
                return { top, bottom, left, right };
             };
             return { dialog: place('dialog'), bar: place('.bar').top, frame: place('iframe').bottom }",
        )
        .await;
    let whole = json!({ "top": 0, "bottom": 844, "left": 0, "right": 390 });
    assert_eq!(places, json!({ "dialog": whole, "bar": 47, "frame": 810 }));
    page.run("flow.close(); await end(flow)").await;
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
    page.until("return document.getElementById('step-bank')?.hidden === false").await;
    chromium::painted(&page.driver).await.expect("it is seen");
    page.leave_frame().await;
    chromium::painted(&page.driver).await.expect("it is seen");
    let png = page.driver.screenshot_as_png().await.expect("a picture");
    let drawn = picture::keep(path, &png).unwrap_or_else(|error| panic!("{path}: {error:?}"));
    assert_eq!(drawn, size, "{path}");
    wide(page).await;
    close(page).await;
}

const PROPERTIES: &str = "
    const set = {
        background: 'rgb(1, 2, 3)', color: 'rgb(250, 251, 252)', accent: 'rgb(4, 5, 6)', radius: '7px', backdrop: 'rgb(8, 9, 10)',
        font: 'monospace', width: '321px', height: '432px', 'min-height': '234px',
    };
    const wrong = [];
    const is = (name, value, expected) => value === expected || wrong.push([name, value, expected]);
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [sheet];
    const properties = Object.entries(set).map(([name, value]) => `--link-widget-${name}:${value}`).join(';');
    const colours = (element) => {
        const { backgroundColor, color, fontFamily } = getComputedStyle(element);
        is('background', backgroundColor, set.background);
        is('color', color, set.color);
        is('font', fontFamily, set.font);
    };
    sheet.replaceSync(`:root { ${properties} }`);
    const { flow: inDialog } = await started();
    const modal = shadow().querySelector('dialog');
    colours(modal);
    is('radius', getComputedStyle(modal).borderTopLeftRadius, set.radius);
    is('width', modal.offsetWidth, 321);
    is('height', modal.offsetHeight, 432);
    is('backdrop', getComputedStyle(modal, '::backdrop').backgroundColor, set.backdrop);
    const button = shadow().querySelector('button');
    button.focus({ focusVisible: true });
    if (button.matches(':focus-visible')) is('accent', getComputedStyle(button).outlineColor, set.accent);
    inDialog.close();
    await end(inDialog);
    sheet.replaceSync(`#bank { ${properties}; height: auto }`);
    const flow = start({ container: 'bank', authServer: `${origins.provider}/hold/never` });
    colours(shadow().querySelector('.page'));
    const status = shadow().querySelector('[role=status]');
    is('accent', getComputedStyle(status, '::before').borderTopColor, set.accent);
    is('min-height', hosts()[0].offsetHeight, 234);
    flow.close();
    await end(flow);
    document.adoptedStyleSheets = [];
    return wrong";

const KEYBOARD: &str = "
    const seen = Object.assign(new EventTarget(), { offsetTop: 0, height: innerHeight, scale: 1 });
    Object.defineProperty(window, 'visualViewport', { value: seen, configurable: true });
    const wrong = [];
    const { flow } = await started();
    const modal = shadow().querySelector('dialog');
    const is = (when, place, expected) => {
        const { top, bottom } = modal.getBoundingClientRect();
        if (Math.abs(top - expected[0]) > 1 || Math.abs(bottom - expected[1]) > 1) wrong.push([when, top, bottom, expected]);
    };
    const { top, bottom } = modal.getBoundingClientRect();
    const change = (type, now) => {
        Object.assign(seen, now);
        seen.dispatchEvent(new Event(type));
    };
    change('resize', { height: 300 });
    is('the keyboard is there', modal, [0, 300]);
    change('scroll', { offsetTop: 20 });
    is('the browser has scrolled to the field', modal, [20, 320]);
    change('resize', { offsetTop: 100, height: 200, scale: 2 });
    is('zoomed in', modal, [top, bottom]);
    change('resize', { offsetTop: 0, height: innerHeight, scale: 1 });
    is('the keyboard has gone', modal, [top, bottom]);
    flow.close();
    await end(flow);
    delete window.visualViewport;
    return wrong";

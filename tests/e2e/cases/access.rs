//! Everybody can use it: what a screen reader is told, with the keyboard alone, from right to left, large, in few colours.

use axum::http::Method;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{ElementId, RequestData, SessionId};

use crate::axe;
use crate::page::{Case, Page, case};
use crate::runs::repeated;

/// Where a flow is, and how it is opened there in a click.
const PLACES: &[(&str, &str)] = &[
    ("overlay", "launch('flinks', { mode: 'overlay' })"),
    ("overlay, loading", "launch('flinks', { mode: 'overlay', to: `${origins.provider}/hold/never` })"),
    ("container", "launch('flinks', { container: 'bank' })"),
    ("container, loading", "launch('flinks', { container: 'bank', to: `${origins.provider}/hold/never` })"),
    ("popup", "launch('flinks', { mode: 'popup' })"),
    (
        "a page to look at",
        "(({ ready, close }) => Object.assign(ready, { close, events: [{ type: 'load' }] }))(embedTool(puppet(), { container: 'bank' }))",
    ),
];

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
        cases.push(case(format!("axe-core finds nothing: {feature} {value}"), move |page| {
            checked(page, feature, value)
        }));
        cases.push(case(format!("axe-core finds nothing in the demo: {feature} {value}"), move |page| {
            demo_checked(page, feature, value)
        }));
    }
    for (name, width, height, style) in [
        ("a window of 320 pixels", 320, 640, ""),
        ("a zoom of 200%, which halves the window", 500, 380, ""),
        ("texts of twice the size", 640, 700, "document.documentElement.style.fontSize = '200%'"),
    ] {
        cases.push(case(format!("everything is in view: {name}"), move |page| {
            small(page, width, height, style)
        }));
    }
    cases.push(case("what a screen reader is told", roles_and_names));
    cases.push(case("by keyboard: an overlay, there and back", overlay_by_keyboard));
    cases.push(case("by keyboard: a popup's dialog, there and back", popup_by_keyboard));
    cases.push(case("by keyboard: a container, in the order of the page", container_by_keyboard));
    cases.push(case(
        "the end is told where a screen reader hears it, and the focus is back",
        demo_tells_the_end,
    ));
    cases.push(case("from right to left", right_to_left));
    cases.push(case("nothing turns in a container for those who do not want it", reduced_motion));
    cases
}

/// Opens a flow in a click, and waits for its page.
async fn open(page: &Page, place: &str, flow: &str) {
    page.start_at_click(&format!("return {flow}")).await;
    let is_there = match place {
        "popup" => "await reached()",
        _ if place.ends_with("loading") => "await until(() => hosts().length === 1)",
        "a page to look at" => "await flow",
        _ => "await until(() => flow.events.some(({ type }) => type === 'load'))",
    };
    page.run(is_there).await;
}

async fn close(page: &Page) {
    page.run("flow.close(); await flow.catch(() => {}); document.activeElement.blur()").await;
    page.windows(1).await;
}

async fn checked(page: Page, feature: &'static str, value: &'static str) {
    page.prefer(feature, value).await;
    for direction in repeated(page.browser, ["ltr", "rtl"]) {
        for (place, flow) in PLACES {
            page.merchant("").await;
            page.eval(&format!("document.documentElement.dir = '{direction}'")).await;
            assert_eq!(page.eval(&format!("return matchMedia('({feature}: {value})').matches")).await, true);
            open(&page, place, flow).await;
            axe::finds_nothing(&page, &format!("{place}, {direction}")).await;
            close(&page).await;
        }
    }
    page.prefer(feature, "").await;
}

async fn demo_checked(page: Page, feature: &'static str, value: &'static str) {
    page.prefer(feature, value).await;
    for (mode, scenario) in [("overlay", "manual"), ("popup", "manual"), ("container", "success")] {
        page.goto(&format!("{}/?provider=fiskil&mode={mode}&scenario={scenario}", page.demo)).await;
        page.until("return document.body.dataset.state === 'ready'").await;
        axe::finds_nothing(&page, &format!("{mode}, before")).await;
        page.click("#connect").await;
        let is_there = match mode {
            "container" => "return document.getElementById('outcome').dataset.outcome !== ''",
            _ => "return document.querySelector('[data-link-widget]') !== null",
        };
        page.until(is_there).await;
        axe::finds_nothing(&page, &format!("{mode}, then")).await;
        if mode == "popup" {
            page.click_dialog_button("Cancel").await;
            page.windows(1).await;
        }
    }
    page.prefer(feature, "").await;
}

/// A window of this size, as a frame: a browser's own has a least size.
async fn small(page: Page, width: u32, height: u32, style: &'static str) {
    // German and Finnish have the longest words
    let languages = [("en", "ltr"), ("en", "rtl"), ("de", "ltr"), ("fi", "ltr")];
    for (lang, direction) in repeated(page.browser, languages) {
        for (place, flow) in PLACES {
            page.merchant("csp=none").await;
            page.eval(&format!(
                "const frame = document.createElement('iframe');
                 Object.assign(frame, {{ src: '/', width: {width}, height: {height}, title: 'A small window' }});
                 document.body.replaceChildren(frame)"
            ))
            .await;
            page.driver.enter_frame(0).await.expect("a frame");
            page.until("return location.href !== 'about:blank' && window.isReady === true").await;
            assert_eq!(page.eval("return innerWidth").await, width);
            page.eval(&format!(
                "Object.assign(document.documentElement, {{ dir: '{direction}', lang: '{lang}' }}); {style}"
            ))
            .await;
            if lang != "en" {
                page.run(&format!("await load('/pkg/locales/{lang}.js')")).await;
            }
            open(&page, place, flow).await;
            let out_of_view = page
                .eval(
                    "const { shadowRoot } = document.querySelector('[data-link-widget]');
                     const dialog = shadowRoot.querySelector('dialog');
                     const shown = [...shadowRoot.querySelectorAll('button, h2, p, [role=status]:not(:empty)')];
                     const isOut = (element) => {
                        const { left, right, top, bottom } = element.getBoundingClientRect();
                        return left < 0 || right > innerWidth || (dialog && (top < 0 || bottom > innerHeight)) || element.scrollWidth > element.clientWidth + 1;
                     };
                     const small = shown.filter((element) => element.matches('button')).filter((button) => {
                        const { width, height } = button.getBoundingClientRect();
                        return width < 24 || height < 24;
                     });
                     const frame = shadowRoot.querySelector('iframe')?.getBoundingClientRect();
                     const { lang } = document.documentElement;
                     return [...(lang === shadowRoot.host.lang ? [] : [`the words are not in ${lang}`]), ...shown.filter(isOut), ...small].map(({ outerHTML }) => outerHTML)
                        .concat(dialog && dialog.scrollWidth > dialog.clientWidth ? ['the dialog scrolls sideways'] : [])
                        .concat(frame && (frame.width < innerWidth / 2 || frame.height < 100) ? [`the frame is ${frame.width} x ${frame.height}`] : [])",
                )
                .await;
            assert_eq!(out_of_view, json!([]), "{place}, {lang}, {direction}");
            if lang == "en" {
                axe::finds_nothing(&page, &format!("{place}, {direction}")).await;
            }
            close(&page).await;
            page.leave_frame().await;
        }
    }
}

/// What a browser tells assistive technology of an element.
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
async fn told(page: &Page, selector: &str) -> [Value; 2] {
    let element = page
        .element(&format!(
            "return document.querySelector('[data-link-widget]').shadowRoot.querySelector({selector:?})"
        ))
        .await;
    let mut told = [Value::Null, Value::Null];
    for (told, what) in told.iter_mut().zip(["computedrole", "computedlabel"]) {
        let answer = page.driver.cmd(Told { element: element.element_id(), what }).await;
        *told =
            answer.and_then(|answer| answer.value_json()).unwrap_or_else(|error| panic!("{what}: {error}"));
    }
    told
}

async fn roles_and_names(page: Page) {
    for (place, flow) in PLACES {
        page.merchant("").await;
        open(&page, place, flow).await;
        let is_dialog = place.starts_with("overlay") || *place == "popup";
        if is_dialog {
            assert_eq!(told(&page, "dialog").await, [json!("dialog"), json!("Connect your bank")], "{place}");
            assert_eq!(told(&page, ".bar button").await, [json!("button"), json!("Close")], "{place}");
            assert_eq!(told(&page, "h2").await, [json!("heading"), json!("Connect your bank")], "{place}");
        }
        if *place == "popup" {
            assert_eq!(told(&page, ".actions button").await, [json!("button"), json!("Show it")]);
            assert_eq!(told(&page, ".actions button:last-child").await, [json!("button"), json!("Cancel")]);
        } else {
            // how a frame's role is called is the browser's own; its name is not
            assert_eq!(told(&page, "iframe").await[1], "Connect your bank", "{place}");
        }
        if place.ends_with("loading") {
            assert_eq!(told(&page, "[role=status]").await[0], "status", "{place}");
            assert_eq!(
                page.run("return shadow().querySelector('[role=status]').textContent").await,
                "Loading…"
            );
        }
        close(&page).await;
    }
}

/// Where the focus is, as far in as it goes.
const FOCUS: &str = "let active = document.activeElement;
     while (active.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
     return active.ariaLabel || (active.localName === 'button' && active.textContent) || active.localName";

/// Presses Tab until the focus is on the button that opens the flow.
async fn tab_to_connect(page: &Page) {
    for _ in 0..10 {
        if page.eval(FOCUS).await == "Connect" {
            return;
        }
        page.press(Key::Tab).await;
    }
    panic!("Tab does not come to the button");
}

/// Presses a key as often as these are given, which are where it leads.
async fn leads_to(page: &Page, key: Key, places: &[&str]) {
    for place in places {
        match key {
            Key::Shift => page.press_with(Key::Shift, Key::Tab).await,
            _ => page.press(key.clone()).await,
        }
        assert_eq!(page.eval(FOCUS).await, *place, "{places:?}");
    }
}

async fn overlay_by_keyboard(page: Page) {
    for way_back in [Key::Enter, Key::Space, Key::Escape] {
        page.merchant("").await;
        page.run(
            "atClick(() => launch('finx', { mode: 'overlay', to: `${origins.provider}/hold/keyboard` }))",
        )
        .await;
        tab_to_connect(&page).await;
        page.press(Key::Enter).await;
        assert_eq!(page.eval(FOCUS).await, "dialog");
        leads_to(&page, Key::Tab, &["Close"]).await;
        page.press(way_back).await;
        let told = page.run("await until(() => settled.length > 0); return settled[0].code").await;
        assert_eq!(told, "LINK_USER_CANCELLED");
        assert_eq!(page.eval(FOCUS).await, "Connect");
        page.is_clean().await;
    }
}

async fn popup_by_keyboard(page: Page) {
    for (steps, key) in
        [(&["Close"][..], Key::Enter), (&["Close", "Show it", "Cancel"], Key::Space), (&[], Key::Escape)]
    {
        page.merchant("").await;
        page.run("atClick(() => launch('finqlink'))").await;
        tab_to_connect(&page).await;
        page.press(Key::Enter).await;
        // to the other window and back, as the person: Firefox takes no key in a window that has not the focus
        let popup = page.enter_popup().await;
        page.leave_popup(popup).await;
        assert_eq!(page.eval(FOCUS).await, "dialog");
        leads_to(&page, Key::Tab, steps).await;
        page.press(key).await;
        let told = page.run("await until(() => settled.length > 0); return settled[0].code").await;
        assert_eq!(told, "LINK_USER_CANCELLED");
        assert_eq!(page.eval(FOCUS).await, "Connect");
        page.is_clean().await;
    }
}

async fn container_by_keyboard(page: Page) {
    page.merchant("").await;
    page.run("atClick(() => launch('flinks', { container: 'bank' }))").await;
    tab_to_connect(&page).await;
    page.press(Key::Enter).await;
    page.run("await until(() => flow.events.some(({ type }) => type === 'load'))").await;
    // it takes the focus from nobody, and comes next in the order of the page
    assert_eq!(page.eval(FOCUS).await, "Connect");
    leads_to(&page, Key::Tab, &["iframe"]).await;
    leads_to(&page, Key::Shift, &["Connect"]).await;
    page.run("flow.close(); await end(flow)").await;
    assert_eq!(page.eval(FOCUS).await, "Connect");
    page.is_clean().await;
}

/// The widget is gone when a flow ends, so it is the page that tells how: as the demo does.
async fn demo_tells_the_end(page: Page) {
    for (mode, scenario, says) in [
        ("overlay", "denied", "declined"),
        ("overlay", "success", "connected"),
        ("container", "container-missing", "Display error"),
    ] {
        page.goto(&format!("{}/?provider=fiskil&mode={mode}&scenario={scenario}", page.demo)).await;
        page.until("return document.body.dataset.state === 'ready'").await;
        page.eval("document.getElementById('connect').focus()").await;
        page.press(Key::Enter).await;
        page.until("return document.getElementById('outcome').dataset.outcome !== ''").await;
        let told = page
            .eval("const { role, textContent } = document.getElementById('announcer'); return [role, textContent, document.activeElement.id]")
            .await;
        assert_eq!([&told[0], &told[2]], [&json!("status"), &json!("connect")], "{scenario}");
        assert!(told[1].as_str().is_some_and(|text| text.contains(says)), "{scenario}: {told}");
    }
}

async fn right_to_left(page: Page) {
    for (direction, expected) in [("ltr", "right"), ("rtl", "left")] {
        for place in ["overlay", "popup"] {
            page.merchant("").await;
            page.eval(&format!("document.documentElement.dir = '{direction}'")).await;
            open(&page, place, &format!("launch('flinks', {{ mode: '{place}', title: 'حسابك' }})")).await;
            let told = page
                .run(
                    "const box = (selector) => shadow().querySelector(selector).getBoundingClientRect();
                     const [button, title, dialog] = ['.bar button', 'h2', 'dialog'].map(box);
                     return [button.left > title.left ? 'right' : 'left', getComputedStyle(shadow().querySelector('h2')).direction,
                        button.left >= dialog.left && button.right <= dialog.right]",
                )
                .await;
            assert_eq!(told, json!([expected, direction, true]), "{place}");
            close(&page).await;
        }
    }
}

async fn reduced_motion(page: Page) {
    for (value, name) in [("no-preference", "turn"), ("reduce", "none")] {
        page.prefer("prefers-reduced-motion", value).await;
        page.merchant("").await;
        open(&page, PLACES[3].0, PLACES[3].1).await;
        let shown = page
            .run("return getComputedStyle(shadow().querySelector('[role=status]'), '::before').animationName")
            .await;
        assert_eq!(shown, name);
        close(&page).await;
    }
    page.prefer("prefers-reduced-motion", "").await;
}

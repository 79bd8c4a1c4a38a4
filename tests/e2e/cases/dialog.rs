//! The dialog and the container as people meet them: with a keyboard, a mouse, a screen reader.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::Key;
use tokio::time::timeout;

use crate::axe;
use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    vec![
        case("the dialog has the focus until the page has loaded, then the page", focus_moves_into_the_page),
        case("a person who has moved on is not pulled back", focus_is_not_pulled_back),
        case("the close button comes first in the tab order", close_button_is_first),
        case("the close button closes, by mouse and by keyboard", close_button_closes),
        case("Escape cancels", escape_cancels),
        case("without a close button nothing but the page's code closes it", no_close_button),
        case("a click beside the dialog does nothing", backdrop_click),
        case("an invalid session stays to be read until the close button or Escape", invalid_session_stays),
        case("the page behind it does not scroll", page_does_not_scroll),
        case("nothing turns for those who do not want it", reduced_motion),
        case("light, dark and the checks of axe-core", light_and_dark),
        case("a narrow window is filled, a wide one is not", sizes),
    ]
}

/// A flow whose end is in `window.ended`.
async fn open(page: &Page, options: &str) {
    page.run(&format!("window.ended = end((await started({options})).flow)")).await;
}

/// A flow whose page does not load until it is released.
async fn open_held(page: &Page, key: &str) {
    let options = format!("{{ authServer: `${{origins.provider}}/hold/{key}` }}");
    page.run(&format!("window.flow = start({options}); window.ended = end(flow)")).await;
}

async fn release(page: &Page, key: &str) {
    page.run(&format!(
        "await release('{key}'); await until(() => flow.events.some(({{ type }}) => type === 'load'))"
    ))
    .await;
}

/// How the flow ended; `null`: it is pending.
async fn ended(page: &Page) -> Value {
    page.run("return Promise.race([window.ended, pause(150).then(() => null)])").await
}

async fn close_and_check(page: &Page) {
    page.run("document.querySelector('[data-link-widget]')?.shadowRoot.querySelector('button').click(); await window.ended; document.activeElement.blur()").await;
    page.is_clean().await;
}

async fn focus_moves_into_the_page(page: Page) {
    page.merchant("").await;
    page.eval("document.getElementById('connect').focus()").await;
    open_held(&page, "focus-moves").await;
    assert_eq!(page.focus().await, "dialog");
    release(&page, "focus-moves").await;
    assert_eq!(page.focus().await, "iframe");
    page.enter_frame().await;
    assert_eq!(page.eval("return document.hasFocus()").await, true);
    // typed where the focus is: the first that a Tab reaches in the provider's page
    for _ in 0..20 {
        // one that is quicker than the news of the focus goes to the page around, from where the next ones come back
        page.press(Key::Tab).await;
        let is_there = page.until("return document.activeElement.localName === 'input'");
        if timeout(Duration::from_millis(500), is_there).await.is_ok() {
            break;
        }
    }
    page.press("typed").await;
    page.until("return document.querySelector('input').value === 'typed'").await;
    page.leave_frame().await;
    close_and_check(&page).await;
}

async fn focus_is_not_pulled_back(page: Page) {
    page.merchant("").await;
    open_held(&page, "not-pulled").await;
    page.press(Key::Tab).await;
    assert_eq!(page.focus().await, "button");
    release(&page, "not-pulled").await;
    assert_eq!(page.focus().await, "button");
    close_and_check(&page).await;
}

async fn close_button_is_first(page: Page) {
    page.merchant("").await;
    open_held(&page, "first").await;
    page.press(Key::Tab).await;
    assert_eq!(page.focus().await, "button");
    page.press(Key::Tab).await;
    assert_eq!(page.focus().await, "iframe");
    page.press_with(Key::Shift, Key::Tab).await;
    assert_eq!(page.focus().await, "button", "and back");
    release(&page, "first").await;
    close_and_check(&page).await;
}

async fn close_button_closes(page: Page) {
    page.merchant("").await;
    for how in ["mouse", "Enter", "space"] {
        open(&page, "{}").await;
        let button = page
            .element("return document.querySelector('[data-link-widget]').shadowRoot.querySelector('button')")
            .await;
        match how {
            "mouse" => page.click_on(&button).await,
            "Enter" => button.send_keys(Key::Enter + "").await.expect("a button"),
            _ => button.send_keys(" ").await.expect("a button"),
        }
        assert_eq!(ended(&page).await, "LINK_USER_CANCELLED", "{how}");
        page.is_clean().await;
    }
}

async fn escape_cancels(page: Page) {
    page.merchant("").await;
    open_held(&page, "escape").await;
    page.press(Key::Escape).await;
    assert_eq!(ended(&page).await, "LINK_USER_CANCELLED", "while it loads");
    page.is_clean().await;

    open(&page, "{}").await;
    page.tab_to_close_button().await;
    page.press(Key::Escape).await;
    assert_eq!(ended(&page).await, "LINK_USER_CANCELLED", "after it has loaded");
    page.is_clean().await;
}

async fn no_close_button(page: Page) {
    page.merchant("").await;
    page.run(
        "window.flow = start({ closeButton: false, authServer: `${origins.provider}/hold/never` }); window.ended = end(flow)",
    )
    .await;
    let shadow = "const { shadowRoot } = document.querySelector('[data-link-widget]');";
    assert_eq!(page.eval(&format!("{shadow} return shadowRoot.querySelectorAll('button').length")).await, 0);
    for _ in 0..4 {
        page.press(Key::Escape).await;
    }
    page.click_at(5, 5).await;
    // a click lets a browser close a dialog against the page's will
    for _ in 0..4 {
        page.press(Key::Escape).await;
    }
    assert_eq!(ended(&page).await, Value::Null);
    let modal = format!("{shadow} return shadowRoot.querySelector('dialog').matches(':modal')");
    assert_eq!(page.eval(&modal).await, true);
    page.run("flow.close()").await;
    assert_eq!(ended(&page).await, "LINK_USER_CANCELLED");
    page.is_clean().await;
}

async fn backdrop_click(page: Page) {
    page.merchant("").await;
    open(&page, "{}").await;
    for (x, y) in [(5, 5), (20, 300), (980, 5)] {
        page.click_at(x, y).await;
    }
    assert_eq!(ended(&page).await, Value::Null);
    close_and_check(&page).await;
}

async fn invalid_session_stays(page: Page) {
    page.merchant("").await;
    for how in ["button", "Escape"] {
        open(&page, "{}").await;
        page.run("say({ isCompleted: false, error: 'used', errorType: 'LINK_INVALID_SESSION' })").await;
        assert_eq!(ended(&page).await, "LINK_INVALID_SESSION");
        assert_eq!(page.run("return hosts().length").await, 1, "it stays");
        page.tab_to_close_button().await;
        page.press(if how == "button" { Key::Enter } else { Key::Escape }).await;
        page.until("return document.querySelector('[data-link-widget]') === null").await;
        page.is_clean().await;
    }
}

async fn page_does_not_scroll(page: Page) {
    page.merchant("").await;
    let scrolls = async || {
        page.press(Key::PageDown).await;
        page.run("await pause(400); return scrollY > 0").await == true
    };
    assert!(scrolls().await, "by itself the page scrolls");
    page.eval("scrollTo(0, 0)").await;
    let width = "return document.querySelector('h1').getBoundingClientRect().width";
    let before = page.eval(width).await;
    open_held(&page, "scroll").await;
    assert!(!scrolls().await, "behind the dialog it does not");
    assert_eq!(page.eval(width).await, before, "nor does it move sideways");
    release(&page, "scroll").await;
    close_and_check(&page).await;
}

async fn reduced_motion(page: Page) {
    let turns = "const status = document.querySelector('[data-link-widget]').shadowRoot.querySelector('[role=status]');
        return getComputedStyle(status, '::before').animationName";
    for (value, animation) in [("no-preference", "turn"), ("reduce", "none")] {
        page.prefer("prefers-reduced-motion", value).await;
        // WebKit asks for a shadow tree's media features once a page
        page.merchant("").await;
        let key = format!("motion-{value}");
        open_held(&page, &key).await;
        assert_eq!(page.eval(turns).await, animation);
        release(&page, &key).await;
        close_and_check(&page).await;
    }
    page.prefer("prefers-reduced-motion", "").await;
}

async fn light_and_dark(page: Page) {
    let background = "const { shadowRoot } = document.querySelector('[data-link-widget]');
        const place = shadowRoot.querySelector('dialog') ?? shadowRoot.querySelector('.page');
        const [red] = getComputedStyle(place).backgroundColor.match(/\\d+/);
        return red < 128 ? 'dark' : 'light'";
    for scheme in ["light", "dark"] {
        page.prefer("prefers-color-scheme", scheme).await;
        for options in ["{}", "{ container: 'bank' }"] {
            // axe-core adds to the page
            page.merchant("").await;
            let held = "authServer: `${origins.provider}/hold/never`";
            page.run(&format!("window.flow = start({{ {held}, ...{options} }}); window.ended = end(flow)"))
                .await;
            assert_eq!(page.eval(background).await, scheme, "{options}");
            axe::finds_nothing(&page, &format!("{scheme}, loading, {options}")).await;
            page.run("flow.close(); await window.ended").await;
            open(&page, options).await;
            axe::finds_nothing(&page, &format!("{scheme}, loaded, {options}")).await;
        }
    }
    page.prefer("prefers-color-scheme", "").await;
}

async fn sizes(page: Page) {
    let size = "const { width, height } = document.querySelector('[data-link-widget]').shadowRoot.querySelector('dialog').getBoundingClientRect();
        const { clientWidth, clientHeight } = document.documentElement;
        // but for the room that a scroll bar had
        return [clientWidth - width < 20, clientHeight === height]";
    for (width, height, expect) in [(1000, 1100, [false, false]), (500, 700, [true, true])] {
        page.driver.set_window_rect(0, 0, width, height).await.expect("a window");
        page.merchant("").await;
        open(&page, "{}").await;
        assert_eq!(page.eval(size).await, json!(expect), "{width} x {height}");
        close_and_check(&page).await;
    }
    page.driver.set_window_rect(0, 0, 1000, 1100).await.expect("a window");
}

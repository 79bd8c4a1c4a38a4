//! When it goes wrong it says so: each failure has its code and a message that names the cause and what to do, and the
//! page is as it was.

use std::time::Duration;

use serde_json::json;

use crate::browser::Browser;
use crate::page::{Case, PATIENCE, Page, case};
use crate::runs::repeated;
use crate::vectors::providers;

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a dead network, in a frame: the person and the clock can still end it", dead_frame),
        case("a dead network, in a popup: the person can still end it", dead_popup),
        case("a dead network, by redirect: the Back button comes back", dead_redirect),
        case("a page that never loads, in a popup", silent_popup),
    ];
    for provider in providers() {
        let name = provider.name.as_str();
        cases.push(case(format!("{name}: a popup that the provider's policy cuts off"), move |page| {
            cut_off(page, name)
        }));
    }
    cases
}

/// An address that refuses connections: of this machine, where only another one listens.
const NOBODY: &str = "origins.provider.replace('localhost', '127.0.0.2')";

async fn dead_frame(page: Page) {
    for options in ["{ mode: 'overlay' }", "{ container: 'bank' }"] {
        page.merchant("csp=none").await;
        let told = page
            .run(&format!(
                "const told = [];
                 for (const provider in providers) {{
                    const options = {options};
                    const to = `${{{NOBODY}}}/puppet`;
                    const late = await outcome(launch(provider, {{ ...options, to, timeoutMs: 300, loadTimeoutMs: 250 }}));
                    // a browser may say that its own page for that has loaded: then the time of the whole flow counts
                    const isTold = {{ LINK_LOAD_TIMEOUT: 'network', LINK_TIMEOUT: 'timeoutMs' }};
                    told.push(late.message.includes(isTold[late.code]), hosts().length);
                    const flow = launch(provider, {{ ...options, to }});
                    await pause(100);
                    flow.focus();
                    if (options.mode) shadow().querySelector('button').click();
                    else flow.close();
                    told.push(await end(flow), hosts().length);
                 }}
                 return [...new Set(told.map(String))]"
            ))
            .await;
        assert_eq!(told, json!(["true", "0", "LINK_USER_CANCELLED"]));
        page.is_clean().await;
    }
}

async fn dead_popup(page: Page) {
    for provider in repeated(page.browser, providers()) {
        page.merchant("").await;
        page.start_at_click(&format!(
            "return launch('{}', {{ mode: 'popup', to: `${{{NOBODY}}}/puppet` }})",
            provider.name
        ))
        .await;
        page.windows(2).await;
        if page.browser == Browser::Chromium {
            // while it is putting its own page there it does not hear that it is to close it
            let popup = page.enter_popup().await;
            page.leave_popup(popup).await;
        }
        page.click_dialog_button("Cancel").await;
        let ended = page
            .run("await until(() => settled.length > 0); return [settled[0].code, document.activeElement.id]")
            .await;
        assert_eq!(ended, json!(["LINK_USER_CANCELLED", "connect"]));
        page.is_clean().await;
    }
}

async fn silent_popup(page: Page) {
    for provider in repeated(page.browser, providers()) {
        page.merchant("").await;
        page.start_at_click(&format!(
            "return launch('{}', {{ mode: 'popup', to: `${{origins.provider}}/hold/never`, timeoutMs: 500 }})",
            provider.name
        ))
        .await;
        let ended = page
            .run("await until(() => settled.length > 0); return [settled[0].code, settled[0].message.includes('timeoutMs'), document.activeElement.id]")
            .await;
        assert_eq!(ended, json!(["LINK_TIMEOUT", true, "connect"]));
        page.is_clean().await;
    }
}

async fn dead_redirect(page: Page) {
    page.merchant("").await;
    page.eval("sessionStorage.clear()").await;
    page.run(&format!(
        "window.flow = launch('finx', {{ mode: 'redirect', state: 'S1', to: `${{{NOBODY}}}/puppet` }}); window.settled = watch(flow).settled"
    ))
    .await;
    // No script runs in Firefox's error page; its address is there once it has its entry in the history.
    let leaves = async {
        while !page.driver.current_url().await.is_ok_and(|url| url.as_str().ends_with("/puppet")) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, leaves).await.expect("the page leaves");
    // Its driver takes the error page, where that loads late, for where Back has led, and calls it an error.
    let _ = page.driver.back().await;
    page.merchant_arrives().await;
    // the page as it was, with its flow; or a new one, to which a late answer can still come back
    let told = page
        .run(
            "if (window.settled) await until(() => settled.length > 0);
             const told = [window.settled?.[0].code ?? 'new', sessionStorage.length];
             sessionStorage.clear();
             return told",
        )
        .await;
    assert!([json!(["LINK_USER_CANCELLED", 0]), json!(["new", 1])].contains(&told), "{told}");
    page.is_clean().await;
}

async fn cut_off(page: Page, provider: &'static str) {
    for end in ["cancelled", "late"] {
        page.merchant("").await;
        // headless, every window says that it has the focus; with a screen the one in front has it
        page.eval("document.hasFocus = () => false").await;
        let timeout = if end == "late" { "timeoutMs: 3000" } else { "" };
        page.start_at_click(&format!(
            "return launch('{provider}', {{ mode: 'popup', to: puppet() + '?coop=same-origin', {timeout} }})"
        ))
        .await;
        page.run("await until(() => types(flow).includes('popup-severed'))").await;
        if end == "cancelled" {
            page.click_dialog_button("Cancel").await;
        }
        let told = page.run("await until(() => settled.length > 0); return [settled[0].code, ['timeoutMs', 'Cross-Origin-Opener-Policy', 'completeCallback()'].every((word) => settled[0].message.includes(word)), types(flow), document.activeElement.id]").await;
        let code = if end == "late" { "LINK_TIMEOUT" } else { "LINK_USER_CANCELLED" };
        assert_eq!(told, json!([code, end == "late", ["open", "popup-severed", code], "connect"]));
        // out of reach for the page that opened it
        let popup = page.enter_popup().await;
        page.driver.close_window().await.expect("a popup");
        page.leave_popup(popup).await;
        page.is_clean().await;
    }
}

//! Pages of real shops: their style sheets, routers, dialogs and old libraries. None of it may hide the widget, take its
//! buttons, or be left broken.

use serde_json::json;
use thirtyfour::prelude::*;

use crate::browser::Browser;
use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    vec![
        case("a click in the dialog is none beside the app's, and Escape closes one thing", outside),
        case("a native popover stays open", popover),
        case("the provider refuses to be framed", async |page| {
            page.merchant("").await;
            refused(page, &[Browser::Chromium], "ancestors=none", "listed with the provider").await;
        }),
        case("the provider refuses by the older header, which no browser reports", async |page| {
            page.merchant("").await;
            refused(page, &[], "xfo=DENY", "listed with the provider").await;
        }),
        case("an embedder policy of the page's refuses the frame", async |page| {
            page.merchant("embedder=require-corp").await;
            let reporting = [Browser::Chromium, Browser::WebKit];
            refused(page, &reporting, "", "Cross-Origin-Embedder-Policy").await;
        }),
        case("an embedder policy without credentials refuses the frame", async |page| {
            page.merchant("embedder=credentialless").await;
            // Firefox does not report it, and WebKit does not know it.
            refused(page, &[Browser::Chromium], "", "Cross-Origin-Embedder-Policy").await;
        }),
        case("Back after a flow goes where it went before it", async |page| back(page, "").await),
        case("Back after a flow whose page went on goes where it went before it", async |page| {
            let goes_on = "run(provider, `location.href = '${puppet()}?second'`);
                await until(() => flow.events.filter(({ type }) => type === 'load').length === 2);";
            back(page, goes_on).await;
        }),
    ]
}

/// A frame that a policy refuses, of which these browsers tell the page. Elsewhere the flow goes on, to its timeout.
async fn refused(page: Page, reporting: &[Browser], query: &str, what_to_do: &str) {
    let reports = reporting.contains(&page.browser);
    let ends = page
        .run(&format!(
            "const ends = [];
             for (const options of [{{}}, {{ container: 'bank' }}]) {{
                const flow = start({{ authServer: `${{puppet()}}?{query}`, ...options }});
                if ({reports}) await until(async () => !(await isPending(flow)));
                else await pause(500);
                flow.close();
                const {{ code, message }} = await outcome(flow);
                ends.push(code, message.includes('{what_to_do}') && message.includes(origins.provider));
             }}
             return ends",
        ))
        .await;
    let code = if reports { "LINK_FRAME_BLOCKED" } else { "LINK_USER_CANCELLED" };
    assert_eq!(ends, json!([code, reports, code, reports]));
    page.is_clean().await;
}

async fn outside(page: Page) {
    page.merchant("").await;
    page.run(
        "window.dismissed = [];
         window.dismiss = (event) => { if (event.type !== 'keydown' || event.key === 'Escape') dismissed.push(event.type); };
         for (const type of ['pointerdown', 'mousedown', 'click', 'focusin', 'keydown']) document.addEventListener(type, dismiss, true);
         atClick(() => start({ mode: 'popup' }))",
    )
    .await;
    page.click("#connect").await;
    page.windows(2).await;
    page.eval("dismissed.length = 0").await;
    page.to_front().await;
    page.click_dialog_bar().await;
    page.click_dialog_button("Show it").await;
    page.to_front().await;
    assert_eq!(page.run("return [dismissed, settled.length]").await, json!([[], 0]));
    page.press(Key::Escape).await;
    page.until("return window.settled.length === 1").await;
    let told = page
        .run(
            "for (const type of ['pointerdown', 'mousedown', 'click', 'focusin', 'keydown']) document.removeEventListener(type, dismiss, true);
             return [dismissed.filter((type) => type !== 'focusin'), settled[0].code]",
        )
        .await;
    assert_eq!(told, json!([[], "LINK_USER_CANCELLED"]));
    page.is_clean().await;
}

async fn popover(page: Page) {
    page.merchant("").await;
    page.run(
        "const menu = document.createElement('div');
         menu.id = 'menu';
         menu.className = 'kit';
         menu.popover = 'auto';
         menu.append(document.getElementById('connect').cloneNode(true));
         menu.firstChild.id = 'inside';
         menu.firstChild.onclick = () => { window.flow = start(); window.settled = watch(window.flow).settled; };
         document.body.append(menu);
         menu.showPopover();
         // one that nothing closes, such as a message that goes by itself, is not where the person is
         const toast = Object.assign(document.createElement('p'), { popover: 'manual', className: 'kit', id: 'toast' });
         // beside the menu: by itself it is in the middle, too
         Object.assign(toast.style, { margin: '0', inset: 'auto 0 0 auto' });
         document.body.append(toast);
         toast.showPopover()",
    )
    .await;
    page.click("#inside").await;
    page.run("await until(() => flow.events.some(({ type }) => type === 'load'))").await;
    let is_open = "return [document.getElementById('menu').matches(':popover-open'), settled.length]";
    assert_eq!(page.run(is_open).await, json!([true, 0]));
    page.click_dialog_bar().await;
    assert_eq!(page.run(is_open).await, json!([true, 0]));
    page.click_dialog_button("Close").await;
    page.until("return window.settled.length === 1").await;
    assert_eq!(page.run(is_open).await, json!([true, 1]));
    // One that closes takes the dialog with it, which would be modal and not to be seen.
    page.click("#inside").await;
    let end = page
        .run("document.getElementById('menu').hidePopover(); const code = await end(flow); document.getElementById('menu').remove(); document.getElementById('toast').remove(); return code")
        .await;
    assert_eq!(end, "LINK_USER_CANCELLED");
    page.is_clean().await;
}

/// Back after a flow in which this happened in the provider's page.
async fn back(page: Page, act: &'static str) {
    page.goto(&format!("{}/callback?first", page.origins.merchant)).await;
    page.merchant("").await;
    page.run(&format!(
        "const {{ flow, provider }} = await started();
         {act}
         flow.close();
         await end(flow)"
    ))
    .await;
    page.driver.back().await.expect("a way back");
    page.until("return location.pathname === '/callback'").await;
}

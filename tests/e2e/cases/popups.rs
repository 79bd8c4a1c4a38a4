//! Popups, with the browser's popup blocker on: clicks are real ones.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use crate::browser::Browser;
use crate::page::{Case, Page, case};
use crate::runs::repeated;
use crate::vectors::{echoing, providers, speaking};

/// The providers whose pages answer by a return URL.
const RETURNING: &str = "{ mode: 'popup', returnUrl: `${origins.merchant}/callback`, state: 'S1' }";

/// Every Cross-Origin-Opener-Policy that there is.
const OPENER_POLICIES: [&str; 4] =
    ["unsafe-none", "same-origin-allow-popups", "same-origin", "noopener-allow-popups"];

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("opens within the click, on the very first call", opens_within_the_click),
        case("is blocked outside of a click, and leaves nothing", is_blocked),
        case("a window that the caller has opened in the click", given_window),
        case("a window that is closed already, or is none", closed_window),
        case("closed by the user", closed_by_the_user),
        case("closed by the user while a flow in a dialog goes on", closed_beside_another),
        case("cut off at once by the provider's policy", cut_off_at_once),
        case("cut off later, by a bank's policy", cut_off_later),
        case("the dialog beside it", the_dialog),
        case("\"Show it\" and focus() bring it to the front", to_the_front),
        case("the flow's time runs out", times_out),
        case("messages from the popup, and `load` with the first", messages),
        case("two at once", two_at_once),
        case("another page than the return URL hands over a URL", another_page),
        case("the provider sends the page that opened it elsewhere", navigates_us_away),
    ];
    for (policy, name) in [
        ("", "the callback page's address is scrubbed, and the popup closes"),
        ("&csp=no-wasm", "the same where the callback page's policy refuses WebAssembly"),
        ("&coop=same-origin", "the same where the callback page has an opener policy"),
    ] {
        cases.push(case(name, move |page| callback_page(page, policy)));
    }
    for merchant in OPENER_POLICIES {
        for provider in OPENER_POLICIES {
            cases.push(case(format!("opener policies: {merchant} here, {provider} there"), move |page| {
                policies(page, merchant, provider)
            }));
        }
    }
    cases
}

async fn settled(page: &Page) -> Value {
    page.run("await until(() => settled.length > 0); return settled").await
}

/// How the flow ended, in a word, and what it told.
async fn story(page: &Page) -> Value {
    page.run("await until(() => settled.length > 0); return types(flow)").await
}

async fn opens_within_the_click(page: Page) {
    for provider in providers() {
        let name = &provider.name;
        let options = if provider.modes()[0] == "popup" { "" } else { "mode: 'popup'" };
        page.merchant("").await;
        page.start_at_click(&format!(
            "const flow = launch({name:?}, {{ {options} }}); flow.atOnce = windows.length; return flow"
        ))
        .await;
        let popup = page.enter_popup().await;
        let shown = page.eval("return [location.pathname, opener !== null, location.hash]").await;
        page.leave_popup(popup).await;
        assert_eq!(shown, json!(["/puppet", true, ""]), "{name}");
        assert_eq!(
            page.run("return [flow.atOnce, types(flow), flow.events[0].mode]").await,
            json!([1, ["open"], "popup"])
        );
        page.run("flow.close()").await;
        assert_eq!(story(&page).await, json!(["open", "LINK_USER_CANCELLED"]), "{name}");
        page.is_clean().await;
    }
}

async fn is_blocked(page: Page) {
    page.merchant("").await;
    // a click allows one window, for a while: a second one needs a click of its own
    let told = page
        .run(
            "await until(() => !navigator.userActivation.isActive);
             const told = [];
             for (const provider in providers) {
                const flow = launch(provider, { mode: 'popup' });
                const { code, message } = await outcome(flow);
                told.push([code, message.includes('click'), types(flow), windows.at(-1)]);
             }
             return told",
        )
        .await;
    let blocked = json!(["LINK_POPUP_BLOCKED", true, ["LINK_POPUP_BLOCKED"], null]);
    assert_eq!(told, json!(vec![blocked; providers().len()]));
    page.is_clean().await;
}

async fn given_window(page: Page) {
    page.merchant("").await;
    page.run("atClick(() => { open('about:blank', '', 'popup'); return new Promise(() => {}) })").await;
    page.click("#connect").await;
    page.windows(2).await;
    page.run(
        "await until(() => !navigator.userActivation.isActive);
         window.flow = launch('finqlink', { window: popup() });
         window.settled = watch(flow).settled;
         await reached();
         tell({ noise: 1 })",
    )
    .await;
    let popup = page.enter_popup().await;
    let shown = page.eval("return [location.pathname, history.length]").await;
    page.leave_popup(popup).await;
    assert_eq!(shown, json!(["/puppet", 1]), "it is shown in place of the empty page");
    assert_eq!(page.run("const opened = windows.length; flow.close(); return opened").await, 1);
    assert_eq!(story(&page).await, json!(["open", "LINK_USER_CANCELLED"]));
    page.is_clean().await;
}

async fn closed_window(page: Page) {
    page.merchant("").await;
    page.start_at_click(
        "const window = open('about:blank'); window.close(); return launch('finqlink', { window })",
    )
    .await;
    assert_eq!(settled(&page).await[0]["code"], "LINK_POPUP_BLOCKED");
    assert_eq!(page.run("return types(flow)").await, json!(["LINK_POPUP_BLOCKED"]));
    page.windows(1).await;
    let told = page
        .run(
            "const told = [];
             const throwing = { mode: 'popup' };
             Object.defineProperty(throwing, 'window', { get() { throw new Error('x'); } });
             for (const options of [
                { mode: 'overlay', window }, { mode: 'container', container: 'bank', window }, { mode: 'redirect', window }, { container: 'bank', window },
                { mode: 'popup', window: 5 }, { mode: 'popup', window: 'popup' }, throwing,
             ]) {
                const { code, message } = await outcome(openFinqlink(puppet(), options));
                told.push(`${code} ${message.startsWith('window must be ')}`);
             }
             return [...new Set(told)]",
        )
        .await;
    assert_eq!(told, json!(["LINK_INVALID_OPTIONS true"]));
    let blocked = page
        .run(
            "const told = [];
             for (const window of [null, {}, { closed: false }]) told.push((await outcome(openFinqlink(puppet(), { window }))).code);
             return [...new Set(told)]",
        )
        .await;
    assert_eq!(blocked, json!(["LINK_POPUP_BLOCKED"]));
    page.windows(1).await;
    page.is_clean().await;
}

/// Closes the popup as a person does, after the time in which it could be a policy's work.
async fn close_popup(page: &Page) {
    page.run("await until(() => flow.events.length > 0 && performance.now() - flow.began > 1300)").await;
    let popup = page.enter_popup().await;
    page.driver.close_window().await.expect("a popup");
    page.leave_popup(popup).await;
}

async fn closed_by_the_user(page: Page) {
    for provider in ["finqlink", "flinks"] {
        page.merchant("").await;
        page.start_at_click(&format!(
            "return Object.assign(launch({provider:?}, {{ mode: 'popup' }}), {{ began: performance.now() }})"
        ))
        .await;
        close_popup(&page).await;
        let waited = page.run("const since = performance.now(); await until(() => settled.length > 0); return performance.now() - since").await;
        assert!(waited.as_f64().expect("a number") < 4000.0, "{waited} ms");
        let ended = page.run("return [settled, types(flow).at(-1), document.activeElement.id]").await;
        assert_eq!(
            ended,
            json!([[{
                "name": "LinkError", "code": "LINK_USER_CANCELLED", "message": "The user closed the popup.", "provider": provider
            }], "LINK_USER_CANCELLED", "connect"])
        );
        page.is_clean().await;
    }
}

async fn closed_beside_another(page: Page) {
    page.merchant("").await;
    page.run("window.other = (await started({ container: 'bank' })).flow").await;
    page.start_at_click("return Object.assign(launch('finqlink'), { began: performance.now() })").await;
    close_popup(&page).await;
    assert_eq!(settled(&page).await[0]["code"], "LINK_USER_CANCELLED");
    let left = page.run("const left = [await isPending(other), hosts().length]; other.close(); await end(other); return left").await;
    assert_eq!(left, json!([true, 1]));
    page.is_clean().await;
}

/// Without a screen every window says that it has the focus; with one, the popup in front has it.
async fn has_no_focus(page: &Page) {
    page.eval("document.hasFocus = () => false").await;
}

async fn cut_off_at_once(page: Page) {
    page.merchant("").await;
    has_no_focus(&page).await;
    page.start_at_click(&format!(
        "return launch('finqlink', {{ to: puppet() + '?coop=same-origin', ...{RETURNING} }})"
    ))
    .await;
    let popup = page.enter_popup().await;
    assert_eq!(page.eval("return opener").await, Value::Null, "it is cut off");
    page.leave_popup(popup).await;
    // longer than closing it would take to be noticed
    let waiting = page
        .run(
            "await until(() => types(flow).includes('popup-severed'));
             await pause(2500);
             return [await isPending(flow), types(flow), windows[0].closed]",
        )
        .await;
    assert_eq!(waiting, json!([true, ["open", "popup-severed"], true]));
    let popup = page.enter_popup().await;
    let back = format!("location.href = '{}/callback?state=S1&status=active&own=1'", page.origins.merchant);
    page.eval(&back).await;
    page.leave_popup(popup).await;
    assert_eq!(story(&page).await, json!(["open", "popup-severed", "completed"]));
    let result = page.run("return settled[0].completed").await;
    assert_eq!(result["params"], json!({ "state": "S1", "status": "active", "own": "1" }));
    page.is_clean().await;
}

async fn cut_off_later(page: Page) {
    page.merchant("").await;
    has_no_focus(&page).await;
    page.start_at_click(&format!(
        "return Object.assign(launch('finqlink', {RETURNING}), {{ began: performance.now() }})"
    ))
    .await;
    page.run("await until(() => performance.now() - flow.began > 1300)").await;
    let popup = page.enter_popup().await;
    page.eval("location.href += '?coop=same-origin'").await;
    page.until("return opener === null && document.readyState === 'complete'").await;
    page.leave_popup(popup).await;
    let waiting = page
        .run("await until(() => windows[0].closed); await pause(2500); return [await isPending(flow), types(flow)]")
        .await;
    assert_eq!(waiting, json!([true, ["open", "popup-severed"]]));
    let popup = page.enter_popup().await;
    page.eval(&format!("location.href = '{}/callback?state=S1'", page.origins.merchant)).await;
    page.leave_popup(popup).await;
    assert_eq!(story(&page).await, json!(["open", "popup-severed", "completed"]));
    page.is_clean().await;
}

async fn the_dialog(page: Page) {
    page.merchant("").await;
    for way in ["Escape", "Cancel", "Close"] {
        page.start_at_click("return launch('finqlink', { title: 'Pay with your bank' })").await;
        page.windows(2).await;
        let shown = page
            .run(
                "const dialog = shadow().querySelector('dialog');
                 return [dialog.matches(':modal'), shadow().getElementById(dialog.getAttribute('aria-labelledby')).textContent,
                    shadow().activeElement === dialog, [...dialog.querySelectorAll('button')].map(({ textContent, ariaLabel }) => ariaLabel ?? textContent)]",
            )
            .await;
        assert_eq!(shown, json!([true, "Pay with your bank", true, ["Close", "Show it", "Cancel"]]));
        match way {
            "Escape" => page.press(Key::Escape).await,
            button => page.click_dialog_button(button).await,
        }
        let ended = page.run("await until(() => settled.length > 0); return [settled.pop().code, document.activeElement.id]").await;
        assert_eq!(ended, json!(["LINK_USER_CANCELLED", "connect"]), "{way}");
        page.is_clean().await;
    }
}

/// Headless, every window says that it has the focus: a stand-in for one counts what it is asked.
async fn to_the_front(page: Page) {
    page.merchant("").await;
    page.run(
        "const stand = { closed: false, location: { replace(url) { asked.push(url) } }, focus() { asked.push('focus') }, close() { asked.push('close') } };
         window.asked = [];
         window.flow = launch('finqlink', { window: Object.assign(stand, { window: stand }) });
         asked.splice(0, 1, asked[0] === puppet())",
    )
    .await;
    page.click_dialog_button("Show it").await;
    let asked = page
        .run("flow.focus(); await until(() => flow.events.length > 0); flow.close(); await end(flow); flow.focus(); return asked")
        .await;
    assert_eq!(asked, json!([true, "focus", "focus", "close"]));
    page.is_clean().await;
}

async fn times_out(page: Page) {
    for provider in repeated(page.browser, providers()) {
        page.merchant("").await;
        page.start_at_click(&format!(
            "return launch({:?}, {{ mode: 'popup', timeoutMs: 300, loadTimeoutMs: 10 }})",
            provider.name
        ))
        .await;
        assert_eq!(story(&page).await, json!(["open", "LINK_TIMEOUT"]), "{}", provider.name);
        page.is_clean().await;
    }
}

async fn messages(page: Page) {
    for provider in repeated(page.browser, speaking()) {
        let name = &provider.name;
        page.merchant("").await;
        page.start_at_click(&format!("return launch({name:?}, {{ mode: 'popup' }})")).await;
        page.run(&format!("await reached(); tell({})", provider.genuine)).await;
        assert_eq!(settled(&page).await, json!([{ "completed": provider.result() }]), "{name}");
        page.is_clean().await;
    }
    page.merchant("").await;
    page.start_at_click("return launch('flinks', { mode: 'popup' })").await;
    page.run("await reached(); tell({ step: 'APP_MOUNTED' }); tell({ step: 'SUBMIT_MFA' }); tell({ step: 'COMPONENT_CLOSE_SESSION' })").await;
    assert_eq!(story(&page).await, json!(["open", "load", "step", "step", "LINK_USER_CANCELLED"]));
    page.is_clean().await;
}

async fn two_at_once(page: Page) {
    for provider in repeated(page.browser, echoing()) {
        page.merchant("").await;
        // The first one's dialog is over the button, and lets nobody hear a click but who has listened at the window before.
        page.run(&format!(
            "window.again = () => {{
                if (!window.first) return;
                removeEventListener('click', again, true);
                window.flow = launch({:?}, {{ ...{RETURNING}, state: 'S2' }});
                window.settled = watch(flow).settled;
             }};
             addEventListener('click', again, true)",
            provider.name
        ))
        .await;
        page.start_at_click(
            "return launch('finqlink', { state: 'S1', returnUrl: `${origins.merchant}/callback` })",
        )
        .await;
        page.run("await reached(); Object.assign(window, { first: flow, firstWindow: popup() })").await;
        page.click_dialog_bar().await;
        page.run("await until(() => windows.length === 2); await reached()").await;
        page.windows(3).await;
        page.run(&format!(
            "run(popup(), `location.href = '${{origins.merchant}}/callback?state=S2&{}'`)",
            provider.returns("completed")
        ))
        .await;
        assert_eq!(settled(&page).await[0]["completed"]["state"], "S2", "{}", provider.name);
        assert_eq!(page.run("return [await isPending(first), hosts().length]").await, json!([true, 1]));
        page.run(
            "run(firstWindow, `location.href = '${origins.merchant}/callback?state=S1&error=access_denied'`)",
        )
        .await;
        assert_eq!(page.run("return [await end(first)]").await, json!(["CONSENT_ENDUSER_DENIED"]));
        page.is_clean().await;
    }
}

/// `policy`: what the page has that the popup returns to, as its query asks for it.
async fn callback_page(page: Page, policy: &str) {
    page.merchant("").await;
    page.start_at_click(&format!(
        "window.heardOf = []; const channel = new BroadcastChannel('kit');
        channel.onmessage = ({{ data }}) => heardOf.push(data); return launch('finx', {RETURNING})"
    ))
    .await;
    let back = format!(
        "{}/callback?own=1{policy}&code=secret&state=S1&success=true&flow_id=F#frag",
        page.origins.merchant
    );
    page.run(&format!("await reached(); run(popup(), `location.href = '{back}'`)")).await;
    assert_eq!(
        settled(&page).await[0]["completed"],
        json!({ "code": "secret", "state": "S1", "flowId": "F", "location": back })
    );
    let after = page.run("await until(() => heardOf.length === 2); return heardOf[1].after").await;
    // without the WebAssembly it cannot tell whose a parameter is
    let knows_names = policy != "&csp=no-wasm" || page.run("return memory()").await == 0;
    let own = if knows_names { format!("?own=1{policy}#frag") } else { String::new() };
    assert_eq!(after, format!("{}/callback{own}", page.origins.merchant));
    page.is_clean().await;
}

async fn another_page(page: Page) {
    page.merchant("").await;
    page.start_at_click(&format!("return launch('finx', {RETURNING})")).await;
    let told = page
        .run(
            "await reached();
             const channel = new BroadcastChannel('link-widget');
             const good = `${origins.merchant}/callback`;
             for (const url of [
                `${origins.merchant}/other?code=c&state=other`, `${origins.attacker}/callback?code=c&state=S1`, `${good}/?code=c`,
                `${good}?code=c&state=other`, `${good}?code=c`, good, '', 'no URL', 'javascript:alert(1)', 'x'.repeat(100_000),
                5, null, {}, [good + '?code=c&state=S1'], { 'link-widget': good + '?code=c&state=S1' },
             ]) {
                channel.postMessage(url);
                window.postMessage({ 'link-widget': url }, '*');
             }
             await heard(count() + 1);
             await pause(100);
             const pending = await isPending(flow);
             channel.postMessage(`${good}?code=c&state=S1`);
             channel.close();
             return [pending, await end(flow), types(flow)]",
        )
        .await;
    assert_eq!(told, json!([true, "completed", ["open", "foreign-message", "completed"]]));
    page.is_clean().await;
}

async fn navigates_us_away(page: Page) {
    page.merchant("").await;
    // another origin of this page's host: from another site Firefox lets no popup do that
    page.start_at_click("return launch('finqlink', { mode: 'popup', to: puppet(origins.attacker) })").await;
    page.run("await reached()").await;
    let popup = page.enter_popup().await;
    page.run_there(&format!("opener.location.href = '{}/puppet'", page.origins.provider)).await;
    page.leave_popup(popup).await;
    page.arrives("/puppet").await;
    let popup = page.enter_popup().await;
    page.driver.close_window().await.expect("a popup");
    page.leave_popup(popup).await;
    page.windows(1).await;
}

async fn policies(page: Page, merchant: &'static str, provider: &'static str) {
    page.merchant(&format!("coop={merchant}")).await;
    has_no_focus(&page).await;
    page.start_at_click(&format!(
        "return launch('finqlink', {{ to: puppet() + '?coop={provider}', ...{RETURNING} }})"
    ))
    .await;
    // the others let a page of theirs keep a window without a policy, and let nobody else's keep one of theirs
    // Firefox does not know the last of them: to it that is no policy
    let is_known = page.browser != Browser::Firefox || provider != "noopener-allow-popups";
    let is_cut_off = merchant == "same-origin" || (provider != "unsafe-none" && is_known);
    let popup = page.enter_popup().await;
    assert_eq!(page.eval("return opener === null").await, is_cut_off);
    page.leave_popup(popup).await;
    let waiting = page.run("await pause(2500); return [await isPending(flow), types(flow)]").await;
    let told = if is_cut_off { json!(["open", "popup-severed"]) } else { json!(["open"]) };
    assert_eq!(waiting, json!([true, told]));
    let popup = page.enter_popup().await;
    page.eval(&format!("location.href = '{}/callback?state=S1'", page.origins.merchant)).await;
    page.leave_popup(popup).await;
    assert_eq!(story(&page).await[told.as_array().expect("a list").len()], "completed");
    page.is_clean().await;

    // and where nobody answers, its time runs out
    page.merchant(&format!("coop={merchant}")).await;
    has_no_focus(&page).await;
    page.start_at_click(&format!(
        "return launch('finqlink', {{ to: puppet() + '?coop={provider}', timeoutMs: 1500, ...{RETURNING} }})"
    ))
    .await;
    assert_eq!(story(&page).await.as_array().and_then(|told| told.last()), Some(&json!("LINK_TIMEOUT")));
    if is_cut_off {
        // out of reach for the page that opened it
        let popup = page.enter_popup().await;
        page.driver.close_window().await.expect("a popup");
        page.leave_popup(popup).await;
    }
    page.is_clean().await;
}

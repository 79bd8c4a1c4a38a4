//! This tab leaves and comes back: the record that is left behind, and `resume()`.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::page::{Case, Page, case};
use crate::runs::repeated;
use crate::vectors::{Provider, echoing, providers};

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a renewed visit gives nothing, and leaves the page as it is", renewed),
        case("a failure rejects, once", failure),
        case("a foreign state, or none, is a mismatch and leaves the record", foreign_state),
        case("a record that has expired", expired),
        case("the record decides whose callback it is", swapped),
        case("two that left at once, in either order", two),
        case("the Back button", back_button),
        case("by returnUrl, for a provider that echoes no state", by_return_url),
        case("nothing of the answer stays in the history or goes out in a Referer", scrubbed),
        case("resume() by a URL of the app's own", by_url),
        case("resume() and the state of the page's own", own_state),
    ];
    for provider in providers() {
        let name = format!("{}: comes back, once, and the address is clean", provider.name);
        cases.push(case(name, move |page| comes_back(page, provider)));
    }
    cases
}

/// Leaves for the provider's page.
async fn leave(page: &Page, provider: &str, options: &str) {
    page.run(&format!("launch({provider:?}, {{ mode: 'redirect', {options} }})")).await;
    page.arrives("/puppet").await;
}

/// The provider sends the user back to this page.
async fn come_back(page: &Page, query: &str) {
    // a link, since it is the page that navigates and not the driver; and not to be taken for the page before
    page.eval(&format!(
        "window.isReady = false;
         const link = Object.assign(document.createElement('a'), {{ href: '{}/?own=1&{query}' }});
         link.click()",
        page.origins.merchant
    ))
    .await;
    page.merchant_arrives().await;
}

/// What `resume()` gives, and what is left then: of the address, and of the records.
const RESUME: &str = "const back = await resume().then((back) => back && [back.provider, back.result], ({ name, code }) => [name, code]);
    return [back, location.search + location.hash, JSON.parse(sessionStorage.getItem('link-widget') ?? '[]').map(({ state }) => state ?? null)]";

async fn merchant(page: &Page) {
    page.merchant("").await;
    page.eval("sessionStorage.clear()").await;
}

/// Leaves, and comes back with what the provider says when all has `completed`, or has `failed`.
async fn leave_and_come_back(page: &Page, provider: &Provider, what: &str, fragment: &str) {
    let (option, state) = if provider.echoes_state() { ("state: 'S1'", "&state=S1") } else { ("", "") };
    leave(page, &provider.name, option).await;
    come_back(page, &format!("{}{state}{fragment}", provider.returns(what))).await;
}

async fn comes_back(page: Page, provider: &'static Provider) {
    merchant(&page).await;
    leave_and_come_back(&page, provider, "completed", "#fragment").await;
    let told = page
        .run(
            "const [one, other] = [resume(), resume()];
             const back = await one;
             return [one === other, back.provider, back.result, location.search + location.hash, sessionStorage.getItem('link-widget')]",
        )
        .await;
    assert_eq!(told[0], true, "the same promise");
    assert_eq!(told[1], *provider.name);
    for (name, value) in provider.returned().as_object().expect("a record") {
        assert_eq!(told[2][name], *value, "{told}");
    }
    let state = if provider.echoes_state() { json!("S1") } else { Value::Null };
    assert_eq!(told[2]["state"], state);
    assert_eq!(told[3], "?own=1#fragment");
    assert_eq!(told[4], Value::Null, "the record is used up");
    assert_eq!(page.run("await pause(0); return resume()").await, Value::Null, "once");
    page.driver.refresh().await.expect("the page again");
    page.merchant_arrives().await;
    assert_eq!(page.run("return resume()").await, Value::Null, "nor after a reload");
    page.is_clean().await;
}

async fn renewed(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", "state: 'S1'").await;
    let query = "code=secret&state=S1&success=true";
    come_back(&page, query).await;
    assert_eq!(page.run(RESUME).await[0][0], "finx");
    come_back(&page, query).await;
    assert_eq!(page.run(RESUME).await, json!([null, format!("?own=1&{query}"), []]));
    page.is_clean().await;
}

async fn failure(page: Page) {
    for provider in repeated(page.browser, providers()) {
        merchant(&page).await;
        leave_and_come_back(&page, provider, "failed", "").await;
        assert_eq!(page.run(RESUME).await, json!([["LinkError", provider.returns("code")], "?own=1", []]));
        assert_eq!(page.run("await pause(0); return resume()").await, Value::Null);
        page.is_clean().await;
    }
}

async fn foreign_state(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", "state: 'S1'").await;
    for query in [
        "code=c&state=other&success=true",
        "code=c&success=true",
        "state=&code=c",
        "code=c&state=s1",
        "code=c&state=other&state=S1",
    ] {
        come_back(&page, query).await;
        assert_eq!(
            page.run(RESUME).await,
            json!([["LinkError", "LINK_STATE_MISMATCH"], "?own=1", ["S1"]]),
            "{query}"
        );
    }
    come_back(&page, "code=c&state=S1").await;
    assert_eq!(
        page.run(RESUME).await[0],
        json!(["finx", { "code": "c", "state": "S1", "location": format!("{}/?own=1&code=c&state=S1", page.origins.merchant) }])
    );
    page.is_clean().await;
}

async fn expired(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", "state: 'S1'").await;
    come_back(&page, "code=secret&state=S1#frag").await;
    page.run(
        "const records = JSON.parse(sessionStorage.getItem('link-widget'));
         for (const record of records) record.expires = Date.now() - 1;
         sessionStorage.setItem('link-widget', JSON.stringify(records))",
    )
    .await;
    assert_eq!(page.run(RESUME).await, json!([null, "?own=1#frag", []]));
    // none of these expires
    for timeout in ["0", "Infinity", "2 ** 40"] {
        merchant(&page).await;
        leave(&page, "finx", &format!("state: 'S1', timeoutMs: {timeout}")).await;
        come_back(&page, "code=secret&state=S1").await;
        assert_eq!(page.run(RESUME).await[0][0], "finx", "{timeout}");
    }
    page.is_clean().await;
}

async fn swapped(page: Page) {
    for provider in repeated(page.browser, echoing()) {
        merchant(&page).await;
        // the state of one record on the page of another
        leave(&page, "finx", "state: 'S1', returnUrl: '/elsewhere'").await;
        page.merchant("").await;
        leave(&page, &provider.name, "state: 'S2', returnUrl: '/'").await;
        come_back(&page, "code=c&state=S1").await;
        assert_eq!(
            page.run(RESUME).await,
            json!([["LinkError", "LINK_STATE_MISMATCH"], "?own=1", ["S1", "S2"]])
        );
        // other providers' answers with this one's state: they are read as the record's provider says it
        come_back(&page, &format!("loginId=L1&code=c&state=S2&{}", provider.returns("completed"))).await;
        let told = page.run(RESUME).await;
        assert_eq!(told[0][0], *provider.name);
        assert_eq!(told[2], json!(["S1"]));
        page.is_clean().await;
    }
}

async fn two(page: Page) {
    for order in [["S1", "S2"], ["S2", "S1"]] {
        merchant(&page).await;
        leave(&page, "finx", "state: 'S1'").await;
        page.merchant("").await;
        leave(&page, "finqlink", "state: 'S2'").await;
        let mut told = Vec::new();
        for state in order {
            come_back(&page, &format!("code=c&state={state}")).await;
            told.push(page.run(RESUME).await[0].clone());
        }
        told.sort_by_key(|back| back[0].to_string());
        assert_eq!([&told[0][0], &told[1][0]], ["finqlink", "finx"]);
        assert_eq!(page.run("return sessionStorage.getItem('link-widget')").await, Value::Null);
    }
    page.is_clean().await;
}

async fn back_button(page: Page) {
    // while the system is short of memory, WebKit keeps no page (`canCache` in its `BackForwardCache`): Back loads a
    // new one, which has no flow that could end
    let tries = if page.browser == Browser::WebKit { 5 } else { 1 };
    for _ in 0..tries {
        merchant(&page).await;
        page.run("window.flow = launch('finx', { mode: 'redirect', state: 'S1' }); window.settled = watch(flow).settled").await;
        page.arrives("/puppet").await;
        page.driver.back().await.expect("a page before");
        page.merchant_arrives().await;
        if page.eval("return window.flow !== undefined").await == true {
            let told = page
                .run("await until(() => settled.length > 0); return [settled[0].code, types(flow), sessionStorage.getItem('link-widget')]")
                .await;
            assert_eq!(told, json!(["LINK_USER_CANCELLED", ["open", "LINK_USER_CANCELLED"], null]));
            return page.is_clean().await;
        }
        let left = page.eval("return sessionStorage.length").await;
        assert_eq!(left, 1, "the record stays for a late answer, since no flow has ended");
    }
    panic!("the page is not kept for the Back button, in {tries} tries");
}

async fn by_return_url(page: Page) {
    merchant(&page).await;
    leave(&page, "flinks", "returnUrl: '/'").await;
    page.merchant("").await;
    leave(&page, "fiskil", "returnUrl: '/elsewhere'").await;
    come_back(&page, "loginId=secret").await;
    let told = page.run(RESUME).await;
    assert_eq!([&told[0][0], &told[1]], ["flinks", "?own=1"]);
    assert_eq!(told[2], json!([null]), "the other one stays");
    page.is_clean().await;
}

async fn scrubbed(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", "state: 'secret-state'").await;
    come_back(&page, "code=secret-code&state=secret-state&success=true&flow_id=secret-flow#code=secret")
        .await;
    let told = page
        .run(
            "resume();
             const atOnce = location.href;
             const referer = await (await fetch('/referer')).text();
             history.pushState(null, '', '/?later');
             return [atOnce, referer, document.referrer]",
        )
        .await;
    let clean = format!("{}/?own=1", page.origins.merchant);
    assert_eq!(told, json!([clean, clean, format!("{}/", page.origins.provider)]));
    if page.browser == Browser::Chromium {
        // it tells what its history holds
        let history = page.driver.cdp().send_raw("Page.getNavigationHistory", json!({})).await;
        let history = history.expect("the history");
        let entries = history["entries"].as_array().expect("a list");
        let urls: Vec<&str> = entries.iter().filter_map(|entry| entry["url"].as_str()).collect();
        assert!(
            urls.contains(&clean.as_str()) && !urls.iter().any(|url| url.contains("secret-")),
            "{urls:?}"
        );
    }
    // every entry that this case has made, back to where it began
    let began = format!("{}/?", page.origins.merchant);
    for entry in [clean, format!("{}/puppet", page.origins.provider), began] {
        page.driver.back().await.expect("a page before");
        page.until(&format!("return location.href === {entry:?} && document.readyState === 'complete'"))
            .await;
    }
    page.is_clean().await;
}

async fn own_state(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", "state: 'secret-state'").await;
    come_back(&page, "code=secret-code&state=secret-state&success=true#at").await;
    let told = page
        .run(
            "const told = [];
             const note = ({ state }) => told.push(state === history.state);
             addEventListener('popstate', note);
             const { pathname, search, href } = location;
             const asObject = JSON.stringify(Object.fromEntries(new URLSearchParams(search)));
             const state = { at: 'at', position: 3, since: new Date(7), list: [`${pathname}${search}`, { deep: href }, asObject], none: null };
             state.itself = state;
             history.replaceState(state, '');
             const { length } = history;
             await resume();
             removeEventListener('popstate', note);
             const { itself, since, ...kept } = history.state;
             return [told, history.length === length, itself === history.state, since.getTime(), kept]",
        )
        .await;
    let clean = format!("{}/?own=1", page.origins.merchant);
    let list = json!(["/?own=1", { "deep": format!("{clean}#at") }, "{\"own\":\"1\"}"]);
    let kept = json!({ "at": "at", "position": 3, "list": list, "none": null });
    assert_eq!(told, json!([[true], true, true, 7, kept]));
    let written = page
        .run(
            "const old = '/?own=1&code=secret-code&state=secret-state&success=true';
             history.replaceState({ current: old }, '', old);
             await pause(200);
             return [history.state.current, location.search]",
        )
        .await;
    assert_eq!(written, json!(["/?own=1", "?own=1"]), "as a router writes it that comes late");
    // beside a router it stays for some seconds
    page.run("await pause(13_000); history.replaceState(null, '')").await;
    page.is_clean().await;
}

async fn by_url(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", "state: 'S1'").await;
    page.merchant("").await;
    let told = page
        .run(
            "const url = `${location.origin}/routed?code=c&state=S1`;
             const back = await resume(url);
             return [back.result.location === url, resume(url) === resume(url), await resume(url) === back, location.search, await resume()]",
        )
        .await;
    assert_eq!(told, json!([true, true, true, "", null]));
    page.is_clean().await;
}

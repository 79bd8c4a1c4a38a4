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
        case("resume() by another spelling of the address takes the answer out of it", by_another_spelling),
        case("resume() and the state of the page's own", own_state),
    ];
    for provider in providers() {
        let name = format!("{}: comes back, once, and the address is clean", provider.name);
        cases.push(case(name, move |page| comes_back(page, provider)));
    }
    cases
}

/// Leaves for the provider's page.
async fn leave(page: &Page, provider: &str, options: Value) {
    page.call("redirect", "leaves", json!([provider, options])).await;
    page.arrives("/puppet").await;
}

/// The provider sends the user back to this page.
async fn come_back(page: &Page, query: &str) {
    page.shown("follow", &[&format!("{}/?own=1&{query}", page.origins.merchant)]).await;
    page.merchant_arrives().await;
}

/// What `resume()` gives, and what is left then: of the address, and of the records.
async fn resumed(page: &Page) -> Value {
    page.call("redirect", "resumes", json!([])).await
}

/// There is no answer any more.
async fn resumes_no_more(page: &Page) {
    assert_eq!(page.run("await pause(0); return resume()").await, Value::Null);
}

async fn merchant(page: &Page) {
    page.merchant("").await;
    page.shown("forget", &[]).await;
}

/// Leaves, and comes back with what the provider says when all has `completed`, or has `failed`.
async fn leave_and_come_back(page: &Page, provider: &Provider, what: &str, fragment: &str) {
    let (options, state) =
        if provider.echoes_state() { (json!({ "state": "S1" }), "&state=S1") } else { (json!({}), "") };
    leave(page, &provider.name, options).await;
    come_back(page, &format!("{}{state}{fragment}", provider.returns(what))).await;
}

async fn comes_back(page: Page, provider: &'static Provider) {
    merchant(&page).await;
    leave_and_come_back(&page, provider, "completed", "#fragment").await;
    page.call("redirect", "resumesOnce", json!([provider.name])).await;
    page.driver.refresh().await.expect("the page again");
    page.merchant_arrives().await;
    resumes_no_more(&page).await;
    page.is_clean().await;
}

async fn renewed(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", json!({ "state": "S1" })).await;
    let query = "code=secret&state=S1&success=true";
    come_back(&page, query).await;
    assert_eq!(resumed(&page).await[0][0], "finx");
    come_back(&page, query).await;
    assert_eq!(resumed(&page).await, json!([null, format!("?own=1&{query}"), []]));
    page.is_clean().await;
}

async fn failure(page: Page) {
    for provider in repeated(page.browser, providers()) {
        merchant(&page).await;
        leave_and_come_back(&page, provider, "failed", "").await;
        assert_eq!(resumed(&page).await, json!([["LinkError", provider.returns("code")], "?own=1", []]));
        resumes_no_more(&page).await;
        page.is_clean().await;
    }
}

async fn foreign_state(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", json!({ "state": "S1" })).await;
    for query in [
        "code=c&state=other&success=true",
        "code=c&success=true",
        "state=&code=c",
        "code=c&state=s1",
        "code=c&state=other&state=S1",
    ] {
        come_back(&page, query).await;
        assert_eq!(
            resumed(&page).await,
            json!([["LinkError", "LINK_STATE_MISMATCH"], "?own=1", ["S1"]]),
            "{query}"
        );
    }
    come_back(&page, "code=c&state=S1").await;
    assert_eq!(
        resumed(&page).await[0],
        json!(["finx", { "code": "c", "state": "S1", "location": format!("{}/?own=1&code=c&state=S1", page.origins.merchant) }])
    );
    page.is_clean().await;
}

async fn expired(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", json!({ "state": "S1" })).await;
    come_back(&page, "code=secret&state=S1#frag").await;
    page.call("redirect", "expire", json!([])).await;
    assert_eq!(resumed(&page).await, json!([null, "?own=1#frag", []]));
    // none of these expires
    for how in ["zero", "infinite", "huge"] {
        merchant(&page).await;
        page.call("redirect", "leavesForGood", json!([how])).await;
        page.arrives("/puppet").await;
        come_back(&page, "code=secret&state=S1").await;
        assert_eq!(resumed(&page).await[0][0], "finx", "{how}");
    }
    page.is_clean().await;
}

async fn swapped(page: Page) {
    for provider in repeated(page.browser, echoing()) {
        merchant(&page).await;
        // the state of one record on the page of another
        leave(&page, "finx", json!({ "state": "S1", "returnUrl": "/elsewhere" })).await;
        page.merchant("").await;
        leave(&page, &provider.name, json!({ "state": "S2", "returnUrl": "/" })).await;
        come_back(&page, "code=c&state=S1").await;
        assert_eq!(
            resumed(&page).await,
            json!([["LinkError", "LINK_STATE_MISMATCH"], "?own=1", ["S1", "S2"]])
        );
        // a parameter that only a provider gives that nobody waits for is the app's own
        come_back(&page, &format!("loginId=L1&code=c&state=S2&{}", provider.returns("completed"))).await;
        let told = resumed(&page).await;
        assert_eq!(told[0][0], *provider.name);
        assert_eq!(told[2], json!(["S1"]));
        page.is_clean().await;
    }
}

async fn two(page: Page) {
    for order in [["S1", "S2"], ["S2", "S1"]] {
        merchant(&page).await;
        leave(&page, "finx", json!({ "state": "S1" })).await;
        page.merchant("").await;
        leave(&page, "finqlink", json!({ "state": "S2" })).await;
        let mut told = Vec::new();
        for state in order {
            come_back(&page, &format!("code=c&state={state}")).await;
            told.push(resumed(&page).await[0].clone());
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
        leave(&page, "finx", json!({ "state": "S1" })).await;
        page.driver.back().await.expect("a page before");
        page.merchant_arrives().await;
        if page.eval("return window.flow !== undefined").await == true {
            page.call("redirect", "isBack", json!([])).await;
            return page.is_clean().await;
        }
        let left = page.eval("return sessionStorage.length").await;
        assert_eq!(left, 1, "the record stays for a late answer, since no flow has ended");
    }
    panic!("the page is not kept for the Back button, in {tries} tries");
}

async fn by_return_url(page: Page) {
    merchant(&page).await;
    leave(&page, "flinks", json!({ "returnUrl": "/" })).await;
    page.merchant("").await;
    leave(&page, "fiskil", json!({ "returnUrl": "/elsewhere" })).await;
    come_back(&page, "loginId=secret").await;
    let told = resumed(&page).await;
    assert_eq!([&told[0][0], &told[1]], ["flinks", "?own=1"]);
    assert_eq!(told[2], json!([null]), "the other one stays");
    page.is_clean().await;
}

async fn scrubbed(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", json!({ "state": "secret-state" })).await;
    come_back(&page, "code=secret-code&state=secret-state&success=true&flow_id=secret-flow#code=secret")
        .await;
    page.call("redirect", "isScrubbed", json!([])).await;
    let clean = format!("{}/?own=1", page.origins.merchant);
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
    leave(&page, "finx", json!({ "state": "secret-state" })).await;
    come_back(&page, "code=secret-code&state=secret-state&success=true#at").await;
    page.call("redirect", "keepsState", json!([])).await;
    page.is_clean().await;
}

async fn by_url(page: Page) {
    merchant(&page).await;
    leave(&page, "finx", json!({ "state": "S1" })).await;
    page.merchant("").await;
    page.call("redirect", "resumesByUrl", json!([])).await;
    page.is_clean().await;
}

async fn by_another_spelling(page: Page) {
    for how in ["path", "encoded", "left"] {
        merchant(&page).await;
        leave(&page, "finx", json!({ "state": "q7/A==" })).await;
        come_back(&page, "code=secret-code&state=q7/A==&success=true#at").await;
        page.call("redirect", "resumesBySpelling", json!([how])).await;
    }
    page.is_clean().await;
}

//! What the threats say of pages that lead the merchant's away. `pages/cases/threats.js` has the others.

use serde_json::json;

use crate::page::{Case, Page, case};
use crate::vectors::providers;

pub fn cases() -> Vec<Case> {
    let of_each = providers().iter().map(|provider| {
        let name = provider.name.as_str();
        case(format!("{name}: nothing of the return URL leaks on"), move |page| leaks(page, name))
    });
    let survives =
        case("a popup sends the page that opened it away: a record of a redirect survives", record_survives);
    of_each.chain([survives]).collect()
}

/// The user leaves, comes back, and goes on to somebody else's page.
async fn leaks(page: Page, provider: &'static str) {
    page.merchant("").await;
    let back = page.call("threats", "redirects", json!([provider])).await;
    page.arrives("/puppet").await;
    page.eval(&format!("location.href = {back}")).await;
    page.merchant_arrives().await;
    page.call("threats", "returns", json!([provider])).await;
    page.call("threats", "linksOn", json!([])).await;
    page.click("#on").await;
    page.arrives("/referer").await;
    let clean = format!("{}/?own=1", page.origins.merchant);
    let told = page.eval("return [document.body.textContent, document.referrer]").await;
    assert_eq!(told, json!([clean, clean]), "the next page");
    page.driver.back().await.expect("a page before");
    page.merchant_arrives().await;
    assert_eq!(page.eval("return location.href").await, clean, "and back");
    // the one before that is the provider's: no entry has the address as it came
    page.driver.back().await.expect("a page before");
    page.arrives("/puppet").await;
    page.driver.forward().await.expect("a page after");
    page.merchant_arrives().await;
    assert_eq!(page.eval("return location.href").await, clean, "and on");
}

async fn record_survives(page: Page) {
    page.merchant("").await;
    page.shown("forget", &[]).await;
    page.call("threats", "leaves", json!(["finx", { "state": "S1" }])).await;
    // of the same site, since Firefox lets no page of another navigate the one that opened it
    let to = format!("{}/puppet", page.origins.attacker);
    page.start_at_click("launch", json!(["finqlink", { "mode": "popup", "state": "S2", "to": to }])).await;
    page.run("await reached()").await;
    let popup = page.enter_popup().await;
    page.eval(&format!("opener.location.href = '{}/puppet'", page.origins.attacker)).await;
    page.driver.close_window().await.expect("a popup");
    page.leave_popup(popup).await;
    page.arrives("/puppet").await;
    page.goto(&format!("{}/?code=c&state=S1", page.origins.merchant)).await;
    page.merchant_arrives().await;
    page.call("threats", "survives", json!([])).await;
    page.is_clean().await;
}

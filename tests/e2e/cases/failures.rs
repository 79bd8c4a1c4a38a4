//! What of failures leads the page away; the rest is `pages/cases/failures.js`.

use serde_json::json;

use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    vec![case("a dead network, by redirect: the Back button comes back", dead_redirect)]
}

async fn dead_redirect(page: Page) {
    page.merchant("").await;
    page.call("failures", "leavesForNobody", json!([])).await;
    // No script runs in Firefox's error page; its address is there once it has its entry in the history.
    page.is_led_to(|url| url.path() == "/puppet").await;
    // Its driver takes the error page, where that loads late, for where Back has led, and calls it an error.
    let _ = page.driver.back().await;
    page.merchant_arrives().await;
    page.call("failures", "comesBack", json!([])).await;
    page.is_clean().await;
}

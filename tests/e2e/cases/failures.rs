//! What of failures leads the page away; the rest is `pages/cases/failures.js`.

use std::time::Duration;

use serde_json::json;

use crate::page::{Case, PATIENCE, Page, case};

pub fn cases() -> Vec<Case> {
    vec![case("a dead network, by redirect: the Back button comes back", dead_redirect)]
}

async fn dead_redirect(page: Page) {
    page.merchant("").await;
    page.call("failures", "leavesForNobody", json!([])).await;
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
    page.call("failures", "comesBack", json!([])).await;
    page.is_clean().await;
}

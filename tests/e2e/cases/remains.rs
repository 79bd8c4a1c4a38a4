//! What of flows the page leaves behind that leads it away or takes its document; the rest is `pages/cases/remains.js`.

use serde_json::json;

use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    vec![
        case("the page is left, and comes back with the Back button", back_and_forth),
        case("the document is replaced", document_replaced),
    ]
}

async fn back_and_forth(page: Page) {
    for options in [json!({}), json!({ "container": "bank" })] {
        page.merchant("").await;
        page.call("remains", "isLeft", json!([options])).await;
        page.goto(&format!("{}/puppet", page.origins.attacker)).await;
        page.driver.back().await.expect("a page before");
        page.merchant_arrives().await;
        page.call("remains", "isBack", json!([])).await;
        page.is_clean().await;
    }
}

/// Each has a page of its own, which nobody has anything more of.
async fn document_replaced(page: Page) {
    for is_closed in [true, false] {
        for options in [json!({}), json!({ "container": "bank" })] {
            page.merchant("csp=none").await;
            page.call("remains", "documentIsReplaced", json!([options, is_closed])).await;
        }
    }
}

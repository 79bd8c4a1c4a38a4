//! What of shops goes back with the Back button; the rest is `pages/cases/shops.js`.

use serde_json::json;

use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    vec![
        case("Back after a flow goes where it went before it", async |page| back(page, false).await),
        case("Back after a flow whose page went on goes where it went before it", async |page| {
            back(page, true).await;
        }),
    ]
}

async fn back(page: Page, goes_on: bool) {
    // no callback page, which would soon close the window that the next case is in
    page.goto(&format!("{}/puppet?first", page.origins.merchant)).await;
    page.merchant("").await;
    page.call("shops", "leavesHistory", json!([goes_on])).await;
    page.driver.back().await.expect("a way back");
    page.arrives("/puppet").await;
}

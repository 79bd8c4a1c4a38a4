//! What of popups leads the page away; the rest is `pages/cases/popups.js`.

use serde_json::json;

use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    vec![case("the provider sends the page that opened it elsewhere", navigates_us_away)]
}

async fn navigates_us_away(page: Page) {
    page.merchant("").await;
    // another origin of this page's host: from another site Firefox lets no popup do that
    let to = format!("{}/puppet", page.origins.attacker);
    page.start_at_click("launch", json!(["finqlink", { "mode": "popup", "to": to }])).await;
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

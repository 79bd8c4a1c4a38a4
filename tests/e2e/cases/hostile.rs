//! What the threats say of pages in frames, each with a page that is genuinely of another origin.

use serde_json::json;

use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    vec![case("another tab posts it, of the provider's origin or not", another_tab)]
}

async fn another_tab(page: Page) {
    page.merchant("").await;
    page.run("window.flow = (await started({ container: 'bank' })).flow").await;
    for origin in ["attacker", "provider"] {
        page.start_at_click(&format!("open(puppet(origins.{origin})); return flow")).await;
        page.run(
            "await reached();
             const before = count();
             tell({ isCompleted: true, consentID: 'forged' });
             await heard(before + 1);
             popup().close()",
        )
        .await;
        page.windows(1).await;
    }
    let told = page
        .run(
            "const pending = await isPending(flow);
             say({ isCompleted: true, consentID: 'genuine' });
             return [pending, flow.events.filter(({ type }) => type === 'foreign-message').length, await outcome(flow)]",
        )
        .await;
    assert_eq!(told, json!([true, 2, { "completed": { "consentID": "genuine" } }]));
    page.is_clean().await;
}

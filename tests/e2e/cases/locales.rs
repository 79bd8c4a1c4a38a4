//! The widget's words in the languages that a page has imported.

use serde_json::json;

use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    vec![case("beside a popup", popup)]
}

async fn popup(page: Page) {
    page.merchant("").await;
    page.run("await load('/pkg/locales/fi.js')").await;
    page.start_at_click("return launch('finx', { mode: 'popup', locale: 'fi' })").await;
    let words = page.run("return [...shadow().querySelectorAll('h2, p, button')].map(({ ariaLabel, textContent }) => ariaLabel ?? textContent)");
    assert_eq!(
        words.await,
        json!(["Sulje", "Yhdistä pankkisi", "Viimeistele toisessa ikkunassa.", "Näytä ikkuna", "Peruuta"])
    );
    page.click_dialog_button("Peruuta").await;
    page.until("return window.settled.length > 0").await;
    assert_eq!(page.eval("return window.settled[0].code").await, "LINK_USER_CANCELLED");
    page.is_clean().await;
}

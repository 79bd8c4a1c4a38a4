//! What the threats say of messages, in a popup. `pages/cases/messages.js` has them in frames.

use serde_json::json;

use crate::page::{Case, Page, case};
use crate::vectors::{Provider, speaking};

pub fn cases() -> Vec<Case> {
    // an answer of Fiskil's from another origin ends the flow, which `threats.rs` has
    let others = speaking().filter(|provider| provider.name != "fiskil");
    let row = |provider: &'static Provider| {
        let name = format!("{}: a popup: other windows, and its own at another origin", provider.name);
        case(name, move |page| in_a_popup(page, provider))
    };
    others.map(row).collect()
}

async fn in_a_popup(page: Page, provider: &Provider) {
    let names = |script: &str| {
        let named = script.replace("$provider", &provider.name);
        named.replace("$forged", &provider.forged).replace("$genuine", &provider.genuine)
    };
    page.merchant("").await;
    page.start_at_click(&names("return launch('$provider', { mode: 'popup' })")).await;
    let told = page
        .run(&names(
            "await reached();
             const strangers = [await embed(origins.attacker), await embed(origins.provider)];
             const before = count();
             for (const stranger of strangers) say(`$forged`, stranger);
             await heard(before + 2);
             const data = $forged;
             for (const source of [popup(), null]) window.dispatchEvent(new MessageEvent('message', { data, source, origin: origins.provider }));
             run(popup(), `location.href = '${puppet(origins.attacker)}'`);
             await reached(origins.attacker);
             const later = count();
             tell(`$forged`);
             await heard(later + 1);
             const pending = await isPending(flow);
             run(popup(), `location.href = '${puppet()}'`);
             await reached(origins.provider);
             tell(`$genuine`);
             return [pending, JSON.stringify(await outcome(flow)).includes('genuine'), types(flow).filter((type) => type === 'foreign-message').length]",
        ))
        .await;
    assert_eq!(told, json!([true, true, 2]));
    page.is_clean().await;
}

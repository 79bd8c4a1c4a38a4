//! The widget's words in the languages that a page has imported.

use serde_json::json;

use crate::page::{Case, Page, case, script};

pub fn cases() -> Vec<Case> {
    vec![
        script(
            "the words of an overlay: those of the option, of the page, of English",
            "const words = async (options) => {
                const { flow } = await started(options);
                const [host] = hosts();
                const title = shadow().querySelector('h2');
                const said = [host.lang, title.textContent, title.lang, shadow().querySelector('button').ariaLabel, frame().title];
                flow.close();
                await end(flow);
                return said;
             };
             const before = await words({ locale: 'fr' });
             for (const lang of ['fr', 'sv']) await load(`/pkg/locales/${lang}.js`);
             const said = [before, await words({ locale: 'fr-CA' }), await words({ locale: 'de' }), await words({ locale: 'fr', title: 'My bank' })];
             const { lang } = document.documentElement;
             document.documentElement.lang = 'sv-FI';
             said.push(await words());
             // As many servers write it.
             document.documentElement.lang = 'sv_FI';
             said.push(await words());
             const described = describeError('LINK_TIMEOUT').message;
             document.documentElement.lang = lang;
             return [...said, described]",
            json!([
                ["en", "Connect your bank", "en", "Close", "Connect your bank"],
                ["fr", "Connecter votre banque", "fr", "Fermer", "Connecter votre banque"],
                ["en", "Connect your bank", "en", "Close", "Connect your bank"],
                ["fr", "My bank", "en", "Fermer", "My bank"],
                ["sv", "Anslut din bank", "sv", "Stäng", "Anslut din bank"],
                ["sv", "Anslut din bank", "sv", "Stäng", "Anslut din bank"],
                "Sessionen har gått ut. Försök igen."
            ]),
        ),
        script(
            "while it is loading",
            "await load('/pkg/locales/ro.js');
             const flow = start({ container: 'bank', locale: 'ro', authServer: `${origins.provider}/hold/loading` });
             const said = shadow().querySelector('[role=status]').textContent;
             release('loading');
             flow.close();
             await end(flow);
             return said",
            json!("Se încarcă…"),
        ),
        case("beside a popup", popup),
    ]
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

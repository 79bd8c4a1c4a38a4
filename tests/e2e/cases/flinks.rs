//! What only Flinks Connect has: its address, its events, and the one renewal of its token.

use serde_json::{Value, json};

use crate::page::{Case, script_on};

pub fn cases() -> Vec<Case> {
    let row = |name, run, expect: Value| script_on("", name, run, expect);
    vec![
        row(
            "the address: `url` with its own query, `params` over it, options of their own over both",
            "const shown = (options) => {
                const flow = openFlinks({ url: `${puppet()}?kept=1&language=de&tag=url`, ...options });
                const { origin, pathname, searchParams } = new URL(hosts()[0].shadowRoot.querySelector('iframe').src);
                flow.close();
                return [origin === origins.provider, pathname, Object.fromEntries(searchParams)];
             };
             return [shown({}), shown({ params: { tag: 'a b&c=#', demo: true, count: 3, language: 'en' } }),
                shown({ params: { language: 'en', authorizeToken: 'T0' }, language: 'fr', authorizeToken: 'T1' })]",
            json!([
                [true, "/puppet", { "kept": "1", "language": "de", "tag": "url" }],
                [true, "/puppet", { "kept": "1", "language": "en", "tag": "a b&c=#", "demo": "true", "count": "3" }],
                [true, "/puppet", { "kept": "1", "language": "fr", "tag": "url", "authorizeToken": "T1" }]
            ]),
        ),
        row(
            "the address: `instance`",
            "const told = [];
             accidents.length = 0;
             for (const instance of ['toolbox', 'a', '0-9', 'x'.repeat(63)]) {
                const flow = openFlinks({ instance });
                told.push(hosts()[0].shadowRoot.querySelector('iframe').src === `https://${instance}-iframe.private.fin.ag/v2/`);
                flow.close();
             }
             await until(() => accidents.length === 4);
             const refused = accidents.splice(0).every((accident) => accident.includes('frame-src'));
             return [...new Set(told), refused]",
            json!([true, true]),
        ),
        row(
            "options that make no sense",
            "const told = [];
             for (const options of [
                undefined, null, {}, 5, 'toolbox', { instance: 'toolbox', url: puppet() }, { instance: '' }, { instance: '-a' }, { instance: 'a-' }, { instance: 'A' },
                { instance: 'a.b' }, { instance: 'a/b' }, { instance: 'x'.repeat(64) }, { instance: 5 }, { url: 'http://flinks.example/' }, { url: 'x' }, { url: 5 },
                { url: puppet(), params: 5 }, { url: puppet(), params: 'demo=true' }, { url: puppet(), params: { a: null } }, { url: puppet(), params: { a: {} } },
                { url: puppet(), language: 'de' }, { url: puppet(), authorizeToken: 5 }, { url: puppet(), getAuthorizeToken: 'T1' },
             ]) {
                const { code, provider } = await outcome(openFlinks(options));
                told.push(`${code} ${provider}`, hosts().length);
             }
             return [...new Set(told)]",
            json!(["LINK_INVALID_OPTIONS flinks", 0]),
        ),
        row(
            "events in the provider's order, each with its step, and never a loginId",
            "const flow = launch('flinks');
             await started({}, '', flow);
             const messages = [
                { step: 'APP_MOUNTED' }, { step: 'COMPONENT_LOAD_CONSENT' }, { step: 'COMPONENT_ACCEPT_CONSENT' },
                { step: 'COMPONENT_LOAD_INSTITUTION_SELECTOR', cached: false }, { step: 'INSTITUTION_SELECTED', institution: 'FlinksCapital' },
                { step: 'COMPONENT_LOAD_CREDENTIAL', institution: 'FlinksCapital' }, { step: 'SUBMIT_CREDENTIAL', institution: 'FlinksCapital' },
                { requestId: 'R1', flinksCode: 'INVALID_PASSWORD', institution: 'FlinksCapital' }, { step: 'COMPONENT_LOAD_CREDENTIAL_RETRY' },
                { step: 'COMPONENT_LOAD_MFA', mfaTypes: ['QuestionAndAnswer'] }, { step: 'SUBMIT_MFA' }, { step: 'ENHANCED_MFA_HAS_QUESTIONS' },
                { step: 'POPUP_BLOCKED' }, { step: 'POPUP_OPENED' }, { step: 'APP_OFFLINE' }, { step: 'APP_ONLINE' },
                { step: 'COMPONENT_LOAD_ACCOUNT_SELECTION', totalAccounts: 2, displayedAccounts: 1 }, { step: 'ACCOUNT_SELECTED', accountId: 'A1' },
                { step: 'REDIRECT', institution: 'FlinksCapital', url: 'https://a.example/?institution=x' }, { step: 'OF_TOMORROW', loginId: 'secret-login', token: 'secret-token' },
                { flinksCode: 'QUESTION_NOT_FOUND', loginId: 'secret-login' }, { step: 'DISABLED_INSTITUTION', institution: 'x' }, { step: 'COMPONENT_DENY_TERMS' },
             ];
             // as objects, and as the strings that stringify=true makes of them
             for (const message of messages) say(messages.indexOf(message) % 2 ? JSON.stringify(JSON.stringify(message)) : message);
             say({ step: 'REDIRECT', loginId: 'secret-login', requestId: 'R1', institution: 'FlinksCapital', accountId: ['A1', 'A2'] });
             const result = await outcome(flow);
             const steps = flow.events.filter(({ type }) => type === 'step');
             return [steps.map(({ step, providerStep }) => `${step} ${providerStep}`), JSON.stringify(flow.events).includes('secret'), result, types(flow).at(-1),
                steps.find(({ providerStep }) => providerStep === 'INSTITUTION_SELECTED').data]",
            json!([
                [
                    "loaded APP_MOUNTED", "consent COMPONENT_LOAD_CONSENT", "consent COMPONENT_ACCEPT_CONSENT",
                    "institution COMPONENT_LOAD_INSTITUTION_SELECTOR", "institution INSTITUTION_SELECTED",
                    "credentials COMPONENT_LOAD_CREDENTIAL", "credentials SUBMIT_CREDENTIAL",
                    "retry INVALID_PASSWORD", "retry COMPONENT_LOAD_CREDENTIAL_RETRY",
                    "mfa COMPONENT_LOAD_MFA", "mfa SUBMIT_MFA", "mfa ENHANCED_MFA_HAS_QUESTIONS",
                    "handoff POPUP_BLOCKED", "handoff POPUP_OPENED", "offline APP_OFFLINE", "online APP_ONLINE",
                    "accounts COMPONENT_LOAD_ACCOUNT_SELECTION", "accounts ACCOUNT_SELECTED",
                    "other REDIRECT", "other OF_TOMORROW", "other QUESTION_NOT_FOUND", "retry DISABLED_INSTITUTION",
                    "consent COMPONENT_DENY_TERMS"
                ],
                false,
                { "completed": { "loginId": "secret-login", "institution": "FlinksCapital", "requestId": "R1", "accountIds": ["A1", "A2"] } },
                "completed",
                { "institution": "FlinksCapital" }
            ]),
        ),
        row(
            "where the user stopped: closed outside, on the provider's page, and too late",
            "const told = [];
             for (const end of ['outside', 'inside', 'late']) {
                const flow = launch('flinks', end === 'late' ? { timeoutMs: 900 } : {});
                await started({}, '', flow);
                say({ step: 'INSTITUTION_SELECTED', institution: 'FlinksCapital' });
                say({ step: 'COMPONENT_LOAD_CREDENTIAL' });
                await until(() => types(flow).includes('step') && flow.events.at(-1).step === 'credentials');
                if (end === 'outside') hosts()[0].shadowRoot.querySelector('button').click();
                if (end === 'inside') say({ step: 'COMPONENT_CLOSE_SESSION', institution: 'FlinksCapital' });
                const { code, details } = await flow.catch((error) => error);
                told.push([code, details]);
             }
             const flow = launch('flinks');
             await started({}, '', flow);
             flow.close();
             const { details } = await flow.catch((error) => error);
             return [told, details ?? null]",
            {
                let stopped = json!({ "lastStep": {
                    "step": "credentials", "providerStep": "COMPONENT_LOAD_CREDENTIAL", "institution": "FlinksCapital"
                } });
                let end = |code: &str| json!([code, stopped]);
                json!([[end("LINK_USER_CANCELLED"), end("LINK_USER_CANCELLED"), end("LINK_TIMEOUT")], null])
            },
        ),
        row(
            "a refused token is renewed once, and the page loads again with the new one",
            "let asked = 0;
             const getAuthorizeToken = async () => {
                asked += 1;
                await heard(3);
                return `T${asked + 1}`;
             };
             const flow = launch('flinks', { authorizeToken: 'T1', params: { tag: 'kept' }, getAuthorizeToken });
             await started({}, '', flow);
             const loads = () => flow.events.filter(({ type }) => type === 'load').length;
             say({ step: 'TOKEN_INVALID' });
             say({ step: 'TOKEN_INVALID' });
             say({ step: 'REDIRECT', loginId: 'of the old page' });
             await until(() => loads() === 2);
             const said = next();
             say('{ search: location.search }');
             const { searchParams } = new URL((await said).search, location);
             const during = [asked, Object.fromEntries(searchParams), await isPending(flow), types(flow)];
             say({ step: 'TOKEN_INVALID' });
             return [...during, await end(flow), asked]",
            json!([1, { "authorizeToken": "T2", "tag": "kept" }, true, ["open", "load", "load"], "LINK_INVALID_SESSION", 1]),
        ),
        row(
            "what the old page still says while the new one is on its way",
            "const told = [];
             for (const last of [{ step: 'TOKEN_INVALID' }, { flinksCode: 'TOKEN_INVALID' }, { step: 'REDIRECT', loginId: 'of the old page' }]) {
                const flow = launch('flinks', { container: 'bank', getAuthorizeToken: async () => 'T2' });
                const { provider } = await started({}, '', flow);
                const before = count();
                run(provider, `parent.postMessage({ step: 'TOKEN_INVALID' }, '*'); parent.postMessage(${JSON.stringify(last)}, '*')`);
                await heard(before + 2);
                told.push(await isPending(flow) || await end(flow));
                flow.close();
             }
             return told",
            json!([true, true, true]),
        ),
        row(
            "after the renewal the flow goes on",
            "const flow = launch('flinks', { getAuthorizeToken: async () => 'T2' });
             await started({}, '', flow);
             say(`'{\"step\":\"TOKEN_INVALID\"}'`);
             await until(() => types(flow).filter((type) => type === 'load').length === 2);
             say({ step: 'REDIRECT', url: 'https://a.example/?loginId=L1' });
             return [await end(flow), JSON.stringify(flow.events).includes('T2')]",
            json!(["completed", false]),
        ),
        row(
            "no new token",
            "const told = [];
             for (const getAuthorizeToken of [
                undefined, async () => { throw new Error('x'); }, () => { throw new Error('x'); }, async () => '', async () => undefined, async () => null, async () => 5, () => ({}),
                () => ({ get then() { throw new Error('x'); } }),
             ]) {
                const flow = launch('flinks', { getAuthorizeToken });
                await started({}, '', flow);
                say({ step: 'TOKEN_INVALID' });
                told.push(await end(flow));
                flow.close();
             }
             return [...new Set(told)]",
            json!(["LINK_INVALID_SESSION"]),
        ),
        row(
            "waiting for a token counts, and an answer that comes too late does nothing",
            "let give;
             const token = new Promise((resolve) => { give = resolve; });
             const flow = launch('flinks', { timeoutMs: 400, getAuthorizeToken: () => token });
             await started({}, '', flow);
             say({ step: 'TOKEN_INVALID' });
             const ended = await end(flow);
             give('T2');
             await pause(20);
             const closed = launch('flinks', { getAuthorizeToken: () => token });
             await started({}, '', closed);
             say({ step: 'TOKEN_INVALID' });
             await heard(2);
             closed.close();
             return [ended, await end(closed), hosts().length]",
            json!(["LINK_TIMEOUT", "LINK_USER_CANCELLED", 0]),
        ),
        row(
            "how flows end",
            "const told = {};
             for (const [name, message] of Object.entries({
                close: { step: 'COMPONENT_CLOSE_SESSION', institution: 'x' }, deny: { step: 'COMPONENT_DENY_CONSENT' }, retries: { step: 'MAXIMUM_RETRY_REACHED' },
                retriesByCode: { flinksCode: 'MAXIMUM_RETRY_REACHED' }, expired: { step: 'SESSION_EXPIRED' }, gone: { flinksCode: 'SESSION_NONEXISTENT' },
                url: { step: 'REDIRECT', url: 'https://a.example/thanks?loginId=L1&institution=I&accountId=A1,A2&tag=T' }, string: `'{\"step\":\"REDIRECT\",\"loginId\":\"L2\"}'`,
             })) {
                const flow = launch('flinks', { container: 'bank' });
                await started({}, '', flow);
                say(message);
                const { completed, code, details } = await outcome(flow);
                told[name] = completed ?? [code, details].filter(Boolean);
                flow.close();
             }
             return told",
            json!({
                "close": ["LINK_USER_CANCELLED"],
                "deny": ["CONSENT_ENDUSER_DENIED"],
                "retries": ["LINK_PROVIDER_ERROR", { "providerCode": "MAXIMUM_RETRY_REACHED" }],
                "retriesByCode": ["LINK_PROVIDER_ERROR", { "providerCode": "MAXIMUM_RETRY_REACHED" }],
                "expired": ["LINK_INVALID_SESSION", { "providerCode": "SESSION_EXPIRED" }],
                "gone": ["LINK_INVALID_SESSION", { "providerCode": "SESSION_NONEXISTENT" }],
                "url": { "loginId": "L1", "institution": "I", "accountIds": ["A1", "A2"], "tag": "T", "url": "https://a.example/thanks?loginId=L1&institution=I&accountId=A1,A2&tag=T" },
                "string": { "loginId": "L2" }
            }),
        ),
    ]
}

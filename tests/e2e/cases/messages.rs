//! What the threats say of messages, for the other providers that post them, and of the pages that users return to.

use serde_json::{Value, json};

use crate::page::{Case, Page, case, script_on};
use crate::vectors::{silent, speaking};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    // `hostile.rs` has these for Fiskil
    for provider in speaking().filter(|provider| provider.name != "fiskil") {
        let names = move |script: &str| {
            let named = script.replace("$provider", &provider.name);
            named.replace("$forged", &provider.forged).replace("$genuine", &provider.genuine)
        };
        for (name, script, expect) in FRAMED {
            let script: &'static str = names(script).leak();
            let expect: Value = serde_json::from_str(expect).expect("JSON");
            cases.push(script_on("", name, script, expect).of(&provider.name));
        }
        cases.push(
            case("a popup: other windows, and its own at another origin", move |page| {
                in_a_popup(page, names)
            })
            .of(&provider.name),
        );
    }
    cases.push(script_on(
        "",
        "texts of every kind, for flinks, which reads texts",
        "const flow = launch('flinks');
         await started({}, '', flow);
         const rows = [
            `''`, `'null'`, `'5'`, `'\"x\"'`, `'[]'`, `'{'`, `'{}'`, `'[{\"step\":\"REDIRECT\",\"loginId\":\"forged\"}]'`, `'{\"step\":5,\"loginId\":\"forged\"}'`,
            `'{\"__proto__\":{\"step\":\"REDIRECT\",\"loginId\":\"forged\"}}'`, `'{\"constructor\":{\"prototype\":{\"step\":\"REDIRECT\"}}}'`,
            `'\"{\\\\\"step\\\\\":\\\\\"REDIRECT\\\\\",\\\\\"loginId\\\\\":\\\\\"forged\\\\\"}\"'`, `'['.repeat(60_000)`, `'{\"a\":'.repeat(10_000)`, `'\\ud800'`, `'\\0'`,
            `JSON.stringify({ step: 'REDIRECT', loginId: 'forged', more: 'x'.repeat(64 * 1024) })`, `'x'.repeat(20_000_000)`,
            `JSON.stringify({ step: 'REDIRECT', url: 'javascript:alert(1)//?loginId=' })`, `JSON.stringify({ step: 'REDIRECT', loginId: '' })`,
            `JSON.stringify({ step: 'REDIRECT', loginId: ['forged'] })`, `JSON.stringify({ step: 'REDIRECT', loginId: { toString: 1 } })`,
         ];
         for (const row of rows) say(row);
         await heard(rows.length);
         const pending = await isPending(flow);
         say(`'{\"step\":\"REDIRECT\",\"loginId\":\"genuine\",\"__proto__\":{\"tag\":\"forged\"}}'`);
         return [pending, await outcome(flow), types(flow).filter((type) => type !== 'step'), JSON.stringify(flow.events).includes('forged'), Object.prototype.step ?? 'none']",
        json!([true, { "completed": { "loginId": "genuine" } }, ["open", "load", "completed"], false, "none"]),
    ));
    cases.push(script_on(
        "",
        "finX: the expected state, in a message",
        "const ends = [];
         for (const [query, location] of [
            [{ code: 'c', state: 'S1' }, ''], [{ code: 'c' }, 'state=S1'], [{ code: 'c', state: 'other' }, 'state=S1'], [{ code: 'c' }, ''], [{ cancel: 'true' }, ''],
            [{ code: 'c', state: 5 }, ''], [{ code: 'c', state: ['S1'] }, ''],
         ]) {
            const flow = launch('finx', { container: 'bank', state: 'S1' });
            await started({}, '', flow);
            say({ location: `https://a.example/?${location}`, query, url: 'https://a.example/' });
            ends.push(await end(flow));
         }
         return ends",
        json!([
            "completed", "completed", "LINK_STATE_MISMATCH", "LINK_STATE_MISMATCH", "LINK_STATE_MISMATCH",
            "LINK_STATE_MISMATCH", "LINK_STATE_MISMATCH"
        ]),
    ));
    for provider in silent() {
        cases.push(
            script_on(
                "",
                "has no messages: none is heard, from whomever",
                "const flow = launch('$provider', { mode: 'overlay' });
                 await started({}, '', flow);
                 const messages = [{ status: 'active', state: 'S1' }, { error: 'x' },
                    { 'link-widget': `${origins.merchant}/callback?status=active` },
                    ...speaking.map((name) => says(name, 'forged'))];
                 for (const message of messages) say(message);
                 await heard(messages.length);
                 const pending = await isPending(flow);
                 flow.close();
                 return [pending, await end(flow), types(flow)]"
                    .replace("$provider", &provider.name)
                    .leak(),
                json!([true, "LINK_USER_CANCELLED", ["open", "load", "LINK_USER_CANCELLED"]]),
            )
            .of(&provider.name),
        );
    }
    cases.push(script_on(
        "",
        "callbacks: a frame that returns to a page of ours, and frames that only say so",
        "const returnUrl = `${origins.merchant}/callback`;
         const told = [];
         for (const [provider, { returns, echoesState }] of Object.entries(providers)) {
            const [state, stateBack] = echoesState ? ['S1', '&state=S1'] : [undefined, ''];
            const flow = launch(provider, { mode: 'overlay', returnUrl, state });
            const { provider: page } = await started({}, '', flow);
            const before = count();
            const stranger = await embed(origins.attacker);
            const forged = `${returnUrl}?${returns.completed.replace(/=[^&]*/g, '=forged')}${stateBack}`;
            for (const window of [page, stranger]) say({ 'link-widget': forged }, window);
            await heard(before + 2);
            const pending = await isPending(flow);
            run(page, `location.href = '${returnUrl}?${returns.completed}${stateBack}'`);
            told.push([pending, await end(flow), JSON.stringify(await outcome(flow)).includes('forged')].join());
         }
         return [...new Set(told)]",
        json!(["true,completed,false"]),
    ));
    cases.push(script_on(
        "",
        "callbacks: a page of our own origin, and the channel, with what is not this flow's",
        "const returnUrl = `${origins.merchant}/callback`;
         const flow = launch('finqlink', { mode: 'overlay', returnUrl, state: 'S1' });
         await started({}, '', flow);
         const channel = new BroadcastChannel('link-widget');
         const own = document.createElement('iframe');
         own.className = 'kit';
         own.src = '/callback?state=other&status=active';
         const before = count();
         document.body.append(own);
         await heard(before + 1);
         for (const url of [`${returnUrl}?state=other`, returnUrl, `${origins.attacker}/callback?state=S1`, `${origins.merchant}/elsewhere?state=other`, `${returnUrl}?status=active`]) {
            channel.postMessage(url);
            window.postMessage({ 'link-widget': url }, '*');
         }
         await heard(before + 6);
         // one that a script has made up is not even read
         const data = { get 'link-widget'() { throw new Error('it was read'); } };
         window.dispatchEvent(new MessageEvent('message', { data, origin: origins.merchant }));
         await pause(50);
         const pending = await isPending(flow);
         channel.postMessage(`${returnUrl}?state=S1&status=active`);
         channel.close();
         return [pending, (await outcome(flow)).completed.state]",
        json!([true, "S1"]),
    ));
    cases
}

/// Each with a frame, and the names of the one provider in place of `$`.
const FRAMED: &[(&str, &str, &str)] = &[
    (
        "other frames post a success, one of them at the provider's own origin",
        "const flow = launch('$provider');
         await started({}, '', flow);
         const strangers = [await embed(origins.attacker), await embed(origins.provider), await embed(origins.provider, { sandbox: 'allow-scripts' })];
         for (const stranger of strangers) say(`$forged`, stranger);
         await heard(3);
         const pending = await isPending(flow);
         const from = flow.events.filter(({ type }) => type === 'foreign-message').map(({ origin }) => origin).sort();
         say(`$genuine`);
         const result = JSON.stringify(await outcome(flow));
         return [pending, from.length, from.includes('null'), result.includes('genuine'), JSON.stringify(flow.events).includes('forged')]",
        "[true, 3, true, true, false]",
    ),
    (
        "our frame, at another origin, is not heard, and is heard again once it is back",
        "const flow = launch('$provider');
         const { provider } = await started({}, '', flow);
         for (const origin of [origins.attacker, origins.elsewhere]) {
            const loads = () => types(flow).filter((type) => type === 'load').length;
            const before = [loads(), count()];
            run(provider, `location.href = '${puppet(origin)}'`);
            await until(() => loads() > before[0]);
            say(`$forged`, provider);
            await heard(before[1] + 1);
         }
         const pending = await isPending(flow);
         run(provider, `location.href = '${puppet()}'`);
         await until(() => types(flow).filter((type) => type === 'load').length === 4);
         say(`$genuine`, provider);
         return [pending, JSON.stringify(await outcome(flow)).includes('genuine')]",
        "[true, true]",
    ),
    (
        "the page itself, and events that a script makes up",
        "const flow = launch('$provider');
         const { provider } = await started({}, '', flow);
         const data = $forged;
         window.postMessage(data, '*');
         await heard(1);
         for (const source of [provider, null, window]) {
            const event = new MessageEvent('message', { data, source, origin: origins.provider });
            try { Object.defineProperty(event, 'isTrusted', { value: true }); } catch { /* it cannot be redefined */ }
            window.dispatchEvent(event);
         }
         const pending = await isPending(flow);
         say(`$genuine`);
         return [pending, JSON.stringify(await outcome(flow)).includes('genuine')]",
        "[true, true]",
    ),
    (
        "data of every kind is ignored without an exception",
        "const flow = launch('$provider');
         await started({}, '', flow);
         const rows = [
            `null`, `undefined`, `0`, `NaN`, `1n`, `true`, `''`, `'x'.repeat(10_000_000)`, `[]`, `[$forged]`, `new Array(1_000_000)`, `{}`, `new Date()`, `/x/`,
            `new Error('step')`, `new Map(Object.entries($forged))`, `new Set(['step'])`, `new ArrayBuffer(8)`, `new Uint8Array(8)`, `new Blob(['x'])`, `new String('x')`,
            `JSON.parse(JSON.stringify({ x: $forged }).replace('\"x\"', '\"__proto__\"'))`, `{ query: null, location: null, url: null }`, `{ step: null, flinksCode: 5 }`,
            `{ location: 5, query: { code: 'forged' }, url: 'x' }`, `{ location: 'x', query: 5, url: 'x' }`, `{ step: new String('REDIRECT'), loginId: 'forged' }`,
            `{ step: 'REDIRECT', loginId: 'x'.repeat(64 * 1024 + 1) }`, `{ location: 'x'.repeat(64 * 1024 + 1), query: { code: 'forged' }, url: 'x' }`,
            `(() => { const loop = {}; loop.step = loop; loop.query = loop; loop.location = loop; loop.url = loop; return loop; })()`,
            `(() => { let deep = {}; for (let i = 0; i < 500; i += 1) deep = { deep, step: deep, query: deep }; return deep; })()`,
         ];
         for (const row of rows) say(row);
         await heard(rows.length);
         const pending = await isPending(flow);
         say(`$genuine`);
         return [pending, JSON.stringify(await outcome(flow)).includes('genuine'), types(flow).filter((type) => type !== 'step'), Object.prototype.step ?? 'none']",
        "[true, true, [\"open\", \"load\", \"completed\"], \"none\"]",
    ),
    (
        "a flood: the genuine one gets through, and memory does not grow",
        "const flow = launch('$provider');
         const { provider } = await started({}, '', flow);
         const stranger = await embed(origins.attacker);
         const flood = (window, times, data) => run(window, `for (let i = 0; i < ${times}; i += 1) parent.postMessage(${data}, '*')`);
         flood(stranger, 1000, `$forged`);
         flood(provider, 1000, `{ noise: 'x'.repeat(100) + i }`);
         await heard(2000);
         const before = memory();
         flood(stranger, 20_000, `$forged`);
         flood(provider, 20_000, `{ location: 5, step: i, query: 'x'.repeat(100) + i }`);
         say(`$genuine`, provider);
         return [JSON.stringify(await outcome(flow)).includes('genuine'), memory() === before, types(flow)]",
        "[true, true, [\"open\", \"load\", \"foreign-message\", \"completed\"]]",
    ),
];

async fn in_a_popup(page: Page, names: impl Fn(&str) -> String) {
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

//! A page to look at: a frame with no outcome, that stays until it is closed.

use serde_json::{Value, json};

use crate::page::{Case, script_on};
use crate::vectors::providers;

pub fn cases() -> Vec<Case> {
    let row = |name, run, expect: Value| script_on("", name, run, expect);
    let provider =
        &providers().iter().find(|provider| provider.embeds()).expect("one that has such pages").name;
    let cancelled = json!(["LinkError", "LINK_USER_CANCELLED", provider]);
    vec![
        row(
            "it loads, stays, and goes",
            "const events = [];
             const embed = embedTool(puppet(), { container: 'bank', title: 'Your money', onEvent: (event) => events.push(event) });
             const [host] = hosts();
             const { title, src } = host.shadowRoot.querySelector('iframe');
             const given = [title, src === puppet(), host.parentElement.id, Object.keys(embed).sort(), embed.ready instanceof Promise];
             given.push(await embed.ready ?? 'nothing', hosts().length, timers.size);
             embed.close();
             embed.close();
             given.push(hosts().length, await embed.ready ?? 'nothing',
                events.map(({ provider, type, elapsedMs }) => [provider, type, elapsedMs > 0]));
             return given",
            json!(["Your money", true, "bank", ["close", "ready"], true, "nothing", 1, 0, 0, "nothing", [[provider, "load", true]]]),
        ),
        row(
            "close() before it is ready",
            "const told = [];
             for (const later of [() => {}, () => pause(50)]) {
                const embed = embedTool(`${origins.provider}/hold/never`, { container: 'bank' });
                await later();
                embed.close();
                told.push(await embed.ready.catch(({ name, code, provider }) => [name, code, provider]), hosts().length, timers.size);
             }
             return told",
            json!([cancelled, 0, 0, cancelled, 0, 0]),
        ),
        row(
            "a page that does not come",
            "const embed = embedTool(`${origins.provider}/hold/never`, { container: 'bank', loadTimeoutMs: 60 });
             return [await embed.ready.catch(({ code, message }) => [code, message.includes('loadTimeoutMs')]), hosts().length]",
            json!([["LINK_LOAD_TIMEOUT", true], 0]),
        ),
        row(
            "how long it waits",
            "const delays = [];
             for (const loadTimeoutMs of [undefined, 0, Infinity, 70, 0.5, 2 ** 31 + 5]) {
                const embed = embedTool(`${origins.provider}/hold/never`, { container: 'bank', loadTimeoutMs });
                delays.push([...timers.values()].map(({ ms }) => ms)[0] ?? 'none');
                embed.close();
             }
             return delays",
            json!([30000, "none", "none", 70, 1, 2_147_483_647]),
        ),
        row(
            "what is wrong rejects `ready`, and nothing is thrown or left",
            "const told = [];
             const throwing = { get container() { throw new Error('x'); } };
             for (const [url, options] of [
                [puppet(), undefined], [puppet(), null], [puppet(), {}], [puppet(), { container: 5 }], [puppet(), { container: '###' }], [puppet(), throwing],
                [puppet(), { container: 'bank', loadTimeoutMs: -1 }], [puppet(), { container: 'bank', loadTimeoutMs: NaN }], [puppet(), { container: 'bank', loadTimeoutMs: '5' }],
                [puppet(), { container: 'bank', title: 5 }], [puppet(), { container: 'bank', onEvent: 5 }],
                ['http://viz.example/', { container: 'bank' }], ['javascript:alert(1)', { container: 'bank' }], ['data:text/html,x', { container: 'bank' }],
                ['', { container: 'bank' }], [undefined, { container: 'bank' }], [null, { container: 'bank' }], [{}, { container: 'bank' }], [Symbol('x'), { container: 'bank' }],
                ['https://me@viz.example/', { container: 'bank' }],
             ]) {
                const embed = embedTool(url, options);
                told.push(await embed.ready.then(() => `ready ${String(url)}`, ({ name, code, provider }) => `${name} ${code} ${provider}`), hosts().length);
                embed.close();
             }
             for (const container of ['nowhere', '#nowhere', document.createElement('div')]) {
                told.push(await embedTool(puppet(), { container }).ready.catch(({ code }) => code));
             }
             return [...new Set(told)]",
            json!([format!("LinkError LINK_INVALID_OPTIONS {provider}"), 0, "LINK_NOT_FOUND"]),
        ),
        row(
            "nobody waits for it: no unhandledrejection",
            "embedTool('no URL', { container: 'bank' });
             embedTool(puppet(), { container: 'nowhere' });
             embedTool(puppet(), { container: 'bank' }).close();
             embedTool(`${origins.provider}/hold/never`, { container: 'bank', loadTimeoutMs: 20 });
             await pause(150);
             return accidents",
            json!([]),
        ),
        row(
            "what onEvent throws is reported, and it is ready all the same",
            "const embed = embedTool(puppet(), { container: 'bank', onEvent() { throw new Error('the page’s own mistake'); } });
             await embed.ready;
             await pause(20);
             embed.close();
             return accidents.splice(0).length",
            json!(1),
        ),
        row(
            "it knows nothing of messages, and messages to flows beside it are not its own",
            "const embed = embedTool(puppet(), { container: 'bank' });
             await embed.ready;
             const tool = hosts()[0].shadowRoot.querySelector('iframe').contentWindow;
             const { flow, provider } = await started({});
             say({ isCompleted: true, consentID: 'forged' }, tool);
             await heard(1);
             const pending = await isPending(flow);
             say({ isCompleted: true, consentID: 'genuine' }, provider);
             const result = await outcome(flow);
             const left = hosts().length;
             embed.close();
             return [pending, result, left]",
            json!([true, { "completed": { "consentID": "genuine" } }, 1]),
        ),
    ]
}

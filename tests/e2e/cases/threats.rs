//! The threats, for every provider and mode that each can concern, where the other files have them for one.

use serde_json::{Value, json};

use crate::page::{Case, Page, case, script_on};
use crate::vectors::{Provider, providers, silent, speaking};

/// The modes in which a page of the provider's is beside ours, as options.
const BESIDE: &[(&str, &str)] = &[
    ("overlay", "{ mode: 'overlay' }"),
    ("container", "{ container: 'bank' }"),
    ("popup", "{ mode: 'popup' }"),
];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for provider in speaking() {
        let Provider { name, forged, genuine, .. } = provider;
        for &(mode, options) in BESIDE {
            let names = move |script: &str| {
                let filled = script.replace("$provider", name).replace("$mode", mode);
                filled.replace("$options", options).replace("$forged", forged).replace("$genuine", genuine)
            };
            cases.push(case(format!("{name}, {mode}: only its window is heard"), move |page| {
                windows(page, names)
            }));
            cases.push(case(format!("{name}, {mode}: its window at other origins"), move |page| {
                navigated(page, names, name == "fiskil")
            }));
            cases.push(case(format!("{name}, {mode}: everything that can be cloned"), move |page| {
                cloned(page, names)
            }));
        }
        cases.push(case(format!("{name}: a page whose objects inherit an answer"), move |page| {
            inherited(page, name, forged, genuine)
        }));
        cases.push(case(format!("{name}: everything that can be cloned, in each field"), move |page| {
            in_each_field(page, name, genuine, provider.fields())
        }));
        cases.push(case(format!("{name}, popup: 100,000 messages"), move |page| {
            flood(page, name, forged, genuine)
        }));
    }
    for provider in silent() {
        let name = &provider.name;
        // they come over a channel, which is the same in every mode
        let (mode, options) = BESIDE[0];
        cases.push(case(format!("{name}, {mode}: 100,000 callbacks of nobody's"), move |page| {
            callback_flood(page, provider, options)
        }));
    }
    for provider in providers() {
        let Provider { name, .. } = provider;
        for &(mode, options) in BESIDE {
            cases.push(case(format!("{name}, {mode}: the provider's page is told nothing"), move |page| {
                told_nothing(page, name, options)
            }));
        }
        let query = provider.returns("completed");
        let state = if provider.echoes_state() { "secret-state" } else { "" };
        cases.push(case(format!("{name}: cold, replayed, foreign and expired return URLs"), move |page| {
            return_urls(page, name, query, state)
        }));
        cases.push(case(format!("{name}: nothing of the return URL leaks on"), move |page| {
            leaks(page, name, query, state)
        }));
        cases.push(case(format!("{name}: the page that a frame returns to keeps nothing"), move |page| {
            callback_page(page, name, query, state)
        }));
    }
    cases.push(case("somebody else opens and frames the page that users return to", framed_callback_page));
    cases.push(case(
        "a popup sends the page that opened it away: a record of a redirect survives",
        record_survives,
    ));
    cases.push(script_on(
        "",
        "mix-up: one provider's return URL with the state of another's",
        MIX_UP,
        json!([true, true, 0]),
    ));
    cases.push(script_on(
        "",
        "mix-up: a frame returns with the state of another provider's flow",
        "const ends = [];
         for (const provider of echoing) {
            for (const other of echoing.filter((other) => other !== provider)) {
                const flow = launch(provider, { mode: 'overlay', state: provider, returnUrl: '/callback' });
                const { provider: page } = await started({}, '', flow);
                const query = `state=${other}&${providers[provider].returns.completed}`;
                run(page, `location.href = '${origins.merchant}/callback?${query}'`);
                ends.push(await end(flow));
            }
         }
         return [ends.length > 5, [...new Set(ends)]]",
        json!([true, ["LINK_STATE_MISMATCH"]]),
    ));
    cases.push(script_on(
        "",
        "mix-up: a provider's page says what another's would",
        "const returned = (name) => Object.fromEntries(new URLSearchParams(providers[name].returns.completed));
         // who posts nothing would say what is in its return URL
         const said = (name) =>
            speaking.includes(name) ? says(name, name) : { ...returned(name), state: 'S1', code: name };
         const wrong = [];
         for (const provider in providers) {
            const flow = launch(provider, { container: 'bank' });
            await started({}, '', flow);
            const others = Object.keys(providers).filter((other) => other !== provider);
            const before = count();
            for (const other of others) say(said(other));
            await heard(before + others.length);
            const pending = await isPending(flow);
            // all of it at once: each reads its own
            say(Object.assign({}, ...Object.keys(providers).map(said)));
            await heard(before + others.length + 1);
            if (await isPending(flow)) flow.close();
            const { completed, code } = await outcome(flow);
            const reads = Object.values(completed ?? {}).includes(provider);
            const ends = speaking.includes(provider) ? reads : code === 'LINK_USER_CANCELLED';
            if (!pending || !ends) wrong.push([provider, pending, completed ?? code]);
         }
         return wrong",
        json!([]),
    ));
    cases.push(script_on(
        "",
        "URLs that nobody should open, of every launcher in every mode",
        URLS,
        json!([true, []]),
    ));
    cases.push(script_on(
        "",
        "a redirect on its way hears nobody, from no window",
        "// an answer that keeps the page: the flow is pending, with no window
         const to = `${origins.provider}/nothing`;
         const data = speaking.map((name) => says(name, 'forged'));
         const ends = [];
         for (const provider in providers) {
            // before: Firefox loads no frame in a page that is about to leave
            const stranger = await embed(origins.provider);
            const flow = launch(provider, { mode: 'redirect', to });
            const before = count();
            for (const item of data) { say(item, stranger); window.postMessage(item, '*'); }
            for (const item of data) window.dispatchEvent(new MessageEvent('message', { data: item, source: null, origin: origins.provider }));
            await heard(before + 3 * data.length);
            // in Chromium its window is null, as is the flow's
            const sources = await gone(...data.map((item) => JSON.stringify(item)));
            const areNobodys = sources.every((source) => source === null) || !navigator.userAgent.includes('Chrome');
            ends.push(sources.length === data.length, areNobodys);
            ends.push(await isPending(flow), sessionStorage.length);
            flow.close();
            ends.push(await end(flow), sessionStorage.length);
         }
         await pause(50);
         return [[...new Set(ends)], location.pathname]",
        json!([[true, 1, "LINK_USER_CANCELLED", 0], "/"]),
    ));
    cases
}

/// Opens a flow in a click, in any mode, and waits for its page. `ours` and `speak` are then its window, and what makes
/// it post something; `genuine` what it was posted with.
async fn open(page: &Page, names: &impl Fn(&str) -> String) {
    page.start_at_click(&names("return launch('$provider', $options)")).await;
    page.run(&names(
        "const isPopup = '$mode' === 'popup';
         if (isPopup) await reached();
         else await until(() => flow.events.some(({ type }) => type === 'load'));
         const ours = isPopup ? popup() : frame().contentWindow;
         Object.assign(window, { ours, speak: (data) => (isPopup ? tell(data) : say(data, ours)) })",
    ))
    .await;
}

async fn windows(page: Page, names: impl Fn(&str) -> String) {
    page.merchant("").await;
    // tabs of strangers, before a dialog is over the button
    for origin in ["attacker", "provider"] {
        page.run(&format!(
            "atClick(() => {{ open(puppet(origins.{origin})); return new Promise(() => {{}}); }})"
        ))
        .await;
        page.click("#connect").await;
        page.run("await reached()").await;
        page.to_front().await;
    }
    open(&page, &names).await;
    let told = page
        .run(&names(
            "const frames = [await embed(origins.attacker), await embed(origins.provider), await embed(origins.provider, { sandbox: 'allow-scripts' })];
             let before = count();
             for (const stranger of frames) say(`$forged`, stranger);
             for (const tab of windows.slice(0, 2)) run(tab, `opener.postMessage($forged, '*')`);
             // a frame inside the provider's page
             const inside = `run:(top.opener ?? top).postMessage($forged, '*')`;
             run(ours, `const inner = document.createElement('iframe');
                inner.src = '${puppet(origins.attacker)}';
                inner.onload = () => inner.contentWindow.postMessage(${JSON.stringify(inside)}, '*');
                document.body.append(inner);`);
             // this page, and what its scripts make up
             const data = $forged;
             window.postMessage(data, '*');
             for (const source of [ours, null, window]) {
                const event = new MessageEvent('message', { data, source, origin: origins.provider });
                try { Object.defineProperty(event, 'isTrusted', { value: true }); } catch { /* it cannot be redefined */ }
                window.dispatchEvent(event);
             }
             await heard(before + 10);
             const pending = [await isPending(flow)];
             // a frame that has gone when its message comes: nobody's window
             await embed(origins.provider);
             const sources = await gone(`$forged`);
             pending.push(sources.length === 1, sources[0] === null || !navigator.userAgent.includes('Chrome'), await isPending(flow));
             for (const tab of windows.slice(0, 2)) tab.close();
             speak(`$genuine`);
             const result = JSON.stringify(await outcome(flow));
             const strangers = flow.events.filter(({ type }) => type === 'foreign-message').map(({ origin }) => origin).sort();
             return [pending, result.includes('genuine'), strangers.length, `${result}${JSON.stringify(flow.events)}`.includes('forged'), types(flow).at(-1)]",
        ))
        .await;
    // the attacker's, the provider's, this page's own, and `null`
    assert_eq!(told, json!([[true, true, true, true], true, 4, false, "completed"]));
    page.is_clean().await;
}

/// `is_fatal`: an answer from our window at another origin ends the flow.
async fn navigated(page: Page, names: impl Fn(&str) -> String, is_fatal: bool) {
    page.merchant("").await;
    // of the provider's host at another port, of its port at another host, of nobody's, and of no origin
    let at = |origin: &'static str| (origin, format!("puppet({origin})"));
    for (look_alike, url) in [
        at("origins.elsewhere"),
        at("origins.provider.replace('localhost', '127.0.0.1')"),
        at("origins.attacker"),
        ("'null'", "puppet() + '?sandboxed'".into()),
    ] {
        open(&page, &names).await;
        let told = page
            .run(&names(&format!(
                "const origin = {look_alike};
                 const from = (origin) => new Promise((resolve) => {{
                    const onMessage = (event) => {{
                        if (event.source !== ours || event.origin !== origin) return;
                        removeEventListener('message', onMessage);
                        resolve();
                    }};
                    addEventListener('message', onMessage);
                 }});
                 const goes = async (origin, url) => {{
                    const there = from(origin);
                    run(ours, `location.href = '${{url}}'`);
                    let is_there = false;
                    there.then(() => {{ is_there = true; }});
                    await until(async () => {{ speak('\"here\"'); await pause(20); return is_there; }});
                 }};
                 await goes(origin, {url});
                 speak('{{ error: 5, step: 5, noise: 1 }}');
                 const answered = from(origin);
                 if (!{is_fatal}) speak(`$forged`);
                 else speak('{{ error: \"a mistake of a bank\" }}');
                 await answered;
                 await pause(0);
                 const pending = await isPending(flow);
                 if ({is_fatal}) speak(`$forged`);
                 else {{ await goes(origins.provider, puppet()); speak(`$genuine`); }}
                 const {{ completed, code, details }} = await outcome(flow);
                 return [pending, completed ? JSON.stringify(completed).includes('genuine') : [code, details.receivedOrigin === origin],
                    JSON.stringify(flow.events).includes('forged')]"
            )))
            .await;
        let end = if is_fatal { json!(["LINK_ORIGIN_MISMATCH", true]) } else { json!(true) };
        assert_eq!(told, json!([true, end, false]), "{look_alike}");
        page.is_clean().await;
    }
}

/// A value of every type that can be cloned, as code for an async function; and some that cannot, at the end.
const KINDS: &str = r#"[
    "undefined", "null", "true", "false", "new Boolean(true)", "0", "-0", "NaN", "Infinity", "1n", "10n ** 400n", "Object(1n)", "''", "'\\ud800'", "'\\0'",
    "'x'.repeat(64 * 1024 + 1)", "'x'.repeat(20_000_000)", "new String('x')", "new Number(1)", "new Date()", "new Date(NaN)", "/x/g",
    "new Map([['isCompleted', true], ['consentID', 'forged'], ['step', 'REDIRECT'], ['loginId', 'forged']])", "new Set(['isCompleted'])", "new Map([[{}, new Map()]])",
    "new ArrayBuffer(8)", "new ArrayBuffer(8, { maxByteLength: 16 })", "new Uint8Array(8)", "new Float64Array(8)", "new BigInt64Array(2)", "new DataView(new ArrayBuffer(8))",
    "new ArrayBuffer(50_000_000)", "new Blob(['x'])", "new File(['x'], 'isCompleted')", "new ImageData(1, 1)", "await createImageBitmap(new ImageData(1, 1))",
    "new Error('isCompleted')", "Object.assign(new TypeError('x', { cause: { isCompleted: true } }), { isCompleted: true })", "new AggregateError([new Error('x')])",
    "new DOMException('x', 'AbortError')", "new DOMRect(1, 2, 3, 4)", "new DOMPoint()", "new DOMMatrix()", "new DOMQuad()",
    "await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt'])", "document.createElement('input').files",
    "[]", "[[[]]]", "new Array(1_000_000)", "Array(100_000).fill('x')", "Object.assign([], { length: 3 })", "{}", "Object.create(null)",
    "Object.create({ isCompleted: true, consentID: 'forged', step: 'REDIRECT', loginId: 'forged' })", "new (class Forged { isCompleted = 'yes'; step = {}; })()",
    "Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`isCompleted${index}`, true]))",
    "JSON.parse('{\"__proto__\":{\"isCompleted\":true,\"consentID\":\"forged\",\"step\":\"REDIRECT\",\"loginId\":\"forged\"}}')",
    "JSON.parse('{\"__proto__\":null,\"constructor\":{\"prototype\":{\"isCompleted\":true}},\"prototype\":1,\"toString\":1,\"valueOf\":2,\"hasOwnProperty\":3,\"then\":4,\"toJSON\":5}')",
    "(() => { const loop = {}; for (const name of ['loop', 'isCompleted', 'consentID', 'step', 'loginId', 'query', 'location', 'url']) loop[name] = loop; return loop; })()",
    "(() => { const loop = []; loop.push(loop); return loop; })()", "(() => { const loop = new Map(); loop.set(loop, loop); return loop; })()",
    "(() => { let deep = {}; for (let index = 0; index < 5_000; index += 1) deep = { deep, step: deep, query: deep }; return deep; })()",
    "(() => { const same = { isCompleted: 'no' }; return Array(1_000).fill(same); })()",
    "{ get isCompleted() { return 'once'; }, get step() { return {}; }, get query() { return 5; } }"
]"#;

/// These throw where they are posted, so nobody hears them.
const UNCLONEABLE: &str = r#"[
    "() => {}", "Symbol('isCompleted')", "{ isCompleted: () => true }", "new Proxy({ isCompleted: true, consentID: 'forged' }, {})", "new WeakMap()", "Promise.resolve(1)",
    "document", "window", "{ get isCompleted() { throw new Error('x'); } }"
]"#;

/// Posted with what they transfer.
const TRANSFERRED: &str = r#"[
    "new MessageChannel().port1", "new ReadableStream()", "new WritableStream()", "new TransformStream()", "new OffscreenCanvas(1, 1)", "new ArrayBuffer(8)"
]"#;

async fn cloned(page: Page, names: impl Fn(&str) -> String) {
    page.merchant("").await;
    open(&page, &names).await;
    let told = page
        .run(&names(&format!(
            "const kinds = {KINDS};
             const uncloneable = {UNCLONEABLE};
             const transferred = {TRANSFERRED};
             let broken = 0;
             const onBroken = () => {{ broken += 1; }};
             addEventListener('messageerror', onBroken);
             const before = count();
             const post = (kind, more) => run(ours, `(async () => {{
                const page = window.opener ?? parent;
                try {{ const value = ${{kind}}; page.postMessage(value, {{ targetOrigin: '*', transfer: [${{more}}] }}); }}
                catch (error) {{ page.postMessage('threw ' + error.name, '*'); }}
             }})()`);
             const threw = [];
             const onMessage = ({{ data }}) => {{ if (typeof data === 'string' && data.startsWith('threw ')) threw.push(data); }};
             addEventListener('message', onMessage);
             for (const kind of [...kinds, ...uncloneable]) post(kind, '');
             for (const kind of transferred) post(kind, 'value');
             await until(() => count() + broken >= before + kinds.length + uncloneable.length + transferred.length);
             await pause(0);
             removeEventListener('messageerror', onBroken);
             removeEventListener('message', onMessage);
             const pending = await isPending(flow);
             speak(`$genuine`);
             const result = JSON.stringify(await outcome(flow));
             const told = types(flow).filter((type) => type !== 'step' && type !== 'load');
             return [pending, result.includes('genuine'), told, JSON.stringify(flow.events).includes('forged'), threw, uncloneable.length, {{}}.isCompleted ?? 'none']"
        )))
        .await;
    let threw = told[4].as_array().expect("a list").len() as u64;
    // all of these, and of the others what this browser does not know
    let expected = told[5].as_u64().expect("a count");
    assert!((expected..expected + 4).contains(&threw), "{told}");
    assert_eq!(
        json!(told.as_array().expect("a list")[..4]),
        json!([true, true, ["open", "completed"], false]),
        "{told}"
    );
    assert_eq!(told[6], "none");
    page.is_clean().await;
}

/// Each value of each kind takes the place of each field: it counts as absent, or the whole message is ignored.
async fn in_each_field(page: Page, provider: &'static str, genuine: &'static str, fields: &'static Value) {
    page.merchant("").await;
    let told = page
        .run(&format!(
            "const {{ flow, provider }} = await started({{ container: 'bank' }});
             // texts and flags are what the fields may be
             const kinds = {KINDS}.filter((kind) => !/^'|^(true|false)$|0_000/.test(kind));
             const long = \"'x'.repeat(64 * 1024 + 1)\";
             const wrong = [];
             let tried = 0;
             const read = (data) => JSON.stringify(parseMessage('{provider}', data));
             const put = (data, field, value) => {{
                const path = field.split('.');
                const last = path.pop();
                const record = path.reduce((record, name) => record[name], data);
                if (value === undefined) delete record[last];
                else record[last] = value;
                return data;
             }};
             const sound = () => ({genuine});
             const known = read(sound());
             const heard = [];
             const onMessage = ({{ data }}) => {{ if (data && 'field' in data) heard.push(data); }};
             addEventListener('message', onMessage);
             // what one browser can clone and this one cannot read
             let broken = 0;
             const onBroken = () => {{ broken += 1; }};
             addEventListener('messageerror', onBroken);
             for (const field of {fields}) {{
                for (const kind of [...kinds, long]) {{
                    tried += 1;
                    run(provider, `(async () => {{
                        const [field, kind] = ['${{field}}', ${{JSON.stringify(kind.slice(0, 60))}}];
                        // what this browser does not know, or cannot clone, is heard as absent
                        try {{ const value = ${{kind}}; parent.postMessage({{ field, kind, value }}, '*'); }}
                        catch {{ parent.postMessage({{ field, kind }}, '*'); }}
                    }})()`);
                }}
                await until(() => heard.length + broken === tried);
             }}
             removeEventListener('message', onMessage);
             removeEventListener('messageerror', onBroken);
             for (const {{ field, kind, value }} of heard) {{
                const without = read(put(sound(), field));
                const given = read(put(sound(), field, value));
                const isLong = kind.startsWith(\"'x'\") && given === 'null';
                if (given !== without && !isLong) wrong.push([field, kind, given, without]);
             }}
             flow.close();
             await end(flow);
             return [known.includes('genuine'), tried > 250, wrong, {{}}.isCompleted ?? 'none']"
        ))
        .await;
    assert_eq!(told, json!([true, true, [], "none"]));
    page.is_clean().await;
}

/// A script of the page's has put an answer where every object inherits it.
async fn inherited(page: Page, provider: &'static str, forged: &'static str, genuine: &'static str) {
    page.merchant("").await;
    let told = page
        .run(&format!(
            "const {{ flow }} = await started({{}}, '', launch('{provider}', {{ container: 'bank' }}));
             const answer = {forged};
             const put = () => {{ for (const name in answer) Object.defineProperty(Object.prototype, name, {{ value: answer[name], configurable: true, writable: true }}); }};
             const take = () => {{ for (const name in answer) delete Object.prototype[name]; }};
             put();
             for (const data of ['{{ noise: 1 }}', '[]', 'new Map()', 'new Date()', \"'{{}}'\", '5']) say(data);
             await heard(6);
             const pending = await isPending(flow);
             take();
             say(`{genuine}`);
             return [pending, JSON.stringify(await outcome(flow)).includes('genuine')]"
        ))
        .await;
    assert_eq!(told, json!([true, true]));
    page.is_clean().await;
}

async fn flood(page: Page, provider: &'static str, forged: &'static str, genuine: &'static str) {
    page.merchant("").await;
    page.start_at_click(&format!("return launch('{provider}', {{ mode: 'popup' }})")).await;
    let told = page
        .run(&format!(
            "await reached();
             const stranger = await embed(origins.attacker);
             const flood = (window, times, data) => run(window, `const page = window.opener ?? parent; for (let i = 0; i < ${{times}}; i += 1) page.postMessage(${{data}}, '*')`);
             const settled = watch(flow).settled;
             const round = async (times, last) => {{
                const before = count();
                flood(stranger, times, `{forged}`);
                flood(popup(), times, `{{ location: 5, step: i, isCompleted: 'no', query: 'x'.repeat(100) + i }}`);
                if (last) tell(last);
                // the page stays usable meanwhile: its timers run
                while (count() < before + 2 * times) await pause(10);
             }};
             await round(1000);
             const before = memory();
             await round(50_000, `{genuine}`);
             await until(() => settled.length > 0);
             return [JSON.stringify(settled).includes('genuine'), memory() === before, types(flow).filter((type) => type !== 'load')]"
        ))
        .await;
    assert_eq!(told, json!([true, true, ["open", "foreign-message", "completed"]]));
    page.is_clean().await;
}

async fn callback_flood(page: Page, provider: &'static Provider, options: &'static str) {
    page.merchant("").await;
    page.start_at_click(&format!(
        "return launch('{}', {{ ...{options}, state: 'S1', returnUrl: `${{origins.merchant}}/callback` }})",
        provider.name
    ))
    .await;
    let told = page
        .run(
            &"await until(() => flow.events.length > 0);
             const stranger = await embed(origins.attacker);
             const channel = new BroadcastChannel('link-widget');
             const settled = watch(flow).settled;
             const url = `${origins.merchant}/callback`;
             const round = async (times) => {
                const before = count();
                run(stranger, `for (let i = 0; i < ${times}; i += 1) parent.postMessage({ 'link-widget': '${url}?state=S1&forged=' + i }, '*')`);
                for (let i = 0; i < times; i += 1) {
                    channel.postMessage(`${url}?state=${i}&forged=1`);
                    if (i % 1000 === 0) await pause(0);
                }
                while (count() < before + times) await pause(10);
             };
             await round(1000);
             const before = memory();
             await round(50_000);
             const pending = await isPending(flow);
             channel.postMessage(`${url}?state=S1&$completed`);
             channel.close();
             await until(() => settled.length > 0);
             return [pending, settled[0].completed.state, JSON.stringify(settled).includes('forged'), memory() === before, types(flow).filter((type) => type !== 'load')]"
                .replace("$completed", provider.returns("completed")),
        )
        .await;
    assert_eq!(told, json!([true, "S1", false, true, ["open", "foreign-message", "completed"]]));
    page.is_clean().await;
}

async fn told_nothing(page: Page, provider: &'static str, options: &'static str) {
    page.merchant("").await;
    let mode = BESIDE.iter().find(|(_, own)| *own == options).expect("a mode").0;
    let names = |script: &str| {
        script.replace("$provider", provider).replace("$mode", mode).replace("$options", options)
    };
    open(&page, &names).await;
    let told = page
        .run(
            "run(ours, `window.heard = []; addEventListener('message', ({ data }) => { if (!String(data).startsWith('run:')) heard.push(data); })`);
             flow.focus();
             speak({ step: 'APP_MOUNTED' });
             speak({ noise: 1 });
             const before = count();
             await heard(before + 2);
             flow.focus();
             await pause(50);
             const told = next();
             speak('heard');
             const heardThere = await told;
             flow.close();
             await end(flow);
             // a dialog gives the focus back by itself
             document.getElementById('connect').focus();
             return heardThere",
        )
        .await;
    assert_eq!(told, json!([]));
    page.is_clean().await;
}

/// Leaves a record as a redirect does, without leaving: `record(options)`.
const RECORD: &str = "const record = (provider, options) => {
        const flow = launch(provider, { mode: 'redirect', ...options });
        const text = sessionStorage.getItem('link-widget');
        flow.close();
        sessionStorage.setItem('link-widget', text);
     };
     const stored = () => JSON.parse(sessionStorage.getItem('link-widget') ?? '[]').length;
     const back = (url) => resume(url).then((back) => back && back.provider, ({ code }) => code);";

async fn return_urls(page: Page, provider: &'static str, query: &'static str, state: &'static str) {
    page.merchant("").await;
    let told = page
        .run(&format!(
            "{RECORD}
             sessionStorage.clear();
             const own = (more, state = '{state}') => `${{origins.merchant}}/back?own=${{more}}&{query}${{state && `&state=${{state}}`}}`;
             const told = {{}};
             const check = async (name, url) => {{ told[name] = [await back(url), stored()]; }};
             await check('cold', own('cold'));
             const options = {{ returnUrl: '/back', state: '{state}' || undefined }};
             record('{provider}', options);
             await check('of another page', own('page').replace('/back', '/elsewhere'));
             if (options.state) record('{provider}', options);
             await check('of another origin', own('origin').replace(origins.merchant, origins.attacker));
             if (options.state) {{
                await check('foreign state', own('foreign', 'other'));
                await check('no state', own('none', ''));
             }}
             await check('genuine', own('genuine'));
             await check('replayed', own('replayed'));
             record('{provider}', {{ ...options, timeoutMs: 1 }});
             await pause(10);
             await check('expired', own('expired'));
             sessionStorage.clear();
             return told",
        ))
        .await;
    let mut expected = json!({
        "cold": [null, 0], "of another page": [null, 1], "of another origin": [null, 1], "genuine": [provider, 0], "replayed": [null, 0], "expired": [null, 0]
    });
    if !state.is_empty() {
        let mismatch = json!(["LINK_STATE_MISMATCH", 1]);
        for name in ["of another origin", "foreign state", "no state"] {
            expected[name] = mismatch.clone();
        }
        // its server may have sent the user there
        expected["of another page"] = json!([provider, 0]);
    }
    assert_eq!(told, expected);
    page.is_clean().await;
}

const MIX_UP: &str = "const record = (provider, options) => {
        const before = sessionStorage.getItem('link-widget');
        const flow = launch(provider, { mode: 'redirect', ...options });
        const text = sessionStorage.getItem('link-widget');
        flow.close();
        sessionStorage.setItem('link-widget', text);
     };
     sessionStorage.clear();
     for (const provider of echoing) record(provider, { state: provider, returnUrl: `/${provider}` });
     const all = echoing.map((name) => providers[name].returns.completed).join('&');
     const url = (provider, other) => `${origins.merchant}/${provider}?state=${other}&${all}`;
     let mismatches = 0;
     for (const provider of echoing) {
        for (const other of echoing.filter((other) => other !== provider)) {
            const { code } = await resume(url(provider, other)).catch((error) => error) ?? {};
            const left = JSON.parse(sessionStorage.getItem('link-widget')).length;
            if (code === 'LINK_STATE_MISMATCH' && left === echoing.length) mismatches += 1;
        }
     }
     const results = [];
     for (const provider of echoing) results.push((await resume(url(provider, provider))).provider);
     const pairs = echoing.length * (echoing.length - 1);
     return [pairs > 5 && mismatches === pairs, results.join() === echoing.join(), sessionStorage.length]";

/// The user leaves, comes back, and goes on to somebody else's page.
async fn leaks(page: Page, provider: &'static str, query: &'static str, state: &'static str) {
    page.merchant("").await;
    page.eval("sessionStorage.clear()").await;
    page.run(&format!(
        "launch('{provider}', {{ mode: 'redirect', {} }})",
        if state.is_empty() { String::new() } else { format!("state: '{state}'") }
    ))
    .await;
    page.arrives("/puppet").await;
    let state = if state.is_empty() { String::new() } else { format!("&state={state}") };
    page.eval(&format!(
        "location.href = '{}/?own=1&{query}{state}#code=secret-fragment'",
        page.origins.merchant
    ))
    .await;
    page.merchant_arrives().await;
    let clean = format!("{}/?own=1", page.origins.merchant);
    let told = page
        .run(
            "const returning = resume();
             // before anybody has waited for it
             const atOnce = location.href;
             const { provider } = await returning;
             // the page lets the whole address out, whatever that is worth
             const meta = document.head.appendChild(Object.assign(document.createElement('meta'), { name: 'referrer', content: 'unsafe-url' }));
             const referer = await (await fetch('/referer')).text();
             return [provider, atOnce, referer, accidents, JSON.stringify(history.state), document.cookie, localStorage.length + sessionStorage.length]",
        )
        .await;
    assert_eq!(told, json!([provider, clean, clean, [], "null", "", 0]));
    page.eval(&format!(
        "const link = document.createElement('a');
         Object.assign(link, {{ id: 'on', textContent: 'On', href: '{}/referer' }});
         document.querySelector('main').before(link)",
        page.origins.attacker
    ))
    .await;
    page.click("#on").await;
    page.arrives("/referer").await;
    let told = page.eval("return [document.body.textContent, document.referrer]").await;
    assert_eq!(told, json!([clean, clean]), "the next page");
    page.driver.back().await.expect("a page before");
    page.merchant_arrives().await;
    assert_eq!(page.eval("return location.href").await, clean, "and back");
    // the one before that is the provider's: no entry has the address as it came
    page.driver.back().await.expect("a page before");
    page.arrives("/puppet").await;
    page.driver.forward().await.expect("a page after");
    page.merchant_arrives().await;
    assert_eq!(page.eval("return location.href").await, clean, "and on");
}

async fn callback_page(page: Page, provider: &'static str, query: &'static str, state: &'static str) {
    page.merchant("").await;
    let state_option = if state.is_empty() { String::new() } else { format!("state: '{state}',") };
    let state = if state.is_empty() { String::new() } else { format!("&state={state}") };
    let told = page
        .run(&format!(
            "const heardOf = [];
             const channel = new BroadcastChannel('kit');
             channel.onmessage = ({{ data }}) => heardOf.push(data);
             const flow = launch('{provider}', {{ mode: 'overlay', {state_option} returnUrl: '/callback' }});
             const {{ provider: page }} = await started({{}}, '', flow);
             run(page, `location.href = '${{origins.merchant}}/callback?own=1&{query}{state}#code=secret'`);
             const ended = await end(flow);
             await until(() => heardOf.length === 2);
             channel.close();
             return [ended, heardOf[0].before.includes('{query}'), heardOf[1].after, JSON.stringify(flow.events).includes('secret')]"
        ))
        .await;
    assert_eq!(told, json!(["completed", true, format!("{}/callback?own=1", page.origins.merchant), false]));
    page.is_clean().await;
}

/// The URL goes to pages of our own origin alone.
async fn framed_callback_page(page: Page) {
    page.goto(&format!("{}/puppet", page.origins.attacker)).await;
    let callback =
        format!("{}/callback?code=secret&state=secret&loginId=secret#code=secret", page.origins.merchant);
    page.eval(&format!(
        "window.heard = [];
         addEventListener('message', ({{ data }}) => heard.push(data));
         const channel = new BroadcastChannel('link-widget');
         channel.onmessage = ({{ data }}) => heard.push(data);
         const frame = document.createElement('iframe');
         frame.src = '{callback}';
         frame.onload = () => {{ window.isLoaded = true; }};
         document.body.append(frame);
         document.querySelector('input').onclick = () => {{ window.opened = open('{callback}'); }}"
    ))
    .await;
    page.click("input").await;
    let opened = page.enter_popup().await;
    page.until("return location.search === ''").await;
    page.driver.close_window().await.expect("a popup");
    page.leave_popup(opened).await;
    page.until("return window.isLoaded === true").await;
    page.wait("await new Promise((resolve) => setTimeout(resolve, 300))").await;
    assert_eq!(page.eval("return heard").await, json!([]));
}

async fn record_survives(page: Page) {
    page.merchant("").await;
    page.run(&format!(
        "sessionStorage.clear();
         {RECORD}
         record('finx', {{ state: 'S1' }})"
    ))
    .await;
    // of the same site, since Firefox lets no page of another navigate the one that opened it
    let flow = "return launch('finqlink', { mode: 'popup', state: 'S2', to: puppet(origins.attacker) })";
    page.start_at_click(flow).await;
    page.run("await reached()").await;
    let popup = page.enter_popup().await;
    page.eval(&format!("opener.location.href = '{}/puppet'", page.origins.attacker)).await;
    page.driver.close_window().await.expect("a popup");
    page.leave_popup(popup).await;
    page.arrives("/puppet").await;
    page.goto(&format!("{}/?code=c&state=S1", page.origins.merchant)).await;
    page.merchant_arrives().await;
    let told = page
        .run("const back = await resume(); return [back.provider, back.result.code, sessionStorage.length]")
        .await;
    assert_eq!(told, json!(["finx", "c", 0]));
    page.is_clean().await;
}

const URLS: &str = "const urls = ['', '/', '//bank.example/', 'bank.example', 'http://bank.example/', 'http://localhost.evil.example/', 'http://127.0.0.1.evil.example/', 'http://128.0.0.1/',
        'https://user@bank.example/', 'https://user:pass@bank.example/', 'https://', 'javascript:alert(1)', 'JavaScript:alert(1)//https://bank.example', ' javascript:alert(1)',
        'java\\nscript:alert(1)', 'data:text/html,x', `blob:${location.origin}/x`, 'blob:null/x', 'filesystem:https://bank.example/x', 'file:///etc/passwd', 'about:blank', 'about:srcdoc',
        'vbscript:x', 'view-source:https://bank.example/', 'ftp://bank.example/', 'ws://localhost/', 'wss://bank.example/', 'myapp://bank', 'intent://bank', 'chrome://settings', 'null',
        `https://bank.example/${'x'.repeat(64 * 1024)}`, undefined, null, 5, {}, [], Symbol('x'), new URL('https://bank.example/')];
     const openers = Object.entries(providers).map(([name, { launch, origin }]) => [name, (url, options) =>
        // without a URL there is still the provider's own origin, but no session
        (url == null && origin ? widget[launch](url, options) : call(name, url, options))]);
     openers.push(['a tool', (url) => {
        const embed = embedTool(url, { container: 'bank' });
        return Object.assign(embed.ready, embed);
     }]);
     const wrong = [];
     let tried = 0;
     for (const [name, open] of openers) {
        for (const options of [{ mode: 'overlay' }, { mode: 'container', container: 'bank' }, { mode: 'popup' }, { mode: 'redirect' }]) {
            for (const url of urls) {
                tried += 1;
                const flow = open(url, options);
                const { completed, code } = await Promise.race([outcome(flow), pause(300).then(() => ({ completed: 'nothing' }))]);
                if (code !== 'LINK_INVALID_OPTIONS' || hosts().length || windows.length || sessionStorage.length) {
                    wrong.push([name, options.mode, String(url).slice(0, 60), code ?? completed]);
                    flow.close();
                }
            }
        }
     }
     return [tried > 800, wrong]";

//! The threats, for every provider and mode that each can concern, where the other files have them for one.

use serde_json::json;

use crate::page::{Case, Page, case};
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

async fn cloned(page: Page, names: impl Fn(&str) -> String) {
    page.merchant("").await;
    open(&page, &names).await;
    let told = page
        .run(&names(
            "const { kinds, uncloneable, transferred } = await load('/cases/threats.js');
             let broken = 0;
             const onBroken = () => { broken += 1; };
             addEventListener('messageerror', onBroken);
             const before = count();
             const post = (kind, more) => run(ours, `(async () => {
                const page = window.opener ?? parent;
                try { const value = ${kind}; page.postMessage(value, { targetOrigin: '*', transfer: [${more}] }); }
                catch (error) { page.postMessage('threw ' + error.name, '*'); }
             })()`);
             const threw = [];
             const onMessage = ({ data }) => { if (typeof data === 'string' && data.startsWith('threw ')) threw.push(data); };
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
             return [pending, result.includes('genuine'), told, JSON.stringify(flow.events).includes('forged'), threw, uncloneable.length, {}.isCompleted ?? 'none']"
        ))
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

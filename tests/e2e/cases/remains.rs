//! What flows leave behind: nothing, however many there were, however they ended, whatever the page did meanwhile.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::page::{Case, Page, case};

/// How a flow goes by, as code that ends with `ended`, and how it ended. `index` counts the flows.
const ENDS: &[(&str, &str, &str)] = &[
    ("overlay, closed in the same tick", "const flow = start(); flow.close(); ended = await end(flow)", "LINK_USER_CANCELLED"),
    ("container, closed in the same tick", "const flow = start({ container: 'bank' }); flow.close(); ended = await end(flow)", "LINK_USER_CANCELLED"),
    (
        "overlay, closed by its button",
        "const flow = start(); shadow().querySelector('button').click(); ended = await end(flow)",
        "LINK_USER_CANCELLED",
    ),
    (
        "overlay, closed by the page",
        "const flow = start(); shadow().querySelector('dialog').close(); ended = await end(flow)",
        "LINK_USER_CANCELLED",
    ),
    (
        "overlay, aborted",
        "const controller = new AbortController(); const flow = start({ signal: controller.signal }); controller.abort(); ended = await end(flow)",
        "LINK_USER_CANCELLED",
    ),
    (
        "container, with one signal for all",
        "window.controller ??= new AbortController(); const flow = start({ container: 'bank', signal: controller.signal }); flow.close(); ended = await end(flow)",
        "LINK_USER_CANCELLED",
    ),
    (
        "overlay, timed out",
        "const flow = start(); [...timers.values()].find(({ ms }) => ms === 600_000).fire(); ended = await end(flow)",
        "LINK_TIMEOUT",
    ),
    (
        "container, never loaded",
        "const flow = start({ container: 'bank' }); [...timers.values()].find(({ ms }) => ms === 30_000).fire(); ended = await end(flow)",
        "LINK_LOAD_TIMEOUT",
    ),
    (
        "container, timed out",
        "const flow = start({ container: 'bank' }); [...timers.values()].find(({ ms }) => ms === 600_000).fire(); ended = await end(flow)",
        "LINK_TIMEOUT",
    ),
    ("a container that is not there", "ended = await end(start({ container: 'nowhere' }))", "LINK_NOT_FOUND"),
    ("options that make no sense", "ended = await end(start({ mode: 'sideways' }))", "LINK_INVALID_OPTIONS"),
    (
        "overlay, completed",
        "ended = await end(start({ authServer: answer({ isCompleted: true, consentID: 'arr_1', redirectURL: 'https://a.example/' }) }))",
        "completed",
    ),
    (
        "container, completed",
        "ended = await end(start({ container: 'bank', authServer: answer({ isCompleted: true, consentID: 'arr_1' }) }))",
        "completed",
    ),
    (
        "container, failed",
        "ended = await end(start({ container: 'bank', authServer: answer({ isCompleted: false, error: 'no', errorType: 'CONSENT_TIMEOUT' }) }))",
        "CONSENT_TIMEOUT",
    ),
    (
        "overlay, failed",
        "ended = await end(start({ authServer: answer({ isCompleted: false, error: 'no', errorType: 'CONSENT_ENDUSER_DENIED' }) }))",
        "CONSENT_ENDUSER_DENIED",
    ),
    (
        "overlay, answered from another origin",
        "ended = await end(start({ allowedOrigin: origins.elsewhere, authServer: answer({ isCompleted: true, consentID: 'arr_1' }) }))",
        "LINK_ORIGIN_MISMATCH",
    ),
    (
        "container, an invalid session that stays to be read",
        "const flow = start({ container: 'bank', authServer: answer({ isCompleted: false, error: 'no', errorType: 'LINK_INVALID_SESSION' }) });
         ended = await end(flow);
         flow.close()",
        "LINK_INVALID_SESSION",
    ),
    (
        "flinks, closed after its page has told of steps",
        "const flow = launch('flinks', { container: 'bank', to: answer({ step: 'APP_MOUNTED' }) });
         await untilTold(flow, 'step');
         flow.close();
         ended = await end(flow)",
        "LINK_USER_CANCELLED",
    ),
    (
        "finx, overlay, completed",
        "ended = await end(launch('finx', { state: 'S', to: answer({ location: 'https://a.example/', query: { code: 'c', state: 'S' }, url: 'https://a.example/' }) }))",
        "completed",
    ),
    (
        "finx, container, another state",
        "ended = await end(launch('finx', { container: 'bank', state: 'S', to: answer({ location: 'https://a.example/', query: { code: 'c', state: 'T' }, url: 'https://a.example/' }) }))",
        "LINK_STATE_MISMATCH",
    ),
    ("redirect, closed in the same tick", "const flow = launch('finx', { mode: 'redirect', state: 'S' }); flow.close(); ended = await end(flow)", "LINK_USER_CANCELLED"),
    (
        "redirect, aborted",
        "const controller = new AbortController(); const flow = launch('finqlink', { mode: 'redirect', signal: controller.signal }); controller.abort(); ended = await end(flow)",
        "LINK_USER_CANCELLED",
    ),
    (
        "popup, closed by the code that opened it",
        "const flow = launch('finqlink', { window: standIn() }); flow.close(); ended = await end(flow)",
        "LINK_USER_CANCELLED",
    ),
    (
        "popup, cancelled in its dialog",
        "const flow = launch('flinks', { mode: 'popup', window: standIn() }); [...shadow().querySelectorAll('button')].at(-1).click(); ended = await end(flow)",
        "LINK_USER_CANCELLED",
    ),
    (
        "popup, timed out",
        "const flow = launch(names[index % names.length], { mode: 'popup', window: standIn() }); [...timers.values()].find(({ ms }) => ms === 600_000).fire(); ended = await end(flow)",
        "LINK_TIMEOUT",
    ),
    (
        "popup, completed over the channel",
        "ended = await end(comesBack(`S${index}`, 'status=active'))",
        "completed",
    ),
    (
        "popup, refused over the channel",
        "ended = await end(comesBack(`S${index}`, 'error=access_denied'))",
        "CONSENT_ENDUSER_DENIED",
    ),
    ("popup, blocked", "ended = await end(launch('finx', { mode: 'popup', window: Object.assign(standIn(), { closed: true }) }))", "LINK_POPUP_BLOCKED"),
    (
        "a page to look at",
        "const embed = embedTool(answer({}), { container: 'bank' }); await embed.ready; embed.close(); ended = 'ready'",
        "ready",
    ),
    (
        "messages and return URLs that are read",
        "ended = [parseMessage('fiskil', { isCompleted: true, consentID: `${index}` }), parseMessage('flinks', { step: 'x'.repeat(70_000) }),
            parseCallback('finx', `https://a.example/?code=c&state=${index}`), parseCallback(names[index % names.length], 'no URL')].map((outcome) => outcome?.kind ?? 'none').join()",
        "completed,none,completed,failed",
    ),
];

/// What the rows have at hand. Their pages are of our own origin: they load in this process, and so in no time; and where a
/// thousand frames of another site go before their process has begun, Chromium 156 may give that site a process that never
/// answers.
const AT_HAND: &str = "
     const names = Object.keys(providers);
     const answer = (say) => `${origins.merchant}/answer?say=${encodeURIComponent(JSON.stringify(say))}`;
     const start = (options) => kit.start({ authServer: answer({}), ...options });
     const comesBack = (state, query) => {
        const flow = launch('finqlink', { window: standIn(), state });
        window.channel ??= new BroadcastChannel('link-widget');
        channel.postMessage(`${origins.merchant}/callback?state=${state}&${query}`);
        return flow;
     };
     const untilTold = (flow, type) => kit.until(() => flow.events.some((event) => event.type === type));";

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &(name, one, ended) in ENDS {
        cases.push(case(format!("over and over: {name}"), move |page| many(page, name, one, ended)));
    }
    cases.push(case("real popups, one after the other, completed", real_popups));
    cases.extend(meanwhile());
    cases
}

/// What the browser says that the page holds, after it has thrown away what nobody uses. No other browser tells.
async fn held(page: &Page) -> Option<Value> {
    if page.browser != Browser::Chromium {
        return None;
    }
    let cdp = page.driver.cdp();
    // what a collection frees may free more in the next
    for _ in 0..3 {
        cdp.send_raw("HeapProfiler.collectGarbage", json!({})).await.expect("a collection");
    }
    cdp.send_raw("Performance.enable", json!({})).await.expect("figures");
    let figures = cdp.send_raw("Performance.getMetrics", json!({})).await.expect("figures");
    let figure = |name: &str| {
        let metrics = figures["metrics"].as_array().expect("a list");
        metrics.iter().find(|metric| metric["name"] == name).expect("a figure")["value"]
            .as_f64()
            .expect("a number")
    };
    let counts = ["Documents", "Frames", "JSEventListeners", "Nodes"].map(|name| (name, figure(name) as u64));
    Some(json!({ "heap": figure("JSHeapUsedSize") as u64, "counts": counts }))
}

/// How many flows there are.
const FLOWS: usize = 120;
/// How much the heap may grow in the second half, in bytes: a browser still compiles what runs often. Flows that are kept
/// take more than a thousand each, and there are 60; what they have on the page is counted as well.
const FLAT: i64 = 45_000;

/// For the report, in `target/e2e/remains`.
fn keep_figures(name: &str, figures: &Value) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e").join("remains");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(format!("{name}.json")), format!("{figures:#}")).expect("a file");
}

async fn many(page: Page, name: &str, one: &'static str, expected: &'static str) {
    page.merchant("").await;
    let times = async |from: usize, to: usize| {
        let mut memory = Value::Null;
        // a script may take only so long
        for from in (from..to).step_by(100) {
            let to = to.min(from + 100);
            let ends = page
                .run(&format!(
                    "{AT_HAND}
                     const ends = new Set();
                     for (let index = {from}; index < {to}; index += 1) {{
                        let ended;
                        await (async () => {{ {one} }})();
                        ends.add(ended);
                     }}
                     return [[...ends], hosts().length, timers.size, memory()]"
                ))
                .await;
            assert_eq!([&ends[0], &ends[1], &ends[2]], [&json!([expected]), &json!(0), &json!(0)]);
            memory = ends[3].clone();
        }
        memory
    };
    let first = times(0, 10).await;
    // until a browser has compiled what runs often, its heap grows with what it compiles
    assert_eq!(times(10, FLOWS / 2).await, first, "the memory of the WebAssembly has grown");
    let mut before = held(&page).await;
    assert_eq!(times(FLOWS / 2, FLOWS).await, first, "the memory of the WebAssembly has grown");
    let mut after = held(&page).await;
    let heap = |held: &Value| held["heap"].as_i64().expect("a number");
    // flows that are kept make it grow every time, a browser that still compiles does not
    for round in 1..4 {
        if before.as_ref().zip(after.as_ref()).is_none_or(|(before, after)| heap(after) - heap(before) < FLAT)
        {
            break;
        }
        before = after;
        let from = FLOWS + round * FLOWS / 2;
        assert_eq!(times(from, from + FLOWS / 2).await, first, "the memory of the WebAssembly has grown");
        after = held(&page).await;
    }
    if let Some((before, after)) = before.zip(after) {
        let counts = |held: &Value| -> Vec<u64> {
            let counts = held["counts"].as_array().expect("a list");
            counts.iter().map(|count| count[1].as_u64().expect("a count")).collect()
        };
        let grown = heap(&after) - heap(&before);
        keep_figures(name, &json!({ "flows": FLOWS, "memory": first, "halfway": before, "after": after }));
        assert!(grown < FLAT, "the heap has grown: {before} then {after}");
        // other pages in the same process count, too, and come and go
        for (before, after) in counts(&before).into_iter().zip(counts(&after)) {
            assert!(after < before + 20, "{before} are now {after}");
        }
    }
    page.run("window.channel?.close(); sessionStorage.clear()").await;
    page.is_clean().await;
}

async fn real_popups(page: Page) {
    page.merchant("").await;
    let mut memory = Vec::new();
    let count = if page.browser == Browser::Chromium { 50 } else { 10 };
    for _ in 0..count {
        page.start_at_click(&format!(
            "{AT_HAND} return launch('flinks', {{ mode: 'popup', to: answer({{ step: 'REDIRECT', loginId: '1' }}) }})"
        ))
        .await;
        let told = page.run("await until(() => settled.length > 0); await until(() => windows.every(({ closed }) => closed)); return [settled[0].completed, memory()]").await;
        assert_eq!(told[0], json!({ "loginId": "1" }));
        memory.push(told[1].clone());
    }
    assert_eq!(memory[4], memory[count - 1], "the memory of the WebAssembly has grown");
    page.is_clean().await;
}

/// What a page may do while a flow is on its way.
fn meanwhile() -> Vec<Case> {
    let mut cases = vec![
        case("the page is left, and comes back with the Back button", back_and_forth),
        case("the page is hidden behind another tab, and shown again", hidden),
        case("the document is replaced", document_replaced),
        case("Escape closes the dialog on top, and leaves the page's own open", escape_on_top),
    ];
    for (name, act) in [
        ("a trap in the WebAssembly", "trap('export'); other.close()"),
        ("a trap deep in the WebAssembly", "trap('import'); other.close()"),
    ] {
        cases.push(case(format!("{name}: a popup, a redirect and a frame to look at"), move |page| {
            traps_everywhere(page, act)
        }));
    }
    cases
}

async fn back_and_forth(page: Page) {
    for options in ["{}", "{ container: 'bank' }"] {
        page.merchant("").await;
        page.run(&format!(
            "window.flow = (await started({options})).flow;
             window.settled = watch(flow).settled;
             window.onShow = ({{ persisted }}) => {{ window.isKept = persisted; }};
             addEventListener('pageshow', onShow)"
        ))
        .await;
        page.goto(&format!("{}/puppet", page.origins.attacker)).await;
        page.driver.back().await.expect("a page before");
        page.merchant_arrives().await;
        // a browser that has not kept the page has loaded it anew, and the flow has gone with the old one
        let told = page
            .run(
                "if (!window.flow) return [hosts().length, 'new'];
                 await until(() => window.isKept === true);
                 removeEventListener('pageshow', onShow);
                 const pending = settled.length === 0 && hosts().length;
                 say({ isCompleted: true, consentID: 'arr_1' });
                 return [pending, await end(flow)]",
            )
            .await;
        assert!([json!([1, "completed"]), json!([0, "new"])].contains(&told), "{told}");
        assert!(
            page.browser != Browser::Chromium || told[1] == "completed",
            "Chromium keeps the page: {told}"
        );
        page.is_clean().await;
    }
}

async fn hidden(page: Page) {
    for options in ["{}", "{ container: 'bank' }"] {
        page.merchant("").await;
        page.run(&format!(
            "window.flow = (await started({options})).flow;
             window.seen = [];
             document.onvisibilitychange = () => seen.push(document.visibilityState)"
        ))
        .await;
        let this = page.driver.window().await.expect("a window");
        let tab = page.driver.new_tab().await.expect("a tab");
        page.driver.switch_to_window(tab).await.expect("a tab");
        page.goto(&format!("{}/puppet", page.origins.attacker)).await;
        page.driver.close_window().await.expect("a tab");
        page.driver.switch_to_window(this).await.expect("a window");
        let told = page
            .run(
                "const pending = await isPending(flow);
                 say({ isCompleted: true, consentID: 'arr_1' });
                 return [pending, await end(flow), types(flow), seen[0]]",
            )
            .await;
        assert_eq!(told, json!([true, "completed", ["open", "load", "completed"], "hidden"]));
        page.is_clean().await;
    }
}

/// `document.open()` takes every node and every listener with it, the flow's own as well.
async fn document_replaced(page: Page) {
    const TIME_RUNS_OUT: &str = "[...timers.values()].find(({ ms }) => ms === 600_000).fire()";
    for (options, ended) in [
        ("{}", "flow.close()"),
        ("{ container: 'bank' }", "flow.close()"),
        ("{}", TIME_RUNS_OUT),
        ("{ container: 'bank' }", TIME_RUNS_OUT),
    ] {
        page.merchant("csp=none").await;
        let told = page
            .run(&format!(
                "const {{ flow }} = await started({options});
                 document.open();
                 document.write('<!doctype html><title>Another</title><div id=\"place\"></div>');
                 document.close();
                 const during = [hosts().length, document.title];
                 {ended};
                 const after = [await end(flow), hosts().length, timers.size, document.adoptedStyleSheets.length, getComputedStyle(document.documentElement).overflow];
                 const ends = [];
                 for (const options of [{{}}, {{ container: 'place' }}]) {{
                    const {{ flow }} = await started(options);
                    say({{ isCompleted: true, consentID: 'arr_1' }});
                    ends.push(await end(flow), hosts().length);
                 }}
                 return [during, after, ends, accidents]"
            ))
            .await;
        let code = if ended == TIME_RUNS_OUT { "LINK_TIMEOUT" } else { "LINK_USER_CANCELLED" };
        assert_eq!(
            told,
            json!([[0, "Another"], [code, 0, 0, 0, "visible"], ["completed", 0, "completed", 0], []]),
            "{options}"
        );
    }
}

async fn escape_on_top(page: Page) {
    page.merchant("").await;
    // in clicks, as a person opens them: a browser closes dialogs that nobody has asked for together
    page.run(
        "const dialog = document.body.appendChild(document.createElement('dialog'));
         dialog.id = 'own';
         const button = dialog.appendChild(document.createElement('button'));
         Object.assign(button, { id: 'inside', textContent: 'Inside' });
         button.onclick = () => {
            window.flow = start({ authServer: `${origins.provider}/hold/never` });
            window.settled = watch(flow).settled;
         };
         document.getElementById('connect').onclick = () => dialog.showModal()",
    )
    .await;
    page.click("#connect").await;
    page.click("#inside").await;
    page.press(thirtyfour::Key::Escape).await;
    let told = page
        .run(
            "await until(() => settled.length > 0);
             const dialog = document.getElementById('own');
             const told = [settled[0].code, dialog.open, document.activeElement.id];
             dialog.remove();
             document.getElementById('connect').onclick = null;
             document.activeElement.blur();
             return told",
        )
        .await;
    assert_eq!(told, json!(["LINK_USER_CANCELLED", true, "inside"]));
    page.is_clean().await;
}

async fn traps_everywhere(page: Page, act: &'static str) {
    page.merchant("trap").await;
    page.start_at_click("return launch('flinks', { mode: 'popup' })").await;
    let told = page
        .run(&format!(
            "await reached();
             const other = launch('finx', {{ mode: 'overlay' }});
             const embedded = embedTool(puppet(), {{ container: 'bank' }});
             await embedded.ready;
             // last: no frame loads in a page that is about to leave
             const leaving = launch('finqlink', {{ mode: 'redirect', state: 'S1', to: `${{origins.provider}}/nothing` }});
             const ends = [flow, other, leaving].map(end);
             {act};
             const told = [await Promise.all(ends), popup().closed, sessionStorage.length, timers.size, hosts().length];
             embedded.close();
             const again = launch('flinks', {{ mode: 'overlay' }});
             await started({{}}, '', again);
             say({{ step: 'REDIRECT', loginId: '1' }});
             return [...told, await end(again), accidents.splice(0).filter((accident) => !accident.includes('unreachable'))]"
        ))
        .await;
    let all = json!(["LINK_INTERNAL_ERROR", "LINK_INTERNAL_ERROR", "LINK_INTERNAL_ERROR"]);
    // what is there to be looked at goes as well: nothing would hear its `close()` any more
    assert_eq!(told, json!([all, true, 0, 0, 0, "completed", []]));
    page.is_clean().await;
}

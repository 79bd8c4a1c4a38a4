//! The WebAssembly traps, for real: every open flow ends, the page is in order, and the next call works.

use serde_json::json;

use crate::page::{Case, Page, case};

/// What makes the WebAssembly run while two flows are open, in a dialog and in a container.
const CAUSES: &[(&str, &str)] = &[
    ("a message", "say({ isCompleted: true, consentID: 'arr_1' })"),
    ("a message of no meaning", "say({ noise: 1 })"),
    ("a timer", "[...timers.values()][0].fire()"),
    ("a page that loads", "run(frame().contentWindow, 'location.reload()')"),
    ("close()", "flows[0].close()"),
    ("an abort", "controller.abort()"),
    ("another flow", "ends.push(end(start()))"),
    ("a pure function", "parseMessage('fiskil', { isCompleted: true, consentID: 'arr_1' })"),
];

pub fn cases() -> Vec<Case> {
    ["export", "import"]
        .into_iter()
        .flat_map(|kind| {
            CAUSES.iter().map(move |&(name, cause)| {
                let place = if kind == "export" { "at the door" } else { "deep inside" };
                case(format!("{place}: {name}"), move |page: Page| traps(page, kind, cause))
            })
        })
        .collect()
}

async fn traps(page: Page, kind: &'static str, cause: &'static str) {
    page.merchant("trap").await;
    let told = page
        .run(&format!(
            "const controller = new AbortController();
             const flows = [(await started({{ signal: controller.signal }})).flow, (await started({{ container: 'bank' }})).flow];
             const ends = flows.map(end);
             let threw = false;
             trap('{kind}');
             try {{ {cause}; }} catch (error) {{ threw = `${{error}}`; }}
             const told = [await Promise.all(ends).then((ends) => [...new Set(ends)]), hosts().length, timers.size];
             for (const flow of flows) {{ flow.close(); flow.focus(); }}
             const {{ flow }} = await started();
             say({{ isCompleted: true, consentID: 'arr_2' }});
             return [...told, await outcome(flow), accidents.splice(0).filter((accident) => !accident.includes('unreachable')), threw]"
        ))
        .await;
    let (told, threw) = told.as_array().expect("a list").split_at(5);
    assert_eq!(
        told,
        [
            json!(["LINK_INTERNAL_ERROR"]),
            json!(0),
            json!(0),
            json!({ "completed": { "consentID": "arr_2" } }),
            json!([])
        ],
    );
    // the case itself makes the timer run out, and a function that gives something has nothing to give
    let may_throw = cause.contains("fire()") || cause.starts_with("parseMessage");
    assert!(may_throw || threw[0] == false, "it threw {}", threw[0]);
    page.is_clean().await;
}

//! The page's Content-Security-Policy. Every other case runs under the strictest that the package allows, with Trusted
//! Types, and fails if anything is refused.

use serde_json::json;

use crate::page::{Case, script_on};

pub fn cases() -> Vec<Case> {
    vec![
        script_on(
            "csp=none",
            "no policy at all",
            "const { flow } = await started(); say({ isCompleted: true, consentID: 'arr_1' }); return outcome(flow)",
            json!({ "completed": { "consentID": "arr_1" } }),
        ),
        script_on(
            "csp=no-wasm",
            "without 'wasm-unsafe-eval' the flow is LINK_UNSUPPORTED, and says what to add",
            "const flow = start();
             const { code, provider, message } = await outcome(flow);
             flow.close();
             flow.focus();
             await pause(50);
             accidents.splice(0);
             return [hosts().length, code, provider, message.includes(\"'wasm-unsafe-eval'\"), message.includes('script-src'),
                message.includes('link-widget/csp')]",
            json!([0, "LINK_UNSUPPORTED", "fiskil", true, true, true]),
        ),
        script_on(
            "csp=no-wasm",
            "without 'wasm-unsafe-eval' errors still describe themselves, and the other functions throw",
            "const thrown = (run) => {
                try { return run(); } catch (error) { return [error instanceof LinkError, error.code, error.message.includes(\"'wasm-unsafe-eval'\")]; }
             };
             const error = await start().catch((error) => error);
             const said = [error instanceof LinkError, error instanceof Error, describeError(error.code).party,
                thrown(() => parseMessage('fiskil', {})), thrown(() => parseCallback('fiskil', 'https://a.example')),
                thrown(() => cspDirectives('fiskil')), thrown(() => preload())];
             await pause(50);
             accidents.splice(0);
             return said",
            json!([
                true,
                true,
                "developer",
                [true, "LINK_UNSUPPORTED", true],
                [true, "LINK_UNSUPPORTED", true],
                [true, "LINK_UNSUPPORTED", true],
                [true, "LINK_UNSUPPORTED", true]
            ]),
        ),
        script_on(
            "csp=no-frame",
            "a frame-src that refuses the provider is LINK_FRAME_BLOCKED at once",
            "const ends = [];
             for (const options of [{}, { container: 'bank' }]) {
                const flow = start(options);
                const { code, message, provider } = await outcome(flow);
                ends.push(code, provider, message.includes('frame-src'), message.includes(origins.provider),
                    flow.events.at(-1).elapsedMs < 2000, hosts().length);
             }
             await pause(50);
             return [ends, accidents.splice(0).every((accident) => accident.startsWith('enforce frame-src'))]",
            json!([
                [
                    "LINK_FRAME_BLOCKED", "fiskil", true, true, true, 0,
                    "LINK_FRAME_BLOCKED", "fiskil", true, true, true, 0
                ],
                true
            ]),
        ),
        script_on(
            "csp=no-frame",
            "a frame that was refused is no business of a window's that is opened then",
            "await outcome(start());
             const stand = { closed: false, location: { replace() {} }, focus() {}, close() { stand.closed = true; } };
             const flow = start({ mode: 'popup', window: Object.assign(stand, { window: stand }) });
             await pause(300);
             const pending = await isPending(flow);
             flow.close();
             return [pending, accidents.splice(0).length > 0, await end(flow)]",
            json!([true, true, "LINK_USER_CANCELLED"]),
        ),
        script_on(
            "csp=no-frame",
            "a frame of the page's own that is refused is no business of the flow's",
            "const { flow } = await started({ authServer: puppet(origins.attacker) });
             const frame = document.createElement('iframe');
             frame.className = 'kit';
             frame.src = puppet(origins.provider);
             document.body.append(frame);
             await until(() => accidents.length > 0);
             await pause(50);
             const pending = await isPending(flow);
             say({ isCompleted: true, consentID: 'arr_1' });
             return [pending, accidents.splice(0).length, await end(flow)]",
            json!([true, 1, "completed"]),
        ),
        script_on(
            "csp=report-only",
            "a policy that is only tried out refuses nothing",
            "const { flow } = await started();
             say({ isCompleted: true, consentID: 'arr_1' });
             return [await end(flow), [...new Set(accidents.splice(0).map((accident) => accident.split(':')[0]))]]",
            json!(["completed", ["report frame-src"]]),
        ),
    ]
}

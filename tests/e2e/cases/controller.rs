//! A flow as the code that started it holds it: how it opens, closes, times out and leaves others alone.

use serde_json::json;

use crate::page::{Case, script};

pub fn cases() -> Vec<Case> {
    vec![
        script(
            "a consent completes the flow",
            "const { flow } = await started();
             say({ isCompleted: true, consentID: 'arr_1', redirectURL: 'https://app.example/done' });
             return outcome(flow)",
            json!({ "completed": { "consentID": "arr_1", "redirectURL": "https://app.example/done" } }),
        ),
        script(
            "a failure rejects it with a LinkError",
            "const { flow } = await started();
             say({ isCompleted: false, error: 'no', errorType: 'CONSENT_TIMEOUT', errorID: 'err_1' });
             const error = await flow.catch((error) => error);
             return [error instanceof LinkError, error instanceof Error, error.stack.length > 0, await outcome(flow)]",
            json!([true, true, true, {
                "name": "LinkError", "code": "CONSENT_TIMEOUT", "message": "no", "provider": "fiskil",
                "details": { "error_id": "err_1", "error_type": "CONSENT_TIMEOUT" }
            }]),
        ),
        script(
            "it is a native promise with two functions on it",
            "const flow = start();
             const given = [flow.constructor === Promise, Object.prototype.toString.call(flow),
                Object.keys(flow).filter((name) => name !== 'events'), flow.close(), flow.focus()];
             await end(flow);
             return given",
            json!([true, "[object Promise]", ["close", "focus"], null, null]),
        ),
        script(
            "authServer keeps its path and query, and gets the session",
            "const flow = start({ authServer: `${origins.provider}/puppet?kept=1` }, 'a b&c=#');
             const { origin, pathname, searchParams } = new URL(frame().src);
             flow.close();
             await end(flow);
             return [origin === origins.provider, pathname, Object.fromEntries(searchParams)]",
            json!([true, "/puppet", { "kept": "1", "sess_id": "a b&c=#" }]),
        ),
        script(
            "a whole auth_url is opened as it is",
            "const url = `${origins.provider}/puppet?sess_id=abc&x=%20y#z`;
             const flow = start({ authServer: origins.provider }, url);
             const opened = frame().src === url;
             flow.close();
             return [opened, await end(flow)]",
            json!([true, "LINK_USER_CANCELLED"]),
        ),
        script(
            "close() in the same tick",
            "const flow = start(); flow.close(); return end(flow)",
            json!("LINK_USER_CANCELLED"),
        ),
        script(
            "close() before its page has loaded",
            "const flow = start({ authServer: `${origins.provider}/hold/never` });
             await pause(50); flow.close(); return [hosts().length, await end(flow)]",
            json!([0, "LINK_USER_CANCELLED"]),
        ),
        script(
            "close() after its page has loaded, twice",
            "const { flow } = await started(); flow.close(); flow.close();
             return [hosts().length, await outcome(flow)]",
            json!([0, {
                "name": "LinkError", "code": "LINK_USER_CANCELLED", "message": "The page closed the flow.",
                "provider": "fiskil"
            }]),
        ),
        script(
            "close() after the answer changes nothing",
            "const { flow } = await started(); say({ isCompleted: true, consentID: 'arr_1' });
             await flow; flow.close(); flow.close(); flow.focus(); return outcome(flow)",
            json!({ "completed": { "consentID": "arr_1" } }),
        ),
        script(
            "close() by the code that is told of an event",
            "const ends = [];
             for (const type of ['open', 'load']) {
                const flow = start({ onEvent: (event) => { if (event.type === type) flow.close(); } });
                ends.push(await end(flow), hosts().length);
             }
             return ends",
            json!(["LINK_USER_CANCELLED", 0, "LINK_USER_CANCELLED", 0]),
        ),
        script(
            "a close() that nobody waits for raises no unhandledrejection",
            "start().close();
             const { flow } = await started({ container: 'bank' });
             flow.close();
             const controller = new AbortController();
             start({ signal: controller.signal });
             controller.abort();
             start({ signal: AbortSignal.abort() });
             await pause(100);
             return accidents",
            json!([]),
        ),
        script(
            "a mistake that nobody waits for is told as any other",
            "start({ container: '#nowhere' }); await pause(100); return accidents.splice(0)",
            json!([
                "unhandled rejection: LinkError: The container is not in the document. Add it to the page before the call."
            ]),
        ),
        script(
            "an AbortSignal that has aborted before: nothing is opened",
            "const flow = start({ signal: AbortSignal.abort() });
             return [hosts().length, await end(flow), flow.events.map(({ type }) => type)]",
            json!([0, "LINK_USER_CANCELLED", ["settled"]]),
        ),
        script(
            "an AbortSignal that aborts on the way, and one that aborts afterwards",
            "const controllers = [new AbortController(), new AbortController()];
             const { flow } = await started({ signal: controllers[0].signal });
             controllers[0].abort();
             const during = [hosts().length, await end(flow)];
             const { flow: second } = await started({ signal: controllers[1].signal });
             say({ isCompleted: true, consentID: 'arr_1' });
             await second;
             controllers[1].abort();
             return [during, await end(second)]",
            json!([[0, "LINK_USER_CANCELLED"], "completed"]),
        ),
        script(
            "two flows at once end in either order",
            "const ends = [];
             for (const order of [[0, 1], [1, 0]]) {
                for (const surfaces of [[{}, {}], [{}, { container: 'bank' }], [{ container: 'bank' }, { container: 'bank' }]]) {
                    const opened = [await started(surfaces[0]), await started(surfaces[1])];
                    const [first, second] = order.map((index) => opened[index]);
                    first.flow.close();
                    ends.push([await end(first.flow), hosts().length, await isPending(second.flow)].join());
                    say({ isCompleted: true, consentID: 'arr_1' }, second.provider);
                    ends.push([await end(second.flow), hosts().length].join());
                }
             }
             return [...new Set(ends)]",
            json!(["LINK_USER_CANCELLED,1,true", "completed,0"]),
        ),
        script(
            "no answer to one flow touches another",
            "const answers = [
                { isCompleted: true, consentID: 'arr_1' },
                { isCompleted: true, redirectURL: 'https://app.example/' },
                { isCompleted: true, redirectURL: '/cancel?error=access_denied&error_type=CONSENT_ENDUSER_DENIED' },
                ...['CONSENT_ENDUSER_DENIED', 'CONSENT_OTP_FAILURE', 'CONSENT_ENDUSER_INELIGIBLE', 'CONSENT_TIMEOUT',
                    'CONSENT_UPSTREAM_PROCESSING_ERROR', 'AUTH_SESSION_CANCELLED', 'LINK_INVALID_SESSION',
                    'AUTH_SESSION_INVALID', '__proto__'].map((errorType) => ({ isCompleted: false, error: 'no', errorType })),
                { error: 'bare' },
             ];
             const { flow: bystander, provider: other } = await started();
             const ends = [];
             for (const answer of answers) {
                const { flow, provider } = await started({ container: 'bank' });
                say(answer, provider);
                ends.push(await end(flow));
                flow.close();
                if (!await isPending(bystander) || hosts().length !== 1) return ['it was touched by', answer];
             }
             say({ isCompleted: true, consentID: 'arr_2' }, other);
             return [ends, await outcome(bystander), bystander.events.map(({ type }) => type)]",
            json!([
                [
                    "completed",
                    "completed",
                    "CONSENT_ENDUSER_DENIED",
                    "CONSENT_ENDUSER_DENIED",
                    "CONSENT_OTP_FAILURE",
                    "CONSENT_ENDUSER_INELIGIBLE",
                    "CONSENT_TIMEOUT",
                    "CONSENT_UPSTREAM_PROCESSING_ERROR",
                    "AUTH_SESSION_CANCELLED",
                    "LINK_INVALID_SESSION",
                    "LINK_INVALID_SESSION",
                    "LINK_INTERNAL_ERROR",
                    "LINK_INTERNAL_ERROR"
                ],
                { "completed": { "consentID": "arr_2" } },
                // the other flows' frames are strangers to this one, all of one origin
                ["open", "load", "foreign-message", "settled"]
            ]),
        ),
        script(
            "focus() leads into the provider's page, and nowhere once the flow has ended",
            "const places = [];
             for (const options of [{}, { container: 'bank' }]) {
                const { flow, frame } = await started(options);
                document.getElementById('connect').focus();
                flow.focus();
                places.push(document.activeElement === hosts()[0], shadow().activeElement === frame);
                flow.close();
                await end(flow);
                document.getElementById('connect').focus();
                flow.focus();
                places.push(document.activeElement.id);
             }
             document.activeElement.blur();
             return places",
            json!([true, true, "connect", true, true, "connect"]),
        ),
        script(
            "timeoutMs ends the flow",
            "const ends = [];
             for (const timeoutMs of [80, 0.2]) {
                const flow = start({ timeoutMs });
                ends.push(await end(flow), hosts().length);
             }
             return ends",
            json!(["LINK_TIMEOUT", 0, "LINK_TIMEOUT", 0]),
        ),
        script(
            "loadTimeoutMs ends a flow whose page does not come",
            "const flow = start({ authServer: `${origins.provider}/hold/never`, loadTimeoutMs: 80 });
             return [await end(flow), hosts().length]",
            json!(["LINK_LOAD_TIMEOUT", 0]),
        ),
        script(
            "what the timers wait for, and that the one for loading ends with loading",
            "const delays = async (options) => {
                const flow = start({ authServer: `${origins.provider}/hold/timers`, ...options });
                const during = [...timers.values()].map(({ ms }) => ms).sort((one, other) => one - other);
                flow.close();
                await end(flow);
                return during;
             };
             const given = [await delays({}), await delays({ timeoutMs: 0, loadTimeoutMs: 0 }),
                await delays({ timeoutMs: Infinity, loadTimeoutMs: Infinity }), await delays({ timeoutMs: 70, loadTimeoutMs: 60 })];
             const { flow } = await started();
             given.push([...timers.values()].map(({ ms }) => ms));
             flow.close();
             await end(flow);
             return given",
            json!([[30000, 600_000], [], [], [60, 70], [600_000]]),
        ),
        script(
            "a timeoutMs that is longer than a browser's timers",
            "const { flow } = await started({ timeoutMs: 2 ** 31 + 5000 });
             const parts = [];
             while (await isPending(flow)) {
                const [timer] = timers.values();
                parts.push(timer.ms);
                timer.fire();
                await pause(0);
             }
             return [parts, await end(flow)]",
            json!([[2_147_483_647_u32, 5001], "LINK_TIMEOUT"]),
        ),
        script(
            "a container by its id, a selector, as an element, in a shadow tree",
            "const main = document.querySelector('main');
             const trees = ['open', 'closed'].map((mode) => {
                const tree = main.appendChild(document.createElement('section')).attachShadow({ mode });
                return tree.appendChild(document.createElement('div'));
             });
             const ends = [];
             for (const [container, inside] of [
                ['bank', '#bank'], ['#bank', '#bank'], ['main > #bank', '#bank'], ['weird:id', '[id=\"weird:id\"]'],
                [document.getElementById('bank'), '#bank'], [document.body, 'body'], [trees[0]], [trees[1]],
             ]) {
                const place = inside ? document.querySelector(inside) : container;
                place.append('kept');
                const flow = start({ container });
                await until(() => flow.events.some(({ type }) => type === 'load'));
                const host = place.lastElementChild;
                say({ isCompleted: true, consentID: 'arr_1' }, host.shadowRoot.querySelector('iframe').contentWindow);
                ends.push([flow.events[0].mode, host.matches('[data-link-widget]'), await end(flow),
                    place.lastChild.data, place.querySelector(':scope > [data-link-widget]')].join());
                place.lastChild.remove();
             }
             for (const tree of trees) tree.getRootNode().host.remove();
             return [...new Set(ends)]",
            json!(["container,true,completed,kept,"]),
        ),
        script(
            "a container that is not there",
            "const detached = document.createElement('div');
             detached.append(document.createElement('p'));
             const ends = [];
             for (const container of ['nowhere', '#nowhere', detached, detached.firstChild]) {
                const flow = start({ container });
                ends.push(await end(flow), flow.events.length);
             }
             return [...new Set(ends)]",
            json!(["LINK_NOT_FOUND", 0]),
        ),
        script(
            "preload() and the pure functions need no flow",
            "preload();
             return [parseMessage('fiskil', { isCompleted: true, consentID: 'arr_1' }).kind,
                parseCallback('fiskil', 'https://app.example/?error=access_denied').code,
                cspDirectives('fiskil')['frame-src'], describeError('LINK_TIMEOUT').retryable]",
            json!([
                "completed",
                "CONSENT_ENDUSER_DENIED",
                ["https://auth.fiskil.com"],
                true
            ]),
        ),
        script(
            "every row of the contracts, as this browser reads URLs",
            "const { differences, isKnown } = await import('/vectors/check.mjs');
             const wrong = [];
             for (const provider in providers) {
                if (!isKnown(widget, provider)) wrong.push(provider);
                wrong.push(...differences(widget, await (await fetch(`/vectors/${provider}.json`)).json()));
             }
             return wrong",
            json!([]),
        ),
        script(
            "an invalid session: the page stays until close()",
            "const ends = [];
             for (const [options, errorType] of [[{}, 'LINK_INVALID_SESSION'], [{ container: 'bank' }, 'AUTH_SESSION_INVALID']]) {
                const { flow } = await started(options);
                say({ isCompleted: false, error: 'no', errorType });
                ends.push(await end(flow), hosts().length, timers.size);
                say({ isCompleted: true, consentID: 'late' });
                await pause(50);
                ends.push(hosts().length, await end(flow), flow.events.filter(({ type }) => type === 'settled').length);
                flow.close();
                ends.push(hosts().length);
                flow.close();
             }
             return ends",
            json!([
                "LINK_INVALID_SESSION", 1, 0, 1, "LINK_INVALID_SESSION", 1, 0,
                "LINK_INVALID_SESSION", 1, 0, 1, "LINK_INVALID_SESSION", 1, 0
            ]),
        ),
        script(
            "an invalid session: the page goes when the signal aborts",
            "const controller = new AbortController();
             const { flow } = await started({ signal: controller.signal });
             say({ isCompleted: false, error: 'no', errorType: 'LINK_INVALID_SESSION' });
             const before = [await end(flow), hosts().length];
             controller.abort();
             return [...before, hosts().length]",
            json!(["LINK_INVALID_SESSION", 1, 0]),
        ),
    ]
}

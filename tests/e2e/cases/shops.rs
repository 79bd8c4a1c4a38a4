//! Pages of real shops: their style sheets, routers, dialogs and old libraries. None of it may hide the widget, take its
//! buttons, or be left broken.

use serde_json::json;
use thirtyfour::prelude::*;

use crate::browser::Browser;
use crate::page::{Case, Page, case, script};

pub fn cases() -> Vec<Case> {
    vec![
        script("hostile style sheets: the dialog is drawn and can be used", HOSTILE_STYLES, json!([])),
        script(
            "hostile style sheets: a container has its height",
            "const wrong = [];
             for (const rule of ['div:empty{display:none}', ':empty{display:none!important}', '[data-link-widget]{height:0!important;min-height:0!important}', '#bank > *{position:fixed;left:-9999px}']) {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(rule);
                document.adoptedStyleSheets = [sheet];
                const { flow, frame } = await started({ container: 'bank' });
                const { width, height, left } = frame.getBoundingClientRect();
                if (width < 200 || height < 600 || left < 0) wrong.push([rule, width, height, left]);
                flow.close();
                await end(flow);
                document.adoptedStyleSheets = [];
             }
             return wrong",
            json!([]),
        ),
        script(
            "an app hears nothing of what happens in the dialog",
            "const heard = [];
             const types = 'pointerdown pointerup mousedown mouseup click keydown keypress keyup focusin focusout focus blur'.split(' ');
             // what comes to the app's own elements is the app's
             const hear = (event) => { if (hosts().includes(event.target)) heard.push(event.type); };
             for (const capture of [false, true]) for (const type of types) document.addEventListener(type, hear, capture);
             const ends = [];
             for (const act of [
                ({ button }) => button.click(),
                ({ button }) => button.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true })),
                ({ modal }) => modal.querySelector('h2').click(),
                ({ modal }) => modal.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true, composed: true })),
                ({ button }) => button.focus(),
             ]) {
                const { flow } = await started();
                const [modal, button] = ['dialog', 'button'].map((name) => shadow().querySelector(name));
                act({ modal, button });
                await pause(0);
                ends.push(await isPending(flow));
                flow.close();
                await end(flow);
             }
             for (const capture of [false, true]) for (const type of types) document.removeEventListener(type, hear, capture);
             return [heard, ends]",
            json!([[], [false, true, true, true, true]]),
        ),
        case("a click in the dialog is none beside the app's, and Escape closes one thing", outside),
        case("a native popover stays open", popover),
        script("the page stays where it is scrolled to, whatever scrolls", SCROLL, json!([])),
        script(
            "a list of style sheets that somebody puts back locks nothing",
            "const { flow } = await started();
             const kept = [...document.adoptedStyleSheets];
             flow.close();
             await end(flow);
             document.adoptedStyleSheets = kept;
             const { overflow } = getComputedStyle(document.documentElement);
             document.adoptedStyleSheets = [];
             return [kept.length, overflow]",
            json!([1, "visible"]),
        ),
        script(
            "somebody takes the widget off: the flow ends, and the page can be used",
            "const ends = [];
             const { body } = document;
             const bank = document.getElementById('bank');
             const after = bank.nextSibling;
             for (const [options, act, undo] of [
                [{}, () => hosts()[0].remove(), () => {}],
                [{}, () => body.replaceWith(document.createElement('body')), () => document.body.replaceWith(body)],
                [{ container: 'bank' }, () => bank.remove(), () => after.before(bank)],
                [{ container: 'bank' }, () => bank.replaceChildren(), () => {}],
             ]) {
                const { flow } = await started(options);
                act();
                const { code, message } = await outcome(flow);
                ends.push(code, message, getComputedStyle(document.documentElement).overflow, document.querySelector(':modal'));
                undo();
             }
             document.getElementById('connect').focus();
             document.activeElement.blur();
             return [...new Set(ends)]",
            json!(["LINK_USER_CANCELLED", "The page closed the flow.", "visible", null]),
        ),
        script(
            "a container in a shadow tree is taken off",
            "const element = document.createElement('section');
             element.className = 'kit';
             const inner = document.createElement('div');
             element.attachShadow({ mode: 'open' }).append(inner);
             document.body.append(element);
             const flow = start({ container: inner });
             await pause(20);
             inner.remove();
             const ends = [await end(flow)];
             element.shadowRoot.append(inner);
             const other = start({ container: inner });
             element.remove();
             ends.push(await end(other));
             return ends",
            json!(["LINK_USER_CANCELLED", "LINK_USER_CANCELLED"]),
        ),
        script(
            "what is moved within a task is not taken off",
            "const { flow } = await started();
             const [host] = hosts();
             host.remove();
             document.documentElement.append(host);
             await until(() => shadow().querySelector(':modal'));
             await pause(50);
             const pending = await isPending(flow);
             await until(() => flow.events.filter(({ type }) => type === 'load').length === 2);
             say({ isCompleted: true, consentID: 'arr_1' });
             return [pending, await end(flow)]",
            json!([true, "completed"]),
        ),
        case("the provider refuses to be framed", async |page| {
            page.merchant("").await;
            refused(page, &[Browser::Chromium], "ancestors=none", "listed with the provider").await;
        }),
        case("the provider refuses by the older header, which no browser reports", async |page| {
            page.merchant("").await;
            refused(page, &[], "xfo=DENY", "listed with the provider").await;
        }),
        case("an embedder policy of the page's refuses the frame", async |page| {
            page.merchant("embedder=require-corp").await;
            let reporting = [Browser::Chromium, Browser::WebKit];
            refused(page, &reporting, "", "Cross-Origin-Embedder-Policy").await;
        }),
        case("an embedder policy without credentials refuses the frame", async |page| {
            page.merchant("embedder=credentialless").await;
            // Firefox does not report it, and WebKit does not know it.
            refused(page, &[Browser::Chromium], "", "Cross-Origin-Embedder-Policy").await;
        }),
        script(
            "window.open gives no window",
            "const { open } = window;
             const ends = [];
             for (const given of [undefined, null, true, {}, { addEventListener() {}, close() {}, focus() {} }, new Proxy({}, { get() { throw 1; } })]) {
                window.open = () => given;
                const flow = start({ mode: 'popup' });
                ends.push(await end(flow), hosts().length);
             }
             window.open = open;
             return [...new Set(ends)]",
            json!(["LINK_POPUP_BLOCKED", 0]),
        ),
        script(
            "a redirect that the provider answers without a page ends",
            "const ends = [];
             for (const options of [{ loadTimeoutMs: 300 }, { timeoutMs: 300 }]) {
                const flow = call('finx', `${origins.provider}/nothing`, { mode: 'redirect', state: 'S1', returnUrl: '/callback', ...options });
                ends.push(await end(flow), sessionStorage.length);
             }
             return ends",
            json!(["LINK_LOAD_TIMEOUT", 0, "LINK_TIMEOUT", 0]),
        ),
        script(
            "an app with a hash router keeps its route, and gets the answer before it or behind it",
            "const seen = [];
             for (const [at, place] of ['/?tab=2&code=c&state=S1#/back', '/#/back?code=c&tab=2&state=S1', '/?code=c#/back?state=S1'].entries()) {
                const record = { id: `${at}`, provider: 'finx', state: 'S1', returnUrl: `${origins.merchant}/`, created: Date.now(), expires: null };
                sessionStorage.setItem('link-widget', JSON.stringify([record]));
                const url = origins.merchant + place;
                history.replaceState(null, '', url);
                const { result } = await resume();
                seen.push([result.code, location.href.slice(origins.merchant.length), sessionStorage.length]);
             }
             history.replaceState(null, '', '/?');
             return seen",
            json!([
                ["c", "/?tab=2#/back", 0],
                ["c", "/#/back?tab=2", 0],
                ["c", "/#/back", 0]
            ]),
        ),
        script(
            "a renewed token adds no entry to the history",
            "const before = history.length;
             const flow = openFlinks({ url: puppet(), authorizeToken: 't1', getAuthorizeToken: async () => 't2' });
             flow.catch(() => {});
             await until(() => hosts().length && hosts()[0].shadowRoot.querySelector('iframe'));
             const { contentWindow } = hosts()[0].shadowRoot.querySelector('iframe');
             let isRenewed = false;
             const hear = ({ data }) => { isRenewed ||= data === 'renewed'; };
             addEventListener('message', hear);
             const ask = setInterval(() => run(contentWindow, `parent.postMessage(location.search.includes('t2') ? 'renewed' : { step: 'TOKEN_INVALID' }, '*')`), 100);
             await until(() => isRenewed);
             removeEventListener('message', hear);
             clearInterval(ask);
             flow.close();
             await end(flow);
             return Math.max(0, history.length - before)",
            json!(0),
        ),
        case("Back after a flow goes where it went before it", async |page| back(page, "").await),
        case("Back after a flow whose page went on goes where it went before it", async |page| {
            let goes_on = "run(provider, `location.href = '${puppet()}?second'`);
                await until(() => flow.events.filter(({ type }) => type === 'load').length === 2);";
            back(page, goes_on).await;
        }),
        script(
            "globals and built-ins that a page has replaced",
            "const mine = { performance, Element, JSON, from: Array.from, AbortSignal };
             const names = { name: 'x', status: 'y' };
             Object.defineProperty(window, 'performance', { value: 'mine', configurable: true, writable: true });
             window.Element = class {};
             window.AbortSignal = class {};
             Array.from = (value) => (value ? [value] : []);
             Array.prototype.toJSON = function () { return 'text'; };
             Object.assign(window, names, { event: 'z' });
             const signal = new AbortController().signal;
             const bank = document.getElementById('bank');
             const tell = { isCompleted: true, consentID: 'arr_1' };
             const ends = [];
             for (const options of [{}, { container: bank }, { signal }]) {
                const flow = start(options);
                await until(() => flow.events.some(({ type }) => type === 'load'));
                say(JSON.parse(JSON.stringify(tell)));
                ends.push((await flow).consentID, typeof flow.events[0].elapsedMs);
             }
             ends.push(parseMessage('flinks', '{\"step\":\"REDIRECT\",\"loginId\":\"l1\",\"accountId\":[\"a\",\"b\"]}').result.loginId);
             delete Array.prototype.toJSON;
             Array.from = mine.from;
             Object.defineProperty(window, 'performance', { value: mine.performance });
             Object.assign(window, { Element: mine.Element, AbortSignal: mine.AbortSignal, name: '', status: '' });
             delete window.event;
             return ends",
            json!(["arr_1", "number", "arr_1", "number", "arr_1", "number", "l1"]),
        ),
        script(
            "a page's own global named parent",
            "const { parent } = window;
             window.parent = {};
             const channel = new BroadcastChannel('link-widget');
             const heard = new Promise((resolve) => { channel.onmessage = ({ data }) => resolve(data); });
             completeCallback(`${origins.merchant}/callback?code=c`);
             window.parent = parent;
             // this page is no popup that may close
             for (const [id, { ms }] of timers) if (ms === 500) clearTimeout(id);
             const url = await heard;
             channel.close();
             return url.slice(origins.merchant.length)",
            json!("/callback?code=c"),
        ),
        script(
            "a property that a page has given every object",
            "Object.prototype.get = 'mine';
             const flow = start();
             await until(() => flow.events.some(({ type }) => type === 'load'));
             say({ isCompleted: true, consentID: 'arr_1' });
             const { consentID } = await flow;
             delete Object.prototype.get;
             return consentID",
            json!("arr_1"),
        ),
        script(
            "the widget follows the page's colour scheme",
            "const seen = [];
             for (const scheme of ['light', 'dark']) {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(`:root{color-scheme:${scheme}}`);
                document.adoptedStyleSheets = [sheet];
                for (const [options, drawn] of [[{}, 'dialog'], [{ container: 'bank' }, '.page']]) {
                    const flow = start(options);
                    const color = getComputedStyle(shadow().querySelector(drawn)).backgroundColor;
                    seen.push((color === 'rgb(255, 255, 255)') === (scheme === 'light'));
                    flow.close();
                    await end(flow);
                }
             }
             document.adoptedStyleSheets = [];
             return seen",
            json!([true, true, true, true]),
        ),
        script(
            "timers and listeners are set in no app's zone, and onEvent runs in the caller's",
            "let zone = 'app';
             const set = [];
             const { setTimeout } = window;
             const { addEventListener } = EventTarget.prototype;
             window.setTimeout = (...args) => { set.push(zone); return setTimeout(...args); };
             EventTarget.prototype.addEventListener = function (...args) { set.push(zone); return addEventListener.apply(this, args); };
             const within = (name, run) => { const before = zone; zone = name; try { return run(); } finally { zone = before; } };
             window.Zone = {
                root: { run: (run) => within('root', run) },
                get current() { const name = zone; return { wrap: (run) => (...args) => within(name, () => run(...args)) }; },
             };
             const told = [];
             const flow = link('session', { authServer: puppet(), onEvent: () => told.push(zone) });
             zone = 'none';
             await until(() => told.length === 2);
             flow.close();
             await end(flow);
             window.setTimeout = setTimeout;
             EventTarget.prototype.addEventListener = addEventListener;
             delete window.Zone;
             const own = set.filter((name) => name !== 'none');
             return [own.length > 5, [...new Set(own)], [...new Set(told)]]",
            json!([true, ["root"], ["app"]]),
        ),
        script(
            "Flinks has the height that it recommends, where the container has none",
            "const heights = [];
             for (const call of [(options) => openFlinks({ url: puppet(), ...options }), (options) => link('s', { authServer: puppet(), ...options })]) {
                const flow = call({ container: 'bank' });
                heights.push(hosts()[0].getBoundingClientRect().height);
                flow.close();
                await end(flow);
             }
             return heights",
            json!([760, 600]),
        ),
        script(
            "a page that stays to be read makes room for the next flow, and a pending one stays",
            "const { flow: pending } = await started();
             const { flow: read } = await started();
             say({ isCompleted: false, error: 'LINK_INVALID_SESSION', errorType: 'LINK_INVALID_SESSION' });
             const counts = [await end(read), hosts().length];
             const { flow } = await started();
             counts.push(hosts().length, await isPending(pending));
             say({ isCompleted: true, consentID: 'arr_1' });
             counts.push(await end(flow), hosts().length);
             pending.close();
             counts.push(await end(pending));
             return counts",
            json!(["LINK_INVALID_SESSION", 2, 2, true, "completed", 1, "LINK_USER_CANCELLED"]),
        ),
        script("buttons of the custom element, in a form and out of one", BUTTONS, json!([])),
    ]
}

/// Rules that a theme may have, for every selector that may meet the widget's host.
const HOSTILE_STYLES: &str = "
    const wrong = [];
    const selectors = ['div', '*', ':empty', 'div:empty', 'body > *', '[lang]', 'body > div:last-of-type', '[data-link-widget]', ':not(:defined), div'];
    const declarations = ['display:none', 'visibility:hidden', 'opacity:0', 'position:absolute;left:-9999px', 'transform:scale(0)',
        'clip-path:circle(0)', 'width:0;height:0;overflow:hidden', 'pointer-events:none', 'filter:opacity(0)', 'content-visibility:hidden',
        'contain:strict', 'font-size:0', 'color:transparent', 'user-select:none;cursor:none', 'writing-mode:vertical-rl;white-space:pre',
        'perspective:1px;will-change:transform', 'text-transform:uppercase;letter-spacing:9em', 'float:right;max-height:1px'];
    const flow = start();
    await until(() => flow.events.some(({ type }) => type === 'load'));
    const [host] = hosts();
    const root = host.shadowRoot;
    const button = root.querySelector('button');
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    for (const selector of selectors) {
        // A page that hides <html> or <body> hides all of itself.
        const hidesPage = document.documentElement.matches(selector) || document.body.matches(selector);
        for (const declaration of declarations) {
            if (hidesPage && /^(display|content-visibility)/.test(declaration)) continue;
            sheet.replaceSync(`${selector}{${declaration.replaceAll(';', '!important;')}!important}`);
            const { left, top, width, height } = button.getBoundingClientRect();
            const found = [document, root].map((tree) => tree.elementFromPoint(left + width / 2, top + height / 2));
            const { visibility, color, fontSize, letterSpacing } = getComputedStyle(button);
            const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
            if (found[0] !== host || found[1] !== button || middle !== host || width < 40 || height < 40 || visibility !== 'visible'
                || color === 'rgba(0, 0, 0, 0)' || parseFloat(fontSize) < 12 || letterSpacing !== 'normal') {
                wrong.push(`${selector} ${declaration}`);
            }
        }
    }
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    flow.close();
    await end(flow);
    return wrong";

/// Where a button of the page is, while the dialog is open and afterwards.
const SCROLL: &str = "
    const wrong = [];
    const button = document.getElementById('below');
    for (const css of ['', 'html,body{height:100%}', 'html,body{height:100%}body{overflow-x:hidden}', 'body{height:100vh;overflow-y:auto}',
        'html{height:100%;overflow:hidden}body{height:100%;overflow:auto}', 'html,body{height:100%;overflow:hidden}main{height:100%;overflow:auto}',
        'html{overflow-y:scroll}', 'html{overflow:auto;height:100%}body{overflow:auto;height:100%}', 'html{scroll-behavior:smooth}']) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        document.adoptedStyleSheets = [sheet];
        button.scrollIntoView({ block: 'center', behavior: 'instant' });
        button.focus({ preventScroll: true });
        const top = () => Math.round(button.getBoundingClientRect().top);
        const before = top();
        const { flow } = await started();
        const during = top();
        flow.close();
        await end(flow);
        if (before !== during || before !== top()) wrong.push([css, before, during, top()]);
        document.adoptedStyleSheets = [];
        for (const element of [document.documentElement, document.body, document.querySelector('main')]) element.scrollTop = 0;
        scrollTo({ top: 0, behavior: 'instant' });
    }
    button.blur();
    return wrong";

/// What starts a flow, and whether the form around it is sent.
const BUTTONS: &str = "
    await load('/pkg/element.js');
    if (!customElements.get('ui-button')) {
        for (const [name, mode] of [['ui-button', 'open'], ['ui-closed-button', 'closed']]) {
            customElements.define(name, class extends HTMLElement {
                constructor() {
                    super();
                    const button = document.createElement('button');
                    button.append(document.createElement('slot'));
                    this.attachShadow({ mode }).append(button);
                }
            });
        }
    }
    const wrong = [];
    const form = document.createElement('form');
    let isSent = false;
    form.onsubmit = (event) => { isSent = true; event.preventDefault(); };
    document.body.append(form);
    for (const [name, attributes, starts] of [['button', {}, true], ['button', { type: 'submit' }, true], ['input', { type: 'button' }, true],
        ['input', { type: 'submit' }, true], ['input', { type: 'text' }, false], ['span', { role: 'button' }, true], ['span', {}, false],
        ['ui-button', {}, true], ['ui-closed-button', {}, true], ['ui-button', { disabled: '' }, false], ['button', { 'aria-disabled': 'true' }, false]]) {
        const element = document.createElement('link-widget');
        element.setAttribute('subject', 's1');
        element.options = { authServer: puppet() };
        const button = document.createElement(name);
        for (const [attribute, value] of Object.entries(attributes)) button.setAttribute(attribute, value);
        element.append(button);
        form.append(element);
        (button.shadowRoot?.querySelector('button') ?? button).click();
        const seen = [hosts().length === 1, starts && isSent];
        if (seen[0] !== starts || seen[1]) wrong.push([name, attributes, ...seen]);
        isSent = false;
        element.remove();
        await until(() => hosts().length === 0);
    }
    if ('commandForElement' in HTMLButtonElement.prototype) {
        const element = document.createElement('link-widget');
        element.id = 'commanded';
        element.setAttribute('subject', 's1');
        element.options = { authServer: puppet() };
        form.append(element);
        for (const [command, count] of [['--start', 1], ['--cancel', 0]]) {
            const button = document.createElement('button');
            button.type = 'button';
            button.setAttribute('commandfor', 'commanded');
            button.setAttribute('command', command);
            form.append(button);
            button.click();
            await pause(20);
            if (hosts().length !== count) wrong.push([command, hosts().length]);
        }
    }
    form.remove();
    document.activeElement.blur();
    return wrong";

/// A frame that a policy refuses, of which these browsers tell the page. Elsewhere the flow goes on, to its timeout.
async fn refused(page: Page, reporting: &[Browser], query: &str, what_to_do: &str) {
    let reports = reporting.contains(&page.browser);
    let ends = page
        .run(&format!(
            "const ends = [];
             for (const options of [{{}}, {{ container: 'bank' }}]) {{
                const flow = start({{ authServer: `${{puppet()}}?{query}`, ...options }});
                if ({reports}) await until(async () => !(await isPending(flow)));
                else await pause(500);
                flow.close();
                const {{ code, message }} = await outcome(flow);
                ends.push(code, message.includes('{what_to_do}') && message.includes(origins.provider));
             }}
             return ends",
        ))
        .await;
    let code = if reports { "LINK_FRAME_BLOCKED" } else { "LINK_USER_CANCELLED" };
    assert_eq!(ends, json!([code, reports, code, reports]));
    page.is_clean().await;
}

async fn outside(page: Page) {
    page.merchant("").await;
    page.run(
        "window.dismissed = [];
         window.dismiss = (event) => { if (event.type !== 'keydown' || event.key === 'Escape') dismissed.push(event.type); };
         for (const type of ['pointerdown', 'mousedown', 'click', 'focusin', 'keydown']) document.addEventListener(type, dismiss, true);
         atClick(() => start({ mode: 'popup' }))",
    )
    .await;
    page.click("#connect").await;
    page.windows(2).await;
    page.eval("dismissed.length = 0").await;
    page.to_front().await;
    page.click_dialog_bar().await;
    page.click_dialog_button("Show it").await;
    page.to_front().await;
    assert_eq!(page.run("return [dismissed, settled.length]").await, json!([[], 0]));
    page.press(Key::Escape).await;
    page.until("return window.settled.length === 1").await;
    let told = page
        .run(
            "for (const type of ['pointerdown', 'mousedown', 'click', 'focusin', 'keydown']) document.removeEventListener(type, dismiss, true);
             return [dismissed.filter((type) => type !== 'focusin'), settled[0].code]",
        )
        .await;
    assert_eq!(told, json!([[], "LINK_USER_CANCELLED"]));
    page.is_clean().await;
}

async fn popover(page: Page) {
    page.merchant("").await;
    page.run(
        "const menu = document.createElement('div');
         menu.id = 'menu';
         menu.className = 'kit';
         menu.popover = 'auto';
         menu.append(document.getElementById('connect').cloneNode(true));
         menu.firstChild.id = 'inside';
         menu.firstChild.onclick = () => { window.flow = start(); window.settled = watch(window.flow).settled; };
         document.body.append(menu);
         menu.showPopover();
         // one that nothing closes, such as a message that goes by itself, is not where the person is
         const toast = Object.assign(document.createElement('p'), { popover: 'manual', className: 'kit', id: 'toast' });
         // beside the menu: by itself it is in the middle, too
         Object.assign(toast.style, { margin: '0', inset: 'auto 0 0 auto' });
         document.body.append(toast);
         toast.showPopover()",
    )
    .await;
    page.click("#inside").await;
    page.run("await until(() => flow.events.some(({ type }) => type === 'load'))").await;
    let is_open = "return [document.getElementById('menu').matches(':popover-open'), settled.length]";
    assert_eq!(page.run(is_open).await, json!([true, 0]));
    page.click_dialog_bar().await;
    assert_eq!(page.run(is_open).await, json!([true, 0]));
    page.click_dialog_button("Close").await;
    page.until("return window.settled.length === 1").await;
    assert_eq!(page.run(is_open).await, json!([true, 1]));
    // One that closes takes the dialog with it, which would be modal and not to be seen.
    page.click("#inside").await;
    let end = page
        .run("document.getElementById('menu').hidePopover(); const code = await end(flow); document.getElementById('menu').remove(); document.getElementById('toast').remove(); return code")
        .await;
    assert_eq!(end, "LINK_USER_CANCELLED");
    page.is_clean().await;
}

/// Back after a flow in which this happened in the provider's page.
async fn back(page: Page, act: &'static str) {
    page.goto(&format!("{}/callback?first", page.origins.merchant)).await;
    page.merchant("").await;
    page.run(&format!(
        "const {{ flow, provider }} = await started();
         {act}
         flow.close();
         await end(flow)"
    ))
    .await;
    page.driver.back().await.expect("a way back");
    page.until("return location.pathname === '/callback'").await;
}

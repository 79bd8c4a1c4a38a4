// Pages of real shops: their style sheets, routers, dialogs and old libraries. None of it may hide the
// widget, take its buttons, or be left broken.

const {
  origins,
  person,
  isChromium,
  isFirefox,
  timers,
  hosts,
  puppet,
  call,
  follow,
  start,
  started,
  outcome,
  end,
  isPending,
  shadow,
  standIn,
  run,
  say,
  load,
  watch,
  pause,
  until,
  wears,
  resume,
  completeCallback,
  parseMessage,
  link,
  openFlinks,
  is,
} = window.kit;

/**
 * A frame that a policy refuses, of which some browsers tell the page. Elsewhere the flow goes on, to its
 * timeout.
 */
async function isRefused(options, query, isReported, whatToDo) {
  const flow = start({ authServer: `${puppet()}?${query}`, ...options });
  if (isReported) await until(async () => !(await isPending(flow)));
  else await pause(500);
  flow.close();
  const { code, message } = await outcome(flow);
  is(code, isReported ? 'LINK_FRAME_BLOCKED' : 'LINK_USER_CANCELLED');
  is([message.includes(whatToDo), message.includes(origins.provider)], [isReported, isReported]);
}

/** A flow has left by redirect, and comes back to the merchant's front page. */
function hasLeft(state = 'S1') {
  const returnUrl = `${origins.merchant}/`;
  const record = { provider: 'finx', state, returnUrl, created: 0, expires: null };
  sessionStorage.setItem('link-widget', JSON.stringify([record]));
}

/** Calls `completeCallback()`, and gives the address that is left then and what the channel hears. */
async function handsOver(path) {
  const channel = new BroadcastChannel('link-widget');
  const heard = new Promise((resolve) => {
    channel.onmessage = ({ data }) => resolve(data);
  });
  const before = location.href;
  history.replaceState(null, '', '/callback?code=c&own=1#at');
  completeCallback(path);
  const left = location.href.slice(location.origin.length);
  history.replaceState(null, '', before);
  // this page is no popup that may close
  for (const [id, { ms }] of timers) if (ms === 500) clearTimeout(id);
  const { url, isTold } = await heard;
  channel.close();
  return { left, url: url.slice(location.origin.length), isTold };
}

/** Where the page's content is, and how large. */
function layout() {
  const { x, y, width, height } = document.querySelector('main').getBoundingClientRect();
  return [x, y, width, height, document.documentElement.scrollHeight].map(Math.round).join();
}

/** The page's content is where it was, whatever lays it out, while the dialog is there and afterwards. */
async function staysLaidOut() {
  const wrong = [];
  for (const css of [
    'body{display:grid;gap:3em}',
    'body{display:grid;grid:auto/auto-flow 1fr;gap:3em}',
    'body{display:grid;gap:3em;align-content:center;min-height:400vh}',
    'body{display:flex;flex-direction:column;justify-content:space-evenly;min-height:400vh}',
    'body{display:flex;justify-content:space-evenly}',
    'html{max-width:400px;margin:auto}',
    'html{width:90vw;margin:auto}',
    'html{font-size:4vw}',
    'html{font-size:4vw}body{overflow-x:hidden}',
    'html{scrollbar-gutter:stable both-edges}',
    'html:not(#x){scrollbar-gutter:auto!important}',
  ]) {
    wears(css);
    const before = layout();
    const { flow } = await started();
    // a gutter makes `vw` smaller: https://github.com/w3c/csswg-drafts/issues/5254
    const during = css.includes('vw') ? before : layout();
    flow.close();
    await end(flow);
    if (before !== during || before !== layout()) wrong.push([css, before, during, layout()]);
    document.adoptedStyleSheets = [];
  }
  is(wrong, []);
}

/** What a flow leaves for the Back button. `goesOn`: whether the provider's page goes on to another. */
export async function leavesHistory(goesOn) {
  const { flow, provider } = await started();
  if (goesOn) {
    run(provider, `location.href = '${puppet()}?second'`);
    await until(() => flow.events.filter(({ type }) => type === 'load').length === 2);
  }
  flow.close();
  await end(flow);
}

export const cases = {
  async 'hostile style sheets: the dialog is drawn and can be used'() {
    const wrong = [];
    const selectors = [
      'div',
      '*',
      ':empty',
      'div:empty',
      'body > *',
      '[lang]',
      'body > div:last-of-type',
      '[data-link-widget]',
      ':not(:defined), div',
    ];
    const declarations = [
      'display:none',
      'visibility:hidden',
      'opacity:0',
      'position:absolute;left:-9999px',
      'transform:scale(0)',
      'clip-path:circle(0)',
      'width:0;height:0;overflow:hidden',
      'pointer-events:none',
      'filter:opacity(0)',
      'content-visibility:hidden',
      'contain:strict',
      'font-size:0',
      'color:transparent',
      'user-select:none;cursor:none',
      'writing-mode:vertical-rl;white-space:pre',
      'perspective:1px;will-change:transform',
      'text-transform:uppercase;letter-spacing:9em',
      'float:right;max-height:1px',
    ];
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
        const found = [document, root].map((tree) =>
          tree.elementFromPoint(left + width / 2, top + height / 2),
        );
        const { visibility, color, fontSize, letterSpacing } = getComputedStyle(button);
        const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
        if (
          found[0] !== host ||
          found[1] !== button ||
          middle !== host ||
          width < 40 ||
          height < 40 ||
          visibility !== 'visible' ||
          color === 'rgba(0, 0, 0, 0)' ||
          parseFloat(fontSize) < 12 ||
          letterSpacing !== 'normal'
        ) {
          wrong.push(`${selector} ${declaration}`);
        }
      }
    }
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    flow.close();
    await end(flow);
    is(wrong, []);
  },

  async 'hostile style sheets: a container has its height'() {
    const wrong = [];
    for (const rule of [
      'div:empty{display:none}',
      ':empty{display:none!important}',
      '[data-link-widget]{height:0!important;min-height:0!important}',
      '#bank > *{position:fixed;left:-9999px}',
    ]) {
      wears(rule);
      const { flow, frame } = await started({ container: 'bank' });
      const { width, height, left } = frame.getBoundingClientRect();
      if (width < 200 || height < 600 || left < 0) wrong.push([rule, width, height, left]);
      flow.close();
      await end(flow);
      document.adoptedStyleSheets = [];
    }
    is(wrong, []);
  },

  async 'an app hears nothing of what happens in the dialog'() {
    const heard = [];
    const types =
      'pointerdown pointermove pointerup mousedown mousemove mouseover mouseup click dblclick keydown keypress keyup focusin focusout focus blur'.split(
        ' ',
      );
    // what comes to the app's own elements is the app's
    const hear = ({ type, target, relatedTarget }) => {
      const loses = /blur|focusout/.test(type) && hosts().includes(relatedTarget);
      if (hosts().includes(target) || loses) heard.push(type);
    };
    document.getElementById('connect').focus();
    for (const capture of [false, true])
      for (const type of types) document.addEventListener(type, hear, capture);
    const ends = [];
    for (const act of [
      ({ button }) => button.click(),
      ({ button }) =>
        button.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true })),
      ({ modal }) => modal.querySelector('h2').click(),
      ({ modal }) => modal.dispatchEvent(new MouseEvent('mousemove', { bubbles: true, composed: true })),
      ({ modal }) =>
        modal.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true, composed: true })),
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
    for (const capture of [false, true])
      for (const type of types) document.removeEventListener(type, hear, capture);
    document.getElementById('connect').blur();
    is([heard, ends], [[], [false, true, true, true, true, true]]);
  },

  async 'the page stays where it is scrolled to, whatever scrolls'() {
    const wrong = [];
    const button = document.getElementById('below');
    for (const css of [
      '',
      'html,body{height:100%}',
      'html,body{height:100%}body{overflow-x:hidden}',
      'html,body{height:100%}body:not(#x){overflow-x:hidden!important}',
      '@layer x{html,body{height:100%}body{overflow:hidden auto!important}}',
      'html,body{height:100%}body{container-type:inline-size}',
      'body{height:100vh;overflow-y:auto}',
      'html{height:100%;overflow:hidden}body{height:100%;overflow:auto}',
      'html,body{height:100%;overflow:hidden}main{height:100%;overflow:auto}',
      'html{overflow-y:scroll}',
      'html{overflow:auto;height:100%}body{overflow:auto;height:100%}',
      'html{scroll-behavior:smooth}',
    ]) {
      wears(css);
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
      for (const element of [document.documentElement, document.body, document.querySelector('main')])
        element.scrollTop = 0;
      scrollTo({ top: 0, behavior: 'instant' });
    }
    button.blur();
    is(wrong, []);
  },

  async 'the page stays as it is laid out behind the dialog'() {
    await staysLaidOut();
  },

  quirks: {
    async 'a page without a doctype stays as it is laid out behind the dialog'() {
      is(document.compatMode, 'BackCompat');
      await staysLaidOut();
    },
  },

  async 'the page stays as it is while dialogs overlap, whichever goes first'() {
    const wrong = [];
    const button = document.getElementById('below');
    for (const css of ['', 'html,body{height:100%}body{overflow-x:hidden}'])
      for (const isFirst of [true, false]) {
        wears(css);
        button.scrollIntoView({ block: 'center', behavior: 'instant' });
        const layouts = [layout()];
        const flows = [(await started()).flow, (await started()).flow];
        for (const flow of isFirst ? flows : flows.reverse()) {
          flow.close();
          await end(flow);
          layouts.push(layout());
        }
        if (new Set(layouts).size > 1) wrong.push([css, isFirst, ...layouts]);
        document.adoptedStyleSheets = [];
        scrollTo({ top: 0, behavior: 'instant' });
      }
    is(wrong, []);
  },

  async 'a list of style sheets that somebody puts back locks nothing'() {
    // one that locks, and one that leaves room for the scroll bar that goes
    const sheets = innerWidth > document.documentElement.clientWidth ? 2 : 1;
    const { flow } = await started();
    const kept = [...document.adoptedStyleSheets];
    flow.close();
    await end(flow);
    document.adoptedStyleSheets = kept;
    const { overflow } = getComputedStyle(document.documentElement);
    document.adoptedStyleSheets = [];
    is([kept.length, overflow], [sheets, 'visible']);
  },

  async 'somebody takes the widget off: the flow ends, and the page can be used'() {
    const ends = [];
    const { body } = document;
    const bank = document.getElementById('bank');
    const after = bank.nextSibling;
    for (const [options, act, undo] of [
      [{}, () => hosts()[0].remove(), () => {}],
      // before Turbo copies a page that goes
      [{}, () => document.querySelector('[data-turbo-temporary]').remove(), () => {}],
      [{}, () => body.replaceWith(document.createElement('body')), () => document.body.replaceWith(body)],
      [{ container: 'bank' }, () => bank.remove(), () => after.before(bank)],
      [{ container: 'bank' }, () => bank.replaceChildren(), () => {}],
    ]) {
      const { flow } = await started(options);
      act();
      const { code, message } = await outcome(flow);
      ends.push(
        code,
        message,
        getComputedStyle(document.documentElement).overflow,
        document.querySelector(':modal'),
      );
      undo();
    }
    document.getElementById('connect').focus();
    document.activeElement.blur();
    is([...new Set(ends)], ['LINK_USER_CANCELLED', 'The page closed the flow.', 'visible', null]);
  },

  async 'a container in a shadow tree is taken off'() {
    const element = document.createElement('section');
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
    is(ends, ['LINK_USER_CANCELLED', 'LINK_USER_CANCELLED']);
  },

  async 'what is moved within a task is not taken off'() {
    const { flow } = await started();
    const [host] = hosts();
    host.remove();
    document.documentElement.append(host);
    await until(() => shadow().querySelector(':modal'));
    await pause(50);
    const pending = await isPending(flow);
    await until(() => flow.events.filter(({ type }) => type === 'load').length === 2);
    say({ isCompleted: true, consentID: 'arr_1' });
    is([pending, await end(flow)], [true, 'completed']);
  },

  async 'window.open gives no window'() {
    const { open } = window;
    const ends = [];
    for (const given of [
      undefined,
      null,
      true,
      {},
      { addEventListener() {}, close() {}, focus() {} },
      new Proxy(
        {},
        {
          get() {
            throw 1;
          },
        },
      ),
    ]) {
      window.open = () => given;
      const flow = start({ mode: 'popup' });
      ends.push(await end(flow), hosts().length);
    }
    // a page's own variable, and a function that fails
    for (const instead of [false, () => given.nothing]) {
      window.open = instead;
      const flow = start({ mode: 'popup' });
      ends.push(await end(flow), hosts().length);
    }
    window.open = open;
    is([...new Set(ends)], ['LINK_POPUP_BLOCKED', 0]);
  },

  async 'a redirect that the provider answers without a page ends'() {
    const ends = [];
    for (const options of [{ loadTimeoutMs: 300 }, { timeoutMs: 300 }]) {
      const flow = call('finx', `${origins.provider}/nothing`, {
        mode: 'redirect',
        state: 'S1',
        returnUrl: '/callback',
        ...options,
      });
      ends.push(await end(flow), sessionStorage.length);
    }
    is(ends, ['LINK_LOAD_TIMEOUT', 0, 'LINK_TIMEOUT', 0]);
  },

  async 'an app with a hash router keeps its route, and gets the answer before it or behind it'() {
    const seen = [];
    for (const place of [
      '/?tab=2&code=c&state=S1#/back',
      '/#/back?code=c&tab=2&state=S1',
      '/?code=c#/back?state=S1',
    ]) {
      hasLeft();
      history.replaceState(null, '', place);
      const { result } = await resume();
      seen.push([result.code, location.href.slice(origins.merchant.length), sessionStorage.length]);
    }
    history.replaceState(null, '', '/?');
    is(seen, [
      ['c', '/?tab=2#/back', 0],
      ['c', '/#/back?tab=2', 0],
      ['c', '/#/back', 0],
    ]);
  },

  async "an answer that a router writes in its own spelling, and the app's own parameters"() {
    const seen = [];
    // as React Router has it before the first link, and as a page has it that knows no router
    for (const state of [{ idx: 0 }, { mine: 1 }]) {
      hasLeft();
      history.replaceState(state, '', '/?code=4%2F0A&state=S1&success=true');
      await resume();
      await until(() => location.search === '');
      for (const [written, left] of [
        ['?code=4/0A&state=S1&success=true&tab=2', '?tab=2'],
        ['?tab=2&code=4%2F0A', '?tab=2'],
        ['?to=%2Fback%3Fcode%3D4%252F0A%26tab%3D2', '?to=%2Fback%3Ftab%3D2'],
        [
          '?to=%2Fback%3Fto%3D%252Fback%253Ftab%253D2%2526code%253D4%25252F0A',
          '?to=%2Fback%3Fto%3D%252Fback%253Ftab%253D2',
        ],
        ['?to=%2Fback%3Fcode%3D4%252F0A%26state%3DS1&lang=en', '?to=%2Fback&lang=en'],
        ['?code=4%2f0a&tab=2', '?code=4%2f0a&tab=2'],
        ['?success=true&estate=S1&state=S10', '?success=true&estate=S1&state=S10'],
        ['?to=%2Fmap%3Fstate%3DS10', '?to=%2Fmap%3Fstate%3DS10'],
      ]) {
        history.pushState({ to: written }, '', `/${written}`);
        await pause(50);
        if (window.navigation)
          seen.push([location.search, history.state.to, left].join() === [left, left, left].join());
      }
    }
    history.replaceState(null, '', '/?');
    // others do not tell of a new entry
    is([...new Set(seen)], window.navigation ? [true] : []);
  },

  async 'an answer however the provider, resume() and a router encode it'() {
    const seen = [];
    let visit = 0;
    for (const [code, resumed, written] of [
      ['a%2Bb%2Fc%3D%3D', 'a%2Bb%2Fc%3D%3D', 'a%2Bb/c=='],
      ['a%2fb%3d', 'a%2Fb%3D', 'a/b='],
      ['a%2Fb==', 'a%2Fb%3D%3D', 'a%2Fb%3D%3D'],
      ['a:b%2Fc', 'a%3Ab%2Fc', 'a:b%2Fc'],
      ['a,b%2Fc', 'a%2Cb%2Fc', 'a,b%2Fc'],
      ['a+b', 'a%20b', 'a%2Bb'],
      ['%61%62', '%61%62', 'ab'],
      ['100%', '100%25', '100%25'],
      ['a%26b', 'a%26b', 'a%26b'],
      ['a%3Fb=c', 'a?b%3Dc', 'a?b=c'],
      ['a%23b', 'a%23b', 'a%23b'],
    ]) {
      visit += 1;
      const state = `E${visit}`;
      hasLeft(state);
      const address = (code) => `/?own=1&code=${code}&state=${state}`;
      history.replaceState({ idx: 0 }, '', address(code));
      const { result } = await resume(address(resumed));
      const isGone = location.search === '?own=1';
      await pause(50);
      history.replaceState({ idx: 0, current: address(written) }, '', `${address(written)}&lang=en`);
      if (window.navigation) await pause(50);
      else await until(() => !location.search.includes('code'));
      seen.push([result.code.length > 1, isGone, location.search, history.state.current]);
    }
    history.replaceState(null, '', '/?');
    is([...new Set(seen.map(String))], ['true,true,?own=1&lang=en,/?own=1']);
  },

  async 'a state that the page has frozen, or put a function into'() {
    const seen = [];
    for (const change of [Object.freeze, (usr) => (usr.call = () => {})]) {
      const state = `F${seen.length}`;
      hasLeft(state);
      const address = `/?tab=2&code=${state}&state=${state}`;
      history.replaceState({ idx: 0, usr: { from: address } }, '', address);
      change(history.state.usr);
      const { result } = await resume();
      seen.push([result.code, location.search, history.state?.usr.from]);
    }
    history.replaceState(null, '', '/?');
    is(seen, [
      ['F0', '?tab=2', '/?tab=2'],
      ['F1', '?tab=2', undefined],
    ]);
  },

  async 'a router that writes the answer back whenever it is told'() {
    hasLeft('R1');
    const address = '/?own=1&code=c&state=R1';
    let told = 0;
    const write = () => {
      told += 1;
      history.replaceState({ idx: told }, '', address);
    };
    history.replaceState({ idx: 0 }, '', address);
    addEventListener('popstate', write);
    await resume();
    let before;
    // Without `navigation` the widget looks less and less often.
    await until(async () => {
      before = told;
      await pause(window.navigation ? 200 : 3000);
      return told === before;
    });
    removeEventListener('popstate', write);
    await until(() => location.search === '?own=1');
    history.replaceState(null, '', '/?');
    is(told > 1 && told < 20, true);
  },

  async 'only a router is told that the answer is gone, however resume() spells the address'() {
    const told = [];
    const note = () => told.push(location.search);
    addEventListener('popstate', note);
    const seen = [];
    let visit = 0;
    for (const state of [{ idx: 0 }, { mine: 1 }]) {
      for (const slash of ['%2F', '/']) {
        visit += 1;
        hasLeft(`T${visit}`);
        const answer = (slash) => `/?own=1&code=${visit}${slash}A&state=T${visit}&success=true`;
        history.replaceState(state, '', answer('%2F'));
        const { result } = await resume(answer(slash));
        await pause(50);
        seen.push([result.code, location.search, told.splice(0).length].join());
      }
    }
    removeEventListener('popstate', note);
    history.replaceState(null, '', '/?');
    is(seen, ['1/A,?own=1,1', '2/A,?own=1,1', '3/A,?own=1,0', '4/A,?own=1,0']);
  },

  async 'a renewed token adds no entry to the history'() {
    const before = history.length;
    const flow = openFlinks({ url: puppet(), authorizeToken: 't1', getAuthorizeToken: async () => 't2' });
    flow.catch(() => {});
    let isRenewed = false;
    const hear = ({ data }) => {
      isRenewed ||= data === 'renewed';
    };
    addEventListener('message', hear);
    const ask = setInterval(
      () =>
        run(
          // the page with the new token has a frame of its own
          hosts()[0]?.shadowRoot.querySelector('iframe')?.contentWindow,
          `parent.postMessage(location.search.includes('t2') ? 'renewed' : { step: 'TOKEN_INVALID' }, '*')`,
        ),
      100,
    );
    await until(() => isRenewed);
    removeEventListener('message', hear);
    clearInterval(ask);
    flow.close();
    await end(flow);
    is(Math.max(0, history.length - before), 0);
  },

  async 'promises without "finally", and a function with the name of the window\'s own'() {
    const { finally: own } = Promise.prototype;
    delete Promise.prototype.finally;
    window.addEventListener = () => {};
    hasLeft('P1');
    history.replaceState(null, '', '/?code=c&state=P1');
    try {
      const flow = start();
      const back = await resume();
      await until(() => flow.events.some(({ type }) => type === 'load'));
      say({ isCompleted: true, consentID: 'arr_1' });
      is([back.result.code, await end(flow)], ['c', 'completed']);
    } finally {
      delete window.addEventListener;
      Object.defineProperty(Promise.prototype, 'finally', { value: own, configurable: true, writable: true });
      history.replaceState(null, '', '/?');
    }
  },

  async 'elements that are named as what the widget looks for'() {
    const form = Object.assign(document.createElement('form'), { id: 'Zone' });
    form.append(Object.assign(document.createElement('textarea'), { name: 'current' }));
    const image = Object.assign(new Image(), { name: 'hasFocus' });
    document.body.append(form, image);
    const flow = start();
    await until(() => flow.events.some(({ type }) => type === 'load'));
    say({ isCompleted: true, consentID: 'arr_1' });
    const ended = await end(flow);
    // it is looked at from time to time
    const popup = call('finqlink', puppet(), { mode: 'popup', window: standIn() });
    await pause(500);
    const pending = await isPending(popup);
    popup.close();
    await end(popup);
    form.remove();
    image.remove();
    is([ended, pending], ['completed', true]);
  },

  async 'globals and built-ins that a page has replaced'() {
    const mine = { performance, Element, JSON, from: Array.from, AbortSignal };
    const names = { name: 'x', status: 'y' };
    Object.defineProperty(window, 'performance', { value: 'mine', configurable: true, writable: true });
    window.Element = class {};
    window.AbortSignal = class {};
    Array.from = (value) => (value ? [value] : []);
    Array.prototype.toJSON = function () {
      return 'text';
    };
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
    ends.push(
      parseMessage('flinks', '{"step":"REDIRECT","loginId":"l1","accountId":["a","b"]}').result.loginId,
    );
    delete Array.prototype.toJSON;
    Array.from = mine.from;
    Object.defineProperty(window, 'performance', { value: mine.performance });
    Object.assign(window, { Element: mine.Element, AbortSignal: mine.AbortSignal, name: '', status: '' });
    delete window.event;
    is(ends, ['arr_1', 'number', 'arr_1', 'number', 'arr_1', 'number', 'l1']);
  },

  async "a page's own classes named Map, Set and URL"() {
    const names = ['Map', 'Set', 'URL'];
    const browsers = names.map((name) => window[name]);
    for (const name of names) window[name] = class {};
    // the page had them before it imported the package
    const widget = await load('/pkg/index.js?own');
    const ends = [];
    for (const options of [{}, { container: 'bank' }]) {
      const flow = follow((all) => widget.link('session', { authServer: puppet(), ...all }), options);
      await until(() => flow.events.some(({ type }) => type === 'load'));
      say({ isCompleted: true, consentID: 'arr_1' });
      ends.push((await flow).consentID, hosts().length);
    }
    const url = `${origins.merchant}/?code=c&state=S1`;
    hasLeft();
    history.replaceState(null, '', url);
    ends.push((await widget.resume()).result.code, location.search);
    for (const [at, name] of names.entries()) window[name] = browsers[at];
    is(ends, ['arr_1', 0, 'arr_1', 0, 'c', '']);
  },

  async "a page's own globals named parent and navigation"() {
    const { parent, navigation } = window;
    Object.assign(window, { parent: {}, navigation: { open() {} } });
    const { left, url, isTold } = await handsOver();
    Object.assign(window, { parent, navigation });
    is([left, url, isTold], ['/callback?own=1#at', '/callback?code=c&own=1#at', false]);
  },

  async 'completeCallback() by the path that a router gives'() {
    const { left, url } = await handsOver('/callback?code=c&own=1');
    is([left, url], ['/callback?own=1#at', '/callback?code=c&own=1']);
  },

  async "variables of a page's own script, named as what a browser has"() {
    hasLeft();
    const page = document.createElement('iframe');
    page.className = 'kit';
    // in view, whatever has the focus in it
    page.style.cssText = 'position:fixed;inset:0 auto auto 0';
    page.src = '/pkg/package.json?code=c&state=S1&tab=2';
    const isThere = new Promise((resolve) => {
      page.onload = resolve;
    });
    document.body.append(page);
    await isThere;
    const shop = page.contentWindow;
    const script = shop.document.createElement('script');
    script.textContent = `let history = []; const open = 1, opener = 1, parent = 1, visualViewport = 1;
      document.documentElement.innerHTML = '<form name=createEvent><input name=matches><button>x</button></form>';
      document.querySelector('button').focus();
      window.isLoading = import('/pkg/index.js').then((widget) => Object.assign(window, widget));`;
    shop.document.documentElement.append(script);
    await shop.isLoading;

    const back = await shop.resume();
    is([back.result.code, shop.location.search], ['c', '?tab=2']);
    const overlay = shop.link('session', { authServer: puppet() });
    shop.open = standIn;
    const popup = shop.openFinqlink(puppet(), { returnUrl: '/callback', state: 'S1' });
    await pause(50);
    is([await isPending(overlay), await isPending(popup)], [true, true]);
    overlay.close();
    popup.close();
    is([await end(overlay), await end(popup)], ['LINK_USER_CANCELLED', 'LINK_USER_CANCELLED']);
  },

  async 'what the browser says of a refusal is told'() {
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = () => {
      throw new DOMException('No shadows here.', 'NotSupportedError');
    };
    const flow = start();
    Element.prototype.attachShadow = attachShadow;
    const { code, message } = await outcome(flow);
    is([code, hosts().length], ['LINK_UNSUPPORTED', 0]);
    is([message.includes('No shadows here.'), message.includes('link-widget/testing')], [true, true]);
  },

  async 'what a browser refuses with an exception fails no flow'() {
    const refuse = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    const names = ['BroadcastChannel', 'ReportingObserver'];
    const browsers = names.map((name) => window[name]);
    // Firefox, for a site whose cookies the person has blocked
    for (const name of names)
      window[name] = class {
        constructor() {
          refuse();
        }
      };
    const { flow: other } = await started({ container: 'bank' });
    const { code, message } = await outcome(start({ signal: { aborted: false, addEventListener: refuse } }));
    const { flow } = await started({ returnUrl: '/callback' });
    say({ isCompleted: true, consentID: 'arr_1' });
    const ends = [(await flow).consentID, code, message, await isPending(other)];
    other.close();
    for (const [at, name] of names.entries()) window[name] = browsers[at];
    is(ends, ['arr_1', 'LINK_INVALID_OPTIONS', 'signal must be an AbortSignal.', true]);
  },

  async 'an address that a browser does not let be replaced is no lost answer'() {
    const { replaceState } = History.prototype;
    const before = location.href;
    hasLeft();
    history.replaceState(null, '', `${origins.merchant}/?code=c&state=S1`);
    // Safari, after a hundred calls
    History.prototype.replaceState = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    const { result } = await resume();
    const kept = location.search;
    History.prototype.replaceState = replaceState;
    // it is tried again
    await until(() => location.search === '');
    history.replaceState(null, '', before);
    is([result.code, kept, sessionStorage.length], ['c', '?code=c&state=S1', 0]);
  },

  async 'a property that a page has given every object'() {
    Object.prototype.get = 'mine';
    const flow = start();
    await until(() => flow.events.some(({ type }) => type === 'load'));
    say({ isCompleted: true, consentID: 'arr_1' });
    const { consentID } = await flow;
    delete Object.prototype.get;
    is(consentID, 'arr_1');
  },

  async "the widget follows the page's colour scheme"() {
    const seen = [];
    for (const scheme of ['light', 'dark']) {
      wears(`:root{color-scheme:${scheme}}`);
      for (const [options, drawn] of [
        [{}, 'dialog'],
        [{ container: 'bank' }, '.page'],
      ]) {
        const flow = start(options);
        const color = getComputedStyle(shadow().querySelector(drawn)).backgroundColor;
        seen.push((color === 'rgb(255, 255, 255)') === (scheme === 'light'));
        flow.close();
        await end(flow);
      }
    }
    document.adoptedStyleSheets = [];
    is(seen, [true, true, true, true]);
  },

  async "timers and listeners are set in no app's zone, and onEvent runs in the caller's"() {
    let zone = 'app';
    const set = [];
    const { setTimeout } = window;
    const { addEventListener } = EventTarget.prototype;
    window.setTimeout = (...args) => {
      set.push(zone);
      return setTimeout(...args);
    };
    EventTarget.prototype.addEventListener = function (...args) {
      set.push(zone);
      return addEventListener.apply(this, args);
    };
    const within = (name, run) => {
      const before = zone;
      zone = name;
      try {
        return run();
      } finally {
        zone = before;
      }
    };
    window.Zone = {
      root: { run: (run) => within('root', run) },
      get current() {
        const name = zone;
        return {
          wrap:
            (run) =>
            (...args) =>
              within(name, () => run(...args)),
        };
      },
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
    is([own.length > 5, [...new Set(own)], [...new Set(told)]], [true, ['root'], ['app']]);
  },

  async 'a container is filled, and one without a height gets one: for Flinks what it recommends'() {
    const heights = [];
    for (const css of [
      '',
      '#bank{display:flex;align-items:center}',
      '#bank{max-height:300px;overflow:auto}',
      '#bank{height:400px;overflow:hidden}',
      '#bank{height:1000px;display:grid;place-items:center}',
      '#bank{height:0}',
      '#bank{height:100px;--link-widget-min-height:300px}',
    ]) {
      wears(css);
      for (const call of [
        (options) => openFlinks({ url: puppet(), ...options }),
        (options) => link('s', { authServer: puppet(), ...options }),
      ]) {
        const flow = call({ container: 'bank' });
        heights.push(hosts()[0].shadowRoot.querySelector('iframe').getBoundingClientRect().height);
        flow.close();
        await end(flow);
      }
      document.adoptedStyleSheets = [];
    }
    is(heights, [760, 600, 760, 600, 760, 600, 400, 400, 1000, 1000, 192, 192, 300, 300]);
  },

  async 'a page that stays to be read makes room for the next flow, and a pending one stays'() {
    const { flow: pending } = await started();
    const { flow: read } = await started();
    say({ isCompleted: false, error: 'LINK_INVALID_SESSION', errorType: 'LINK_INVALID_SESSION' });
    const counts = [await end(read), hosts().length];
    const { flow } = await started();
    counts.push(hosts().length, await isPending(pending));
    say({ isCompleted: true, consentID: 'arr_1' });
    counts.push(await end(flow), hosts().length);
    pending.close();
    counts.push(await end(pending));
    is(counts, ['LINK_INVALID_SESSION', 2, 2, true, 'completed', 1, 'LINK_USER_CANCELLED']);
  },

  async 'buttons of the custom element, in a form and out of one'() {
    await load('/pkg/element.js');
    if (!customElements.get('ui-button')) {
      for (const [name, mode] of [
        ['ui-button', 'open'],
        ['ui-closed-button', 'closed'],
      ]) {
        customElements.define(
          name,
          class extends HTMLElement {
            constructor() {
              super();
              const button = document.createElement('button');
              button.append(document.createElement('slot'));
              this.attachShadow({ mode }).append(button);
            }
          },
        );
      }
    }
    const wrong = [];
    const form = document.createElement('form');
    let isSent = false;
    form.onsubmit = (event) => {
      isSent = true;
      event.preventDefault();
    };
    // a field is what the form has under its name
    form.append(Object.assign(document.createElement('input'), { name: 'matches' }));
    document.body.append(form);
    for (const [name, attributes, starts] of [
      ['button', {}, true],
      ['button', { type: 'submit' }, true],
      ['input', { type: 'button' }, true],
      ['input', { type: 'submit' }, true],
      ['input', { type: 'text' }, false],
      ['span', { role: 'button' }, true],
      ['span', {}, false],
      ['ui-button', {}, true],
      ['ui-closed-button', {}, true],
      ['ui-button', { disabled: '' }, false],
      ['ui-button-group', {}, false],
      ['ui-buttons', {}, false],
      ['ui-radio-button', {}, false],
      ['button', { role: 'radio' }, false],
      ['button', { role: 'checkbox' }, false],
      ['button', { role: 'combobox' }, false],
      ['button', { role: 'menuitemcheckbox' }, false],
      ['button', { role: 'option' }, false],
      ['button', { type: 'reset' }, false],
      ['button', { 'aria-disabled': 'true' }, false],
    ]) {
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
      for (const [command, count] of [
        ['--start', 1],
        ['--cancel', 0],
      ]) {
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
    is(wrong, []);
  },

  async "a click in the dialog is none beside the app's, and Escape closes one thing"() {
    const dismissed = [];
    const dismiss = (event) => {
      if (event.type !== 'keydown' || event.key === 'Escape') dismissed.push(event.type);
    };
    const types = ['pointerdown', 'mousedown', 'click', 'focusin', 'keydown'];
    for (const type of types) document.addEventListener(type, dismiss, true);
    const { settled } = await person.connect(() => start({ mode: 'popup' }));
    await person.windows(2);
    dismissed.length = 0;

    await person.toFront();
    await person.clickDialogBar();
    await person.clickDialogButton('Show it');
    await person.toFront();
    is([dismissed, settled], [[], []]);

    await person.press('Escape');
    await until(() => settled.length === 1);
    for (const type of types) document.removeEventListener(type, dismiss, true);
    is(
      dismissed.filter((type) => type !== 'focusin'),
      [],
    );
    is(settled[0].code, 'LINK_USER_CANCELLED');
  },

  async 'the custom element is moved within a task'() {
    await load('/pkg/element.js');
    const element = document.createElement('link-widget');
    element.setAttribute('subject', 's1');
    element.options = { authServer: puppet() };
    document.body.prepend(element);
    element.start();
    for (const way of ['append', 'moveBefore']) {
      if (way === 'append') document.body.append(element);
      else document.body.moveBefore?.(element, null);
      await pause(50);
    }
    const status = element.getAttribute('status');
    element.remove();
    await until(() => hosts().length === 0);
    is(status, 'linking');
  },

  async 'the custom element runs one flow, and what is not given is no option'() {
    await load('/pkg/element.js');
    const element = document.createElement('link-widget');
    for (const [name, value] of Object.entries({ subject: 's1', label: 'Mine', mode: 'container' }))
      element.setAttribute(name, value);
    const options = { authServer: puppet(), mode: 'overlay', title: undefined };
    element.options = options;
    document.body.append(element);
    const seen = { before: element.getAttribute('status') };
    // who was cancelled starts again, also by the start of another
    const again = () => {
      element.removeEventListener('link-cancel', again);
      element.start();
    };
    element.addEventListener('link-cancel', again);
    element.start();
    element.start();
    await until(() => hosts().length === 1);
    seen.title = hosts()[0].shadowRoot.querySelector('h2').textContent;
    const copy = element.cloneNode();
    document.body.append(copy);
    seen.copy = copy.getAttribute('status');
    copy.remove();
    // options of a class
    element.options = Object.create({ ...options, mode: null });
    element.start();
    await until(() => hosts().length === 1 && element.contains(hosts()[0]));
    element.remove();
    await until(() => hosts().length === 0);
    is(seen, { before: null, title: 'Mine', copy: null });
  },

  async 'a native popover stays open'() {
    let flow;
    let settled;
    const menu = document.createElement('div');
    Object.assign(menu, { className: 'kit', popover: 'auto' });
    const inside = document.createElement('button');
    Object.assign(inside, { id: 'inside', textContent: 'Connect' });
    inside.onclick = () => {
      flow = start();
      ({ settled } = watch(flow));
    };
    menu.append(inside);
    document.body.append(menu);
    menu.showPopover();
    const isOpen = () => menu.matches(':popover-open');
    // one that nothing closes, such as a message that goes by itself, is not where the person is
    const toast = document.createElement('p');
    Object.assign(toast, { className: 'kit', popover: 'manual' });
    // beside the menu: by itself it is in the middle, too
    Object.assign(toast.style, { margin: '0', inset: 'auto 0 0 auto' });
    document.body.append(toast);
    toast.showPopover();

    await person.click('#inside');
    await until(() => flow.events.some(({ type }) => type === 'load'));
    is([isOpen(), settled.length], [true, 0]);
    await person.clickDialogBar();
    is([isOpen(), settled.length], [true, 0]);
    await person.clickDialogButton('Close');
    await until(() => settled.length === 1);
    is(isOpen(), true);

    // A menu closes with the click on its item: the dialog stays, and is modal.
    await person.click('#inside');
    menu.hidePopover();
    await until(() => flow.events.some(({ type }) => type === 'load'));
    is([isOpen(), settled.length], [false, 0]);
    const [dialog] = hosts()[0].shadowRoot.querySelectorAll('dialog');
    await until(() => hosts()[0].parentNode === document.body && dialog.matches(':modal'));
    is(shadow().activeElement?.localName === 'button', false);
    await person.clickDialogButton('Close');
    await until(() => settled.length === 1);

    // The same where the item takes its menu off the page.
    menu.showPopover();
    await person.click('#inside');
    menu.remove();
    await until(() => hosts()[0]?.parentNode === document.body);
    is([settled.length, shadow().querySelector('dialog').matches(':modal')], [0, true]);
    flow.close();
    await end(flow);
    toast.remove();

    // In a component's popover, by the slot that the button is in.
    const component = document.createElement('div');
    component.className = 'kit';
    const inner = Object.assign(document.createElement('div'), { popover: 'auto' });
    inner.append(document.createElement('slot'));
    component.attachShadow({ mode: 'open' }).append(inner);
    component.append(inside);
    document.body.append(component);
    inner.showPopover();
    await person.click('#inside');
    is([inner.matches(':popover-open'), inner.querySelectorAll('[data-link-widget]').length], [true, 1]);
    flow.close();
    await end(flow);
    component.remove();
  },

  async 'the provider refuses to be framed, and then no more'() {
    await isRefused({}, 'ancestors=none', isChromium, 'listed with the provider');
    // What was reported is of the page before, of which it names nothing but the origin.
    const { flow } = await started();
    await pause(200);
    say({ isCompleted: true, consentID: 'arr_1' });
    is(await end(flow), 'completed');
  },

  async 'the provider refuses to be framed in a container'() {
    await isRefused({ container: 'bank' }, 'ancestors=none', isChromium, 'listed with the provider');
  },

  async 'the provider refuses by the older header, which no browser reports'() {
    await isRefused({}, 'xfo=DENY', false, 'listed with the provider');
  },

  'embedder=require-corp': {
    async "an embedder policy of the page's refuses the frame"() {
      await isRefused({}, '', !isFirefox, 'Cross-Origin-Embedder-Policy');
    },
  },

  'embedder=credentialless': {
    async 'an embedder policy without credentials refuses the frame'() {
      // Firefox does not report it, and WebKit does not know it.
      await isRefused({ container: 'bank' }, '', isChromium, 'Cross-Origin-Embedder-Policy');
    },
  },
};

// The threats, for every provider and mode that each can concern, where the other files have them for one.

const {
  origins,
  providers,
  speaking,
  echoing,
  person,
  isChromium,
  accidents,
  hosts,
  windows,
  popup,
  puppet,
  launch,
  launched,
  call,
  says,
  hears,
  embedTool,
  started,
  outcome,
  end,
  isPending,
  types,
  frame,
  run,
  say,
  tell,
  reached,
  answers,
  next,
  count,
  heard,
  embed,
  gone,
  memory,
  pause,
  until,
  widget,
  parseMessage,
  resume,
  is,
} = window.kit;

/** A value of every type that can be cloned, as code for an async function. */
const kinds = [
  `undefined`,
  `null`,
  `true`,
  `false`,
  `new Boolean(true)`,
  `0`,
  `-0`,
  `NaN`,
  `Infinity`,
  `1n`,
  `10n ** 400n`,
  `Object(1n)`,
  `''`,
  `'\\ud800'`,
  `'\\0'`,
  `'x'.repeat(64 * 1024 + 1)`,
  `'x'.repeat(20_000_000)`,
  `new String('x')`,
  `new Number(1)`,
  `new Date()`,
  `new Date(NaN)`,
  `/x/g`,
  `new Map([['isCompleted', true], ['consentID', 'forged'], ['step', 'REDIRECT'], ['loginId', 'forged']])`,
  `new Set(['isCompleted'])`,
  `new Map([[{}, new Map()]])`,
  `new ArrayBuffer(8)`,
  `new ArrayBuffer(8, { maxByteLength: 16 })`,
  `new Uint8Array(8)`,
  `new Float64Array(8)`,
  `new BigInt64Array(2)`,
  `new DataView(new ArrayBuffer(8))`,
  `new ArrayBuffer(50_000_000)`,
  `new Blob(['x'])`,
  `new File(['x'], 'isCompleted')`,
  `new ImageData(1, 1)`,
  `await createImageBitmap(new ImageData(1, 1))`,
  `new Error('isCompleted')`,
  `Object.assign(new TypeError('x', { cause: { isCompleted: true } }), { isCompleted: true })`,
  `new AggregateError([new Error('x')])`,
  `new DOMException('x', 'AbortError')`,
  `new DOMRect(1, 2, 3, 4)`,
  `new DOMPoint()`,
  `new DOMMatrix()`,
  `new DOMQuad()`,
  `await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt'])`,
  `document.createElement('input').files`,
  `[]`,
  `[[[]]]`,
  `new Array(1_000_000)`,
  `Array(100_000).fill('x')`,
  `Object.assign([], { length: 3 })`,
  `{}`,
  `Object.create(null)`,
  `Object.create({ isCompleted: true, consentID: 'forged', step: 'REDIRECT', loginId: 'forged' })`,
  `new (class Forged { isCompleted = 'yes'; step = {}; })()`,
  `Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [\`isCompleted\${index}\`, true]))`,
  `JSON.parse('{"__proto__":{"isCompleted":true,"consentID":"forged",' +
    '"step":"REDIRECT","loginId":"forged"}}')`,
  `JSON.parse('{"__proto__":null,"constructor":{"prototype":{"isCompleted":true}},"prototype":1,' +
    '"toString":1,"valueOf":2,"hasOwnProperty":3,"then":4,"toJSON":5}')`,
  `(() => {
    const loop = {};
    const names = ['loop', 'isCompleted', 'consentID', 'step', 'loginId', 'query', 'location', 'url'];
    for (const name of names) loop[name] = loop;
    return loop;
  })()`,
  `(() => { const loop = []; loop.push(loop); return loop; })()`,
  `(() => { const loop = new Map(); loop.set(loop, loop); return loop; })()`,
  `(() => {
    let deep = {};
    for (let index = 0; index < 5_000; index += 1) deep = { deep, step: deep, query: deep };
    return deep;
  })()`,
  `(() => { const same = { isCompleted: 'no' }; return Array(1_000).fill(same); })()`,
  `{ get isCompleted() { return 'once'; }, get step() { return {}; }, get query() { return 5; } }`,
];

/** These throw where they are posted, so nobody hears them. */
const uncloneable = [
  `() => {}`,
  `Symbol('isCompleted')`,
  `{ isCompleted: () => true }`,
  `new Proxy({ isCompleted: true, consentID: 'forged' }, {})`,
  `new WeakMap()`,
  `Promise.resolve(1)`,
  `document`,
  `window`,
  `{ get isCompleted() { throw new Error('x'); } }`,
];

/** Posted with what they transfer. */
const transferred = [
  `new MessageChannel().port1`,
  `new ReadableStream()`,
  `new WritableStream()`,
  `new TransformStream()`,
  `new OffscreenCanvas(1, 1)`,
  `new ArrayBuffer(8)`,
];

/** Addresses that are no session of any provider's. */
const urls = [
  '',
  '/',
  '//bank.example/',
  'bank.example',
  'http://bank.example/',
  'http://localhost.evil.example/',
  'http://127.0.0.1.evil.example/',
  'http://128.0.0.1/',
  'https://user@bank.example/',
  'https://user:pass@bank.example/',
  'https://',
  'javascript:alert(1)',
  'JavaScript:alert(1)//https://bank.example',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  `blob:${location.origin}/x`,
  'blob:null/x',
  'filesystem:https://bank.example/x',
  'file:///etc/passwd',
  'about:blank',
  'about:srcdoc',
  'vbscript:x',
  'view-source:https://bank.example/',
  'ftp://bank.example/',
  'ws://localhost/',
  'wss://bank.example/',
  'myapp://bank',
  'intent://bank',
  'chrome://settings',
  'null',
  `https://bank.example/${'x'.repeat(64 * 1024)}`,
  undefined,
  null,
  5,
  {},
  [],
  Symbol('x'),
  new URL('https://bank.example/'),
];

/** Everything that opens a URL, with its name. */
const openers = Object.entries(providers).map(([name, { launch, origin }]) => [
  name,
  (url, options) =>
    // without a URL there is still the provider's own origin, but no session
    url == null && origin ? widget[launch](url, options) : call(name, url, options),
]);
openers.push([
  'a tool',
  (url) => {
    const tool = embedTool(url, { container: 'bank' });
    return Object.assign(tool.ready, tool);
  },
]);

/** Each of those who give back the state, with each other one of them. */
const pairs = echoing.flatMap((provider) =>
  echoing.filter((other) => other !== provider).map((other) => [provider, other]),
);

const records = () => sessionStorage.getItem('link-widget');

/** Leaves the record of a redirect behind, as if the page had left. */
export function leaves(provider, options) {
  const flow = launch(provider, { mode: 'redirect', ...options });
  const text = records();
  flow.close();
  sessionStorage.setItem('link-widget', text);
}

/** What a provider's page says or, of those who post nothing, what is in its return URL. */
function said(provider) {
  if (speaking.includes(provider)) return says(provider, provider);
  const returned = new URLSearchParams(providers[provider].returns.completed);
  return { ...Object.fromEntries(returned), state: 'S1', code: provider };
}

/** The message with another value in a field, whose name may be a path; no value: without the field. */
function put(message, field, value) {
  const path = field.split('.');
  const last = path.pop();
  const record = path.reduce((inner, name) => inner[name], message);
  if (value === undefined) delete record[last];
  else record[last] = value;
  return message;
}

/** Code that posts a value of a kind; none where this browser does not know it, or cannot clone it. */
const posts = (field, kind) => `(async () => {
  const about = ${JSON.stringify({ field, kind: kind.slice(0, 60) })};
  try {
    const value = ${kind};
    parent.postMessage({ ...about, value }, '*');
  } catch {
    parent.postMessage(about, '*');
  }
})()`;

/** What arrives on this page of each of these kinds, posted for each of the fields. */
async function arriving(page, fields, ofKinds) {
  const told = [];
  const onMessage = ({ data }) => {
    if (data && 'field' in data) told.push(data);
  };
  // what one browser can clone and this one cannot read
  let broken = 0;
  const onBroken = () => {
    broken += 1;
  };
  addEventListener('message', onMessage);
  addEventListener('messageerror', onBroken);
  let posted = 0;
  for (const field of fields) {
    for (const kind of ofKinds) run(page, posts(field, kind));
    posted += ofKinds.length;
    await until(() => told.length + broken === posted);
  }
  removeEventListener('message', onMessage);
  removeEventListener('messageerror', onBroken);
  is(posted > 250, true);
  return told;
}

/** Opens a flow in a click, and waits for its page. Gives that page's window, and what makes it post. */
async function opened(provider, mode) {
  const place = mode === 'container' ? { container: 'bank' } : { mode };
  const { flow } = await person.connect(() => launch(provider, place));
  if (mode === 'popup') {
    await reached();
    return { flow, page: popup(), speak: tell };
  }
  await until(() => types(flow).includes('load'));
  const page = frame().contentWindow;
  return { flow, page, speak: (data) => say(data, page) };
}

/** Opens a tab of a stranger's. */
async function opensTab(origin) {
  await person.connect(() => {
    open(puppet(origin));
    return new Promise(() => {});
  });
  await reached();
  return popup();
}

/** Until this page hears a text from a window at an origin. */
const hearsFrom = (window, origin, text) =>
  new Promise((resolve) => {
    const onMessage = (event) => {
      if (event.source !== window || event.origin !== origin || event.data !== text) return;
      removeEventListener('message', onMessage);
      resolve(true);
    };
    addEventListener('message', onMessage);
  });

/** Has the provider's window, at this origin, post something, and waits until everybody has been told. */
async function saysAt(origin, { page, speak }, data) {
  const told = hearsFrom(page, origin, 'said');
  speak(data);
  speak('"said"');
  await told;
  await pause(0);
}

/** The provider's window goes to a page at this origin. */
async function goes({ page, speak }, origin, url) {
  run(page, `location.href = '${url}'`);
  await answers(page, speak, origin);
}

/** Makes a page post what this code gives, so many times; `i` is which time it is. */
const floods = (window, times, data) =>
  run(
    window,
    `const page = window.opener ?? parent;
     for (let i = 0; i < ${times}; i += 1) page.postMessage(${data}, '*')`,
  );

/** The page stays usable while so many messages come: its timers run. */
async function hearsAll(total) {
  while (count() < total) await pause(10);
}

/** The state that a provider gives back, if it does. */
const stateOf = (provider) => (providers[provider].echoesState ? 'secret-state' : undefined);

/** What a provider adds to a return URL. */
function returned(provider, state = stateOf(provider)) {
  const { completed } = providers[provider].returns;
  return state ? `${completed}&state=${state}` : completed;
}

/** Whose flow a return URL completes, if anybody's; or the error's code. */
const resumed = (url) =>
  resume(url).then(
    (back) => back?.provider,
    ({ code }) => code,
  );

/** Leaves for the provider, and gives the URL at which the user will return. */
export function redirects(provider) {
  sessionStorage.clear();
  launch(provider, { mode: 'redirect', state: stateOf(provider) });
  return `${origins.merchant}/?own=1&${returned(provider)}#code=secret-fragment`;
}

/** Reads the return URL of `redirects`: nothing of it stays. */
export async function returns(provider) {
  const clean = `${origins.merchant}/?own=1`;
  const returning = resume();
  // before anybody has waited for it
  is(location.href, clean);
  is((await returning).provider, provider);
  is([history.state, document.cookie, localStorage.length + sessionStorage.length], [null, '', 0]);
  // the page lets its whole address out, whatever that is worth
  const meta = document.head.appendChild(document.createElement('meta'));
  Object.assign(meta, { name: 'referrer', content: 'unsafe-url' });
  is(await (await fetch('/referer')).text(), clean);
  is(accidents, []);
}

/** Puts a link to somebody else's page on this one, which shows it the Referer that it got. */
export function linksOn() {
  const link = document.createElement('a');
  Object.assign(link, { id: 'on', textContent: 'On', href: `${origins.attacker}/referer` });
  document.querySelector('main').before(link);
}

/** Reads the return URL of the record that a page's leaving has not taken along. */
export async function survives() {
  const { provider, result } = await resume();
  is([provider, result.code, sessionStorage.length], ['finx', 'c', 0]);
}

export const cases = {
  async "mix-up: one provider's return URL with the state of another's"() {
    sessionStorage.clear();
    for (const provider of echoing) leaves(provider, { state: provider, returnUrl: `/${provider}` });
    const url = (provider, other, page = provider) =>
      `${origins.merchant}/${page}?state=${other}&${providers[provider].returns.completed}`;
    is(pairs.length > 5, true);
    for (const [provider, other] of pairs) {
      const { code } = (await resume(url(provider, other)).catch((error) => error)) ?? {};
      const left = JSON.parse(records()).length;
      is([provider, other, code, left], [provider, other, 'LINK_STATE_MISMATCH', echoing.length]);
    }
    // on the other's page, where it has a parameter that only its provider gives
    const { code } = await resume(url('finx', 'finqlink', 'finqlink')).catch((error) => error);
    is(code, 'LINK_STATE_MISMATCH');
    // whoever's it is, nothing of it stays in the address
    history.replaceState(null, '', '/finqlink?own=1&state=finx&loginId=L1&institution=I&consent=c1');
    is([(await resume().catch((error) => error)).code, location.search], ['LINK_STATE_MISMATCH', '?own=1']);
    for (const provider of echoing) is((await resume(url(provider, provider))).provider, provider);
    is(sessionStorage.length, 0);
  },

  async "mix-up: a frame returns with the state of another provider's flow"() {
    is(pairs.length > 5, true);
    for (const [provider, other] of pairs) {
      const options = { mode: 'overlay', state: provider, returnUrl: '/callback' };
      const { flow, provider: page } = await launched(provider, options);
      const query = `state=${other}&${providers[provider].returns.completed}`;
      run(page, `location.href = '${origins.merchant}/callback?${query}'`);
      is([provider, other, await end(flow)], [provider, other, 'LINK_STATE_MISMATCH']);
    }
  },

  async "mix-up: a provider's page says what another's would"() {
    const everybody = Object.keys(providers);
    for (const provider of everybody) {
      const { flow } = await launched(provider, { container: 'bank' });
      const others = everybody.filter((other) => other !== provider);
      const before = count();
      for (const other of others) say(said(other));
      await heard(before + others.length);
      is([provider, await isPending(flow)], [provider, true]);
      // all of it at once: each reads its own
      say(Object.assign({}, ...everybody.map(said)));
      await heard(before + others.length + 1);
      if (await isPending(flow)) flow.close();
      const { completed, code } = await outcome(flow);
      const read = Object.values(completed ?? {}).includes(provider);
      if (speaking.includes(provider)) is([provider, read], [provider, true]);
      else is([provider, code], [provider, 'LINK_USER_CANCELLED']);
    }
  },

  async 'URLs that nobody should open, of every launcher in every mode'() {
    let tried = 0;
    for (const [name, open] of openers) {
      for (const mode of ['overlay', 'container', 'popup', 'redirect']) {
        for (const url of urls) {
          tried += 1;
          const flow = open(url, mode === 'container' ? { mode, container: 'bank' } : { mode });
          const nothing = pause(300).then(() => ({ code: 'nothing' }));
          const { code } = await Promise.race([outcome(flow), nothing]);
          const left = hosts().length + windows.length + sessionStorage.length;
          const row = [name, mode, String(url).slice(0, 60)];
          is([...row, code, left], [...row, 'LINK_INVALID_OPTIONS', 0]);
        }
      }
    }
    is(tried > 800, true);
  },

  async 'a redirect on its way hears nobody, from no window'() {
    // an answer that keeps the page: the flow is pending, with no window
    const to = `${origins.provider}/nothing`;
    const answers = speaking.map((name) => says(name, 'forged'));
    for (const provider in providers) {
      // before: Firefox loads no frame in a page that is about to leave
      const stranger = await embed(origins.provider);
      const flow = launch(provider, { mode: 'redirect', to });
      const before = count();
      for (const data of answers) {
        say(data, stranger);
        window.postMessage(data, '*');
        const init = { data, source: null, origin: origins.provider };
        window.dispatchEvent(new MessageEvent('message', init));
      }
      await heard(before + 3 * answers.length);
      // in Chromium its window is null, as is the flow's
      const sources = await gone(...answers.map((data) => JSON.stringify(data)));
      is(sources.length, answers.length);
      if (isChromium) for (const source of sources) is(source === null, true);
      is([await isPending(flow), sessionStorage.length], [true, 1]);
      flow.close();
      is([await end(flow), sessionStorage.length], ['LINK_USER_CANCELLED', 0]);
    }
    await pause(50);
    is(location.pathname, '/');
  },

  async '$speaking: a page whose objects inherit an answer'(provider) {
    const { flow } = await launched(provider, { container: 'bank' });
    const [forged, genuine] = [says(provider, 'forged'), says(provider, 'genuine')];
    for (const [name, value] of Object.entries(forged))
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    for (const data of ['{ noise: 1 }', '[]', 'new Map()', 'new Date()', `'{}'`, '5']) say(data);
    await heard(6);
    const pending = await isPending(flow);
    for (const name of Object.keys(forged)) delete Object.prototype[name];
    is(pending, true);
    say(genuine);
    is(await outcome(flow), { completed: hears(provider, 'genuine') });
  },

  // each value takes the place of each field: it counts as absent, or the whole message is ignored
  async '$speaking: everything that can be cloned, in each field'(provider) {
    const { flow, provider: page } = await started({ container: 'bank' });
    const sound = () => says(provider, 'genuine');
    const read = (data) => JSON.stringify(parseMessage(provider, data));
    is(read(sound()).includes('genuine'), true);
    // texts and flags are what the fields may be
    const others = kinds.filter((kind) => !/^'|^(true|false)$|0_000/.test(kind));
    const long = `'x'.repeat(64 * 1024 + 1)`;
    const { fields } = providers[provider].messages;
    for (const { field, kind, value } of await arriving(page, fields, [...others, long])) {
      const without = read(put(sound(), field));
      const given = read(put(sound(), field, value));
      const isIgnored = kind === long && given === 'null';
      is([field, kind, isIgnored ? without : given], [field, kind, without]);
    }
    flow.close();
    is(await end(flow), 'LINK_USER_CANCELLED');
    is(Object.prototype.isCompleted, undefined);
  },

  async '$speaking, $mode: only its window is heard'(provider, mode) {
    const [forged, genuine] = [says(provider, 'forged'), says(provider, 'genuine')];
    // before a dialog is over the button
    const tabs = [];
    for (const origin of [origins.attacker, origins.provider]) {
      tabs.push(await opensTab(origin));
      await person.toFront();
    }
    const { flow, page, speak } = await opened(provider, mode);
    const frames = [
      await embed(origins.attacker),
      await embed(origins.provider),
      await embed(origins.provider, { sandbox: 'allow-scripts' }),
    ];
    const before = count();
    for (const stranger of frames) say(forged, stranger);
    for (const tab of tabs) run(tab, `opener.postMessage(${JSON.stringify(forged)}, '*')`);
    // a frame inside the provider's page
    const inside = `run:(top.opener ?? top).postMessage(${JSON.stringify(forged)}, '*')`;
    run(
      page,
      `const inner = document.createElement('iframe');
       inner.src = '${puppet(origins.attacker)}';
       inner.onload = () => inner.contentWindow.postMessage(${JSON.stringify(inside)}, '*');
       document.body.append(inner);`,
    );
    // this page, and what its scripts make up
    window.postMessage(forged, '*');
    for (const source of [page, null, window]) {
      const event = new MessageEvent('message', { data: forged, source, origin: origins.provider });
      try {
        Object.defineProperty(event, 'isTrusted', { value: true });
      } catch {
        /* it cannot be redefined */
      }
      window.dispatchEvent(event);
    }
    await heard(before + 10);
    is(await isPending(flow), true);

    // a frame that has gone when its message comes: nobody's window
    await embed(origins.provider);
    const sources = await gone(JSON.stringify(forged));
    is(sources.length, 1);
    if (isChromium) is(sources[0] === null, true);
    is(await isPending(flow), true);

    for (const tab of tabs) tab.close();
    speak(genuine);
    is(await outcome(flow), { completed: hears(provider, 'genuine') });
    const strangers = flow.events.filter(({ type }) => type === 'foreign-message');
    is(
      strangers.map(({ origin }) => origin).sort(),
      [origins.attacker, origins.merchant, origins.provider, 'null'].sort(),
    );
    is([JSON.stringify(flow.events).includes('forged'), types(flow).at(-1)], [false, 'completed']);
  },

  async '$speaking, $mode: its window at other origins'(provider, mode) {
    const [forged, genuine] = [says(provider, 'forged'), says(provider, 'genuine')];
    const sameHost = origins.elsewhere;
    const samePort = origins.provider.replace('localhost', '127.0.0.1');
    for (const [origin, url] of [
      [sameHost, puppet(sameHost)],
      [samePort, puppet(samePort)],
      [origins.attacker, puppet(origins.attacker)],
      ['null', `${puppet()}?sandboxed`],
    ]) {
      const { flow, ...theirs } = await opened(provider, mode);
      await goes(theirs, origin, url);
      await saysAt(origin, theirs, { error: 5, step: 5, noise: 1 });
      if (provider === 'fiskil') {
        // an error without a reason may be a bank's own; an answer from there ends the flow
        await saysAt(origin, theirs, { error: 'a mistake of a bank' });
        is([origin, await isPending(flow)], [origin, true]);
        theirs.speak(forged);
        const { code, details } = await outcome(flow);
        is([code, details.receivedOrigin], ['LINK_ORIGIN_MISMATCH', origin]);
      } else {
        await saysAt(origin, theirs, forged);
        is([origin, await isPending(flow)], [origin, true]);
        await goes(theirs, origins.provider, puppet());
        theirs.speak(genuine);
        is(await outcome(flow), { completed: hears(provider, 'genuine') });
      }
      is(JSON.stringify(flow.events).includes('forged'), false);
      await person.leavesNothing();
    }
  },

  async '$speaking, $mode: everything that can be cloned'(provider, mode) {
    const { flow, page, speak } = await opened(provider, mode);
    let broken = 0;
    const onBroken = () => {
      broken += 1;
    };
    const threw = [];
    const onMessage = ({ data }) => {
      if (typeof data === 'string' && data.startsWith('threw ')) threw.push(data);
    };
    addEventListener('messageerror', onBroken);
    addEventListener('message', onMessage);
    const post = (kind, transfer = '') =>
      run(
        page,
        `(async () => {
          const page = window.opener ?? parent;
          try {
            const value = ${kind};
            page.postMessage(value, { targetOrigin: '*', transfer: [${transfer}] });
          } catch (error) {
            page.postMessage('threw ' + error.name, '*');
          }
        })()`,
      );
    const before = count();
    for (const kind of [...kinds, ...uncloneable]) post(kind);
    for (const kind of transferred) post(kind, 'value');
    const posted = kinds.length + uncloneable.length + transferred.length;
    await until(() => count() + broken >= before + posted);
    await pause(0);
    removeEventListener('messageerror', onBroken);
    removeEventListener('message', onMessage);

    // all of these, and of the others what this browser does not know
    const more = threw.length - uncloneable.length;
    is([more >= 0 && more < 4, threw.length], [true, threw.length]);
    is(await isPending(flow), true);
    speak(says(provider, 'genuine'));
    is(await outcome(flow), { completed: hears(provider, 'genuine') });
    const told = types(flow).filter((type) => type !== 'step' && type !== 'load');
    is(told, ['open', 'completed']);
    is(JSON.stringify(flow.events).includes('forged'), false);
    is(Object.prototype.isCompleted, undefined);
  },

  async '$speaking: 100,000 messages in a popup'(provider) {
    const { flow, settled } = await person.connect(() => launch(provider, { mode: 'popup' }));
    await reached();
    const stranger = await embed(origins.attacker);
    const forged = JSON.stringify(says(provider, 'forged'));
    const noise = `{ location: 5, step: i, isCompleted: 'no', query: 'x'.repeat(100) + i }`;
    const round = async (times, last) => {
      const before = count();
      floods(stranger, times, forged);
      floods(popup(), times, noise);
      if (last) tell(last);
      await hearsAll(before + 2 * times);
    };
    await round(1000);
    const before = memory();
    await round(50_000, says(provider, 'genuine'));
    await until(() => settled.length > 0);
    is(settled, [{ completed: hears(provider, 'genuine') }]);
    is(memory(), before);
    is(
      types(flow).filter((type) => type !== 'load'),
      ['open', 'foreign-message', 'completed'],
    );
  },

  // they come over a channel, which is the same in every mode
  async "$silent: 100,000 callbacks of nobody's"(provider) {
    const url = `${origins.merchant}/callback`;
    const options = { mode: 'overlay', state: 'S1', returnUrl: url };
    const { flow, settled } = await person.connect(() => launch(provider, options));
    await until(() => flow.events.length > 0);
    const stranger = await embed(origins.attacker);
    const channel = new BroadcastChannel('link-widget');
    const round = async (times) => {
      const before = count();
      floods(stranger, times, `{ 'link-widget': '${url}?state=S1&forged=' + i }`);
      for (let i = 0; i < times; i += 1) {
        channel.postMessage({ url: `${url}?state=${i}&forged=1`, isTold: false });
        if (i % 1000 === 0) await pause(0);
      }
      await hearsAll(before + times);
    };
    await round(1000);
    const before = memory();
    await round(50_000);
    is(await isPending(flow), true);
    channel.postMessage({ url: `${url}?state=S1&${providers[provider].returns.completed}`, isTold: false });
    channel.close();
    await until(() => settled.length > 0);
    is(settled[0].completed.state, 'S1');
    is(JSON.stringify(settled).includes('forged'), false);
    is(memory(), before);
    is(
      types(flow).filter((type) => type !== 'load'),
      ['open', 'foreign-message', 'completed'],
    );
  },

  async "$provider, $mode: the provider's page is told nothing"(provider, mode) {
    const { flow, page, speak } = await opened(provider, mode);
    run(
      page,
      `window.heard = [];
       addEventListener('message', ({ data }) => {
         if (!String(data).startsWith('run:')) heard.push(data);
       })`,
    );
    flow.focus();
    const before = count();
    speak({ step: 'APP_MOUNTED' });
    speak({ noise: 1 });
    await heard(before + 2);
    flow.focus();
    await pause(50);
    const told = next();
    speak('heard');
    is(await told, []);
    flow.close();
    await end(flow);
    // a dialog gives the focus back by itself
    document.getElementById('connect').focus();
  },

  async '$provider: cold, replayed, foreign and expired return URLs'(provider) {
    sessionStorage.clear();
    const state = stateOf(provider);
    const options = { returnUrl: '/back', state };
    const url = (own, ...itsState) =>
      `${origins.merchant}/back?own=${own}&${returned(provider, ...itsState)}`;
    /** Whether this comes of a return URL, and leaves so many records. */
    const comesOf = async (what, url, expected, left) =>
      is([what, await resumed(url), JSON.parse(records() ?? '[]').length], [what, expected, left]);

    await comesOf('cold', url('cold'), null, 0);

    leaves(provider, options);
    const another = url('page').replace('/back', '/elsewhere');
    const foreign = url('origin').replace(origins.merchant, origins.attacker);
    if (state) {
      // its server may have sent the user there
      await comesOf('of another page', another, provider, 0);
      leaves(provider, options);
      await comesOf('of another origin', foreign, 'LINK_STATE_MISMATCH', 1);
      await comesOf('foreign state', url('foreign', 'other'), 'LINK_STATE_MISMATCH', 1);
      await comesOf('no state', url('none', ''), 'LINK_STATE_MISMATCH', 1);
    } else {
      await comesOf('of another page', another, null, 1);
      await comesOf('of another origin', foreign, null, 1);
    }

    await comesOf('genuine', url('genuine'), provider, 0);
    await comesOf('replayed', url('replayed'), null, 0);

    leaves(provider, { ...options, timeoutMs: 1 });
    await pause(10);
    await comesOf('expired', url('expired'), null, 0);
  },

  async '$provider: the page that a frame returns to keeps nothing'(provider) {
    const channel = new BroadcastChannel('kit');
    const told = [];
    channel.onmessage = ({ data }) => told.push(data);
    const options = { mode: 'overlay', state: stateOf(provider), returnUrl: '/callback' };
    const { flow, provider: page } = await launched(provider, options);
    const query = returned(provider);
    run(page, `location.href = '${origins.merchant}/callback?own=1&${query}#code=secret'`);
    is(await end(flow), 'completed');
    await until(() => told.length === 2);
    channel.close();
    is([told[0].before.includes(query), told[1].after], [true, `${origins.merchant}/callback?own=1`]);
    is(JSON.stringify(flow.events).includes('secret'), false);
  },

  // the URL goes to pages of our own origin alone
  async 'somebody else opens and frames the page that users return to'() {
    const channel = new BroadcastChannel('kit');
    const told = [];
    channel.onmessage = ({ data }) => told.push(data);
    const url = `${origins.merchant}/callback?code=secret&state=secret&loginId=secret#code=secret`;
    const attacker = await opensTab(origins.attacker);
    run(
      attacker,
      `window.heard = [];
       const hears = ({ data }) => { if (!String(data).startsWith('run:')) heard.push(data); };
       addEventListener('message', hears);
       new BroadcastChannel('link-widget').onmessage = hears;
       const frame = document.createElement('iframe');
       frame.src = '${url}';
       frame.onload = () => { window.isLoaded = true; };
       document.body.append(frame);
       document.querySelector('input').onclick = () => { window.opened = open('${url}'); };`,
    );
    await person.clickInPopup('input');
    await until(() => told.some(({ after }) => after === `${origins.merchant}/callback`));
    run(attacker, 'opened.close()');
    await person.windows(2);
    channel.close();
    await until(() => person.inPopup(() => window.isLoaded));
    await pause(300);
    is(await person.inPopup(() => window.heard), []);
    await person.closePopup();
  },
};

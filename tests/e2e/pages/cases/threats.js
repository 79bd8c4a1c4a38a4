// The threats, for every provider and mode that each can concern, where the other files have them for one.

const {
  origins,
  providers,
  speaking,
  echoing,
  hosts,
  windows,
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
  run,
  say,
  count,
  heard,
  embed,
  gone,
  pause,
  until,
  widget,
  parseMessage,
  resume,
  is,
} = window.kit;

/** A value of every type that can be cloned, as code for an async function. */
export const kinds = [
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
export const uncloneable = [
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
export const transferred = [
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
function leaves(provider, options) {
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

export const cases = {
  async "mix-up: one provider's return URL with the state of another's"() {
    sessionStorage.clear();
    for (const provider of echoing) leaves(provider, { state: provider, returnUrl: `/${provider}` });
    const all = echoing.map((name) => providers[name].returns.completed).join('&');
    const url = (provider, other) => `${origins.merchant}/${provider}?state=${other}&${all}`;
    is(pairs.length > 5, true);
    for (const [provider, other] of pairs) {
      const { code } = (await resume(url(provider, other)).catch((error) => error)) ?? {};
      const left = JSON.parse(records()).length;
      is([provider, other, code, left], [provider, other, 'LINK_STATE_MISMATCH', echoing.length]);
    }
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
      if (navigator.userAgent.includes('Chrome')) for (const source of sources) is(source === null, true);
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
};

// What the threats say of messages, for each provider, and of the pages that users return to.

const {
  origins,
  providers,
  speaking,
  person,
  popup,
  puppet,
  launch,
  launched,
  says,
  hears,
  types,
  outcome,
  end,
  isPending,
  run,
  say,
  tell,
  reached,
  count,
  heard,
  embed,
  memory,
  pause,
  until,
  is,
} = window.kit;

const ofType = (flow, wanted) => flow.events.filter(({ type }) => type === wanted);
const loads = (flow) => ofType(flow, 'load').length;
const typesButSteps = (flow) => types(flow).filter((type) => type !== 'step');

/** The flow has believed nobody until now, and completes with what the provider's page says. */
async function believesTheGenuine(flow, provider, speak = say) {
  is(await isPending(flow), true);
  speak(says(provider, 'genuine'));
  is(await outcome(flow), { completed: hears(provider, 'genuine') });
  is(JSON.stringify(flow.events).includes('forged'), false);
}

/** What our window says at another origin. An answer of Fiskil's from there ends the flow: see hostile.js. */
const saysElsewhere = (provider) => (provider === 'fiskil' ? { error: 'forged' } : says(provider, 'forged'));

/** The provider's window goes to the puppet of an origin. */
async function goes(flow, window, origin) {
  const before = loads(flow);
  run(window, `location.href = '${puppet(origin)}'`);
  await until(() => loads(flow) > before);
}

/** Events that a script makes of this data, from this window: as it may, and as if a browser had made it. */
function madeUp(data, source) {
  const init = { data, source, origin: origins.provider };
  const [plain, trusted] = [new MessageEvent('message', init), new MessageEvent('message', init)];
  try {
    Object.defineProperty(trusted, 'isTrusted', { value: true });
  } catch {
    /* it cannot be redefined */
  }
  return [plain, trusted];
}

/** Data that no provider posts, as code; `forged`: what one does. */
const ofEveryKind = (forged) => [
  `null`,
  `undefined`,
  `0`,
  `NaN`,
  `1n`,
  `true`,
  `''`,
  `'{"isCompleted":true,"consentID":"forged"}'`,
  `'x'.repeat(10_000_000)`,
  `[]`,
  `[${forged}]`,
  `new Array(1_000_000)`,
  `{}`,
  `new Date()`,
  `/x/`,
  `new Error('isCompleted')`,
  `new Error('step')`,
  `new Map(Object.entries(${forged}))`,
  `new Set(Object.keys(${forged}))`,
  `new ArrayBuffer(8)`,
  `new Uint8Array(8)`,
  `new Blob(['x'])`,
  `new Boolean(true)`,
  `new String('x')`,
  `Object(1n)`,
  `new DOMRect()`,
  `new ImageData(1, 1)`,
  `JSON.parse(JSON.stringify({ x: ${forged} }).replace('"x"', '"__proto__"'))`,
  `JSON.parse('{"constructor":{"prototype":{"isCompleted":true}}}')`,

  // almost Fiskil's
  `{ isCompleted: 1, consentID: 'forged' }`,
  `{ isCompleted: new Boolean(true), consentID: 'forged' }`,
  `{ isCompleted: null }`,
  `{ isCompleted: false }`,
  `{ consentID: 1n }`,
  `{ consentID: new String('forged') }`,
  `{ isCompleted: true, consentID: 'x'.repeat(64 * 1024 + 1) }`,
  `{ isCompleted: true, consentID: 'x'.repeat(20_000_000) }`,
  `{ error: 5 }`,
  `{ error: { toString: null } }`,
  `{ error: new Error('x') }`,
  `{ error: 'x'.repeat(64 * 1024 + 1) }`,
  // almost Flinks'
  `{ step: null, flinksCode: 5 }`,
  `{ step: new String('REDIRECT'), loginId: 'forged' }`,
  `{ step: 'REDIRECT', loginId: 'x'.repeat(64 * 1024 + 1) }`,
  // almost finX's
  `{ query: null, location: null, url: null }`,
  `{ location: 5, query: { code: 'forged' }, url: 'x' }`,
  `{ location: 'x', query: 5, url: 'x' }`,
  `{ location: 'x'.repeat(64 * 1024 + 1), query: { code: 'forged' }, url: 'x' }`,

  ...[
    ['loop', 'isCompleted', 'consentID'],
    ['step', 'query', 'location', 'url'],
  ].map((names) => `((loop) => Object.assign(loop, { ${names.map((name) => `${name}: loop`)} }))({})`),
  ...['isCompleted: deep', 'step: deep, query: deep'].map(
    (fields) => `Array(500).fill().reduce((deep) => ({ deep, ${fields} }), {})`,
  ),
];

const redirect = (loginId, more) => JSON.stringify({ step: 'REDIRECT', loginId, ...more });

/** Texts that Flinks Connect does not post. */
const texts = [
  '',
  'null',
  '5',
  '"x"',
  '[]',
  '{',
  '{}',
  `[${redirect('forged')}]`,
  '{"step":5,"loginId":"forged"}',
  `{"__proto__":${redirect('forged')}}`,
  '{"constructor":{"prototype":{"step":"REDIRECT"}}}',
  JSON.stringify(redirect('forged')),
  `"${redirect('forged')}"`,
  '['.repeat(60_000),
  '{"a":'.repeat(10_000),
  '\ud800',
  '\0',
  redirect('forged', { more: 'x'.repeat(64 * 1024) }),
  'x'.repeat(20_000_000),
  redirect(undefined, { url: 'javascript:alert(1)//?loginId=' }),
  redirect(''),
  redirect(['forged']),
  redirect({ toString: 1 }),
];

export const cases = {
  async "$speaking: other frames post a success, one of them at the provider's own origin"(provider) {
    const { flow } = await launched(provider);
    const strangers = [
      await embed(origins.attacker),
      await embed(origins.provider),
      await embed(origins.provider, { sandbox: 'allow-scripts' }),
    ];
    const posts = [says(provider, 'forged'), ...providers[provider].messages.others, { error: 'forged' }];
    for (const stranger of strangers) for (const data of posts) say(data, stranger);
    await heard(strangers.length * posts.length);
    await believesTheGenuine(flow, provider);
    const told = ofType(flow, 'foreign-message').map(({ origin }) => origin);
    is(told.sort(), [origins.attacker, origins.provider, 'null'].sort());
  },

  async '$speaking: our frame, at another origin, is not heard, and is heard again once it is back'(
    provider,
  ) {
    const { flow, provider: page } = await launched(provider);
    for (const origin of [origins.attacker, origins.elsewhere]) {
      await goes(flow, page, origin);
      const before = count();
      say(saysElsewhere(provider), page);
      await heard(before + 1);
    }
    is(await isPending(flow), true);
    await goes(flow, page, origins.provider);
    is(loads(flow), 4);
    await believesTheGenuine(flow, provider);
  },

  async '$speaking: the page itself, and events that a script makes up'(provider) {
    const { flow, provider: page } = await launched(provider);
    const data = says(provider, 'forged');
    window.postMessage(data, '*');
    await heard(1);
    for (const source of [page, null, window])
      for (const event of madeUp(data, source)) window.dispatchEvent(event);
    await believesTheGenuine(flow, provider);
  },

  async '$speaking: a popup: other windows, and its own at another origin'(provider) {
    const { flow } = await person.connect(() => launch(provider, { mode: 'popup' }));
    await reached();
    const strangers = [await embed(origins.attacker), await embed(origins.provider)];
    const forged = says(provider, 'forged');
    const before = count();
    for (const stranger of strangers) say(forged, stranger);
    await heard(before + 2);
    for (const source of [popup(), null])
      for (const event of madeUp(forged, source)) window.dispatchEvent(event);

    run(popup(), `location.href = '${puppet(origins.attacker)}'`);
    await reached(origins.attacker);
    const later = count();
    tell(saysElsewhere(provider));
    await heard(later + 1);
    is(await isPending(flow), true);

    run(popup(), `location.href = '${puppet()}'`);
    await reached(origins.provider);
    await believesTheGenuine(flow, provider, tell);
    is(ofType(flow, 'foreign-message').length, 2);
  },

  async '$speaking: data of every kind is ignored without an exception'(provider) {
    const { flow } = await launched(provider);
    const rows = ofEveryKind(JSON.stringify(says(provider, 'forged')));
    for (const row of rows) say(row);
    await heard(rows.length);
    await believesTheGenuine(flow, provider);
    is(typesButSteps(flow), ['open', 'load', 'completed']);
    const { isCompleted, step } = Object.prototype;
    is([isCompleted, step], [undefined, undefined]);
  },

  async '$speaking: a flood: the genuine one gets through, and memory does not grow'(provider) {
    const { flow, provider: page } = await launched(provider);
    const stranger = await embed(origins.attacker);
    const flood = (window, times, data) =>
      run(window, `for (let i = 0; i < ${times}; i += 1) parent.postMessage(${data}, '*')`);
    const forged = JSON.stringify(says(provider, 'forged'));
    flood(stranger, 1000, forged);
    flood(page, 1000, `{ noise: 'x'.repeat(100) + i }`);
    await heard(2000);
    const before = memory();
    // as long as it may take, for one of them
    const times = provider === 'fiskil' ? 50_000 : 20_000;
    flood(stranger, times, forged);
    const long = `'x'.repeat(100) + i`;
    flood(page, times, `{ isCompleted: 'no', consentID: ${long}, location: 5, step: i, query: ${long} }`);
    say(says(provider, 'genuine'), page);
    is(await outcome(flow), { completed: hears(provider, 'genuine') });
    is(memory(), before);
    is(types(flow), ['open', 'load', 'foreign-message', 'completed']);
  },

  async 'texts of every kind, for flinks, which reads texts'() {
    const { flow } = await launched('flinks');
    // as code, with a lone surrogate that no encoding changes on its way
    for (const text of texts) say(JSON.stringify(text));
    await heard(texts.length);
    is(await isPending(flow), true);
    const genuine = `{"step":"REDIRECT","loginId":"genuine","__proto__":{"tag":"forged"}}`;
    say(JSON.stringify(genuine));
    is(await outcome(flow), { completed: { loginId: 'genuine' } });
    is(typesButSteps(flow), ['open', 'load', 'completed']);
    is([JSON.stringify(flow.events).includes('forged'), Object.prototype.step], [false, undefined]);
  },

  async 'finX: the expected state, in a message'() {
    for (const [query, search, ends] of [
      [{ code: 'c', state: 'S1' }, '', 'completed'],
      [{ code: 'c' }, 'state=S1', 'completed'],
      [{ code: 'c', state: 'other' }, 'state=S1', 'LINK_STATE_MISMATCH'],
      [{ code: 'c' }, '', 'LINK_STATE_MISMATCH'],
      [{ cancel: 'true' }, '', 'LINK_STATE_MISMATCH'],
      [{ code: 'c', state: 5 }, '', 'LINK_STATE_MISMATCH'],
      [{ code: 'c', state: ['S1'] }, '', 'LINK_STATE_MISMATCH'],
    ]) {
      const { flow } = await launched('finx', { container: 'bank', state: 'S1' });
      say({ location: `https://a.example/?${search}`, query, url: 'https://a.example/' });
      is([query, search, await end(flow)], [query, search, ends]);
    }
  },

  async '$silent: has no messages: none is heard, from whomever'(provider) {
    const { flow } = await launched(provider, { mode: 'overlay' });
    const messages = [
      { status: 'active', state: 'S1' },
      { error: 'x' },
      { 'link-widget': `${origins.merchant}/callback?status=active` },
      ...speaking.map((name) => says(name, 'forged')),
    ];
    for (const message of messages) say(message);
    await heard(messages.length);
    is(await isPending(flow), true);
    flow.close();
    is(await end(flow), 'LINK_USER_CANCELLED');
    is(types(flow), ['open', 'load', 'LINK_USER_CANCELLED']);
  },

  async 'callbacks: a frame that returns to a page of ours, and frames that only say so'() {
    const callback = `${origins.merchant}/callback`;
    for (const [provider, { returns, echoesState }] of Object.entries(providers)) {
      const [state, stateBack] = echoesState ? ['S1', '&state=S1'] : [undefined, ''];
      for (const returnUrl of [callback, undefined]) {
        const options = { mode: 'overlay', returnUrl, state };
        const { flow, provider: page } = await launched(provider, options);
        const before = count();
        const forged = returns.completed.replace(/=[^&]*/g, '=forged');
        for (const window of [page, await embed(origins.attacker)])
          say({ 'link-widget': `${callback}?${forged}${stateBack}` }, window);
        await heard(before + 2);
        is([provider, returnUrl, await isPending(flow)], [provider, returnUrl, true]);
        run(page, `location.href = '${callback}?${returns.completed}${stateBack}'`);
        is([provider, returnUrl, await end(flow)], [provider, returnUrl, 'completed']);
        is(JSON.stringify(await outcome(flow)).includes('forged'), false);
      }
    }
  },

  async "callbacks: a page of our own origin, and the channel, with what is not this flow's"() {
    const returnUrl = `${origins.merchant}/callback`;
    const { flow } = await launched('finqlink', { mode: 'overlay', returnUrl, state: 'S1' });
    const channel = new BroadcastChannel('link-widget');
    const own = document.createElement('iframe');
    own.className = 'kit';
    own.src = '/callback?state=other&status=active';
    const before = count();
    document.body.append(own);
    await heard(before + 1);
    for (const url of [
      `${returnUrl}?state=other`,
      returnUrl,
      `${origins.attacker}/callback?state=S1`,
      `${origins.merchant}/elsewhere?state=other`,
      `${returnUrl}?status=active`,
    ]) {
      channel.postMessage({ url, isTold: false });
      window.postMessage({ 'link-widget': url }, '*');
    }
    await heard(before + 6);
    // one that a script has made up is not even read
    const data = {
      get 'link-widget'() {
        throw new Error('it was read');
      },
    };
    window.dispatchEvent(new MessageEvent('message', { data, origin: origins.merchant }));
    await pause(50);
    is(await isPending(flow), true);
    channel.postMessage({ url: `${returnUrl}?state=S1&status=active`, isTold: false });
    channel.close();
    is((await outcome(flow)).completed.state, 'S1');
  },
};

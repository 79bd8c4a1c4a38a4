// This tab leaves and comes back: the record that is left behind, and `resume()`.

const { origins, providers, launch, types, outcome, end, watch, pause, until, watches, resume, is } =
  window.kit;

/** The records of the flows that have left. */
const records = () => JSON.parse(sessionStorage.getItem('link-widget'));
const leave = (provider, options) => launch(provider, { mode: 'redirect', ...options });

/** Leaves for the provider's page, with a flow that Back may bring back. */
export function leaves(provider, options) {
  window.flow = leave(provider, options);
  window.settled = watch(window.flow).settled;
}

/** The same for as long as the tab is there. */
export function leavesForGood(how) {
  leaves('finx', { state: 'S1', timeoutMs: { zero: 0, infinite: Infinity, huge: 2 ** 40 }[how] });
}

/** The page is there as it was, and its flow has ended. */
export async function isBack() {
  const { flow, settled } = window;
  await until(() => settled.length > 0);
  is([settled[0].code, types(flow)], ['LINK_USER_CANCELLED', ['open', 'LINK_USER_CANCELLED']]);
  is(records(), null);
}

/** What `resume()` gives, and what is left then: of the address, and of the records. */
export async function resumes() {
  const back = await resume().then(
    (back) => back && [back.provider, back.result],
    ({ name, code }) => [name, code],
  );
  return [back, location.search + location.hash, (records() ?? []).map(({ state }) => state ?? null)];
}

/** `resume()` gives the answer once, and takes it out of the address. */
export async function resumesOnce(provider) {
  // as a router hands out where it is
  const path = location.href.slice(location.origin.length);
  const [one, other] = [resume(path), resume()];
  is(one === other, true);
  const back = await one;
  const { echoesState, returns } = providers[provider];
  is([back.provider, back.result.state], [provider, echoesState ? 'S1' : undefined]);
  for (const [name, value] of Object.entries(returns.result)) is([name, back.result[name]], [name, value]);
  is([location.search + location.hash, records()], ['?own=1#fragment', null]);
  await pause(0);
  is(await resume(), null);
}

/** The records are too old. */
export function expire() {
  const old = records().map((record) => ({ ...record, expires: Date.now() - 1 }));
  sessionStorage.setItem('link-widget', JSON.stringify(old));
}

/** Nothing of the answer goes out in a Referer, from the first moment on. */
export async function isScrubbed() {
  const clean = `${origins.merchant}/?own=1`;
  resume();
  is(location.href, clean);
  is(await (await fetch('/referer')).text(), clean);
  is(document.referrer, `${origins.provider}/`);
  history.pushState(null, '', '/?later');
}

/** `resume()` leaves the page's own state in the history, without the answer in it. */
export async function keepsState() {
  const told = [];
  const note = ({ state }) => told.push(state);
  addEventListener('popstate', note);
  const { pathname, search, href } = location;
  const state = {
    at: 'at',
    position: 3,
    since: new Date(7),
    list: [
      `${pathname}${search}`,
      { deep: href },
      JSON.stringify(Object.fromEntries(new URLSearchParams(search))),
    ],
    none: null,
    itself: undefined,
  };
  state.itself = state;
  history.replaceState(state, '');
  const { length } = history;

  await resume();

  removeEventListener('popstate', note);
  is([told, history.length], [[null], length]);
  const { itself, since, ...kept } = history.state;
  is([itself === history.state, since.getTime()], [true, 7]);
  const list = ['/?own=1', { deep: `${origins.merchant}/?own=1#at` }, '{"own":"1"}'];
  is(kept, { at: 'at', position: 3, list, none: null });

  // as a router writes it that comes late
  const old = '/?own=1&code=secret-code&state=secret-state&success=true';
  history.replaceState({ current: old }, '', old);
  await pause(200);
  is([history.state.current, location.search], ['/?own=1', '?own=1']);
  history.replaceState(null, '', old);
  await until(() => location.search === '?own=1');
  // with other parameters, as a link has them that an app makes of those that it was called with
  history.pushState({}, '', '/?code=secret-code&other=1&state=secret-state#at');
  await until(() => location.search === '?other=1');
  is(location.hash, '#at');
  // what an app says itself is its own
  history.pushState({}, '', '/thanks?success=true');
  await pause(200);
  is(location.search, '?success=true');
  // and much later, where the browser tells of it
  await pause(13_000);
  history.pushState({}, '', `${old}&late=1`);
  if (window.navigation) await until(() => location.search === '?own=1&late=1');
  is(watches(), window.navigation ? 1 : 0);
}

/** `resume()` by a URL of the app's own, each time the same answer. */
export async function resumesByUrl() {
  const url = `${location.origin}/routed?code=c&state=S1`;
  const back = await resume(url);
  is(back.result.location, url);
  const [one, other] = [resume(url), resume(url)];
  is([one === other, (await one) === back], [true, true]);
  is([location.search, await resume()], ['', null]);
}

/**
 * `resume()` by what a router says of this page's address: it lacks the fragment, is `encoded` otherwise, or
 * is of an entry that the page has `left`.
 */
export async function resumesBySpelling(how) {
  const { pathname, search } = location;
  const query = how === 'encoded' ? `?${new URLSearchParams(search)}` : search;
  if (how === 'left') history.pushState(null, '', '/thanks');
  const back = await resume(pathname + query);
  is(back.result.code, 'secret-code');
  if (how === 'left') {
    history.back();
    await until(() => location.pathname === pathname);
  }
  await until(() => location.search === '?own=1');
  await pause(0);
  is([location.hash, await resume()], ['#at', null]);
}

export const cases = {
  async 'the record, and close() in the same tick, which keeps the page'() {
    const before = Date.now();
    const flow = leave('finx', { state: 'S1', returnUrl: '/back?x=1', timeoutMs: 5000 });
    const { id, created, expires, ...record } = records()[0];
    flow.close();
    flow.close();
    is(record, { provider: 'finx', state: 'S1', returnUrl: `${origins.merchant}/back?x=1` });
    is([created >= before, expires - created, sessionStorage.length], [true, 5000, 0]);
    is(await end(flow), 'LINK_USER_CANCELLED');
    await pause(200);
    is([location.pathname, types(flow)], ['/', ['open', 'LINK_USER_CANCELLED']]);
  },

  async 'an abort in the same tick keeps the page, too'() {
    const controller = new AbortController();
    const flow = leave('finx', { signal: controller.signal });
    const others = leave('finqlink', { signal: AbortSignal.abort() });
    controller.abort();
    is([await end(flow), await end(others)], ['LINK_USER_CANCELLED', 'LINK_USER_CANCELLED']);
    is(sessionStorage.length, 0);
    await pause(200);
    is(location.pathname, '/');
  },

  async 'close() of one forgets only its own record'() {
    const flows = ['S1', 'S2'].map((state) => leave('finx', { state }));
    flows[0].close();
    const left = records().map(({ state }) => state);
    flows[1].close();
    is([left, await end(flows[1]), sessionStorage.length], [['S2'], 'LINK_USER_CANCELLED', 0]);
  },

  async 'one that leaves again for the same page takes the place of the one before'() {
    const back = { returnUrl: '/back' };
    const flows = [{}, {}, back, back, { state: 'S1' }, { state: 'S2' }].map((options) =>
      leave('finx', options),
    );
    const left = records().map(({ state, returnUrl }) => [state, !!returnUrl]);
    for (const flow of flows) flow.close();
    is(left, [
      [undefined, false],
      [undefined, true],
      ['S1', false],
      ['S2', false],
    ]);
    is([await end(flows[0]), sessionStorage.length], ['LINK_USER_CANCELLED', 0]);
  },

  async "a returnUrl of somebody else's, and other options that make no sense"() {
    for (const options of [
      { returnUrl: origins.attacker },
      { returnUrl: origins.elsewhere },
      { returnUrl: `https://${location.host}` },
      { returnUrl: 'javascript:alert(1)' },
      { returnUrl: location.origin.replace('//', '//me@') },
      { returnUrl: '//a.example/' },
      { returnUrl: 5 },
      { returnUrl: 'http://[' },
      { state: 5 },
      { state: {} },
      { timeoutMs: -1 },
      { timeoutMs: '5' },
    ]) {
      const { code } = await outcome(leave('finx', options));
      is([options, code, sessionStorage.length], [options, 'LINK_INVALID_OPTIONS', 0]);
    }
  },

  async 'a page without sessionStorage'() {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const ended = await end(leave('finx'));
    Storage.prototype.setItem = setItem;
    await pause(100);
    is([ended, location.pathname], ['LINK_UNSUPPORTED', '/']);
  },

  async 'a page that is no callback is left alone'() {
    for (const url of ['/?page=2#part', '/?code=c&state=S1&success=true#frag', '/?loginId=L']) {
      history.replaceState(null, '', url);
      is([await resume(), location.href], [null, `${location.origin}${url}`]);
    }
    history.replaceState(null, '', '/');
  },

  async 'a record that somebody else has written'() {
    for (const [index, text] of [
      '',
      '{',
      'null',
      '5',
      '{}',
      '[]',
      '[null]',
      '[5, [], {}]',
      '[{"provider":"nobody","state":"S1"}]',
      '[{"provider":"__proto__"}]',
      '[{"provider":"finx","state":5,"returnUrl":{},"expires":"x"}]',
      JSON.stringify(Array(2000).fill({ provider: 'finx', state: 'S2' })),
    ].entries()) {
      sessionStorage.setItem('link-widget', text);
      const back = await resume(`${location.origin}/?state=S1&code=c${index}`).catch(({ code }) => code);
      const isNobodys = back === null || back === 'LINK_STATE_MISMATCH';
      is([text, back, isNobodys], [text, back, true]);
    }
    sessionStorage.clear();
  },

  async 'a record beside what is none'() {
    const record = { provider: 'finx', state: 'S9', expires: null };
    sessionStorage.setItem('link-widget', JSON.stringify([null, 5, record]));
    is((await resume(`${location.origin}/?state=S9&code=c9`))?.provider, 'finx');
  },

  async 'parameters behind the #, of a route and by themselves'() {
    for (const [hash, result] of [
      ['#/back?code=c&state=S8', { code: 'c', state: 'S8' }],
      ['#code=c&state=S8', { code: 'c', state: 'S8' }],
      ['#code=c&state=S8&success=false', 'LINK_PROVIDER_ERROR'],
      ['#/code=c&state=S8', null],
    ]) {
      const url = `${location.origin}/${hash}`;
      sessionStorage.setItem(
        'link-widget',
        JSON.stringify([{ provider: 'finx', state: 'S8', expires: null }]),
      );
      const back = await resume(url).catch(({ code }) => code);
      is([hash, back?.result ?? back], [hash, back?.result ? { ...result, location: url } : result]);
    }
    sessionStorage.clear();
  },

  async 'resume() of what is no URL'() {
    for (const url of ['', 'x', 'http://[', 5, null, {}, 'javascript:alert(1)'])
      is([url, await resume(url).catch(({ name, code }) => [name, code])], [url, null]);
  },
};

// Wrong values of every option, and right ones that look odd.

const {
  origins,
  accidents,
  hosts,
  puppet,
  start,
  started,
  outcome,
  end,
  isPending,
  say,
  pause,
  link,
  openFinx,
  is,
} = window.kit;

export const cases = {
  async 'each wrong value rejects at once, named, and leaves nothing'() {
    const noText = [1, true, 1n, Symbol('x'), {}, [], () => 'x', new String('x'), 'x'.repeat(64 * 1024 + 1)];
    const noNumber = ['5', true, 5n, Symbol('x'), {}, [5], NaN, -1, -0.1, -Infinity];
    const noUrl = [
      '',
      '/',
      'auth.fiskil.com',
      '//auth.fiskil.com',
      'http://auth.fiskil.com',
      'http://localhost.evil.example',
      'http://127.0.0.1.evil.example',
      'http://1270.0.1',
      'http://128.0.0.1',
      'https://user@auth.fiskil.com',
      'https://user:pass@auth.fiskil.com',
      'https://:@',
      'javascript:alert(1)',
      'data:text/html,x',
      `blob:${location.origin}/x`,
      'file:///etc/passwd',
      'about:blank',
      'ftp://auth.fiskil.com',
      'ws://localhost',
      'filesystem:https://auth.fiskil.com/x',
      'https://',
      '*',
      'null',
    ];
    const noOrigin = [
      ...noUrl,
      'https://auth.fiskil.com/path',
      'https://auth.fiskil.com?x=1',
      'https://auth.fiskil.com/#x',
      'https://*.fiskil.com',
      'https://%2a.fiskil.com',
      'https://\uff0a.fiskil.com',
      'https://auth.fiskil.com:*',
      'https://a.example https://b.example',
    ];
    const wrong = {
      mode: [...noText, '', 'Overlay', 'sideways', 'toString', '__proto__'],
      container: [
        1,
        true,
        1n,
        Symbol('x'),
        {},
        [],
        () => {},
        document,
        document.createTextNode('x'),
        document.implementation.createHTMLDocument('').body,
        '',
        '###',
        'div[',
        '>',
        'x'.repeat(64 * 1024 + 1),
      ],
      timeoutMs: noNumber,
      loadTimeoutMs: noNumber,
      allowedOrigin: [...noText, ...noOrigin],
      signal: [
        1,
        'x',
        {},
        { aborted: 1, addEventListener() {} },
        { aborted: false },
        new EventTarget(),
        new AbortController(),
      ],
      onEvent: [1, 'x', {}, []],
      title: noText,
      locale: noText,
      closeButton: [0, 1, '', 'true', {}, []],
      authServer: [...noText, ...noUrl],
    };
    const mistakes = [];
    const check = async (label, name, session, options, open = link) => {
      let flow;
      try {
        flow = open(session, options);
      } catch (error) {
        return mistakes.push(`${label} threw ${error}`);
      }
      const opened = hosts().length;
      const { code, provider, message } = await Promise.race([outcome(flow), pause(300).then(() => ({}))]);
      const good =
        code === 'LINK_INVALID_OPTIONS' &&
        provider === (open === link ? 'fiskil' : 'finx') &&
        opened === 0 &&
        message.startsWith(`${name} must be `) &&
        message.endsWith('.') &&
        message.length < 200;
      if (!good) mistakes.push(`${label}: ${code ?? 'still pending'}: ${message}`);
      flow.close();
      await end(flow);
    };
    let tried = 0;
    const printed = (value) => {
      try {
        return String(JSON.stringify(value) ?? String(value)).slice(0, 60);
      } catch {
        return String(value);
      }
    };
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        tried += 1;
        await check(`${name} = ${printed(value)}`, name, 'session', { [name]: value });
      }
      const thrower = {
        get [name]() {
          throw new Error('mine');
        },
      };
      await check(`${name} throws`, name, 'session', thrower);
      await check(`${name} throws, inherited`, name, 'session', Object.create(thrower));
    }
    for (const state of [...noText, '']) {
      await check(`state = ${printed(state)}`, 'state', puppet(), { state }, openFinx);
    }
    await check('mode without container', 'container', 'session', { mode: 'container' });
    await check('container in an overlay', 'mode', 'session', { mode: 'overlay', container: 'bank' });
    for (const session of [
      undefined,
      null,
      '',
      5,
      {},
      [],
      true,
      Symbol('x'),
      () => 'x',
      new String('x'),
      'x'.repeat(64 * 1024 + 1),
      'https://auth.fiskil.com.evil.example/?sess_id=1',
      'http://auth.fiskil.com/?sess_id=1',
      'https://user@auth.fiskil.com/?sess_id=1',
      'https://auth.fiskil.com:444/?sess_id=1',
      'HTTP://auth.fiskil.com/?sess_id=1',
      'https://',
    ]) {
      tried += 1;
      await check(`sessionId = ${printed(session)}`, 'sessionId', session);
    }
    for (const options of [5, 'x', true, Symbol('x'), 1n]) {
      await check(`options = ${printed(options)}`, 'options', 'session', options);
    }
    const proxy = new Proxy(
      {},
      {
        get() {
          throw new Error('mine');
        },
      },
    );
    const { code } = await outcome(link('session', proxy));
    if (code !== 'LINK_INVALID_OPTIONS') mistakes.push(`a proxy that throws: ${code}`);
    is([tried > 150, mistakes], [true, []]);
  },

  async 'a window is for popups'() {
    is(
      await Promise.all(
        [window, null, {}].map(async (value) => {
          const flow = start({ window: value });
          const ended = outcome(flow);
          await pause(20);
          flow.close();
          const { code, message } = await ended;
          return [code, message.split(' ')[0]].join(' ');
        }),
      ),
      ['LINK_INVALID_OPTIONS window', 'LINK_POPUP_BLOCKED window', 'LINK_INVALID_OPTIONS window'],
    );
  },

  async 'what is wrong ends with an event, too'() {
    for (const [options, code] of [
      [{ timeoutMs: -1 }, 'LINK_INVALID_OPTIONS'],
      [{ container: 'nowhere' }, 'LINK_NOT_FOUND'],
      [{ mode: 'popup', window: null }, 'LINK_POPUP_BLOCKED'],
    ]) {
      const flow = start(options);
      is(await end(flow), code);
      is(
        flow.events.map(({ type, outcome, provider }) => [type, outcome, provider]),
        [['settled', code, 'fiskil']],
      );
    }
  },

  async 'what may be given, or left out'() {
    const names = [
      'mode',
      'container',
      'timeoutMs',
      'loadTimeoutMs',
      'allowedOrigin',
      'signal',
      'onEvent',
      'title',
      'locale',
      'closeButton',
      'authServer',
      'window',
    ];
    const refused = [];
    const check = async (label, session, options) => {
      const flow = link(session, options);
      await pause(0);
      const pending = await isPending(flow);
      flow.close();
      const { code, message } = await outcome(flow);
      if (!pending) refused.push(`${label}: ${code}: ${message}`);
    };
    const authServer = puppet();
    for (const options of [undefined, null]) {
      // the page's policy does not know the real provider
      const { code } = await outcome(link('session', options));
      if (code !== 'LINK_FRAME_BLOCKED') refused.push(`options = ${options}: ${code}`);
    }
    // the browser may tell of the second frame when its flow is over
    await pause(500);
    accidents.splice(0);
    await check(
      'nothing',
      'session',
      Object.fromEntries([...names.map((name) => [name, undefined]), ['authServer', authServer]]),
    );
    const nulls = names
      .filter((name) => name !== 'container' && name !== 'window')
      .map((name) => [name, null]);
    await check('nulls', 'session', Object.fromEntries([...nulls, ['authServer', authServer]]));
    await check('a session ID with a colon', 'javascript:alert(1)', { authServer });
    const { code: noPlace } = await outcome(link('session', { authServer, container: null }));
    if (noPlace !== 'LINK_NOT_FOUND') refused.push(`container = null: ${noPlace}`);
    for (const more of [
      { unknown: 1, 'another one': null },
      // of other providers
      { state: 5, getAuthorizeToken: 5, instance: 5 },
      { mode: 'overlay' },
      { mode: 'container', container: 'bank' },
      { timeoutMs: 0 },
      { timeoutMs: Infinity },
      { timeoutMs: 2 ** 40 },
      { timeoutMs: Number.MAX_VALUE },
      { loadTimeoutMs: 1e9 },
      { allowedOrigin: 'https://auth.fiskil.com' },
      { allowedOrigin: 'https://auth.fiskil.com/' },
      { allowedOrigin: 'HTTPS://AUTH.fiskil.com:443' },
      { allowedOrigin: 'http://[::1]:3000' },
      { allowedOrigin: 'http://app.localhost' },
      { allowedOrigin: 'http://127.9.9.9:80' },
      { title: '' },
      { title: 'Bank' },
      { locale: 'fr-CA' },
      { locale: 'en' },
      { closeButton: false },
      { closeButton: true },
      { signal: new AbortController().signal },
      { onEvent() {} },
    ])
      await check(JSON.stringify(more), 'session', { authServer, ...more });
    const inherited = Object.create({ authServer, closeButton: false });
    await check('inherited', 'session', inherited);
    is(refused, []);
  },

  async 'allowedOrigin is normalised, then compared exactly'() {
    const { hostname, port } = new URL(origins.provider);
    const ends = {};
    for (const [name, allowedOrigin] of Object.entries({
      same: origins.provider,
      slash: `${origins.provider}/`,
      upper: origins.provider.toUpperCase(),
      otherPort: origins.elsewhere,
      otherScheme: `https://${hostname}:${port}`,
      otherHost: `http://127.0.0.1:${port}`,
      prefix: `http://x.${hostname}:${port}`,
      suffix: `https://${hostname}.evil.example:${port}`,
      noPort: `http://${hostname}`,
      punycode: `https://xn--lcalhost-o1a.example:${port}`,
    })) {
      const { flow } = await started({ allowedOrigin });
      say({ isCompleted: true, consentID: 'arr_1' });
      ends[name] = await end(flow);
    }
    const dot = start({ allowedOrigin: `http://${hostname}.:${port}` });
    const ended = end(dot);
    await pause(200);
    if (hosts().length) say({ isCompleted: true, consentID: 'arr_1' });
    ends.trailingDot = await ended;
    is(ends, {
      same: 'completed',
      slash: 'completed',
      upper: 'completed',
      otherPort: 'LINK_ORIGIN_MISMATCH',
      otherScheme: 'LINK_ORIGIN_MISMATCH',
      otherHost: 'LINK_ORIGIN_MISMATCH',
      prefix: 'LINK_ORIGIN_MISMATCH',
      suffix: 'LINK_ORIGIN_MISMATCH',
      noPort: 'LINK_ORIGIN_MISMATCH',
      punycode: 'LINK_ORIGIN_MISMATCH',
      trailingDot: 'LINK_INVALID_OPTIONS',
    });
  },
};

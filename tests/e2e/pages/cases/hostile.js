// What the threats say of pages in frames and tabs, each with a page that is genuinely of another origin.

const {
  origins,
  person,
  popup,
  puppet,
  started,
  outcome,
  end,
  isPending,
  frame,
  hosts,
  run,
  say,
  tell,
  reached,
  next,
  count,
  heard,
  embed,
  gone,
  until,
  embedTool,
  resume,
  is,
} = window.kit;

export const cases = {
  async "an option on the prototype of all objects is nobody's"() {
    const polluted = {
      allowedOrigin: origins.attacker,
      url: origins.attacker,
      mode: 'sideways',
      state: 'theirs',
      returnUrl: 5,
    };
    await import('/pkg/element.js');
    const element = document.createElement('link-widget');
    element.setAttribute('provider', 'flinks');
    element.setAttribute('subject', puppet());
    document.body.append(element);
    sessionStorage.setItem('link-widget', JSON.stringify([{ provider: 'finx', state: 'S1', expires: null }]));
    Object.assign(Object.prototype, polluted);
    try {
      const { flow } = await started();
      say({ isCompleted: true, consentID: 'genuine' });
      is(await outcome(flow), { completed: { consentID: 'genuine' } });
      element.start();
      is([element.getAttribute('status'), hosts().length], ['linking', 1]);
      element.remove();
      await until(() => hosts().length === 0);
      const { ready, close } = embedTool(puppet(), { container: 'bank' });
      await ready;
      close();
      is((await resume(`${location.origin}/?code=c&state=S1`)).result.code, 'c');
    } finally {
      for (const name of Object.keys(polluted)) delete Object.prototype[name];
    }
  },

  async "a frame inside the provider's page posts it to the top"() {
    const { flow, provider } = await started();
    run(
      provider,
      `const frame = document.createElement('iframe');
       frame.src = '${puppet(origins.attacker)}';
       frame.onload = () => frame.contentWindow.postMessage(
           "run:top.postMessage({ isCompleted: true, consentID: 'forged' }, '*')", '*');
       document.body.append(frame);`,
    );
    await heard(1);
    const pending = await isPending(flow);
    say({ isCompleted: true, consentID: 'genuine' });
    is(
      [pending, flow.events.some(({ origin }) => origin === origins.attacker), await outcome(flow)],
      [true, true, { completed: { consentID: 'genuine' } }],
    );
  },

  async 'our frame goes to another origin: a bare error is dropped, and the way back is open'() {
    const { flow, provider } = await started();
    run(provider, `location.href = '${puppet(origins.attacker)}'`);
    await until(() => flow.events.filter(({ type }) => type === 'load').length === 2);
    say({ error: 'a mistake of a bank' }, provider);
    say({ isCompleted: false }, provider);
    say({ isCompleted: 'true', consentID: 'forged' }, provider);
    await heard(3);
    const pending = await isPending(flow);
    run(provider, `location.href = '${puppet()}'`);
    await until(() => flow.events.filter(({ type }) => type === 'load').length === 3);
    say({ isCompleted: true, consentID: 'genuine' }, provider);
    is(
      [pending, await outcome(flow), flow.events.map(({ type }) => type)],
      [
        true,
        { completed: { consentID: 'genuine' } },
        ['open', 'load', 'load', 'foreign-message', 'load', 'settled'],
      ],
    );
  },

  async 'our frame goes to another origin: an answer from there is LINK_ORIGIN_MISMATCH'() {
    const ends = [];
    for (const [origin, answer] of [
      [origins.attacker, { isCompleted: true, consentID: 'forged' }],
      [origins.elsewhere, { isCompleted: false, error: 'no', errorType: 'CONSENT_TIMEOUT' }],
    ]) {
      const { flow, provider } = await started();
      run(provider, `location.href = '${puppet(origin)}'`);
      await until(() => flow.events.filter(({ type }) => type === 'load').length === 2);
      say(answer, provider);
      const { code, details } = await outcome(flow);
      ends.push([
        code,
        Object.keys(details).sort(),
        details.expectedOrigin === origins.provider,
        details.receivedOrigin === origin,
      ]);
    }
    is(ends, [
      ['LINK_ORIGIN_MISMATCH', ['expectedOrigin', 'receivedOrigin'], true, true],
      ['LINK_ORIGIN_MISMATCH', ['expectedOrigin', 'receivedOrigin'], true, true],
    ]);
  },

  async 'our own frame is sandboxed by its server'() {
    const { flow } = await started({ authServer: `${puppet()}?sandboxed` });
    say({ error: 'bare' });
    await heard(1);
    const pending = await isPending(flow);
    say({ isCompleted: true, consentID: 'forged' });
    const { code, details } = await outcome(flow);
    is([pending, code, details.receivedOrigin], [true, 'LINK_ORIGIN_MISMATCH', 'null']);
  },

  async "our frame is taken off the page by somebody: its window is null, and nobody's"() {
    const { flow } = await started();
    frame().remove();
    const strangers = [await embed(origins.attacker), await embed(origins.provider)];
    for (const stranger of strangers) say({ isCompleted: true, consentID: 'forged' }, stranger);
    await heard(2);
    const data = { isCompleted: true, consentID: 'forged' };
    window.dispatchEvent(new MessageEvent('message', { data, source: null, origin: origins.provider }));
    await gone(JSON.stringify(data));
    const pending = await isPending(flow);
    flow.focus();
    flow.close();
    is([pending, await end(flow)], [true, 'LINK_USER_CANCELLED']);
  },

  async 'an odd field is dropped, and the rest of the message counts'() {
    const results = [];
    for (const code of [
      `{ isCompleted: true, consentID: 'arr', redirectURL: 5 }`,
      `{ isCompleted: true, consentID: 'arr', redirectURL: new URL('https://a.example').searchParams.size }`,
      `{ isCompleted: true, consentID: 'arr', redirectURL: new Date() }`,
      `{ isCompleted: true, consentID: 'arr', error: 1n, errorID: new Map() }`,
      `{ isCompleted: true, consentID: 'arr', more: 'x'.repeat(20_000_000) }`,
      `(() => { const loop = { isCompleted: true, consentID: 'arr' }; loop.loop = loop; return loop; })()`,
      `Object.assign([], { isCompleted: true, consentID: 'arr' })`,
      `Object.assign(JSON.parse('{"__proto__":{"consentID":"forged"},"toString":1}'), { isCompleted: true, consentID: 'arr' })`,
    ]) {
      const { flow } = await started({ container: 'bank' });
      say(code);
      results.push(JSON.stringify(await outcome(flow)));
    }
    is([...new Set(results)], ['{"completed":{"consentID":"arr"}}']);
  },

  async 'schemes of a redirectURL'() {
    const kept = [];
    for (const url of [
      'javascript:alert(1)',
      'JavaScript:alert(1)',
      ' javascript:alert(1)',
      '\tjavascript:alert(1)',
      'java\nscript:alert(1)',
      '\u0001javascript:alert(1)',
      'data:text/html,x',
      'blob:https://a.example/x',
      'vbscript:x',
      'file:///x',
      'about:blank',
      'filesystem:https://a.example/x',
      'view-source:https://a.example',
      'http://a.example/',
      'https://a.example/done?x=1#y',
      'http://127.0.0.1:3000/',
      'http://localhost/',
      '/done',
      'done?x=1',
      '//a.example/',
      'myapp://done',
    ]) {
      const { flow } = await started({ container: 'bank' });
      say({ isCompleted: true, consentID: 'arr', redirectURL: url });
      const { redirectURL, consentID } = await flow;
      is([consentID, redirectURL ?? url], ['arr', url]);
      if (redirectURL) kept.push(redirectURL);
    }
    is(kept, [
      'https://a.example/done?x=1#y',
      'http://127.0.0.1:3000/',
      'http://localhost/',
      '/done',
      'done?x=1',
      '//a.example/',
      'myapp://done',
    ]);
  },

  async "another tab posts it, of the provider's origin or not"() {
    const { flow } = await started({ container: 'bank' });
    for (const origin of [origins.attacker, origins.provider]) {
      await person.connect(() => {
        open(puppet(origin));
        return flow;
      });
      await reached();
      const before = count();
      tell({ isCompleted: true, consentID: 'forged' });
      await heard(before + 1);
      popup().close();
      await person.windows(1);
    }
    is(await isPending(flow), true);
    say({ isCompleted: true, consentID: 'genuine' });
    is(await outcome(flow), { completed: { consentID: 'genuine' } });
    is(flow.events.filter(({ type }) => type === 'foreign-message').length, 2);
  },

  'secret=1': {
    async 'the provider learns which site embeds it, not which page of it'() {
      const { flow } = await started();
      const told = next();
      say('document.referrer');
      const referrer = await told;
      flow.close();
      await end(flow);
      is([referrer, location.search], [`${origins.merchant}/`, '?secret=1']);
    },
  },
};

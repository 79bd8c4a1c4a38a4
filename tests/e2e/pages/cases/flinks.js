// What only Flinks Connect has: its address, its events, and the one renewal of its token.

const {
  origins,
  accidents,
  hosts,
  puppet,
  launched,
  types,
  outcome,
  end,
  isPending,
  run,
  say,
  next,
  count,
  heard,
  pause,
  runsOut,
  until,
  openFlinks,
  is,
} = window.kit;

const loads = (flow) => types(flow).filter((type) => type === 'load').length;

/** The address that a flow with these options opens. */
function opened(options) {
  const flow = openFlinks(options);
  const { src } = hosts()[0].shadowRoot.querySelector('iframe');
  flow.close();
  return src;
}

/** The code and the details with which a flow failed. */
async function failure(flow) {
  const { code, details } = await outcome(flow);
  return [code, details];
}

export const cases = {
  async 'the address: `url` with its own query, `params` over it, options of their own over both'() {
    const url = `${puppet()}?kept=1&language=de&tag=url`;
    const inParams = { language: 'en', authorizeToken: 'T0' };
    for (const [options, query] of [
      [{}, { kept: '1', language: 'de', tag: 'url' }],
      [
        { params: { tag: 'a b&c=#', demo: true, count: 3, language: 'en' } },
        { kept: '1', language: 'en', tag: 'a b&c=#', demo: 'true', count: '3' },
      ],
      [
        { params: inParams, language: 'fr', authorizeToken: 'T1' },
        { kept: '1', language: 'fr', tag: 'url', authorizeToken: 'T1' },
      ],
    ]) {
      const { origin, pathname, searchParams } = new URL(opened({ url, ...options }));
      is([origin, pathname, Object.fromEntries(searchParams)], [origins.provider, '/puppet', query]);
    }
  },

  async 'the address: `instance`'() {
    const instances = ['toolbox', 'a', '0-9', 'x'.repeat(63)];
    for (const instance of instances)
      is(opened({ instance }), `https://${instance}-iframe.private.fin.ag/v2/`);
    // the page's policy does not have these
    await until(() => accidents.length === instances.length);
    for (const accident of accidents.splice(0))
      is([accident, accident.includes('frame-src')], [accident, true]);
  },

  async 'options that make no sense'() {
    for (const options of [
      undefined,
      null,
      {},
      5,
      'toolbox',
      { instance: 'toolbox', url: puppet() },
      { instance: '' },
      { instance: '-a' },
      { instance: 'a-' },
      { instance: 'A' },
      { instance: 'a.b' },
      { instance: 'a/b' },
      { instance: 'x'.repeat(64) },
      { instance: 5 },
      { url: 'http://flinks.example/' },
      { url: 'x' },
      { url: 5 },
      { url: puppet(), params: 5 },
      { url: puppet(), params: 'demo=true' },
      { url: puppet(), params: { a: null } },
      { url: puppet(), params: { a: {} } },
      { url: puppet(), params: ['demo'] },
      { url: puppet(), params: new Map([['demo', true]]) },
      { url: puppet(), params: new URLSearchParams('demo=true') },
      { url: puppet(), params() {} },
      { url: puppet(), language: 'de' },
      { url: puppet(), authorizeToken: 5 },
      { url: puppet(), getAuthorizeToken: 'T1' },
    ]) {
      const { code, provider } = await outcome(openFlinks(options));
      is([options, code, provider, hosts().length], [options, 'LINK_INVALID_OPTIONS', 'flinks', 0]);
    }
  },

  async "events in the provider's order, each with its step, and never a loginId"() {
    const { flow } = await launched('flinks');
    const [institution, loginId] = ['FlinksCapital', 'secret-login'];
    const messages = [
      ['loaded APP_MOUNTED', {}],
      ['consent COMPONENT_LOAD_CONSENT', {}],
      ['consent COMPONENT_ACCEPT_CONSENT', {}],
      ['institution COMPONENT_LOAD_INSTITUTION_SELECTOR', { cached: false }],
      ['institution INSTITUTION_SELECTED', { institution }],
      ['credentials COMPONENT_LOAD_CREDENTIAL', { institution }],
      ['credentials SUBMIT_CREDENTIAL', { institution }],
      ['retry INVALID_PASSWORD', { requestId: 'R1', flinksCode: 'INVALID_PASSWORD', institution }],
      ['retry COMPONENT_LOAD_CREDENTIAL_RETRY', {}],
      ['mfa COMPONENT_LOAD_MFA', { mfaTypes: ['QuestionAndAnswer'] }],
      ['mfa SUBMIT_MFA', {}],
      ['mfa ENHANCED_MFA_HAS_QUESTIONS', {}],
      ['handoff POPUP_BLOCKED', {}],
      ['handoff POPUP_OPENED', {}],
      ['offline APP_OFFLINE', {}],
      ['online APP_ONLINE', {}],
      ['accounts COMPONENT_LOAD_ACCOUNT_SELECTION', { totalAccounts: 2, displayedAccounts: 1 }],
      ['accounts ACCOUNT_SELECTED', { accountId: 'A1' }],
      ['other REDIRECT', { institution, url: 'https://a.example/?institution=x' }],
      ['other OF_TOMORROW', { loginId, token: 'secret-token' }],
      ['other QUESTION_NOT_FOUND', { flinksCode: 'QUESTION_NOT_FOUND', loginId }],
      ['retry DISABLED_INSTITUTION', { institution: 'x' }],
      ['consent COMPONENT_DENY_TERMS', {}],
    ];
    for (const [index, [told, data]] of messages.entries()) {
      const message = data.flinksCode ? data : { step: told.split(' ')[1], ...data };
      // as objects, and as the strings that stringify=true makes of them
      say(index % 2 ? JSON.stringify(JSON.stringify(message)) : message);
    }
    say({ step: 'REDIRECT', loginId, requestId: 'R1', institution, accountId: ['A1', 'A2'] });
    const completed = { loginId, institution, requestId: 'R1', accountIds: ['A1', 'A2'] };
    is(await outcome(flow), { completed });

    const steps = flow.events.filter(({ type }) => type === 'step');
    is(
      steps.map(({ step, providerStep }) => `${step} ${providerStep}`),
      messages.map(([told]) => told),
    );
    const selected = steps.find(({ providerStep }) => providerStep === 'INSTITUTION_SELECTED');
    is(selected.data, { institution });
    is([types(flow).at(-1), JSON.stringify(flow.events).includes('secret')], ['completed', false]);
  },

  async "where the user stopped: closed outside, on the provider's page, and too late"() {
    const [institution, providerStep] = ['FlinksCapital', 'COMPONENT_LOAD_CREDENTIAL'];
    const lastStep = { step: 'credentials', providerStep, institution };
    for (const [stop, code] of [
      [() => hosts()[0].shadowRoot.querySelector('button').click(), 'LINK_USER_CANCELLED'],
      [() => say({ step: 'COMPONENT_CLOSE_SESSION', institution }), 'LINK_USER_CANCELLED'],
      [() => runsOut(600_000), 'LINK_TIMEOUT'],
    ]) {
      const { flow } = await launched('flinks');
      say({ step: 'INSTITUTION_SELECTED', institution });
      say({ step: providerStep });
      await until(() => flow.events.at(-1).step === 'credentials');
      stop();
      is(await failure(flow), [code, { lastStep }]);
    }
    const { flow } = await launched('flinks');
    flow.close();
    is(await failure(flow), ['LINK_USER_CANCELLED', undefined]);
  },

  async 'a refused token is renewed once, and the page loads again with the new one'() {
    let asked = 0;
    const getAuthorizeToken = async () => {
      asked += 1;
      await heard(3);
      return `T${asked + 1}`;
    };
    const params = { tag: 'kept' };
    const { flow } = await launched('flinks', { authorizeToken: 'T1', params, getAuthorizeToken });
    say({ step: 'TOKEN_INVALID' });
    say({ step: 'TOKEN_INVALID' });
    say({ step: 'REDIRECT', loginId: 'of the old page' });
    await until(() => loads(flow) === 2);
    const said = next();
    say('{ search: location.search }');
    const { searchParams } = new URL((await said).search, location);
    is([asked, Object.fromEntries(searchParams)], [1, { authorizeToken: 'T2', tag: 'kept' }]);
    is([await isPending(flow), types(flow)], [true, ['open', 'load', 'load']]);
    say({ step: 'TOKEN_INVALID' });
    is([await end(flow), asked], ['LINK_INVALID_SESSION', 1]);
  },

  async 'what the old page still says while the new one is on its way'() {
    for (const last of [
      { step: 'TOKEN_INVALID' },
      { flinksCode: 'TOKEN_INVALID' },
      { step: 'REDIRECT', loginId: 'of the old page' },
    ]) {
      const getAuthorizeToken = async () => 'T2';
      const { flow, provider } = await launched('flinks', { container: 'bank', getAuthorizeToken });
      const before = count();
      const posts = [{ step: 'TOKEN_INVALID' }, last].map(
        (message) => `parent.postMessage(${JSON.stringify(message)}, '*')`,
      );
      run(provider, posts.join(';'));
      await heard(before + 2);
      is([last, (await isPending(flow)) || (await end(flow))], [last, true]);
      flow.close();
    }
  },

  async 'the page with the new token learns which site shows it, and keeps the focus'() {
    // a page that tells others its whole address
    const meta = document.createElement('meta');
    Object.assign(meta, { name: 'referrer', content: 'unsafe-url' });
    document.head.append(meta);
    const { flow } = await launched('flinks', { getAuthorizeToken: async () => 'T2' });
    const { shadowRoot } = hosts()[0];
    const [before] = shadowRoot.querySelectorAll('iframe');
    before.focus();
    const status = shadowRoot.querySelector('[role=status]');
    const words = [];
    const observer = new MutationObserver(() => words.push(status.textContent));
    observer.observe(status, { childList: true });
    say({ step: 'TOKEN_INVALID' });
    await until(() => loads(flow) === 2);
    await until(() => words.length === 2);
    observer.disconnect();
    is(words, ['Loading…', '']);
    const [frame, ...others] = shadowRoot.querySelectorAll('iframe');
    const said = next();
    say('{ referrer: document.referrer }');
    is([frame !== before, others.length, shadowRoot.activeElement === frame], [true, 0, true]);
    is((await said).referrer, `${origins.merchant}/`);
    // removing it changes nothing
    meta.content = 'strict-origin-when-cross-origin';
    meta.remove();
    flow.close();
  },

  async 'after the renewal the flow goes on'() {
    const { flow } = await launched('flinks', { getAuthorizeToken: async () => 'T2' });
    say(`'{"step":"TOKEN_INVALID"}'`);
    await until(() => loads(flow) === 2);
    say({ step: 'REDIRECT', url: 'https://a.example/?loginId=L1' });
    is([await end(flow), JSON.stringify(flow.events).includes('T2')], ['completed', false]);
  },

  async 'no new token'() {
    const fails = () => {
      throw new Error('x');
    };
    const unreadable = Object.defineProperty({}, 'then', { get: fails });
    for (const getAuthorizeToken of [
      undefined,
      async () => fails(),
      fails,
      async () => '',
      async () => undefined,
      async () => null,
      async () => 5,
      () => ({}),
      () => unreadable,
    ]) {
      const { flow } = await launched('flinks', { getAuthorizeToken });
      say({ step: 'TOKEN_INVALID' });
      is([`${getAuthorizeToken}`, await end(flow)], [`${getAuthorizeToken}`, 'LINK_INVALID_SESSION']);
      flow.close();
    }
  },

  async 'waiting for a token counts, and an answer that comes too late does nothing'() {
    let give;
    const token = new Promise((resolve) => {
      give = resolve;
    });
    const { flow } = await launched('flinks', { getAuthorizeToken: () => token });
    say({ step: 'TOKEN_INVALID' });
    await heard(1);
    runsOut(600_000);
    const ended = await end(flow);
    give('T2');
    await pause(20);
    const { flow: closed } = await launched('flinks', { getAuthorizeToken: () => token });
    say({ step: 'TOKEN_INVALID' });
    await heard(2);
    closed.close();
    is([ended, await end(closed), hosts().length], ['LINK_TIMEOUT', 'LINK_USER_CANCELLED', 0]);
  },

  async 'how flows end'() {
    const url = 'https://a.example/thanks?loginId=L1&institution=I&accountId=A1,A2&tag=T';
    for (const [message, ends] of [
      [{ step: 'COMPONENT_CLOSE_SESSION', institution: 'x' }, ['LINK_USER_CANCELLED', undefined]],
      [{ step: 'COMPONENT_DENY_CONSENT' }, ['CONSENT_ENDUSER_DENIED', undefined]],
      [{ step: 'MAXIMUM_RETRY_REACHED' }, ['LINK_PROVIDER_ERROR', { providerCode: 'MAXIMUM_RETRY_REACHED' }]],
      [
        { flinksCode: 'MAXIMUM_RETRY_REACHED' },
        ['LINK_PROVIDER_ERROR', { providerCode: 'MAXIMUM_RETRY_REACHED' }],
      ],
      [{ step: 'SESSION_EXPIRED' }, ['LINK_INVALID_SESSION', { providerCode: 'SESSION_EXPIRED' }]],
      [
        { flinksCode: 'SESSION_NONEXISTENT' },
        ['LINK_INVALID_SESSION', { providerCode: 'SESSION_NONEXISTENT' }],
      ],
      [
        { step: 'REDIRECT', url },
        { loginId: 'L1', institution: 'I', accountIds: ['A1', 'A2'], tag: 'T', url },
      ],
      [`'{"step":"REDIRECT","loginId":"L2"}'`, { loginId: 'L2' }],
    ]) {
      const { flow } = await launched('flinks', { container: 'bank' });
      say(message);
      const { completed, code, details } = await outcome(flow);
      is([message, completed ?? [code, details]], [message, ends]);
      flow.close();
    }
  },
};

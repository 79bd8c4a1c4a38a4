// A page to look at: a frame with no outcome, that stays until it is closed.

const {
  origins,
  providers,
  timers,
  accidents,
  hosts,
  puppet,
  embedTool,
  started,
  outcome,
  isPending,
  say,
  heard,
  pause,
  is,
} = window.kit;

const provider = Object.keys(providers).find((name) => providers[name].embed);
const never = `${origins.provider}/hold/never`;
const inBank = (options) => ({ container: 'bank', ...options });

/** With what it failed, or that it did not. */
const failure = ({ ready }) =>
  ready.then(
    () => 'ready',
    ({ name, code, provider }) => [name, code, provider],
  );

export const cases = {
  async 'it loads, stays, and goes'() {
    const events = [];
    const onEvent = (event) => events.push(event);
    const embed = embedTool(puppet(), inBank({ title: 'Your money', onEvent }));
    is([Object.keys(embed).sort(), embed.ready instanceof Promise], [['close', 'ready'], true]);
    const [host] = hosts();
    const { title, src } = host.shadowRoot.querySelector('iframe');
    is([title, src, host.parentElement.id], ['Your money', puppet(), 'bank']);

    is([await embed.ready, hosts().length, timers.size], [undefined, 1, 0]);
    embed.close();
    embed.close();
    is([await embed.ready, hosts().length], [undefined, 0]);
    const told = events.map(({ provider, type, elapsedMs }) => [provider, type, elapsedMs > 0]);
    is(told, [[provider, 'load', true]]);
  },

  async 'close() before it is ready'() {
    for (const wait of [() => {}, () => pause(50)]) {
      const embed = embedTool(never, inBank());
      await wait();
      embed.close();
      is(await failure(embed), ['LinkError', 'LINK_USER_CANCELLED', provider]);
      is([hosts().length, timers.size], [0, 0]);
    }
  },

  async 'a page that does not come'() {
    const { ready } = embedTool(never, inBank({ loadTimeoutMs: 60 }));
    const { code, message } = await ready.catch((error) => error);
    is([code, message.includes('loadTimeoutMs'), hosts().length], ['LINK_LOAD_TIMEOUT', true, 0]);
  },

  async 'how long it waits'() {
    for (const [loadTimeoutMs, delay] of [
      [undefined, 30_000],
      [0, 'none'],
      [Infinity, 'none'],
      [70, 70],
      [0.5, 1],
      [2 ** 31 + 5, 2_147_483_647],
    ]) {
      const embed = embedTool(never, inBank({ loadTimeoutMs }));
      const [timer] = timers.values();
      embed.close();
      is([`${loadTimeoutMs}`, timer?.ms ?? 'none'], [`${loadTimeoutMs}`, delay]);
    }
  },

  async 'what is wrong rejects `ready`, and nothing is thrown or left'() {
    const throwing = {
      get container() {
        throw new Error('x');
      },
    };
    for (const [url, options] of [
      [puppet(), undefined],
      [puppet(), null],
      [puppet(), {}],
      [puppet(), { container: 5 }],
      [puppet(), { container: '###' }],
      [puppet(), throwing],
      [puppet(), inBank({ loadTimeoutMs: -1 })],
      [puppet(), inBank({ loadTimeoutMs: NaN })],
      [puppet(), inBank({ loadTimeoutMs: '5' })],
      [puppet(), inBank({ title: 5 })],
      [puppet(), inBank({ onEvent: 5 })],
      ['http://viz.example/', inBank()],
      ['javascript:alert(1)', inBank()],
      ['data:text/html,x', inBank()],
      ['', inBank()],
      [undefined, inBank()],
      [null, inBank()],
      [{}, inBank()],
      [Symbol('x'), inBank()],
      ['https://me@viz.example/', inBank()],
    ]) {
      const embed = embedTool(url, options);
      is(
        [String(url), await failure(embed), hosts().length],
        [String(url), ['LinkError', 'LINK_INVALID_OPTIONS', provider], 0],
      );
      embed.close();
    }
    for (const container of ['nowhere', '#nowhere', document.createElement('div')]) {
      const embed = embedTool(puppet(), { container });
      is(await failure(embed), ['LinkError', 'LINK_NOT_FOUND', provider]);
    }
  },

  async 'nobody waits for it: no unhandledrejection'() {
    embedTool('no URL', inBank());
    embedTool(puppet(), { container: 'nowhere' });
    embedTool(puppet(), inBank()).close();
    embedTool(never, inBank({ loadTimeoutMs: 20 }));
    await pause(150);
    is(accidents, []);
  },

  async 'what onEvent throws is reported, and it is ready all the same'() {
    const onEvent = () => {
      throw new Error('the page’s own mistake');
    };
    const embed = embedTool(puppet(), inBank({ onEvent }));
    await embed.ready;
    await pause(20);
    embed.close();
    is(accidents.splice(0).length, 1);
  },

  async 'it knows nothing of messages, and messages to flows beside it are not its own'() {
    const embed = embedTool(puppet(), inBank());
    await embed.ready;
    const tool = hosts()[0].shadowRoot.querySelector('iframe').contentWindow;
    const { flow } = await started();
    say({ isCompleted: true, consentID: 'forged' }, tool);
    await heard(1);
    is(await isPending(flow), true);
    say({ isCompleted: true, consentID: 'genuine' });
    is(await outcome(flow), { completed: { consentID: 'genuine' } });
    is(hosts().length, 1);
    embed.close();
  },
};

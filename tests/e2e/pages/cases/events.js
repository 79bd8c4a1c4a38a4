// What `onEvent` is told.

const {
  origins,
  timers,
  standIn,
  accidents,
  hosts,
  start,
  launch,
  started,
  end,
  run,
  say,
  heard,
  embed,
  pause,
  until,
  is,
} = window.kit;

export const cases = {
  async 'a flow from beginning to end, in a dialog and in a container'() {
    const told = [];
    for (const options of [{}, { container: 'bank' }]) {
      const { flow } = await started(options);
      await pause(20);
      say({ isCompleted: true, consentID: 'arr_1' });
      await flow;
      const times = flow.events.map(({ elapsedMs }) => elapsedMs);
      told.push(
        flow.events.map(({ elapsedMs, ...event }) => event),
        times.every((ms, index) => ms >= (times[index - 1] ?? 0)),
        times.at(-1) >= 20,
      );
    }
    is(told, [
      [
        { provider: 'fiskil', type: 'open', mode: 'overlay' },
        { provider: 'fiskil', type: 'load' },
        { provider: 'fiskil', type: 'settled', outcome: 'completed' },
      ],
      true,
      true,
      [
        { provider: 'fiskil', type: 'open', mode: 'container' },
        { provider: 'fiskil', type: 'load' },
        { provider: 'fiskil', type: 'settled', outcome: 'completed' },
      ],
      true,
      true,
    ]);
  },

  async 'open comes in a microtask after the call has returned'() {
    const flow = start();
    const atOnce = flow.events.length;
    await null;
    const then = flow.events.map(({ type }) => type);
    flow.close();
    await end(flow);
    is([atOnce, then], [0, ['open']]);
  },

  async 'load comes at each load'() {
    const { flow, provider } = await started();
    run(provider, 'location.reload()');
    await until(() => flow.events.length > 2);
    flow.close();
    await end(flow);
    is(
      flow.events.map(({ type, outcome }) => outcome ?? type),
      ['open', 'load', 'load', 'LINK_USER_CANCELLED'],
    );
  },

  async 'whoever hears of the end finds the page in order'() {
    const seen = [];
    const onEvent = ({ type }) => {
      if (type === 'settled') seen.push(hosts().length, timers.size);
    };
    const { flow } = await started({ onEvent });
    say({ isCompleted: true, consentID: 'arr_1' });
    await flow.then(() => seen.push('resolved'));
    is(seen, [0, 0, 'resolved']);
  },

  async 'nothing that lets somebody in'() {
    const { flow } = await started({}, 'secret-session');
    const stranger = await embed(origins.attacker);
    say({ isCompleted: true, consentID: 'secret-forged' }, stranger);
    await heard(1);
    say({ isCompleted: true, consentID: 'secret-consent', redirectURL: 'https://secret.example/' });
    await flow;
    is([flow.events.length, JSON.stringify(flow.events).includes('secret')], [4, false]);
  },

  async 'a message from elsewhere, once for each origin'() {
    const { flow } = await started();
    const strangers = [
      await embed(origins.attacker),
      await embed(origins.elsewhere),
      await embed(origins.attacker),
    ];
    for (const round of [1, 2, 3]) {
      for (const stranger of strangers) say({ round, isCompleted: true, consentID: 'forged' }, stranger);
    }
    await heard(9);
    flow.close();
    await end(flow);
    is(
      flow.events
        .filter(({ type }) => type === 'foreign-message')
        .map(({ elapsedMs, ...event }) => ({
          ...event,
          origin: Object.keys(origins).find((name) => origins[name] === event.origin),
        }))
        .sort((one, other) => (one.origin < other.origin ? -1 : 1)),
      [
        { provider: 'fiskil', type: 'foreign-message', origin: 'attacker' },
        { provider: 'fiskil', type: 'foreign-message', origin: 'elsewhere' },
      ],
    );
  },

  async 'each flow hears of its own strangers'() {
    const { flow } = await started();
    const stranger = await embed(origins.attacker);
    say({}, stranger);
    await heard(1);
    const { flow: second } = await started({ container: 'bank' });
    say({}, stranger);
    await heard(2);
    const told = [flow, second].map(
      ({ events }) => events.filter(({ type }) => type === 'foreign-message').length,
    );
    for (const open of [flow, second]) {
      open.close();
      await end(open);
    }
    is(told, [1, 1]);
  },

  async 'what onEvent throws is reported, and the flow goes on'() {
    const onEvent = ({ type }) => {
      throw new Error(`the page's own mistake at ${type}`);
    };
    const { flow } = await started({ onEvent });
    say({ isCompleted: true, consentID: 'arr_1' });
    const told = [await end(flow), accidents.splice(0).length];
    const { flow: flinks } = await started({}, '', launch('flinks', { container: 'bank', onEvent }));
    say({ step: 'LOGIN' });
    say({ step: 'REDIRECT', loginId: '1' });
    told.push(await end(flinks), accidents.splice(0).length);
    for (const options of [
      { mode: 'popup', window: standIn() },
      { mode: 'redirect', state: 'S' },
    ]) {
      const away = launch('finx', { ...options, onEvent });
      // before the page leaves
      await null;
      away.close();
      told.push(await end(away), accidents.splice(0).length);
    }
    is(told, ['completed', 3, 'completed', 4, 'LINK_USER_CANCELLED', 2, 'LINK_USER_CANCELLED', 2]);
  },
};

// The page's Content-Security-Policy. Every other case runs under the strictest that the package allows, with
// Trusted Types, and fails if anything is refused.

const {
  origins,
  accidents,
  hosts,
  puppet,
  standIn,
  start,
  started,
  outcome,
  end,
  isPending,
  say,
  pause,
  until,
  LinkError,
  parseMessage,
  parseCallback,
  describeError,
  cspDirectives,
  preload,
  is,
} = window.kit;

/** What went wrong until now, which the case expects. */
async function refused() {
  await pause(50);
  return accidents.splice(0);
}

export const cases = {
  'csp=none': {
    async 'no policy at all'() {
      const { flow } = await started();
      say({ isCompleted: true, consentID: 'arr_1' });
      is(await outcome(flow), { completed: { consentID: 'arr_1' } });
    },
  },

  'csp=no-wasm': {
    async "without 'wasm-unsafe-eval' the flow is LINK_UNSUPPORTED, and says what to add"() {
      const flow = start();
      const { code, provider, message } = await outcome(flow);
      flow.close();
      flow.focus();
      is([hosts().length, code, provider], [0, 'LINK_UNSUPPORTED', 'fiskil']);
      for (const fix of ["'wasm-unsafe-eval'", 'script-src', 'link-widget/csp'])
        is([fix, message.includes(fix)], [fix, true]);
      await refused();
    },

    async "without 'wasm-unsafe-eval' errors still describe themselves, and the other functions throw"() {
      const error = await start().catch((error) => error);
      is(
        [error instanceof LinkError, error instanceof Error, describeError(error.code).party],
        [true, true, 'developer'],
      );
      for (const run of [
        () => parseMessage('fiskil', {}),
        () => parseCallback('fiskil', 'https://a.example'),
        () => cspDirectives('fiskil'),
        () => preload(),
      ]) {
        let thrown;
        try {
          run();
        } catch (error) {
          thrown = [error instanceof LinkError, error.code, error.message.includes("'wasm-unsafe-eval'")];
        }
        is(thrown, [true, 'LINK_UNSUPPORTED', true]);
      }
      await refused();
    },
  },

  'csp=no-frame': {
    async 'a frame-src that refuses the provider is LINK_FRAME_BLOCKED at once'() {
      for (const options of [{}, { container: 'bank' }]) {
        const flow = start(options);
        const { code, message, provider } = await outcome(flow);
        is([code, provider, hosts().length], ['LINK_FRAME_BLOCKED', 'fiskil', 0]);
        is([message.includes('frame-src'), message.includes(origins.provider)], [true, true]);
        is(flow.events.at(-1).elapsedMs < 2000, true);
      }
      const accidents = await refused();
      is(
        accidents.every((accident) => accident.startsWith('enforce frame-src')),
        true,
      );
    },

    async "a frame that was refused is no business of a window's that is opened then"() {
      await outcome(start());
      const flow = start({ mode: 'popup', window: standIn() });
      await pause(300);
      const pending = await isPending(flow);
      flow.close();
      is([pending, accidents.splice(0).length > 0, await end(flow)], [true, true, 'LINK_USER_CANCELLED']);
    },

    async "a frame of the page's own that is refused is no business of the flow's"() {
      const { flow } = await started({ authServer: puppet(origins.attacker) });
      const frame = document.createElement('iframe');
      frame.className = 'kit';
      frame.src = puppet(origins.provider);
      document.body.append(frame);
      await until(() => accidents.length > 0);
      await pause(50);
      const pending = await isPending(flow);
      say({ isCompleted: true, consentID: 'arr_1' });
      is([pending, accidents.splice(0).length, await end(flow)], [true, 1, 'completed']);
    },
  },

  'csp=report-only': {
    async 'a policy that is only tried out refuses nothing'() {
      const { flow } = await started();
      say({ isCompleted: true, consentID: 'arr_1' });
      is(await end(flow), 'completed');
      const accidents = await refused();
      is([...new Set(accidents.map((accident) => accident.split(':')[0]))], ['report frame-src']);
    },
  },
};

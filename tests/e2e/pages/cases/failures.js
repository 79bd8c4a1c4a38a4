// When it goes wrong it says so: each failure has its code and a message that names the cause and what to do,
// and the page is as it was.

const { kit } = window;
const {
  origins,
  providers,
  person,
  isChromium,
  hasNoFocus,
  timers,
  accidents,
  hosts,
  windows,
  puppet,
  launch,
  embedTool,
  types,
  outcome,
  end,
  watch,
  shadow,
  pause,
  until,
  runsOut,
  describeError,
  is,
} = kit;

/** The modes that keep to this page, as options. */
const framed = [{ mode: 'overlay' }, { container: 'bank' }];

const never = (origin) => `${origin}/hold/never`;

/** Fails unless all of these words are in a message. */
function names(message, words) {
  for (const word of words) is([word, message.includes(word), message], [word, true, message]);
}

/** With these options each provider's flow fails so, in each of the modes. Gives the flows. */
async function eachFails(options, code, words) {
  kit.refused = /frame-src|script-src|wasm-eval/;
  const flows = [];
  for (const provider in providers) {
    for (const mode of framed) {
      const flow = launch(provider, { ...mode, ...options });
      const error = await outcome(flow);
      is([error.name, error.code, error.provider], ['LinkError', code, provider]);
      names(error.message, words);
      is(describeError(error.code).message.endsWith('.'), true);
      is([hosts().length, timers.size], [0, 0]);
      flows.push(flow);
    }
  }
  return flows;
}

async function isNotFound(failure) {
  const { code, message } = await failure;
  is([code, hosts().length, windows.length], ['LINK_NOT_FOUND', 0, 0]);
  names(message, ['container', 'Add it']);
}

/** A page at an address that refuses connections: of this machine, where only another one listens. */
const NOBODYS = `${origins.provider.replace('localhost', '127.0.0.2')}/puppet`;

/** Leaves for a dead network, and keeps the flow for the page that Back may come back to. */
export function leavesForNobody() {
  sessionStorage.clear();
  window.flow = launch('finx', { mode: 'redirect', state: 'S1', to: NOBODYS });
  window.settled = watch(window.flow).settled;
}

/**
 * What is there after Back: the page as it was, with its flow; or a new one, to which a late answer can still
 * come back.
 */
export async function comesBack() {
  const { settled } = window;
  if (settled) {
    await until(() => settled.length > 0);
    is([settled[0].code, sessionStorage.length], ['LINK_USER_CANCELLED', 0]);
  } else {
    is(sessionStorage.length, 1);
  }
  sessionStorage.clear();
}

/** A popup that the provider's policy cuts off fails so, once the person or the clock ends it. */
async function isCutOff(provider, endIt, code) {
  hasNoFocus();
  const to = `${puppet()}?coop=same-origin`;
  const { flow, settled } = await person.connect(() => launch(provider, { mode: 'popup', to }));
  await until(() => types(flow).includes('popup-severed'));
  await endIt();
  await until(() => settled.length > 0);
  is([settled[0].code, types(flow)], [code, ['open', 'popup-severed', code]]);
  const words = ['timeoutMs', 'Cross-Origin-Opener-Policy', 'completeCallback()'];
  is(
    words.every((word) => settled[0].message.includes(word)),
    code === 'LINK_TIMEOUT',
  );
  is(document.activeElement?.id, 'connect');
  // out of reach for the page that opened it
  await person.closePopup();
  await person.leavesNothing();
}

export const cases = {
  'csp=no-frame': {
    async "a frame that the page's policy refuses"() {
      for (const flow of await eachFails({}, 'LINK_FRAME_BLOCKED', ['frame-src', origins.provider])) {
        is(types(flow).at(-1), 'LINK_FRAME_BLOCKED');
        is(flow.events.at(-1).elapsedMs < 2000, true);
      }
    },

    async "a frame to look at that the page's policy refuses, or that never loads"() {
      const refused = embedTool(puppet(), { container: 'bank', loadTimeoutMs: 20_000 });
      const late = embedTool(never(origins.attacker), { container: 'bank', loadTimeoutMs: 50 });
      for (const [{ ready }, code, word] of [
        [refused, 'LINK_FRAME_BLOCKED', 'frame-src'],
        [late, 'LINK_LOAD_TIMEOUT', 'loadTimeoutMs'],
      ]) {
        const error = await ready.catch((error) => error);
        is(error.code, code);
        names(error.message, [word]);
      }
      await pause(50);
      accidents.splice(0);
      is(hosts().length, 0);
    },
  },

  'csp=no-wasm': {
    async 'a policy that refuses WebAssembly'() {
      const words = ["'wasm-unsafe-eval'", 'link-widget/csp'];
      for (const flow of await eachFails({}, 'LINK_UNSUPPORTED', words)) is(flow.events, []);
    },
  },

  async 'a page that never loads'() {
    const options = { to: never(origins.provider), loadTimeoutMs: 30 };
    for (const flow of await eachFails(options, 'LINK_LOAD_TIMEOUT', ['loadTimeoutMs', 'network']))
      is(types(flow).at(-1), 'LINK_LOAD_TIMEOUT');
  },

  async 'a person who does not finish'() {
    for (const flow of await eachFails({ timeoutMs: 30 }, 'LINK_TIMEOUT', ['timeoutMs']))
      is(types(flow).at(-1), 'LINK_TIMEOUT');
  },

  async 'a container that is not there'() {
    const containers = ['nowhere', '#nowhere', 'div > .nowhere', document.createElement('div')];
    for (const provider in providers)
      for (const container of containers) await isNotFound(outcome(launch(provider, { container })));
    await isNotFound(embedTool(puppet(), { container: 'nowhere' }).ready.catch((error) => error));
  },

  'csp=none': {
    async 'a dead network, in a frame: the person and the clock can still end it'() {
      for (const mode of framed) {
        for (const provider in providers) {
          const times = { timeoutMs: 300, loadTimeoutMs: 250 };
          const late = await outcome(launch(provider, { ...mode, to: NOBODYS, ...times }));
          // a browser may say that its own page for that has loaded: then the time of the whole flow counts
          names(late.message, [{ LINK_LOAD_TIMEOUT: 'network', LINK_TIMEOUT: 'timeoutMs' }[late.code]]);
          is(hosts().length, 0);

          const flow = launch(provider, { ...mode, to: NOBODYS });
          await pause(100);
          flow.focus();
          if (mode.mode) shadow().querySelector('button').click();
          else flow.close();
          is([await end(flow), hosts().length], ['LINK_USER_CANCELLED', 0]);
        }
        await person.leavesNothing();
      }
    },
  },

  async '$provider: a dead network, in a popup: the person can still end it'(provider) {
    const { settled } = await person.connect(() => launch(provider, { mode: 'popup', to: NOBODYS }));
    await person.windows(2);
    // while it is putting its own page there it does not hear that it is to close it
    if (isChromium) await person.inPopup(() => true);
    await person.clickDialogButton('Cancel');
    await until(() => settled.length > 0);
    is([settled[0].code, document.activeElement?.id], ['LINK_USER_CANCELLED', 'connect']);
  },

  async '$provider: a page that never loads, in a popup'(provider) {
    const options = { mode: 'popup', to: never(origins.provider), timeoutMs: 500 };
    const { settled } = await person.connect(() => launch(provider, options));
    await until(() => settled.length > 0);
    is([settled[0].code, document.activeElement?.id], ['LINK_TIMEOUT', 'connect']);
    names(settled[0].message, ['timeoutMs']);
  },

  async "$provider: a popup that the provider's policy cuts off"(provider) {
    const cancel = () => person.clickDialogButton('Cancel');
    await isCutOff(provider, cancel, 'LINK_USER_CANCELLED');
    await isCutOff(provider, () => runsOut(600_000), 'LINK_TIMEOUT');
  },
};

// When it goes wrong it says so: each failure has its code and a message that names the cause and what to do,
// and the page is as it was.

const { kit } = window;
const {
  origins,
  providers,
  timers,
  accidents,
  hosts,
  windows,
  puppet,
  launch,
  embedTool,
  types,
  outcome,
  pause,
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
};

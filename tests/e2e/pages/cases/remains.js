// What flows leave behind: nothing, however many there were, however they ended, whatever the page did
// meanwhile.

const {
  origins,
  providers,
  person,
  isChromium,
  timers,
  accidents,
  hosts,
  windows,
  popup,
  puppet,
  start,
  launch,
  started,
  end,
  watch,
  isPending,
  types,
  shadow,
  say,
  reached,
  embed,
  embedTool,
  standIn,
  trap,
  memory,
  runsOut,
  until,
  parseMessage,
  parseCallback,
  is,
} = window.kit;

const names = Object.keys(providers);

/** How many flows there are. */
const FLOWS = 120;
/**
 * How much the heap may grow in the second half, in bytes: a browser still compiles what runs often. Flows
 * that are kept take more than a thousand each, and there are 60; what they have on the page is counted as
 * well.
 */
const FLAT = 45_000;

/**
 * A page that says this. It is of our own origin: such pages load in this process, and so in no time; and
 * where a thousand frames of another site go before their process has begun, Chromium 156 may give that site
 * a process that never answers.
 */
const answer = (say) => `${origins.merchant}/answer?say=${encodeURIComponent(JSON.stringify(say))}`;
const startHere = (options) => start({ authServer: answer({}), ...options });

/** Begins a flow, does this, and gives how it ended. */
function endedBy(flow, act) {
  act(flow);
  return end(flow);
}

const close = (flow) => flow.close();

/** So many flows go by, each as `act` has it, which gives how it ended; and nothing is left of them. */
async function overAndOver(name, expected, act) {
  let index = 0;
  const times = async (count) => {
    const ends = new Set();
    for (const last = index + count; index < last; index += 1) {
      ends.add(await act(index));
      // a script may take only so long
      if (index % 30 === 29) await person.windows(1);
    }
    is([[...ends], hosts().length, timers.size], [[expected], 0, 0]);
    return memory();
  };
  const first = await times(10);
  const withoutGrowth = async (count) => is(['memory', await times(count)], ['memory', first]);
  // until a browser has compiled what runs often, its heap grows with what it compiles
  await withoutGrowth(FLOWS / 2 - 10);
  let before = await person.held();
  await withoutGrowth(FLOWS / 2);
  let after = await person.held();
  // flows that are kept make it grow every time, a browser that still compiles does not
  for (let round = 1; round < 4 && after?.heap - before?.heap >= FLAT; round += 1) {
    before = after;
    await withoutGrowth(FLOWS / 2);
    after = await person.held();
  }
  if (after) {
    await person.reports(name, { flows: FLOWS, memory: first, halfway: before, after });
    is(after.heap - before.heap < FLAT || [before, after], true);
    // other pages in the same process count, too, and come and go
    for (const count in after.counts)
      is(after.counts[count] < before.counts[count] + 20 || [before, after], true);
  }
  sessionStorage.clear();
}

/** Flows that come back over the channel with this query. */
async function comeBack(name, expected, query) {
  const channel = new BroadcastChannel('link-widget');
  await overAndOver(name, expected, (index) => {
    const state = `S${index}`;
    const flow = launch('finqlink', { window: standIn(), state });
    channel.postMessage({ url: `${origins.merchant}/callback?state=${state}&${query}`, isTold: false });
    return end(flow);
  });
  channel.close();
}

/** Begins a flow, and keeps it for the page that Back may come back to. */
export async function isLeft(options) {
  const { flow } = await started(options);
  const onShow = ({ persisted }) => Object.assign(window, { isKept: persisted });
  addEventListener('pageshow', onShow);
  Object.assign(window, { flow, settled: watch(flow).settled, onShow });
}

/**
 * The flow goes on where the browser has kept the page. One that has not has loaded it anew, and the flow has
 * gone with the old one.
 */
export async function isBack() {
  const { flow, settled, onShow } = window;
  is(flow !== undefined || !isChromium, true);
  if (!flow) {
    is(hosts().length, 0);
    return;
  }
  await until(() => window.isKept === true);
  removeEventListener('pageshow', onShow);
  is([settled.length, hosts().length], [0, 1]);
  say({ isCompleted: true, consentID: 'arr_1' });
  is(await end(flow), 'completed');
}

/** `document.open()` takes every node and every listener with it, the flow's own as well. */
export async function documentIsReplaced(options, isClosed) {
  const { flow } = await started(options);
  document.open();
  document.write('<!doctype html><title>Another</title><div id="place"></div>');
  document.close();
  is([hosts().length, document.title], [0, 'Another']);
  if (isClosed) flow.close();
  else runsOut(600_000);
  is(await end(flow), isClosed ? 'LINK_USER_CANCELLED' : 'LINK_TIMEOUT');
  is([hosts().length, timers.size, document.adoptedStyleSheets.length], [0, 0, 0]);
  is(getComputedStyle(document.documentElement).overflow, 'visible');

  for (const options of [{}, { container: 'place' }]) {
    const { flow } = await started(options);
    say({ isCompleted: true, consentID: 'arr_1' });
    is([await end(flow), hosts().length], ['completed', 0]);
  }
  is(accidents, []);
}

/** A trap during this, while there are a popup, a redirect and a frame to look at. */
async function trapsEverywhere(kind) {
  const { flow } = await person.connect(() => launch('flinks', { mode: 'popup' }));
  await reached();
  const other = launch('finx', { mode: 'overlay' });
  const embedded = embedTool(puppet(), { container: 'bank' });
  await embedded.ready;
  // last: no frame loads in a page that is about to leave
  const to = `${origins.provider}/nothing`;
  const leaving = launch('finqlink', { mode: 'redirect', state: 'S1', to });
  const ends = [flow, other, leaving].map(end);

  trap(kind);
  other.close();

  is(await Promise.all(ends), ['LINK_INTERNAL_ERROR', 'LINK_INTERNAL_ERROR', 'LINK_INTERNAL_ERROR']);
  // what is there to be looked at goes as well: nothing would hear its `close()` any more
  is([popup().closed, sessionStorage.length, timers.size, hosts().length], [true, 0, 0, 0]);
  embedded.close();
  const again = launch('flinks', { mode: 'overlay' });
  await started({}, '', again);
  say({ step: 'REDIRECT', loginId: '1' });
  is(await end(again), 'completed');
  is(
    accidents.splice(0).filter((accident) => !accident.includes('unreachable')),
    [],
  );
}

export const cases = {
  async 'the page takes the container away, and closes the flow'() {
    const told = [];
    for (const how of ['remove', 'replaceChildren', 'innerText']) {
      const place = document.getElementById('bank').appendChild(document.createElement('section'));
      const { flow } = await started({ container: place });
      if (how === 'remove') place.remove();
      else if (how === 'replaceChildren') place.replaceChildren();
      // biome-ignore lint/performance/useDomNodeTextContent: what pages do
      else place.innerText = '';
      const pending = await isPending(flow);
      flow.focus();
      flow.close();
      told.push(pending, await end(flow));
      place.remove();
    }
    is(told, [true, 'LINK_USER_CANCELLED', true, 'LINK_USER_CANCELLED', true, 'LINK_USER_CANCELLED']);
  },

  async 'the page takes the container away, and the time of the flow runs out'() {
    const place = document.getElementById('bank').appendChild(document.createElement('section'));
    const { flow } = await started({ container: place });
    place.remove();
    runsOut(600_000);
    is([await end(flow), place.childElementCount], ['LINK_TIMEOUT', 0]);
  },

  async 'the page moves the container: the frame loads again, and is heard'() {
    const place = document.getElementById('bank').appendChild(document.createElement('section'));
    const { flow } = await started({ container: place });
    document.querySelector('main').prepend(place);
    await until(() => types(flow).filter((type) => type === 'load').length === 2);
    say({ isCompleted: true, consentID: 'arr_1' });
    const ended = await end(flow);
    place.remove();
    is([ended, types(flow)], ['completed', ['open', 'load', 'load', 'completed']]);
  },

  async "a script takes the dialog's host away"() {
    const { flow } = await started();
    hosts()[0].remove();
    const pending = await isPending(flow);
    flow.close();
    is(
      [pending, await end(flow), getComputedStyle(document.documentElement).overflow],
      [true, 'LINK_USER_CANCELLED', 'visible'],
    );
  },

  async 'close() inside a message: before the flow has heard it, and after'() {
    const told = [];
    for (const options of [{}, { container: 'bank' }]) {
      let flow;
      const close = ({ data }) => {
        if (data.isCompleted) flow.close();
      };
      addEventListener('message', close);
      ({ flow } = await started(options));
      say({ isCompleted: true, consentID: 'arr_1' });
      told.push(await end(flow), hosts().length);
      removeEventListener('message', close);
      ({ flow } = await started(options));
      addEventListener('message', close);
      say({ isCompleted: true, consentID: 'arr_1' });
      told.push(await end(flow), hosts().length);
      removeEventListener('message', close);
    }
    is(told, ['LINK_USER_CANCELLED', 0, 'completed', 0, 'LINK_USER_CANCELLED', 0, 'completed', 0]);
  },

  async 'a flow that is opened in onEvent of another, and in its end'() {
    const opened = [];
    const { flow } = await started({
      onEvent({ type }) {
        if (type === 'settled') opened.push(start());
      },
    });
    flow.close();
    await end(flow);
    opened.push(start({ container: 'bank' }));
    const pending = await Promise.all(opened.map(isPending));
    for (const other of opened) {
      other.close();
      await end(other);
    }
    is([pending, hosts().length], [[true, true], 0]);
  },

  async 'a dialog that is opened from inside a shadow tree gives the focus back into it'() {
    const host = document.querySelector('main').appendChild(document.createElement('div'));
    const button = host.attachShadow({ mode: 'open' }).appendChild(document.createElement('button'));
    button.focus({ preventScroll: true });
    const told = [];
    for (const how of ['close', 'success']) {
      const { flow } = await started();
      told.push(host.shadowRoot.activeElement === button);
      if (how === 'close') flow.close();
      else say({ isCompleted: true, consentID: 'arr_1' });
      await end(flow);
      told.push(host.shadowRoot.activeElement === button);
    }
    host.remove();
    is(told, [false, true, false, true]);
  },

  async "inside a dialog of the page's own, over it and in it"() {
    const dialog = document.body.appendChild(document.createElement('dialog'));
    const button = dialog.appendChild(document.createElement('button'));
    const place = dialog.appendChild(document.createElement('div'));
    dialog.showModal();
    const told = [];
    for (const options of [{}, { container: place }]) {
      button.focus();
      const { flow } = await started(options);
      told.push(dialog.open, place.contains(hosts()[0]), hosts()[0].getRootNode() === document);
      flow.focus();
      told.push(document.activeElement === hosts()[0]);
      if (options.container) button.focus();
      say({ isCompleted: true, consentID: 'arr_1' });
      told.push(await end(flow), dialog.matches(':modal'), document.activeElement === button);
    }
    dialog.remove();
    is(told, [
      true,
      false,
      true,
      true,
      'completed',
      true,
      true,
      true,
      true,
      true,
      true,
      'completed',
      true,
      true,
    ]);
  },

  async 'close() in onEvent, of every type, in every mode beside the page'() {
    const brings = {
      open() {},
      load() {},
      step: () => say({ step: 'APP_MOUNTED' }),
      'foreign-message': async () => say({}, await embed(origins.attacker)),
      settled: () => say({ step: 'REDIRECT', loginId: '1' }),
    };
    for (const mode of [{ mode: 'overlay' }, { container: 'bank' }]) {
      for (const [wanted, bring] of Object.entries(brings)) {
        let closed = 0;
        const onEvent = ({ type }) => {
          if (type !== wanted) return;
          closed += 1;
          flow.close();
        };
        const flow = launch('flinks', { ...mode, onEvent });
        if (wanted !== 'open') await until(() => types(flow).includes('load'));
        await bring();
        const ended = wanted === 'settled' ? 'completed' : 'LINK_USER_CANCELLED';
        is([wanted, await end(flow), closed, hosts().length], [wanted, ended, 1, 0]);
      }
    }
  },

  async 'over and over: overlay, closed in the same tick'() {
    await overAndOver('overlay, closed in the same tick', 'LINK_USER_CANCELLED', () =>
      endedBy(startHere(), close),
    );
  },

  async 'over and over: container, closed in the same tick'() {
    await overAndOver('container, closed in the same tick', 'LINK_USER_CANCELLED', () =>
      endedBy(startHere({ container: 'bank' }), close),
    );
  },

  async 'over and over: overlay, closed by its button'() {
    await overAndOver('overlay, closed by its button', 'LINK_USER_CANCELLED', () =>
      endedBy(startHere(), () => shadow().querySelector('button').click()),
    );
  },

  async 'over and over: overlay, closed by the page'() {
    await overAndOver('overlay, closed by the page', 'LINK_USER_CANCELLED', () =>
      endedBy(startHere(), () => shadow().querySelector('dialog').close()),
    );
  },

  async 'over and over: overlay, aborted'() {
    await overAndOver('overlay, aborted', 'LINK_USER_CANCELLED', () => {
      const controller = new AbortController();
      return endedBy(startHere({ signal: controller.signal }), () => controller.abort());
    });
  },

  async 'over and over: container, with one signal for all'() {
    const { signal } = new AbortController();
    await overAndOver('container, with one signal for all', 'LINK_USER_CANCELLED', () =>
      endedBy(startHere({ container: 'bank', signal }), close),
    );
  },

  async 'over and over: overlay, timed out'() {
    await overAndOver('overlay, timed out', 'LINK_TIMEOUT', () =>
      endedBy(startHere(), () => runsOut(600_000)),
    );
  },

  async 'over and over: container, never loaded'() {
    await overAndOver('container, never loaded', 'LINK_LOAD_TIMEOUT', () =>
      endedBy(startHere({ container: 'bank' }), () => runsOut(30_000)),
    );
  },

  async 'over and over: container, timed out'() {
    await overAndOver('container, timed out', 'LINK_TIMEOUT', () =>
      endedBy(startHere({ container: 'bank' }), () => runsOut(600_000)),
    );
  },

  async 'over and over: a container that is not there'() {
    await overAndOver('a container that is not there', 'LINK_NOT_FOUND', () =>
      end(startHere({ container: 'nowhere' })),
    );
  },

  async 'over and over: options that make no sense'() {
    await overAndOver('options that make no sense', 'LINK_INVALID_OPTIONS', () =>
      end(startHere({ mode: 'sideways' })),
    );
  },

  async 'over and over: overlay, completed'() {
    const authServer = answer({ isCompleted: true, consentID: 'arr_1', redirectURL: 'https://a.example/' });
    await overAndOver('overlay, completed', 'completed', () => end(start({ authServer })));
  },

  async 'over and over: container, completed'() {
    const authServer = answer({ isCompleted: true, consentID: 'arr_1' });
    await overAndOver('container, completed', 'completed', () =>
      end(start({ container: 'bank', authServer })),
    );
  },

  async 'over and over: container, failed'() {
    const authServer = answer({ isCompleted: false, error: 'no', errorType: 'CONSENT_TIMEOUT' });
    await overAndOver('container, failed', 'CONSENT_TIMEOUT', () =>
      end(start({ container: 'bank', authServer })),
    );
  },

  async 'over and over: overlay, failed'() {
    const authServer = answer({ isCompleted: false, error: 'no', errorType: 'CONSENT_ENDUSER_DENIED' });
    await overAndOver('overlay, failed', 'CONSENT_ENDUSER_DENIED', () => end(start({ authServer })));
  },

  async 'over and over: overlay, answered from another origin'() {
    const authServer = answer({ isCompleted: true, consentID: 'arr_1' });
    await overAndOver('overlay, answered from another origin', 'LINK_ORIGIN_MISMATCH', () =>
      end(start({ allowedOrigin: origins.elsewhere, authServer })),
    );
  },

  async 'over and over: container, an invalid session that stays to be read'() {
    const authServer = answer({ isCompleted: false, error: 'no', errorType: 'LINK_INVALID_SESSION' });
    await overAndOver(
      'container, an invalid session that stays to be read',
      'LINK_INVALID_SESSION',
      async () => {
        const flow = start({ container: 'bank', authServer });
        const ended = await end(flow);
        flow.close();
        return ended;
      },
    );
  },

  async 'over and over: flinks, closed after its page has told of steps'() {
    const to = answer({ step: 'APP_MOUNTED' });
    await overAndOver('flinks, closed after its page has told of steps', 'LINK_USER_CANCELLED', async () => {
      const flow = launch('flinks', { container: 'bank', to });
      await until(() => types(flow).includes('step'));
      return endedBy(flow, close);
    });
  },

  async 'over and over: finx, overlay, completed'() {
    const url = 'https://a.example/';
    const to = answer({ location: url, query: { code: 'c', state: 'S' }, url });
    await overAndOver('finx, overlay, completed', 'completed', () => end(launch('finx', { state: 'S', to })));
  },

  async 'over and over: finx, container, another state'() {
    const url = 'https://a.example/';
    const to = answer({ location: url, query: { code: 'c', state: 'T' }, url });
    await overAndOver('finx, container, another state', 'LINK_STATE_MISMATCH', () =>
      end(launch('finx', { container: 'bank', state: 'S', to })),
    );
  },

  async 'over and over: redirect, closed in the same tick'() {
    await overAndOver('redirect, closed in the same tick', 'LINK_USER_CANCELLED', () =>
      endedBy(launch('finx', { mode: 'redirect', state: 'S' }), close),
    );
  },

  async 'over and over: redirect, aborted'() {
    await overAndOver('redirect, aborted', 'LINK_USER_CANCELLED', () => {
      const controller = new AbortController();
      const options = { mode: 'redirect', signal: controller.signal };
      return endedBy(launch('finqlink', options), () => controller.abort());
    });
  },

  async 'over and over: popup, closed by the code that opened it'() {
    await overAndOver('popup, closed by the code that opened it', 'LINK_USER_CANCELLED', () =>
      endedBy(launch('finqlink', { window: standIn() }), close),
    );
  },

  async 'over and over: popup, cancelled in its dialog'() {
    await overAndOver('popup, cancelled in its dialog', 'LINK_USER_CANCELLED', () => {
      const flow = launch('flinks', { mode: 'popup', window: standIn() });
      return endedBy(flow, () => [...shadow().querySelectorAll('button')].at(-1).click());
    });
  },

  async 'over and over: popup, timed out'() {
    await overAndOver('popup, timed out', 'LINK_TIMEOUT', (index) => {
      const flow = launch(names[index % names.length], { mode: 'popup', window: standIn() });
      return endedBy(flow, () => runsOut(600_000));
    });
  },

  async 'over and over: popup, blocked'() {
    await overAndOver('popup, blocked', 'LINK_POPUP_BLOCKED', () => {
      const window = Object.assign(standIn(), { closed: true });
      return end(launch('finx', { mode: 'popup', window }));
    });
  },

  async 'over and over: a page to look at'() {
    await overAndOver('a page to look at', 'ready', async () => {
      const tool = embedTool(answer({}), { container: 'bank' });
      await tool.ready;
      tool.close();
      return 'ready';
    });
  },

  async 'over and over: messages and return URLs that are read'() {
    await overAndOver('messages and return URLs that are read', 'completed,none,completed,failed', (index) =>
      [
        parseMessage('fiskil', { isCompleted: true, consentID: `${index}` }),
        parseMessage('flinks', { step: 'x'.repeat(70_000) }),
        parseCallback('finx', `https://a.example/?code=c&state=${index}`),
        parseCallback(names[index % names.length], 'no URL'),
      ]
        .map((outcome) => outcome?.kind ?? 'none')
        .join(),
    );
  },

  async 'over and over: popup, completed over the channel'() {
    await comeBack('popup, completed over the channel', 'completed', 'status=active');
  },

  async 'over and over: popup, refused over the channel'() {
    await comeBack('popup, refused over the channel', 'CONSENT_ENDUSER_DENIED', 'error=access_denied');
  },

  async 'real popups, one after the other, completed'() {
    const to = answer({ step: 'REDIRECT', loginId: '1' });
    const grown = [];
    for (let count = isChromium ? 50 : 10; count > 0; count -= 1) {
      const { settled } = await person.connect(() => launch('flinks', { mode: 'popup', to }));
      await until(() => settled.length > 0 && windows.every(({ closed }) => closed));
      is(settled[0].completed, { loginId: '1' });
      grown.push(memory());
    }
    is(grown.at(-1), grown[4]);
  },

  async 'the page is hidden behind another tab, and shown again'() {
    for (const options of [{}, { container: 'bank' }]) {
      const seen = [];
      const { flow } = await started(options);
      document.onvisibilitychange = () => seen.push(document.visibilityState);
      await person.looksAtAnotherTab();
      is([await isPending(flow), seen[0]], [true, 'hidden']);
      say({ isCompleted: true, consentID: 'arr_1' });
      is(await end(flow), 'completed');
      is(types(flow), ['open', 'load', 'completed']);
      document.onvisibilitychange = null;
      await person.leavesNothing();
    }
  },

  async "Escape closes the dialog on top, and leaves the page's own open"() {
    let settled;
    const connect = document.getElementById('connect');
    const dialog = document.body.appendChild(document.createElement('dialog'));
    const button = dialog.appendChild(document.createElement('button'));
    Object.assign(button, { id: 'inside', textContent: 'Inside' });
    button.onclick = () => {
      ({ settled } = watch(start({ authServer: `${origins.provider}/hold/never` })));
    };
    connect.onclick = () => dialog.showModal();
    // in clicks, as a person opens them: a browser closes dialogs that nobody has asked for together
    await person.click('#connect');
    await person.click('#inside');

    await person.press('Escape');

    await until(() => settled.length > 0);
    is([settled[0].code, dialog.open, document.activeElement?.id], ['LINK_USER_CANCELLED', true, 'inside']);
    dialog.remove();
    connect.onclick = null;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  },

  trap: {
    async 'a trap in the WebAssembly: a popup, a redirect and a frame to look at'() {
      await trapsEverywhere('export');
    },

    async 'a trap deep in the WebAssembly: a popup, a redirect and a frame to look at'() {
      await trapsEverywhere('import');
    },
  },
};

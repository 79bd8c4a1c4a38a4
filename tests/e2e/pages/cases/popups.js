// Popups, with the browser's popup blocker on: clicks are real ones.

const {
  origins,
  providers,
  person,
  isFirefox,
  hasNoFocus,
  hosts,
  windows,
  popup,
  puppet,
  launch,
  launched,
  hears,
  says,
  outcome,
  end,
  watch,
  isPending,
  types,
  shadow,
  run,
  tell,
  reached,
  count,
  heard,
  standIn,
  openFinqlink,
  memory,
  runsOut,
  pause,
  until,
  is,
} = window.kit;

/** Of a provider whose page answers by a return URL. */
const RETURNING = { mode: 'popup', returnUrl: `${origins.merchant}/callback`, state: 'S1' };

/** Every Cross-Origin-Opener-Policy that there is. */
const OPENER_POLICIES = ['unsafe-none', 'same-origin-allow-popups', 'same-origin', 'noopener-allow-popups'];

/** How a flow of `person.connect` ended. */
async function ended({ settled }) {
  await until(() => settled.length > 0);
  return settled[0];
}

const activationIsOver = () => until(() => !navigator.userActivation.isActive);

/** Closes the popup as a person does, after the time in which it could be a policy's work. */
async function closePopup(flow) {
  const begun = performance.now();
  await until(() => flow.events.length > 0 && performance.now() - begun > 1300);
  await person.closePopup();
}

const goesTo = (url) => {
  location.href = url;
};

/** `policy`: what the page has that the popup returns to, as its query asks for it. */
async function callbackPage(policy) {
  const channel = new BroadcastChannel('kit');
  const told = [];
  channel.onmessage = ({ data }) => told.push(data);
  const back = `${origins.merchant}/callback?own=1${policy}&code=secret&state=S1&success=true&flow_id=F#frag`;

  const connected = await person.connect(() => launch('finx', RETURNING));
  await reached();
  run(popup(), `location.href = '${back}'`);

  is((await ended(connected)).completed, { code: 'secret', state: 'S1', flowId: 'F', location: back });
  await until(() => told.length === 2);
  channel.close();
  // without the WebAssembly it cannot tell whose a parameter is; `/csp` has none
  const knowsNames = policy !== '&csp=no-wasm' || memory() === 0;
  is(told[1].after, `${origins.merchant}/callback${knowsNames ? `?own=1${policy}#frag` : ''}`);
}

/** A page with this policy opens one with each, which answers by a return URL, or never. */
async function policies(merchant) {
  hasNoFocus();
  for (const provider of OPENER_POLICIES) {
    // Pages without a policy keep their window to each other. Firefox does not know the last policy: to it
    // that is none.
    const isNone = provider === 'noopener-allow-popups' && isFirefox;
    const isCutOff = merchant === 'same-origin' || !(provider === 'unsafe-none' || isNone);
    const to = `${puppet()}?coop=${provider}`;

    const connected = await person.connect(() => launch('finqlink', { to, ...RETURNING }));
    is(await person.inPopup(() => opener === null), isCutOff);
    await pause(2500);
    const told = isCutOff ? ['open', 'popup-severed'] : ['open'];
    is([await isPending(connected.flow), types(connected.flow)], [true, told]);
    await person.inPopup(goesTo, `${origins.merchant}/callback?state=S1`);
    await ended(connected);
    is(types(connected.flow), [...told, 'completed']);
    await person.leavesNothing();

    const unanswered = await person.connect(() => launch('finqlink', { to, ...RETURNING }));
    // until it has come to the provider's page, the page that opened it can close it
    is(await person.inPopup(() => opener === null), isCutOff);
    runsOut(600_000);
    is((await ended(unanswered)).code, 'LINK_TIMEOUT');
    // out of reach for the page that opened it
    if (isCutOff) await person.closePopup();
    await person.leavesNothing();
  }
}

export const cases = {
  async '$provider: opens within the click, on the very first call'(provider) {
    let opened;
    const options = providers[provider].modes[0] === 'popup' ? {} : { mode: 'popup' };
    const { flow, settled } = await person.connect(() => {
      const flow = launch(provider, options);
      opened = windows.length;
      return flow;
    });
    const shown = await person.inPopup(() => [location.pathname, opener !== null, location.hash]);
    is(shown, ['/puppet', true, '']);
    is([opened, types(flow), flow.events[0].mode], [1, ['open'], 'popup']);
    flow.close();
    is((await ended({ settled })).code, 'LINK_USER_CANCELLED');
    is(types(flow), ['open', 'LINK_USER_CANCELLED']);
  },

  async 'is blocked outside of a click, and leaves nothing'() {
    for (const provider of Object.keys(providers)) {
      const flow = launch(provider, { mode: 'popup' });
      const { code, message } = await outcome(flow);
      is(
        [code, message.includes('click'), types(flow)],
        ['LINK_POPUP_BLOCKED', true, ['LINK_POPUP_BLOCKED']],
      );
      is(popup(), null);
    }
  },

  async 'a window that the caller has opened in the click'() {
    // a flow that never ends, since this click is for the window alone
    await person.connect(() => {
      open('about:blank', '', 'popup');
      return new Promise(() => {});
    });
    await person.windows(2);
    await activationIsOver();
    const flow = launch('finqlink', { window: popup() });
    await reached();
    tell({ noise: 1 });
    const shown = await person.inPopup(() => [location.pathname, history.length]);
    // in place of the empty page
    is(shown, ['/puppet', 1]);
    is(windows.length, 1);
    flow.close();
    is(await end(flow), 'LINK_USER_CANCELLED');
    is(types(flow), ['open', 'LINK_USER_CANCELLED']);
  },

  async 'a window that is closed already, or is none'() {
    const { flow, settled } = await person.connect(() => {
      const window = open('about:blank');
      window.close();
      return launch('finqlink', { window });
    });
    is((await ended({ settled })).code, 'LINK_POPUP_BLOCKED');
    is(types(flow), ['LINK_POPUP_BLOCKED']);
    await person.windows(1);

    const throwing = { mode: 'popup' };
    Object.defineProperty(throwing, 'window', {
      get() {
        throw new Error('x');
      },
    });
    for (const options of [
      { mode: 'overlay', window },
      { mode: 'container', container: 'bank', window },
      { mode: 'redirect', window },
      { container: 'bank', window },
      { mode: 'popup', window: 5 },
      { mode: 'popup', window: 'popup' },
      throwing,
    ]) {
      const { code, message } = await outcome(openFinqlink(puppet(), options));
      is([code, message.startsWith('window must be ')], ['LINK_INVALID_OPTIONS', true]);
    }
    for (const window of [null, {}, { closed: false }, globalThis])
      is(await end(openFinqlink(puppet(), { window })), 'LINK_POPUP_BLOCKED');
    await person.windows(1);
  },

  async 'a window that this page may not navigate'() {
    let isShut = false;
    const close = () => {
      isShut = true;
    };
    const window = { closed: false, location: {}, close };
    window.window = window;
    window.location.replace = (url) => {
      throw new DOMException(`This page may not navigate the window to '${url}'.`, 'SecurityError');
    };
    const { code, message } = await outcome(openFinqlink(puppet(), { window }));
    is(
      [code, message.includes('may not navigate'), message.includes(puppet())],
      ['LINK_POPUP_BLOCKED', true, false],
    );
    is([isShut, hosts().length], [true, 0]);
  },

  async 'closed by the user'() {
    for (const provider of ['finqlink', 'flinks']) {
      const { flow, settled } = await person.connect(() => launch(provider, { mode: 'popup' }));
      await closePopup(flow);
      const since = performance.now();
      const { name, code, message, ...rest } = await ended({ settled });
      const waited = performance.now() - since;
      is(waited < 4000 || waited, true);
      is([name, code, message], ['LinkError', 'LINK_USER_CANCELLED', 'The user closed the popup.']);
      is([rest.provider, types(flow).at(-1)], [provider, 'LINK_USER_CANCELLED']);
      is(document.activeElement?.id, 'connect');
      await person.leavesNothing();
    }
  },

  async 'closed by the user while a flow in a dialog goes on'() {
    const { flow: other } = await launched('fiskil', { container: 'bank' });
    const { flow, settled } = await person.connect(() => launch('finqlink'));
    await closePopup(flow);
    is((await ended({ settled })).code, 'LINK_USER_CANCELLED');
    is([await isPending(other), hosts().length], [true, 1]);
    other.close();
    await end(other);
  },

  async "cut off at once by the provider's policy"() {
    hasNoFocus();
    const to = `${puppet()}?coop=same-origin`;
    const { flow, settled } = await person.connect(() => launch('finqlink', { to, ...RETURNING }));
    is(await person.inPopup(() => opener), null);
    await until(() => types(flow).includes('popup-severed'));
    // longer than closing it would take to be noticed
    await pause(2500);
    is([await isPending(flow), types(flow), popup().closed], [true, ['open', 'popup-severed'], true]);
    await person.inPopup(goesTo, `${origins.merchant}/callback?state=S1&status=active&own=1`);
    const { completed } = await ended({ settled });
    is(types(flow), ['open', 'popup-severed', 'completed']);
    is(completed.params, { state: 'S1', status: 'active', own: '1' });
  },

  async "cut off later, by a bank's policy"() {
    hasNoFocus();
    const { flow, settled } = await person.connect(() => launch('finqlink', RETURNING));
    await pause(1300);
    await person.inPopup(goesTo, `${puppet()}?coop=same-origin`);
    await until(() => popup().closed);
    await pause(2500);
    is([await isPending(flow), types(flow)], [true, ['open', 'popup-severed']]);
    await person.inPopup(goesTo, `${origins.merchant}/callback?state=S1`);
    await ended({ settled });
    is(types(flow), ['open', 'popup-severed', 'completed']);
  },

  async 'the dialog beside it'() {
    for (const way of ['Escape', 'Cancel', 'Close']) {
      const { settled } = await person.connect(() => launch('finqlink', { title: 'Pay with your bank' }));
      await person.windows(2);
      const dialog = shadow().querySelector('dialog');
      const title = shadow().getElementById(dialog.getAttribute('aria-labelledby')).textContent;
      is([dialog.matches(':modal'), title], [true, 'Pay with your bank']);
      const text = shadow().getElementById(dialog.getAttribute('aria-describedby')).textContent;
      is(text, 'Finish in the other window.');
      is(shadow().activeElement === dialog, true);
      const buttons = [...dialog.querySelectorAll('button')];
      is(
        buttons.map(({ textContent, ariaLabel }) => ariaLabel ?? textContent),
        ['Close', 'Show it', 'Cancel'],
      );
      if (way === 'Escape') await person.press('Escape');
      else await person.clickDialogButton(way);
      is((await ended({ settled })).code, 'LINK_USER_CANCELLED');
      is(document.activeElement?.id, 'connect');
      await person.leavesNothing();
    }
  },

  // Headless, every window says that it has the focus: a stand-in for one counts what it is asked.
  async '"Show it" and focus() bring it to the front'() {
    const asked = [];
    const stand = standIn();
    const close = stand.close;
    Object.assign(stand, {
      location: { replace: (url) => asked.push(url) },
      focus: () => asked.push('focus'),
      close() {
        asked.push('close');
        close();
      },
    });
    const flow = launch('finqlink', { window: stand });
    await person.clickDialogButton('Show it');
    flow.focus();
    await until(() => flow.events.length > 0);
    flow.close();
    await end(flow);
    flow.focus();
    is(asked, [puppet(), 'focus', 'focus', 'close']);
  },

  async "$provider: the flow's time runs out"(provider) {
    const options = { mode: 'popup', timeoutMs: 300, loadTimeoutMs: 10 };
    const { flow, settled } = await person.connect(() => launch(provider, options));
    await ended({ settled });
    is(types(flow), ['open', 'LINK_TIMEOUT']);
  },

  async '$speaking: a message from the popup completes the flow'(provider) {
    const connected = await person.connect(() => launch(provider, { mode: 'popup' }));
    await reached();
    tell(says(provider, 'genuine'));
    is(await ended(connected), { completed: hears(provider, 'genuine') });
    is(types(connected.flow), ['open', 'load', 'completed']);
  },

  async 'messages from the popup, and `load` with the first'() {
    const { flow, settled } = await person.connect(() => launch('flinks', { mode: 'popup' }));
    await reached();
    for (const step of ['APP_MOUNTED', 'SUBMIT_MFA', 'COMPONENT_CLOSE_SESSION']) tell({ step });
    await ended({ settled });
    is(types(flow), ['open', 'load', 'step', 'step', 'LINK_USER_CANCELLED']);
  },

  async '$echoing: two at once'(provider) {
    // The first one's dialog is over the button, and lets nobody hear a click but who has listened at the
    // window before.
    let first;
    let second;
    let settled;
    const again = () => {
      if (!first) return;
      removeEventListener('click', again, true);
      second = launch(provider, { ...RETURNING, state: 'S2' });
      ({ settled } = watch(second));
    };
    addEventListener('click', again, true);
    const { flow } = await person.connect(() =>
      launch('finqlink', { state: 'S1', returnUrl: RETURNING.returnUrl }),
    );
    await reached();
    const firstWindow = popup();
    first = flow;
    await person.clickDialogBar();
    await until(() => windows.length === 2);
    await reached();
    await person.windows(3);

    const { completed } = providers[provider].returns;
    run(popup(), `location.href = '${origins.merchant}/callback?state=S2&${completed}'`);
    is((await ended({ settled })).completed.state, 'S2');
    is([await isPending(first), hosts().length], [true, 1]);
    run(firstWindow, `location.href = '${origins.merchant}/callback?state=S1&error=access_denied'`);
    is(await end(first), 'CONSENT_ENDUSER_DENIED');
  },

  async "the callback page's address is scrubbed, and the popup closes"() {
    await callbackPage('');
  },

  async "the same where the callback page's policy refuses WebAssembly"() {
    await callbackPage('&csp=no-wasm');
  },

  async 'the same where the callback page has an opener policy'() {
    await callbackPage('&coop=same-origin');
  },

  async 'without a state, the channel counts where the popup is cut off'() {
    hasNoFocus();
    const { returnUrl } = RETURNING;
    const back = `${returnUrl}?loginId=L`;
    for (const [to, callback] of [
      [puppet(), `${back}&coop=same-origin`],
      [`${puppet()}?coop=same-origin`, back],
    ]) {
      const connected = await person.connect(() => launch('flinks', { to, mode: 'popup', returnUrl }));
      await person.windows(2);
      // of a flow in another tab, whose page heard of it
      const channel = new BroadcastChannel('link-widget');
      channel.postMessage({ url: `${returnUrl}?loginId=other`, isTold: true });
      channel.close();
      await pause(100);
      await person.inPopup(goesTo, callback);
      is([to, (await ended(connected)).completed?.loginId], [to, 'L']);
      await person.leavesNothing();
    }
  },

  async "a signal that is aborted closes the caller's window"() {
    const connected = await person.connect(() =>
      launch('finqlink', { window: window.open('', '_blank', 'popup'), signal: AbortSignal.abort() }),
    );
    is((await ended(connected)).code, 'LINK_USER_CANCELLED');
    await until(() => popup().closed);
  },

  async 'the provider leads to another callback page, which closes the popup'() {
    const options = { returnUrl: `${origins.merchant}/back`, timeoutMs: 5000 };
    const connected = await person.connect(() => launch('finqlink', options));
    await reached();
    run(popup(), `location.href = '${RETURNING.returnUrl}?status=active'`);
    await until(() => popup().closed);
    await pause(2500);
    is(await isPending(connected.flow), true);
    const { code, message } = await ended(connected);
    is([code, message.includes('returnUrl')], ['LINK_TIMEOUT', true]);
  },

  async 'another page than the return URL hands over a URL'() {
    const { flow } = await person.connect(() => launch('finx', RETURNING));
    await reached();
    const channel = new BroadcastChannel('link-widget');
    const good = RETURNING.returnUrl;
    for (const url of [
      `${origins.merchant}/other?code=c&state=other`,
      `${origins.attacker}/callback?code=c&state=S1`,
      `${good}/?code=c`,
      `${good}?code=c&state=other`,
      `${good}?code=c`,
      good,
      '',
      'no URL',
      'javascript:alert(1)',
      'x'.repeat(100_000),
      5,
      null,
      {},
      [`${good}?code=c&state=S1`],
      { 'link-widget': `${good}?code=c&state=S1` },
    ]) {
      channel.postMessage({ url, isTold: false });
      window.postMessage({ 'link-widget': url }, '*');
    }
    await heard(count() + 1);
    await pause(100);
    is(await isPending(flow), true);
    channel.postMessage({ url: `${good}?code=c&state=S1`, isTold: false });
    channel.close();
    is(await end(flow), 'completed');
    is(types(flow), ['open', 'foreign-message', 'completed']);
  },

  'coop=unsafe-none': {
    async 'opener policies: unsafe-none here, each one there'() {
      await policies('unsafe-none');
    },
  },
  'coop=same-origin-allow-popups': {
    async 'opener policies: same-origin-allow-popups here, each one there'() {
      await policies('same-origin-allow-popups');
    },
  },
  'coop=same-origin': {
    async 'opener policies: same-origin here, each one there'() {
      await policies('same-origin');
    },
  },
  'coop=noopener-allow-popups': {
    async 'opener policies: noopener-allow-popups here, each one there'() {
      await policies('noopener-allow-popups');
    },
  },
};

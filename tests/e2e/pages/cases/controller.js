// A flow as the code that started it holds it: how it opens, closes, times out and leaves others alone.

const {
  origins,
  providers,
  timers,
  accidents,
  hosts,
  start,
  started,
  types,
  outcome,
  end,
  isPending,
  shadow,
  frame,
  say,
  pause,
  until,
  widget,
  LinkError,
  parseMessage,
  parseCallback,
  describeError,
  cspDirectives,
  preload,
  is,
} = window.kit;

export const cases = {
  async 'a consent completes the flow'() {
    const { flow } = await started();
    say({ isCompleted: true, consentID: 'arr_1', redirectURL: 'https://app.example/done' });
    is(await outcome(flow), { completed: { consentID: 'arr_1', redirectURL: 'https://app.example/done' } });
  },

  async 'a failure rejects it with a LinkError'() {
    const { flow } = await started();
    say({ isCompleted: false, error: 'no', errorType: 'CONSENT_TIMEOUT', errorID: 'err_1' });
    const error = await flow.catch((error) => error);
    is(
      [error instanceof LinkError, error instanceof Error, error.stack.length > 0, await outcome(flow)],
      [
        true,
        true,
        true,
        {
          name: 'LinkError',
          code: 'CONSENT_TIMEOUT',
          message: 'no',
          provider: 'fiskil',
          details: { error_id: 'err_1', error_type: 'CONSENT_TIMEOUT' },
        },
      ],
    );
  },

  async 'it is a native promise with two functions on it'() {
    const flow = start();
    const given = [
      flow.constructor === Promise,
      Object.prototype.toString.call(flow),
      Object.keys(flow).filter((name) => name !== 'events'),
      flow.close(),
      flow.focus(),
    ];
    await end(flow);
    is(given, [true, '[object Promise]', ['close', 'focus'], null, null]);
  },

  async 'authServer keeps its path and query, and gets the session'() {
    const flow = start({ authServer: `${origins.provider}/puppet?kept=1` }, 'a b&c=#');
    const { origin, pathname, searchParams } = new URL(frame().src);
    flow.close();
    await end(flow);
    is(
      [origin === origins.provider, pathname, Object.fromEntries(searchParams)],
      [true, '/puppet', { kept: '1', sess_id: 'a b&c=#' }],
    );
  },

  async 'a whole auth_url is opened as it is'() {
    const url = `${origins.provider}/puppet?sess_id=abc&x=%20y#z`;
    const flow = start({ authServer: origins.provider }, url);
    const opened = frame().src === url;
    flow.close();
    is([opened, await end(flow)], [true, 'LINK_USER_CANCELLED']);
  },

  async 'close() in the same tick'() {
    const flow = start();
    flow.close();
    is(await end(flow), 'LINK_USER_CANCELLED');
  },

  async 'close() before its page has loaded'() {
    const flow = start({ authServer: `${origins.provider}/hold/never` });
    await pause(50);
    flow.close();
    is([hosts().length, await end(flow)], [0, 'LINK_USER_CANCELLED']);
  },

  async 'close() after its page has loaded, twice'() {
    const { flow } = await started();
    flow.close();
    flow.close();
    is(
      [hosts().length, await outcome(flow)],
      [
        0,
        {
          name: 'LinkError',
          code: 'LINK_USER_CANCELLED',
          message: 'The page closed the flow.',
          provider: 'fiskil',
        },
      ],
    );
  },

  async 'close() after the answer changes nothing'() {
    const { flow } = await started();
    say({ isCompleted: true, consentID: 'arr_1' });
    await flow;
    flow.close();
    flow.close();
    flow.focus();
    is(await outcome(flow), { completed: { consentID: 'arr_1' } });
  },

  async 'close() by the code that is told of an event'() {
    const ends = [];
    for (const type of ['open', 'load']) {
      const flow = start({
        onEvent: (event) => {
          if (event.type === type) flow.close();
        },
      });
      ends.push(await end(flow), hosts().length);
    }
    is(ends, ['LINK_USER_CANCELLED', 0, 'LINK_USER_CANCELLED', 0]);
  },

  async 'a close() that nobody waits for raises no unhandledrejection'() {
    start().close();
    const { flow } = await started({ container: 'bank' });
    flow.close();
    const controller = new AbortController();
    start({ signal: controller.signal });
    controller.abort();
    start({ signal: AbortSignal.abort() });
    await pause(100);
    is(accidents, []);
  },

  async 'a mistake that nobody waits for is told as any other'() {
    start({ container: '#nowhere' });
    await pause(100);
    is(accidents.splice(0), [
      'unhandled rejection: LinkError: The container is not in the document. Add it to the page before the call.',
    ]);
  },

  async 'an AbortSignal that has aborted before: nothing is opened'() {
    const flow = start({ signal: AbortSignal.abort() });
    is(
      [hosts().length, await end(flow), flow.events.map(({ type }) => type)],
      [0, 'LINK_USER_CANCELLED', ['settled']],
    );
  },

  async 'an AbortSignal that aborts on the way, and one that aborts afterwards'() {
    const controllers = [new AbortController(), new AbortController()];
    const { flow } = await started({ signal: controllers[0].signal });
    controllers[0].abort();
    const during = [hosts().length, await end(flow)];
    const { flow: second } = await started({ signal: controllers[1].signal });
    say({ isCompleted: true, consentID: 'arr_1' });
    await second;
    controllers[1].abort();
    is([during, await end(second)], [[0, 'LINK_USER_CANCELLED'], 'completed']);
  },

  async 'two flows at once end in either order'() {
    const ends = [];
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      for (const surfaces of [
        [{}, {}],
        [{}, { container: 'bank' }],
        [{ container: 'bank' }, { container: 'bank' }],
      ]) {
        const opened = [await started(surfaces[0]), await started(surfaces[1])];
        const [first, second] = order.map((index) => opened[index]);
        first.flow.close();
        ends.push([await end(first.flow), hosts().length, await isPending(second.flow)].join());
        say({ isCompleted: true, consentID: 'arr_1' }, second.provider);
        ends.push([await end(second.flow), hosts().length].join());
      }
    }
    is([...new Set(ends)], ['LINK_USER_CANCELLED,1,true', 'completed,0']);
  },

  async 'no answer to one flow touches another'() {
    const answers = [
      { isCompleted: true, consentID: 'arr_1' },
      { isCompleted: true, redirectURL: 'https://app.example/' },
      { isCompleted: true, redirectURL: '/cancel?error=access_denied&error_type=CONSENT_ENDUSER_DENIED' },
      ...[
        'CONSENT_ENDUSER_DENIED',
        'CONSENT_OTP_FAILURE',
        'CONSENT_ENDUSER_INELIGIBLE',
        'CONSENT_TIMEOUT',
        'CONSENT_UPSTREAM_PROCESSING_ERROR',
        'AUTH_SESSION_CANCELLED',
        'LINK_INVALID_SESSION',
        'AUTH_SESSION_INVALID',
        '__proto__',
      ].map((errorType) => ({ isCompleted: false, error: 'no', errorType })),
      { error: 'bare' },
    ];
    const { flow: bystander, provider: other } = await started();
    const ends = [];
    for (const answer of answers) {
      const { flow, provider } = await started({ container: 'bank' });
      say(answer, provider);
      ends.push(await end(flow));
      flow.close();
      is([await isPending(bystander), hosts().length], [true, 1]);
    }
    say({ isCompleted: true, consentID: 'arr_2' }, other);
    is(
      [ends, await outcome(bystander), bystander.events.map(({ type }) => type)],
      [
        [
          'completed',
          'completed',
          'CONSENT_ENDUSER_DENIED',
          'CONSENT_ENDUSER_DENIED',
          'CONSENT_OTP_FAILURE',
          'CONSENT_ENDUSER_INELIGIBLE',
          'CONSENT_TIMEOUT',
          'CONSENT_UPSTREAM_PROCESSING_ERROR',
          'AUTH_SESSION_CANCELLED',
          'LINK_INVALID_SESSION',
          'LINK_INVALID_SESSION',
          'LINK_INTERNAL_ERROR',
          'LINK_INTERNAL_ERROR',
        ],
        { completed: { consentID: 'arr_2' } },
        // the other flows' frames are strangers to this one, all of one origin
        ['open', 'load', 'foreign-message', 'settled'],
      ],
    );
  },

  async "focus() leads into the provider's page, and nowhere once the flow has ended"() {
    const places = [];
    for (const options of [{}, { container: 'bank' }]) {
      const { flow, frame } = await started(options);
      document.getElementById('connect').focus();
      flow.focus();
      places.push(document.activeElement === hosts()[0], shadow().activeElement === frame);
      flow.close();
      await end(flow);
      document.getElementById('connect').focus();
      flow.focus();
      places.push(document.activeElement.id);
    }
    document.activeElement.blur();
    is(places, [true, true, 'connect', true, true, 'connect']);
  },

  async 'timeoutMs ends the flow'() {
    const ends = [];
    for (const timeoutMs of [80, 0.2]) {
      const flow = start({ timeoutMs });
      ends.push(await end(flow), hosts().length);
    }
    is(ends, ['LINK_TIMEOUT', 0, 'LINK_TIMEOUT', 0]);
  },

  async 'loadTimeoutMs ends a flow whose page does not come'() {
    const flow = start({ authServer: `${origins.provider}/hold/never`, loadTimeoutMs: 80 });
    is([await end(flow), hosts().length], ['LINK_LOAD_TIMEOUT', 0]);
  },

  async 'what the timers wait for, and that the one for loading ends with loading'() {
    const delays = async (options) => {
      const flow = start({ authServer: `${origins.provider}/hold/timers`, ...options });
      const during = [...timers.values()].map(({ ms }) => ms).sort((one, other) => one - other);
      flow.close();
      await end(flow);
      return during;
    };
    const given = [
      await delays({}),
      await delays({ timeoutMs: 0, loadTimeoutMs: 0 }),
      await delays({ timeoutMs: Infinity, loadTimeoutMs: Infinity }),
      await delays({ timeoutMs: 70, loadTimeoutMs: 60 }),
    ];
    const { flow } = await started();
    given.push([...timers.values()].map(({ ms }) => ms));
    flow.close();
    await end(flow);
    is(given, [[30000, 600_000], [], [], [60, 70], [600_000]]);
  },

  async "a timeoutMs that is longer than a browser's timers"() {
    const { flow } = await started({ timeoutMs: 2 ** 31 + 5000 });
    const parts = [];
    while (await isPending(flow)) {
      const [timer] = timers.values();
      parts.push(timer.ms);
      timer.fire();
      await pause(0);
    }
    is([parts, await end(flow)], [[2_147_483_647, 5001], 'LINK_TIMEOUT']);
  },

  async 'a container by its id, a selector, as an element, in a shadow tree'() {
    const main = document.querySelector('main');
    const trees = ['open', 'closed'].map((mode) => {
      const tree = main.appendChild(document.createElement('section')).attachShadow({ mode });
      return tree.appendChild(document.createElement('div'));
    });
    const ends = [];
    for (const [container, inside] of [
      ['bank', '#bank'],
      ['#bank', '#bank'],
      ['main > #bank', '#bank'],
      ['weird:id', '[id="weird:id"]'],
      [document.getElementById('bank'), '#bank'],
      [document.body, 'body'],
      [trees[0]],
      [trees[1]],
    ]) {
      const place = inside ? document.querySelector(inside) : container;
      place.append('kept');
      const flow = start({ container });
      await until(() => flow.events.some(({ type }) => type === 'load'));
      const host = place.lastElementChild;
      say({ isCompleted: true, consentID: 'arr_1' }, host.shadowRoot.querySelector('iframe').contentWindow);
      ends.push(
        [
          flow.events[0].mode,
          host.matches('[data-link-widget]'),
          await end(flow),
          place.lastChild.data,
          place.querySelector(':scope > [data-link-widget]'),
        ].join(),
      );
      place.lastChild.remove();
    }
    for (const tree of trees) tree.getRootNode().host.remove();
    is([...new Set(ends)], ['container,true,completed,kept,']);
  },

  async 'a container that is not there'() {
    const detached = document.createElement('div');
    detached.append(document.createElement('p'));
    const ends = [];
    for (const container of ['nowhere', '#nowhere', detached, detached.firstChild]) {
      const flow = start({ container });
      ends.push(await end(flow), types(flow).join());
    }
    is([...new Set(ends)], ['LINK_NOT_FOUND']);
  },

  async 'preload() and the pure functions need no flow'() {
    preload();
    is(
      [
        parseMessage('fiskil', { isCompleted: true, consentID: 'arr_1' }).kind,
        parseCallback('fiskil', 'https://app.example/?error=access_denied').code,
        cspDirectives('fiskil')['frame-src'],
        describeError('LINK_TIMEOUT').retryable,
      ],
      ['completed', 'CONSENT_ENDUSER_DENIED', ['https://auth.fiskil.com'], true],
    );
  },

  async 'every row of the contracts, as this browser reads URLs'() {
    const { differences, isKnown } = await import('/vectors/check.mjs');
    const wrong = [];
    for (const provider in providers) {
      if (!isKnown(widget, provider)) wrong.push(provider);
      wrong.push(...differences(widget, await (await fetch(`/vectors/${provider}.json`)).json()));
    }
    is(wrong, []);
  },

  async 'an invalid session: the page stays until close()'() {
    const ends = [];
    for (const [options, errorType] of [
      [{}, 'LINK_INVALID_SESSION'],
      [{ container: 'bank' }, 'AUTH_SESSION_INVALID'],
    ]) {
      const { flow } = await started(options);
      say({ isCompleted: false, error: 'no', errorType });
      ends.push(await end(flow), hosts().length, timers.size);
      shadow().activeElement?.blur();
      const { activeElement } = shadow();
      flow.focus();
      is(shadow().activeElement === activeElement, true);
      say({ isCompleted: true, consentID: 'late' });
      await pause(50);
      ends.push(hosts().length, await end(flow), flow.events.filter(({ type }) => type === 'settled').length);
      flow.close();
      ends.push(hosts().length);
      flow.close();
    }
    is(ends, [
      'LINK_INVALID_SESSION',
      1,
      0,
      1,
      'LINK_INVALID_SESSION',
      1,
      0,
      'LINK_INVALID_SESSION',
      1,
      0,
      1,
      'LINK_INVALID_SESSION',
      1,
      0,
    ]);
  },

  async 'an invalid session: the page goes when the signal aborts'() {
    const controller = new AbortController();
    const { flow } = await started({ signal: controller.signal });
    say({ isCompleted: false, error: 'no', errorType: 'LINK_INVALID_SESSION' });
    const before = [await end(flow), hosts().length];
    controller.abort();
    is([...before, hosts().length], ['LINK_INVALID_SESSION', 1, 0]);
  },
};

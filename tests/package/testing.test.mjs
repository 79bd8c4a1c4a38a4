// The double of the package that drives an app's tests: `link-widget/testing`.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { beforeEach, test } from 'node:test';

import * as widget from 'link-widget';
import { linkStore } from 'link-widget/svelte';
import { fakeBank } from 'link-widget/testing';

import { contracts } from '../vectors/contracts.mjs';

const require = createRequire(createRequire(import.meta.url).resolve('link-widget/package.json'));

/** What has happened in the microtasks up to now. */
const ticks = () => new Promise((done) => setImmediate(done));

/**
 * What nobody took care of meanwhile, an "unhandledRejection" or "uncaughtException". Elsewhere such a one
 * fails the test.
 */
async function uncaught(type, run) {
  const usual = process.listeners(type);
  const found = [];
  process.removeAllListeners(type);
  process.on(type, (error) => found.push(error));
  try {
    await run();
    await ticks();
  } finally {
    process.removeAllListeners(type);
    for (const listener of usual) process.on(type, listener);
  }
  return found;
}

let bank, events;
const onEvent = (event) => events.push(event);
/** Events without what all have. */
const told = () => events.map(({ provider, elapsedMs, ...event }) => event);
const code = (expected) => (error) => error instanceof widget.LinkError && error.code === expected;

beforeEach(() => {
  bank = fakeBank();
  events = [];
});

// ------------------------------------------------------------ what it exports

/** What needs a page, or compiles something. The rest is the real one. */
const DOUBLES = [
  'completeCallback',
  'preload',
  'resume',
  ...contracts.flatMap(({ flow: { launch, embed } }) => (embed ? [launch, embed] : [launch])),
];

test('every export of the package is one of the double', () => {
  for (const [name, value] of Object.entries(widget)) {
    assert.equal(typeof bank[name], typeof value, name);
    assert.equal(bank[name] !== value, DOUBLES.includes(name), `${name}: is it a double, or the real one?`);
  }
});

test('the double of a launcher takes its options where the real one does', () => {
  for (const {
    flow: { launch, embed },
  } of contracts) {
    for (const name of [launch, embed ?? launch]) assert.equal(bank[name].length, widget[name].length, name);
  }
});

test('what it has is its own, and can be spread and spied on', () => {
  const { link, complete, flows } = { ...bank };
  assert.equal(link, bank.link);
  link('session');
  complete({});
  assert.equal(flows.length, 1);
  assert.equal(bank.then, undefined, "a mock's factory may await it");
});

test('scripts that are required have one LinkError, also where their entry is replaced', async () => {
  // @ts-expect-error it is installed beside the tests, not here
  const { LinkError, cspDirectives } = require('./cjs/index.js');
  const double = require('./cjs/testing.js').fakeBank();
  assert.deepEqual(Object.keys(double).sort(), Object.keys(bank).sort());
  assert.equal(double.LinkError, LinkError);
  assert.deepEqual(double.cspDirectives('fiskil'), cspDirectives('fiskil'));
  // as jest.mock replaces an entry: before anything has been loaded, with what its factory makes
  for (const entry of ['index', 'csp']) {
    for (const path of Object.keys(require.cache)) delete require.cache[path];
    const id = require.resolve(`./cjs/${entry}.js`);
    // @ts-expect-error this is all that a load looks at
    require.cache[id] = {
      id,
      loaded: true,
      get exports() {
        return require('./cjs/testing.js').fakeBank();
      },
    };
    const { link, LinkError } = require(id);
    await assert.rejects(() => {
      const flow = link('session');
      flow.close();
      return flow;
    }, LinkError);
  }
});

// ------------------------------------------------------------ a flow

for (const {
  provider,
  flow: {
    launch,
    modes: [mode],
  },
} of contracts) {
  test(`${launch} starts a flow of ${provider}, which a test sees and drives`, async () => {
    const options = { onEvent, locale: 'fr' };
    const alone = bank[launch].length === 1;
    const flow = alone ? bank[launch](options) : bank[launch]('subject', options);
    assert.equal(Object.getPrototypeOf(flow), Promise.prototype);
    const { current } = bank;
    assert.deepEqual(
      [current.launcher, current.provider, current.subject],
      [launch, provider, alone ? undefined : 'subject'],
    );
    assert.equal(current.options, options);
    assert.deepEqual([events.length, current.outcome], [0, undefined], 'open comes in a microtask');
    await ticks();
    bank.load();
    bank.step('credentials', { providerStep: 'SUBMIT_CREDENTIAL', data: { institution: 'FlinksCapital' } });
    bank.step('mfa');
    bank.emit({ type: 'popup-severed' });
    const result = { any: 'result' };
    bank.complete(result);
    assert.equal(await flow, result);
    assert.deepEqual(told(), [
      { type: 'open', mode },
      { type: 'load' },
      {
        type: 'step',
        step: 'credentials',
        providerStep: 'SUBMIT_CREDENTIAL',
        data: { institution: 'FlinksCapital' },
      },
      { type: 'step', step: 'mfa', providerStep: 'mfa', data: {} },
      { type: 'popup-severed' },
      { type: 'settled', outcome: 'completed' },
    ]);
    for (const event of events) {
      assert.equal(event.provider, provider);
      assert.ok(event.elapsedMs >= 0);
    }
    assert.deepEqual([bank.current, bank.flows.length, current.outcome], [undefined, 1, 'completed']);
  });
}

for (const { given, mode } of [
  { given: { mode: 'redirect' }, mode: 'redirect' },
  { given: { container: '#bank' }, mode: 'container' },
  { given: undefined, mode: undefined },
]) {
  test(`it opens as ${JSON.stringify(given)} says`, async () => {
    bank.link('session', given && { ...given, onEvent });
    await ticks();
    assert.deepEqual(told(), mode ? [{ type: 'open', mode }] : []);
  });
}

test('it settles once, and what comes later tells the test so', async () => {
  const flow = bank.link('session', { onEvent });
  const { current } = bank;
  bank.fail('CONSENT_TIMEOUT', { message: 'late', details: { error_id: 'e1' } });
  flow.close();
  await assert.rejects(flow, (/** @type {any} */ error) => {
    assert.deepEqual(
      { ...error, message: error.message },
      {
        name: 'LinkError',
        code: 'CONSENT_TIMEOUT',
        provider: 'fiskil',
        details: { error_id: 'e1' },
        message: 'late',
      },
    );
    return error instanceof widget.LinkError;
  });
  assert.deepEqual(told(), [
    { type: 'open', mode: 'overlay' },
    { type: 'settled', outcome: 'CONSENT_TIMEOUT' },
  ]);
  for (const call of ['load', 'step', 'emit', 'complete', 'fail', 'cancel']) {
    assert.throws(
      () => current[call](),
      new RegExp(
        `^Error: ${call}\\(\\) needs an open flow, but this one of link\\(\\) has ended: CONSENT_TIMEOUT`,
      ),
    );
    assert.throws(
      () => bank[call](),
      new RegExp(`^Error: ${call}\\(\\) needs an open flow, but none is left`),
    );
  }
});

test('without a flow, what drives one says what is missing', () => {
  for (const call of ['load', 'step', 'emit', 'complete', 'fail', 'cancel']) {
    assert.throws(
      () => bank[call](),
      new RegExp(
        `^Error: ${call}\\(\\) needs an open flow, but none was started\\. .*mock 'link-widget'.*useLink\\(bank\\.link\\)`,
      ),
    );
  }
});

test('words that there are not are refused, and the flow stays open', async () => {
  const flow = bank.link('session');
  assert.throws(
    () => bank.fail('CONSENT_TIMED_OUT'),
    /fail\(\) does not take "CONSENT_TIMED_OUT"\. Use one of AUTH_SESSION_CANCELLED, /,
  );
  assert.throws(() => bank.fail('toString'), /does not take "toString"/);
  assert.throws(() => bank.step('credential'), /step\(\) does not take "credential"\. Use one of loaded, /);
  assert.throws(() => bank.complete(), /complete\(\) takes what link\(\) resolves with/);
  assert.throws(() => bank.comesBackWith('fiscal', {}), /does not take "fiscal"/);
  assert.throws(() => bank.comesBackFailing('fiskil', 'LINK_TIMED_OUT'), /does not take "LINK_TIMED_OUT"/);
  assert.equal(bank.current.outcome, undefined);
  bank.complete({});
  await flow;
});

test('every code and every step can be played', async () => {
  const types = await import('node:fs/promises').then(({ readFile }) =>
    readFile(require.resolve('./index.d.ts'), 'utf8'),
  );
  const words = (declared) =>
    [
      ...types
        .split(`export type ${declared} =`)[1]
        .split(';')[0]
        .matchAll(/'(\w+)'/g),
    ].map(([, word]) => word);
  const codes = [...words('LinkErrorCode'), ...words('ConsentErrorType')];
  assert.equal(codes.length, 19);
  for (const expected of codes) {
    const flow = bank.link('session');
    for (const step of words('Step')) bank.step(step);
    bank.fail(expected);
    await assert.rejects(flow, code(expected));
  }
});

// ------------------------------------------------------------ cancelled

for (const [how, cancel] of Object.entries({
  'the user': () => bank.cancel(),
  'the page': ({ flow }) => flow.close(),
  'a signal': ({ controller }) => controller.abort(),
})) {
  test(`${how} cancels it, which is no unhandled rejection`, async () => {
    const controller = new AbortController();
    const flow = bank.link('session', { onEvent, signal: controller.signal });
    cancel({ flow, controller });
    await ticks();
    assert.deepEqual(told().at(-1), { type: 'settled', outcome: 'LINK_USER_CANCELLED' });
    await assert.rejects(
      flow,
      (/** @type {any} */ error) => code('LINK_USER_CANCELLED')(error) && error.details === undefined,
    );
    flow.close();
    controller.abort();
    await ticks();
    assert.equal(events.length, 2);
  });
}

test('one whose signal is aborted already does not open', async () => {
  await assert.rejects(
    bank.link('session', { onEvent, signal: AbortSignal.abort() }),
    code('LINK_USER_CANCELLED'),
  );
  assert.deepEqual(told(), [{ type: 'settled', outcome: 'LINK_USER_CANCELLED' }]);
  assert.equal(bank.current, undefined);
});

test('other failures that nobody waits for are unhandled', async () => {
  const [error, ...others] = await uncaught('unhandledRejection', () => {
    bank.link('session');
    bank.fail('LINK_TIMEOUT');
  });
  assert.ok(code('LINK_TIMEOUT')(error));
  assert.deepEqual(others, []);
});

for (const [end, hasLast] of [
  ['LINK_USER_CANCELLED', true],
  ['LINK_TIMEOUT', true],
  ['CONSENT_TIMEOUT', false],
]) {
  test(`${end} ${hasLast ? 'says' : 'does not say'} where the user stopped`, async () => {
    const details = async (drive) => {
      const flow = bank.openFlinks({ instance: 'toolbox' });
      drive();
      bank.fail(end);
      return flow.catch(({ details }) => details);
    };
    const picked = () =>
      bank.step('institution', {
        providerStep: 'INSTITUTION_SELECTED',
        data: { institution: 'FlinksCapital' },
      });
    const last = (lastStep) => (hasLast ? { lastStep } : undefined);
    assert.equal(await details(() => bank.load()), undefined);
    assert.deepEqual(
      await details(picked),
      last({ step: 'institution', providerStep: 'INSTITUTION_SELECTED', institution: 'FlinksCapital' }),
    );
    const signsIn = () => {
      picked();
      bank.step('credentials');
    };
    assert.deepEqual(
      await details(signsIn),
      last({ step: 'credentials', providerStep: 'credentials', institution: 'FlinksCapital' }),
    );
    const picksAgain = () => {
      signsIn();
      bank.step('institution');
    };
    assert.deepEqual(await details(picksAgain), last({ step: 'institution', providerStep: 'institution' }));
  });
}

// ------------------------------------------------------------ several

test('the newest that is open is driven, and the others by themselves', async () => {
  const [first, second] = [bank.link('s1'), bank.openFinx('https://pages.example/x')];
  bank.step('consent');
  assert.equal(bank.current, bank.flows[1]);
  bank.complete({ code: 'c1' });
  assert.equal(bank.current, bank.flows[0]);
  bank.flows[0].complete({ consentID: 'c2' });
  assert.deepEqual(await Promise.all([first, second]), [{ consentID: 'c2' }, { code: 'c1' }]);
});

test('focus() is counted while the flow is open', () => {
  const flow = bank.link('session');
  flow.focus();
  flow.focus();
  bank.complete({});
  flow.focus();
  assert.equal(bank.flows[0].focusCalls, 2);
});

test('a reset forgets flows, and ends none', async () => {
  const flow = bank.link('session');
  const { flows } = bank;
  bank.comesBackWith('finx', { code: 'c1' });
  bank.reset();
  assert.deepEqual([bank.current, bank.flows, flows.length], [undefined, flows, 0]);
  assert.equal(await bank.resume(), null);
  flow.close();
  await assert.rejects(flow, code('LINK_USER_CANCELLED'));
});

test('banks know nothing of one another', () => {
  fakeBank().link('session');
  assert.throws(() => bank.complete({}), /none was started/);
});

// ------------------------------------------------------------ the rest

/** The function for a frame without an outcome. */
const { embed } = contracts.map(({ flow }) => flow).find(({ embed }) => embed);

test('the visualisation tool is ready when it has loaded, and has no outcome', async () => {
  const heard = [];
  const { ready, close } = bank[embed]('https://pages.example/v', {
    container: '#v',
    onEvent: ({ type }) => heard.push(type),
  });
  assert.equal(bank.current.launcher, embed);
  assert.throws(() => bank.complete({}), new RegExp(`${embed}\\(\\), which has no outcome`));
  bank.load();
  await ready;
  assert.deepEqual(heard, ['load']);
  close();
  assert.equal(bank.flows[0].outcome, 'LINK_USER_CANCELLED');
});

test('it fails as driven, which is no unhandled rejection', async () => {
  const { ready } = bank[embed]('https://pages.example/v', { container: '#v' });
  bank.fail('LINK_LOAD_TIMEOUT');
  // its flow's own failure is heard, since `ready` has it
  await ticks();
  await assert.rejects(ready, code('LINK_LOAD_TIMEOUT'));
  const closed = bank[embed]('https://pages.example/v', { container: '#v' });
  closed.close();
  await assert.rejects(closed.ready, code('LINK_USER_CANCELLED'));
});

test('resume() gives what the user comes back with, again as often as it is asked', async () => {
  assert.equal(await bank.resume(), null);
  bank.comesBackWith('finx', { code: 'c1' });
  assert.deepEqual(await bank.resume('https://app.example/back'), {
    provider: 'finx',
    result: { code: 'c1' },
  });
  assert.equal(bank.resume(), bank.resume());
  bank.comesBackFailing('finqlink', 'CONSENT_ENDUSER_DENIED', { details: { error: 'access_denied' } });
  await ticks();
  await assert.rejects(
    bank.resume(),
    (/** @type {any} */ error) =>
      code('CONSENT_ENDUSER_DENIED')(error) &&
      error.provider === 'finqlink' &&
      error.details.error === 'access_denied',
  );
});

test('what would need a page, or an engine, does nothing', async () => {
  assert.equal(bank.completeCallback(), undefined);
  assert.equal(bank.preload(), undefined);
  assert.equal(await bank.init('/link-widget.wasm'), undefined);
});

test('what a listener throws does not end the flow, and is not lost', async () => {
  const thrown = new Error('from the listener');
  const found = await uncaught('uncaughtException', async () => {
    const flow = bank.link('session', {
      onEvent: () => {
        throw thrown;
      },
    });
    await ticks();
    bank.complete({});
    await flow;
  });
  assert.deepEqual(found, [thrown, thrown]);
});

test('an adapter opens its launchers', async () => {
  const store = linkStore(bank.link);
  const states = [];
  store.subscribe(({ status, event }) => states.push(event ? event.type : status));
  const result = store.start('session', { locale: 'en' });
  bank.step('credentials');
  bank.complete({ consentID: 'c1' });
  assert.deepEqual(await result, { consentID: 'c1' });
  assert.deepEqual(states, ['idle', 'linking', 'open', 'step', 'settled', 'settled']);
  assert.equal(bank.flows[0].options.locale, 'en');
});

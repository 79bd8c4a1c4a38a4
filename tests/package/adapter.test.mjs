// What the adapters tell of a flow, by the one of them that needs no framework.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { linkStore } from 'link-widget/svelte';

import { onPage } from './pretended.mjs';

/** The state after a flow that ended with these parts of a LinkError. */
async function after(parts) {
  const store = linkStore((_subject, _options) => Promise.reject(Object.assign(new Error(), parts)));
  let state;
  store.subscribe((now) => (state = now));
  assert.equal(await store.start('session', { locale: 'en' }), null);
  return state;
}

const lastStep = { step: 'mfa', providerStep: 'SUBMIT_MFA' };

test('a cancelled flow says where the user stopped, and is no error', async () => {
  const {
    status,
    error,
    lastStep: told,
  } = await after({ code: 'LINK_USER_CANCELLED', details: { lastStep } });
  assert.deepEqual([status, error, told], ['idle', null, lastStep]);
});

test('one that took too long says it beside its error', async () => {
  const { status, error, lastStep: told } = await after({ code: 'LINK_TIMEOUT', details: { lastStep } });
  assert.deepEqual([status, error.code, told], ['error', 'LINK_TIMEOUT', lastStep]);
});

test('the next flow begins without it', async () => {
  const cancelled = () => Promise.reject({ code: 'LINK_USER_CANCELLED', details: { lastStep } });
  const store = linkStore((_subject, _options) => Object.assign(cancelled(), { close() {} }));
  const told = [];
  store.subscribe(({ status, lastStep: step }) => told.push([status, step]));
  await store.start('session');
  await store.start('session');
  assert.deepEqual(told.slice(1), [
    ['linking', null],
    ['idle', lastStep],
    ['linking', null],
    ['idle', lastStep],
  ]);
});

test('where the provider told of no step there is none', async () => {
  assert.equal((await after({ code: 'LINK_USER_CANCELLED' })).lastStep, null);
});

/**
 * The adapter with a launcher that keeps what it is given.
 * @param {any} launcher whose parameters the adapter counts
 */
async function keeping(launcher = (_subject, _options) => {}) {
  const { controller } = await fresh('keeping');
  const calls = [];
  const told = [];
  const keeper = new Proxy(launcher, {
    apply(_target, _this, given) {
      calls.push(given);
      return Object.assign(Promise.resolve('result'), { close() {} });
    },
  });
  return {
    calls,
    told,
    ...controller(
      () => keeper,
      (change) => told.push(change),
    ),
  };
}

test('whoever has gone starts no flow, until they are back', async () => {
  const { calls, start, dispose, here } = await keeping();
  dispose();
  assert.equal(await start('s1'), null);
  assert.equal(calls.length, 0);
  here();
  assert.equal(await start('s1'), 'result');
});

test('the options are the last, of whatever launcher', async () => {
  /** @type {[launcher: any, given: any[], place: number][]} */
  const launchers = [
    [(_subject, _options) => {}, ['s1'], 1],
    [(_subject, _options) => {}, ['s1', { locale: 'fr' }], 1],
    [(_subject, _options = {}) => {}, ['s1'], 1],
    [(..._given) => {}, ['s1'], 1],
    [(..._given) => {}, ['s1', { locale: 'fr' }], 1],
    [(_options) => {}, [], 0],
    [(_options) => {}, [{ url: 'https://a.example' }], 0],
    [() => {}, [], 0],
  ];
  for (const [launcher, given, place] of launchers) {
    const { calls, told, start } = await keeping(launcher);
    await start(...given);
    assert.equal(typeof calls[0][place].onEvent, 'function', `${launcher}`);
    calls[0][place].onEvent({ type: 'load' });
    assert.deepEqual(told.at(-1), { event: { type: 'load' } });
    const { onEvent, ...others } = calls[0][place];
    assert.deepEqual(others, given[place] ?? {});
  }
});

test('options of a class are what they were', async () => {
  class Options {
    get locale() {
      return 'fr';
    }
  }
  const { calls, start } = await keeping();
  await start('s1', new Options());
  assert.equal(calls[0][1].locale, 'fr');
  const throwing = {
    get title() {
      throw new Error();
    },
  };
  await start('s1', throwing);
  assert.equal(calls[1][1], throwing);
});

test('whatever a launcher does, its start does not reject', async () => {
  const { controller } = await fresh('wrong launchers');
  const locale = {
    get locale() {
      throw new Error();
    },
  };
  for (const launcher of [
    null,
    () => Promise.reject(),
    () => {
      throw null;
    },
    (_options) => Promise.reject(new Error()),
    // codes of the browser's own, and of other libraries
    (_options) => Promise.reject(new DOMException('', 'AbortError')),
    (_options) => Promise.reject(Object.assign(new Error(), { code: 'ERR_NETWORK' })),
    (_options) => Promise.reject({ code: Symbol('code') }),
    (_options) => Promise.reject({ code: Object.create(null) }),
    async () => Promise.reject(new Error()),
  ]) {
    const told = [];
    const { start, cancel } = controller(
      () => launcher,
      (change) => told.push(change),
    );
    const flow = start(locale);
    cancel();
    assert.equal(await flow, null);
    assert.equal(told.at(-1).error.code, 'LINK_INTERNAL_ERROR');
  }
});

/**
 * The adapter, as it is after a fresh start. The package's entry is the same one each time: it compiles once.
 */
const fresh = (query) =>
  import(`${import.meta.resolve('link-widget').replace('index.js', 'adapter.js')}?${query}`);

test('it warms up in an idle moment', async () => {
  const { warmUp } = await fresh('warm');
  await onPage({}, async ({ compiled, idle }) => {
    warmUp('https://auth.example/path?session=1');
    assert.deepEqual(compiled, []);
    idle();
    assert.deepEqual(compiled, ['compiled', 'https://auth.example']);
  });
});

test('it does not warm up for what has gone before that, for who saves data, and on a server', async () => {
  const { warmUp } = await fresh('cold');
  await onPage({}, async ({ waiting }) => {
    warmUp()();
    assert.equal(waiting.size, 0);
  });
  await onPage({ navigator: { connection: { saveData: true } } }, async ({ waiting }) => {
    warmUp()();
    assert.equal(waiting.size, 0);
  });
  await onPage({ document: undefined }, async ({ waiting }) => {
    warmUp()();
    assert.equal(waiting.size, 0);
  });
});

test('where no idle moment is told of it waits a little', async () => {
  const { warmUp } = await fresh('late');
  const timers = new Map();
  const page = {
    requestIdleCallback: undefined,
    setTimeout: (run, ms) => timers.set(run, ms) && run,
    clearTimeout: (run) => timers.delete(run),
  };
  await onPage(page, async ({ compiled }) => {
    const stop = warmUp('https://auth.example/path?session=1');
    const [[run, ms]] = timers;
    assert.ok(ms > 100);
    run();
    assert.equal(compiled.at(-1), 'https://auth.example');
    stop();
    assert.equal(timers.size, 0);
  });
});

test('what is wrong is left for the flow to tell', async () => {
  const { warmUp } = await fresh('wrong');
  await onPage({}, async ({ compiled, idle }) => {
    warmUp('a session ID');
    idle();
    assert.deepEqual(compiled, []);
  });
});

test('a store warms up once somebody looks at it, and no more when nobody does', async () => {
  await onPage({}, async ({ waiting }) => {
    const store = linkStore();
    assert.equal(waiting.size, 0);
    const stops = [store.subscribe(() => {}), store.subscribe(() => {})];
    assert.equal(waiting.size, 1);
    for (const stop of stops) stop();
    assert.equal(waiting.size, 0);
  });
});

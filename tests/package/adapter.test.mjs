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

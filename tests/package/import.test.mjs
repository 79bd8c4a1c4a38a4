import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';

/** Runs `action` and returns the names of the globals in `names` that it read. */
async function globalsRead(names, action) {
  const read = [];
  const originals = new Map();
  for (const name of names) {
    const original = Object.getOwnPropertyDescriptor(globalThis, name);
    const value = globalThis[name];
    originals.set(name, original);
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() {
        read.push(name);
        return value;
      },
    });
  }
  try {
    await action();
  } finally {
    for (const [name, original] of originals) {
      if (original) Object.defineProperty(globalThis, name, original);
      else delete globalThis[name];
    }
  }
  return read;
}

const LOOKED_AT = [
  'window',
  'document',
  'navigator',
  'location',
  'history',
  'opener',
  'parent',
  'sessionStorage',
  'localStorage',
  'crypto',
  'BroadcastChannel',
  'MessageChannel',
  'WebAssembly',
  'fetch',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'addEventListener',
];

// what imports a framework is imported where there is one: tests/bundlers/vite/server.test.mjs
for (const entry of [
  'link-widget',
  'link-widget/csp',
  'link-widget/wasm',
  'link-widget/svelte',
  'link-widget/element',
  'link-widget/testing',
]) {
  test(`importing ${entry} does nothing: no page, no WebAssembly, no timer, no new global`, async () => {
    const before = Reflect.ownKeys(globalThis);
    assert.deepEqual(await globalsRead(LOOKED_AT, () => import(entry)), []);
    assert.deepEqual(Reflect.ownKeys(globalThis), before);
  });
}

for (const entry of ['link-widget', 'link-widget/csp', 'link-widget/wasm']) {
  test(`a server can read a provider's message with ${entry}`, async () => {
    const { init, parseMessage } = await import(entry);
    await init?.(await readFile(createRequire(import.meta.url).resolve('link-widget/link-widget.wasm')));
    const message = { isCompleted: true, redirectURL: 'https://shop.example/done', consentID: 'arr_123' };
    assert.deepEqual(parseMessage('fiskil', message), {
      kind: 'completed',
      provider: 'fiskil',
      result: { redirectURL: 'https://shop.example/done', consentID: 'arr_123' },
    });
    assert.equal(parseMessage('fiskil', { type: 'webpackOk' }), null);
  });
}

// The scripts for `require`, and the module for edge workers. Node itself requires the modules: they are read
// by their names.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import * as all from 'link-widget';
import * as csp from 'link-widget/csp';

import { contracts } from '../vectors/contracts.mjs';

const require = createRequire(createRequire(import.meta.url).resolve('link-widget/package.json'));
// @ts-expect-error it is installed beside the tests, not here
const scripts = require('./cjs/index.js');
const edge = await import(require.resolve('./edge.js'));

test('they export what the modules export', async () => {
  const names = (exports) => Object.keys(exports).sort();
  for (const exports of [scripts, require('./cjs/csp.js'), edge])
    assert.deepEqual(names(exports), names(all));
  for (const entry of ['adapter', 'element', 'launchers', 'svelte', 'testing', 'wasm']) {
    const module = await import(require.resolve(`./${entry}.js`));
    assert.deepEqual(names(require(`./cjs/${entry}.js`)), names(module), entry);
  }
});

test('one LinkError is that of all scripts but wasm.js, and of edge.js and csp.js', async () => {
  assert.equal(scripts.LinkError, require('./cjs/csp.js').LinkError);
  assert.equal(edge.LinkError, csp.LinkError);
  const told = [];
  const store = require('./cjs/svelte.js').linkStore();
  store.subscribe(({ error }) => error && told.push(error.cause));
  await store.start('session');
  assert.ok(told.at(-1) instanceof scripts.LinkError);
});

test('Node requires what it imports, so that there is one LinkError', {
  skip: !process.features.require_module,
}, () => {
  assert.equal(require('link-widget').LinkError, all.LinkError);
});

test('what they say that a page must allow is for a page with the default entry', () => {
  for (const { cspDirectives, LinkError } of [scripts, edge]) {
    for (const { provider } of contracts) {
      for (const options of [undefined, { url: 'https://pages.example/x' }, { mode: 'popup' }]) {
        assert.deepEqual(cspDirectives(provider, options), all.cspDirectives(provider, options));
      }
      assert.throws(
        () => cspDirectives(provider, { url: 'x' }),
        (/** @type {any} */ error) => error instanceof LinkError && error.code === 'LINK_INVALID_OPTIONS',
      );
    }
  }
});

test('texts cross over as with TextEncoder and TextDecoder', () => {
  const texts = [
    'a',
    '\0',
    '\x7f',
    '\x80',
    '\u07ff',
    '\u0800',
    '\uffff',
    '\u{10000}',
    '\u{10ffff}',
    '\ufeff',
    'a\ufeffb',
    '%41%',
    'é%C3%A9',
    '\r\n',
    '\ud800',
    '\udc00',
    'x\udc00\ud800x',
    '\ud800\ud800\udc00\udc00',
    'ä'.repeat(60_000),
    '\u{1f3e6}'.repeat(15_000),
  ];
  for (const text of texts) {
    const message = { isCompleted: true, consentID: text };
    assert.deepEqual(
      scripts.parseMessage('fiskil', message),
      all.parseMessage('fiskil', message),
      JSON.stringify(text.slice(0, 9)),
    );
  }
});

// What works, and what says that it does not, where there is no page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import * as all from 'link-widget';
import * as csp from 'link-widget/csp';
import { init, resume } from 'link-widget/wasm';

import { contracts } from '../vectors/contracts.mjs';
import { onPage } from './pretended.mjs';

/** Arguments that a launcher may be given, right ones and others. */
const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error('x');
    },
  },
);
const SUBJECTS = ['session', 'https://pages.example/x', '', undefined, null, 5, Symbol('x'), hostile];
const OPTIONS = [
  undefined,
  null,
  {},
  5,
  'x',
  Symbol('x'),
  hostile,
  { mode: 'popup' },
  { mode: 'redirect' },
  { container: '#bank' },
];

const EMBEDDING = contracts.filter(({ flow }) => flow.embed);
const LAUNCHERS = [
  ...contracts.map(({ provider, flow: { launch, call } }) => {
    // some take the options alone
    return { name: launch, provider, launch: (...args) => all[launch](...args.slice(-call.length)) };
  }),
  ...EMBEDDING.map(({ provider, flow: { embed } }) => ({
    name: embed,
    provider,
    launch: (...args) => embedded(all[embed](...args)),
  })),
];

/** What an embedded tool becomes, with its own `close`. */
const embedded = ({ ready, close }) => Object.assign(ready, { close, focus() {} });

for (const { name, provider, launch } of LAUNCHERS) {
  test(`${name} needs a page, and says so without throwing`, async () => {
    for (const subject of SUBJECTS) {
      for (const options of OPTIONS) {
        const flow = launch(subject, options);
        assert.equal(flow instanceof Promise, true);
        for (const call of [flow.focus, flow.close, flow.close, flow.focus]) assert.equal(call(), undefined);
        await assert.rejects(flow, (/** @type {any} */ error) => {
          assert.equal(error instanceof all.LinkError && error instanceof Error, true);
          assert.deepEqual(
            [error.name, error.code, error.provider],
            ['LinkError', 'LINK_UNSUPPORTED', provider],
          );
          assert.match(error.message, /page/);
          return true;
        });
        flow.close();
      }
    }
  });
}

test('resume needs a page, and says so without throwing', async () => {
  for (const url of [...SUBJECTS, 'https://app.example/cb?code=c&state=s']) {
    const answer = all.resume(url);
    assert.ok(answer instanceof Promise);
    await assert.rejects(
      answer,
      (/** @type {any} */ error) => error instanceof all.LinkError && error.code === 'LINK_UNSUPPORTED',
    );
  }
});

test('an embedded tool that nobody waits for raises no unhandledRejection', async () => {
  const unhandled = [];
  const note = (reason) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  for (const { flow } of EMBEDDING) all[flow.embed]('https://pages.example/x', { container: '#bank' });
  await new Promise((done) => setTimeout(done, 20));
  process.off('unhandledRejection', note);
  assert.deepEqual(unhandled, []);
});

const WASM = { 'script-src': ["'wasm-unsafe-eval'"] };
const NO_URLS = [
  '',
  'x',
  '/path',
  'javascript:alert(1)',
  'data:,x',
  'blob:https://pages.example/x',
  'http://pages.example',
  'https://a@pages.example',
  'https://a:b@pages.example',
  'https://',
  'ftp://pages.example',
  'myapp://x',
  5,
  {},
];

for (const [entry, widget, engine] of [
  ['link-widget', all, WASM],
  ['link-widget/csp', csp, {}],
]) {
  const { cspDirectives, LinkError, preload } = widget;
  const framing = (origin) => ({ 'frame-src': [origin], ...engine });

  for (const {
    provider,
    flow: { origin: usual },
  } of contracts) {
    test(`${entry}: what a page that embeds ${provider} must allow`, () => {
      for (const options of [
        undefined,
        null,
        {},
        { mode: 'overlay' },
        { mode: 'container' },
        { url: undefined },
        { url: null, mode: null },
      ]) {
        assert.deepEqual(cspDirectives(provider, options), usual ? framing(usual) : engine);
      }
      for (const mode of [undefined, 'overlay', 'container']) {
        const of = (url) => cspDirectives(provider, { url, mode });
        assert.deepEqual(of('https://pages.example/path?x=1#y'), framing('https://pages.example'));
        assert.deepEqual(of('https://Pages.Example:443'), framing('https://pages.example'));
        assert.deepEqual(of('https://pages.example:8443/path?x=1'), framing('https://pages.example:8443'));
        assert.deepEqual(of('http://localhost:3000/x'), framing('http://localhost:3000'));
        assert.deepEqual(of('http://[::1]:3000/x'), framing('http://[::1]:3000'));
      }
    });

    test(`${entry}: a page that opens ${provider} elsewhere frames nothing`, () => {
      for (const mode of ['popup', 'redirect']) {
        for (const url of [undefined, 'https://pages.example/x'])
          assert.deepEqual(cspDirectives(provider, { url, mode }), engine);
      }
    });

    test(`${entry}: cspDirectives refuses for ${provider} what cannot be opened`, () => {
      for (const mode of [undefined, 'container', 'popup', 'redirect']) {
        for (const url of NO_URLS) {
          assert.throws(
            () => cspDirectives(provider, { url, mode }),
            (/** @type {any} */ error) => {
              assert.ok(error instanceof LinkError);
              assert.deepEqual([error.code, error.provider], ['LINK_INVALID_OPTIONS', provider], String(url));
              assert.match(error.message, /^url must be /);
              return true;
            },
          );
        }
      }
    });

    test(`${entry}: who changes ${provider}'s directives changes only his own`, () => {
      const before = structuredClone(cspDirectives(provider));
      for (const sources of Object.values(cspDirectives(provider))) sources.push("'unsafe-inline'");
      assert.deepEqual(cspDirectives(provider), before);
    });
  }

  test(`${entry}: preload does nothing on a server, whatever it is given`, () => {
    const { Module } = WebAssembly;
    // @ts-expect-error nobody shall get so far as to call it
    WebAssembly.Module = () => assert.fail('it compiles');
    try {
      for (const url of [undefined, 'https://pages.example', 'no URL']) assert.equal(preload(url), undefined);
    } finally {
      WebAssembly.Module = Module;
    }
  });
}

test('link-widget/csp runs where there is no WebAssembly', async () => {
  const { WebAssembly } = globalThis;
  // @ts-expect-error every browser of the types has it
  delete globalThis.WebAssembly;
  try {
    const fresh = await import(`${import.meta.resolve('link-widget/csp')}?fresh`);
    assert.equal(
      fresh.parseMessage('fiskil', { isCompleted: true, consentID: 'arr_1' }).result.consentID,
      'arr_1',
    );
    assert.deepEqual(fresh.scaQueryString('?state=s%2F1'), { queryString: 'state=s%2F1', state: 's/1' });
  } finally {
    globalThis.WebAssembly = WebAssembly;
  }
});

test('resume() before init() is no answer that is kept', async () => {
  const globals = { location: { href: 'https://shop.example/?code=c' }, sessionStorage: {} };
  await onPage(globals, async () => {
    await assert.rejects(resume(), { code: 'LINK_UNSUPPORTED', message: /init/ });
    await init(await readFile(createRequire(import.meta.url).resolve('link-widget/link-widget.wasm')));
    assert.equal(await resume(), null);
  });
});

test('init says what it could not take in a LinkError', async () => {
  for (const source of [
    () => new Uint8Array(3),
    () => 'nonsense:',
    () => Promise.reject(new TypeError('no network')),
    () => undefined,
  ]) {
    await assert.rejects(init(source()), { name: 'LinkError', code: 'LINK_UNSUPPORTED' });
  }
});

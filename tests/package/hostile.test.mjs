import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as all from 'link-widget';
import * as csp from 'link-widget/csp';

import { contracts } from '../vectors/contracts.mjs';

const TRAPS = Object.getOwnPropertyNames(Reflect).filter((name) => typeof Reflect[name] === 'function');
const thrower = () => {
  throw new Error("a trap's own");
};
const throwing = (target) => new Proxy(target, Object.fromEntries(TRAPS.map((trap) => [trap, thrower])));

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const getters = Object.defineProperties(
  {},
  {
    isCompleted: { enumerable: true, get: thrower },
    consentID: { enumerable: true, get: thrower },
    error: { enumerable: true, get: thrower },
  },
);
const cyclic = {};
cyclic.cyclic = cyclic.consentID = cyclic.isCompleted = cyclic;
const lying = new Proxy(
  {},
  {
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: throwing({}) }),
    get: () => throwing({}),
  },
);

/** None of them is anybody's message. */
const NOTHING = {
  undefined,
  null: null,
  0: 0,
  NaN,
  '1n': 1n,
  true: true,
  "''": '',
  symbol: Symbol('x'),
  function: () => {},
  class: class {},
  'a proxy whose every trap throws': throwing({}),
  'a proxy of a function whose every trap throws': throwing(() => {}),
  'a proxy of an array whose every trap throws': throwing([]),
  'an array whose length is a symbol': new Proxy([], { get: () => Symbol('x') }),
  'an array whose length throws when it is compared': new Proxy([], { get: () => ({ valueOf: thrower }) }),
  'an array whose iterator throws': Object.assign(['x'], { [Symbol.iterator]: thrower }),
  'a revoked proxy': revoked({}),
  'a revoked proxy of an array': revoked([]),
  'a proxy that gives proxies': lying,
  'getters that throw': getters,
  cyclic,
  'inherited fields': Object.create({ isCompleted: true, consentID: 'arr_1' }),
  'no prototype': Object.create(null),
  Map: new Map([['isCompleted', true]]),
  Date: new Date(),
  'an invalid Date': new Date(NaN),
  RegExp: /x/,
  Error: new Error('isCompleted'),
  Promise: Promise.resolve({ isCompleted: true }),
  WeakRef: new WeakRef({}),
  'a typed array': new Uint8Array(1e6),
  'an array of any length': new Array(2 ** 32 - 1),
  'a long text': 'x'.repeat(10_000_000),
  'a lone surrogate': '\ud800',
  'deep JSON': '['.repeat(60_000),
  'JSON of a message': '{"isCompleted":true,"consentID":"arr_1"}',
  '__proto__ with a message': JSON.parse('{"__proto__":{"isCompleted":true,"consentID":"arr_1"}}'),
  globalThis,
};

/**
 * Fails where something of the sender's came along: what is left is text, numbers, lists and records of our
 * own.
 */
function assertPlain(outcome, name) {
  assert.deepEqual(structuredClone(outcome), outcome, name);
  assert.ok(JSON.stringify(outcome).length < 200_000, name);
}

/** What it gives; where it throws, the row that does. */
function readable(read, title) {
  try {
    return read();
  } catch (error) {
    assert.fail(`${title}: threw ${error}`);
  }
}

for (const [entry, widget] of [
  ['link-widget', all],
  ['link-widget/csp', csp],
]) {
  const { cspDirectives, LinkError, parseCallback, parseMessage } = widget;
  const isRefusal = (error) => error instanceof LinkError && error.code === 'LINK_INVALID_OPTIONS';

  for (const {
    provider,
    flow: { messages },
  } of contracts) {
    test(`${entry}: parseMessage takes anything of ${provider}'s, and never throws`, () => {
      for (const [name, data] of Object.entries(NOTHING)) {
        assert.equal(parseMessage(provider, data), null, name);
      }
    });

    if (messages)
      test(`${entry}: any field of ${provider}'s messages may be anything`, () => {
        for (const message of [messages.completed, ...messages.others]) {
          assert.notEqual(parseMessage(provider, message), null, JSON.stringify(message));
          for (const [name, value] of Object.entries(NOTHING)) {
            for (const field of Object.keys(message)) {
              const title = `${Object.keys(message)[0]} ${field}: ${name}`;
              assertPlain(
                readable(() => parseMessage(provider, { ...message, [field]: value }), title),
                title,
              );
              assertPlain(
                readable(() => parseMessage(provider, { ...message, [field]: [value, 'x'] }), title),
                title,
              );
              const trapped = Object.defineProperty({ ...message }, field, {
                enumerable: true,
                get: thrower,
              });
              assertPlain(
                readable(() => parseMessage(provider, trapped), title),
                title,
              );
            }
            for (const field of Object.keys(message.query ?? {})) {
              const title = `query.${field}: ${name}`;
              assertPlain(
                readable(
                  () => parseMessage(provider, { ...message, query: { ...message.query, [field]: value } }),
                  title,
                ),
                title,
              );
            }
          }
          // it has not been given up by the WebAssembly either
          assert.notEqual(parseMessage(provider, message), null);
        }
        assert.equal({}.polluted, undefined);
      });

    test(`${entry}: a URL that grows when it is parsed is still looked at, for ${provider}`, () => {
      const grown = `${'€'.repeat(8000)}?loginId=1&code=1&consent_id=1`;
      for (const { url, code } of [
        { url: `javascript:alert(1)//${grown}`, code: 'LINK_INVALID_OPTIONS' },
        { url: `https://shop.example/${grown}`, code: undefined },
      ]) {
        assert.equal(parseCallback(provider, url).code, code, url.slice(0, 30));
      }
    });

    test(`${entry}: parseCallback takes anything for ${provider}, and never throws`, () => {
      for (const [name, value] of Object.entries(NOTHING)) {
        const { kind, provider: of, code } = parseCallback(provider, value);
        assert.deepEqual([kind, of, code], ['failed', provider, 'LINK_INVALID_OPTIONS'], name);
      }
    });

    test(`${entry}: cspDirectives refuses for ${provider} what is no URL`, () => {
      for (const [name, url] of Object.entries(NOTHING)) {
        if (url !== undefined && url !== null)
          assert.throws(() => cspDirectives(provider, { url }), isRefusal, name);
      }
      assert.throws(
        () =>
          cspDirectives(provider, {
            get url() {
              return thrower();
            },
          }),
        isRefusal,
      );
    });
  }

  test(`${entry}: a field of a Fiskil message that is no text is dropped`, () => {
    for (const [name, value] of Object.entries(NOTHING)) {
      if (value === undefined || typeof value === 'string') continue;
      const dropped = { isCompleted: true, consentID: 'arr_1', redirectURL: value };
      assert.deepEqual(
        parseMessage('fiskil', dropped)?.result,
        { consentID: 'arr_1' },
        `redirectURL: ${name}`,
      );
      assert.equal(
        parseMessage('fiskil', { isCompleted: value, consentID: 'arr_1' })?.kind,
        value === true ? 'completed' : undefined,
        `isCompleted: ${name}`,
      );
    }
    const prototype = Object.getOwnPropertyNames(Object.prototype);
    parseMessage(
      'fiskil',
      JSON.parse(
        '{"isCompleted":true,"consentID":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      ),
    );
    assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), prototype);
    assert.equal({}.polluted, undefined);
  });

  test(`${entry}: a proxy that lies about its fields still gives plain data`, () => {
    const fields = { isCompleted: true, consentID: 'arr_1' };
    const proxy = new Proxy(
      {},
      { getOwnPropertyDescriptor: (_, name) => ({ configurable: true, value: fields[name] }) },
    );
    const outcome = parseMessage('fiskil', proxy);
    assert.ok(outcome === null || outcome.result.consentID === 'arr_1');
  });

  test(`${entry}: a provider that there is not`, () => {
    const names = {
      Fiskil: 'Fiskil',
      toString: 'toString',
      '__proto__ as text': '__proto__',
      '0 as text': '0',
      list: ['fiskil'],
      'a space': 'fiskil ',
    };
    for (const [name, provider] of Object.entries({ ...NOTHING, ...names })) {
      assert.equal(parseMessage(provider, { isCompleted: true, consentID: 'arr_1' }), null, name);
      const { kind, code } = parseCallback(provider, 'https://app.example/');
      assert.deepEqual([kind, code], ['failed', 'LINK_INVALID_OPTIONS'], name);
      assert.throws(() => cspDirectives(provider), isRefusal, name);
    }
  });
}

test('scaQueryString takes anything, and never throws', () => {
  for (const [name, value] of Object.entries(NOTHING)) assert.equal(all.scaQueryString(value), null, name);
});

test('return URLs with names that every object has give plain records', () => {
  const url = 'https://app.example/cb?__proto__=a&constructor=b&toString=c&hasOwnProperty=d&state=s';
  // those that answer by return URLs alone give all that these say
  for (const { provider } of contracts.filter(({ flow }) => !flow.messages)) {
    const { params } = all.parseCallback(provider, url).result;
    assert.deepEqual(Object.entries(params).sort(), [
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['hasOwnProperty', 'd'],
      ['state', 's'],
      ['toString', 'c'],
    ]);
    assert.equal({}.constructor, Object);
  }
});

test('nothing on the prototype of all objects is an answer', () => {
  const errors = { LINK_TIMEOUT: 'evil' };
  const evil = { source: 'https://evil.example', code: 'LINK_TIMEOUT', details: 'evil', errors };
  Object.assign(Object.prototype, evil);
  let told;
  try {
    told = [all, csp].map(({ cspDirectives, describeError }) => [
      cspDirectives('finx')['frame-src'],
      describeError('LINK_TIMEOUT').message,
    ]);
  } finally {
    for (const name of Object.keys(evil)) delete Object.prototype[name];
  }
  const words = 'The session timed out. Please try again.';
  assert.deepEqual(told, [
    [undefined, words],
    [undefined, words],
  ]);
});

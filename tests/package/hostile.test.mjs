import assert from "node:assert/strict";
import { test } from "node:test";

import { cspDirectives, LinkError, parseCallback, parseMessage } from "link-widget";

const TRAPS = Object.getOwnPropertyNames(Reflect).filter((name) => typeof Reflect[name] === "function");
const thrower = () => {
  throw new Error("a trap's own");
};
const throwing = (target) => new Proxy(target, Object.fromEntries(TRAPS.map((trap) => [trap, thrower])));

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const getters = Object.defineProperties({}, {
  isCompleted: { enumerable: true, get: thrower },
  consentID: { enumerable: true, get: thrower },
  error: { enumerable: true, get: thrower },
});
const cyclic = {};
cyclic.cyclic = cyclic.consentID = cyclic.isCompleted = cyclic;
const lying = new Proxy({}, {
  getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: throwing({}) }),
  get: () => throwing({}),
});

/** None of them is anybody's message. */
const NOTHING = {
  undefined, null: null, "0": 0, NaN, "1n": 1n, true: true, "''": "", symbol: Symbol("x"), function: () => {}, class: class {},
  "a proxy whose every trap throws": throwing({}),
  "a proxy of a function whose every trap throws": throwing(() => {}),
  "a proxy of an array whose every trap throws": throwing([]),
  "a revoked proxy": revoked({}),
  "a revoked proxy of an array": revoked([]),
  "a proxy that gives proxies": lying,
  "getters that throw": getters,
  cyclic,
  "inherited fields": Object.create({ isCompleted: true, consentID: "arr_1" }),
  "no prototype": Object.create(null),
  Map: new Map([["isCompleted", true]]),
  Date: new Date(),
  "an invalid Date": new Date(NaN),
  RegExp: /x/,
  Error: new Error("isCompleted"),
  Promise: Promise.resolve({ isCompleted: true }),
  WeakRef: new WeakRef({}),
  "a typed array": new Uint8Array(1e6),
  "an array of any length": new Array(2 ** 32 - 1),
  "a long text": "x".repeat(10_000_000),
  "a lone surrogate": "\ud800",
  "deep JSON": "[".repeat(60_000),
  "JSON of a message": '{"isCompleted":true,"consentID":"arr_1"}',
  "__proto__ with a message": JSON.parse('{"__proto__":{"isCompleted":true,"consentID":"arr_1"}}'),
  globalThis,
};

test("parseMessage takes anything, and never throws", () => {
  for (const [name, data] of Object.entries(NOTHING)) {
    assert.equal(parseMessage("fiskil", data), null, name);
  }
  for (const [name, value] of Object.entries(NOTHING)) {
    if (value === undefined || typeof value === "string") continue;
    const dropped = { isCompleted: true, consentID: "arr_1", redirectURL: value };
    assert.deepEqual(parseMessage("fiskil", dropped)?.result, { consentID: "arr_1" }, `redirectURL: ${name}`);
    assert.equal(parseMessage("fiskil", { isCompleted: value, consentID: "arr_1" })?.kind, value === true ? "completed" : undefined, `isCompleted: ${name}`);
  }
  const prototype = Object.getOwnPropertyNames(Object.prototype);
  parseMessage("fiskil", JSON.parse('{"isCompleted":true,"consentID":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), prototype);
  assert.equal({}.polluted, undefined);
});

test("a proxy that lies about its fields still gives plain data", () => {
  const proxy = new Proxy({}, {
    getOwnPropertyDescriptor: (_, name) =>
      ({ configurable: true, value: { isCompleted: true, consentID: "arr_1" }[name] }),
  });
  const outcome = parseMessage("fiskil", proxy);
  assert.ok(outcome === null || outcome.result.consentID === "arr_1");
});

test("parseCallback takes anything, and never throws", () => {
  for (const [name, value] of Object.entries(NOTHING)) {
    const { kind, provider, code } = parseCallback("fiskil", value);
    assert.deepEqual([kind, provider, code], ["failed", "fiskil", "LINK_INVALID_OPTIONS"], name);
  }
});

test("a provider that there is not", () => {
  for (const [name, provider] of Object.entries({ ...NOTHING, Fiskil: "Fiskil", toString: "toString", "__proto__ as text": "__proto__", "0 as text": "0", list: ["fiskil"] })) {
    assert.equal(parseMessage(provider, { isCompleted: true, consentID: "arr_1" }), null, name);
    const { kind, code } = parseCallback(provider, "https://app.example/");
    assert.deepEqual([kind, code], ["failed", "LINK_INVALID_OPTIONS"], name);
    assert.throws(() => cspDirectives(provider), (error) => error instanceof LinkError && error.code === "LINK_INVALID_OPTIONS", name);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";

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
  "window", "document", "navigator", "location", "history", "opener", "parent", "sessionStorage", "localStorage", "crypto",
  "BroadcastChannel", "MessageChannel", "WebAssembly", "fetch", "setTimeout", "setInterval", "queueMicrotask", "addEventListener",
];

for (const entry of ["link-widget", "link-widget/csp"]) {
  test(`importing ${entry} does nothing: no page, no WebAssembly, no timer, no new global`, async () => {
    const before = Reflect.ownKeys(globalThis);
    assert.deepEqual(await globalsRead(LOOKED_AT, () => import(entry)), []);
    assert.deepEqual(Reflect.ownKeys(globalThis), before);
  });

  test(`a server can read a provider's message with ${entry}`, async () => {
    const { parseMessage } = await import(entry);
    const message = { isCompleted: true, redirectURL: "https://shop.example/done", consentID: "arr_123" };
    assert.deepEqual(parseMessage("fiskil", message), {
      kind: "completed",
      provider: "fiskil",
      result: { redirectURL: "https://shop.example/done", consentID: "arr_123" },
    });
    assert.equal(parseMessage("fiskil", { type: "webpackOk" }), null);
  });
}

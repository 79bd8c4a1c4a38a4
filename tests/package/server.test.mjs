// What works, and what says that it does not, where there is no page.
import assert from "node:assert/strict";
import { test } from "node:test";

import * as widget from "link-widget";

const { cspDirectives, link, LinkError, preload } = widget;

test("a flow needs a page", async () => {
  const flow = link("session");
  flow.close();
  flow.focus();
  await assert.rejects(flow, (error) => {
    assert.ok(error instanceof LinkError && error instanceof Error);
    assert.deepEqual([error.name, error.code, error.provider], ["LinkError", "LINK_UNSUPPORTED", "fiskil"]);
    return true;
  });
});

test("link() never throws", async () => {
  for (const args of [[], [Symbol("x")], ["session", null], ["session", 5], ["session", new Proxy({}, { get() { throw new Error("x"); } })]]) {
    await assert.rejects(link(...args), { name: "LinkError" });
  }
});

test("cspDirectives names what the page must allow", () => {
  const wasm = { "script-src": ["'wasm-unsafe-eval'"] };
  const usual = { "frame-src": ["https://auth.fiskil.com"], ...wasm };
  for (const options of [undefined, {}, { mode: "overlay" }, { mode: "container" }, { url: undefined }]) {
    assert.deepEqual(cspDirectives("fiskil", options), usual);
  }
  const url = "https://auth.staging.example:8443/path?x=1";
  assert.deepEqual(cspDirectives("fiskil", { url }), { "frame-src": ["https://auth.staging.example:8443"], ...wasm });
  assert.deepEqual(cspDirectives("fiskil", { url: "http://localhost:3000/x" }), { "frame-src": ["http://localhost:3000"], ...wasm });
  for (const url of ["", "x", "javascript:alert(1)", "http://auth.fiskil.com", "https://a@b.example", "data:,x", null, 5, {}]) {
    assert.throws(() => cspDirectives("fiskil", { url }), (error) => {
      assert.ok(error instanceof LinkError);
      assert.equal(error.code, "LINK_INVALID_OPTIONS", String(url));
      assert.match(error.message, /^url must be /);
      return true;
    });
  }
});

test("preload compiles, as often as it is called", () => {
  assert.equal(preload(), undefined);
  assert.equal(preload(), undefined);
});

test("the exports are those of the documentation", () => {
  const wanted = ["LinkError", "cspDirectives", "describeError", "link", "parseCallback", "parseMessage", "preload"];
  assert.deepEqual(wanted.filter((name) => !(name in widget)), []);
  assert.ok(!("default" in widget));
});

// The pure functions in a JavaScript engine that has no page, no timers and no console: a WebView's, or an app's.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import vm from "node:vm";

const script = await readFile(createRequire(import.meta.url).resolve("link-widget/iife"), "utf8");

/** What the calls give in an engine with nothing but the language and these. */
function inBareEngine(calls) {
  const context = vm.createContext({ URL, URLSearchParams, TextDecoder, TextEncoder });
  vm.runInContext(script, context);
  return JSON.parse(vm.runInContext(`JSON.stringify((({ parseMessage, parseCallback, scaQueryString, describeError }) => ${calls})(LinkWidget))`, context));
}

test("messages, return URLs and query strings are read without a page", () => {
  const read = inBareEngine(`[
    parseMessage('flinks', JSON.stringify({ step: 'REDIRECT', loginId: 'l' })),
    parseCallback('fiskil', 'myapp://callback?error=access_denied').code,
    scaQueryString('myapp://callback?state=s').state,
    describeError('LINK_TIMEOUT').message,
  ]`);
  assert.deepEqual(read, [
    { kind: "completed", provider: "flinks", result: { loginId: "l" } },
    "CONSENT_ENDUSER_DENIED",
    "s",
    "The session timed out. Please try again.",
  ]);
});

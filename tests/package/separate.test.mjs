// `link-widget/wasm`: what it takes for the WebAssembly, and what it refuses.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { init, parseMessage } from 'link-widget/wasm';

const bytes = await readFile(createRequire(import.meta.url).resolve('link-widget/link-widget.wasm'));
const buffer = new Uint8Array(bytes).buffer;

const response = (type, body = buffer, status = 200) =>
  new Response(body, { status, headers: type ? { 'content-type': type } : {} });

test('before it is there, nothing runs', () => {
  assert.throws(() => parseMessage('fiskil', {}), { name: 'LinkError', code: 'LINK_UNSUPPORTED' });
});

for (const [name, source] of Object.entries({
  bytes,
  'an ArrayBuffer': buffer,
  'a DataView': new DataView(buffer),
  'a part of a buffer': new Uint8Array([0, ...bytes]).subarray(1),
  'of another realm': runInNewContext('Uint8Array.from(bytes).buffer', { bytes }),
  'compiled before': new WebAssembly.Module(bytes),
  'a response': response('application/wasm'),
  'a response that says more': response('application/wasm; charset=utf-8'),
  'a response of another type': response('application/octet-stream'),
  'a response without a type': response(),
  'a promise of one': Promise.resolve(response('Application/WASM')),
})) {
  test(`it takes ${name}`, async () => {
    await init(source);
    assert.equal(parseMessage('fiskil', { isCompleted: true })?.kind, 'completed');
  });
}

/** As another build has it: the same code with another mark. */
const another = new Uint8Array(bytes);
another[another.length - 1] ^= 1;

for (const [name, source] of Object.entries({
  'of another build': another,
  'of somebody else': new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
  'that is none': new TextEncoder().encode('<!doctype html>'),
  'that the server does not have': response('application/wasm', buffer, 404),
  undefined: undefined,
})) {
  test(`it refuses one ${name}, and what was there goes on`, async () => {
    await assert.rejects(init(source), { name: 'LinkError', code: 'LINK_UNSUPPORTED' });
    assert.equal(parseMessage('fiskil', { isCompleted: true })?.kind, 'completed');
  });
}

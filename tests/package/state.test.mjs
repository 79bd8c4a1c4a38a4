import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createState } from 'link-widget';

const STATES = Array.from({ length: 2000 }, createState);

test('a state is 128 bits as base64url, without padding', () => {
  for (const state of STATES) {
    assert.match(state, /^[A-Za-z0-9_-]{22}$/);
    const bytes = Buffer.from(state, 'base64url');
    assert.equal(bytes.length, 16);
    // also the last character, of which only two bits count
    assert.equal(bytes.toString('base64url'), state);
  }
});

test('no two are alike, and no bit of them is always the same', () => {
  assert.equal(new Set(STATES).size, STATES.length);
  const always1 = new Uint8Array(16).fill(255);
  const ever1 = new Uint8Array(16);
  for (const state of STATES) {
    Buffer.from(state, 'base64url').forEach((byte, index) => {
      always1[index] &= byte;
      ever1[index] |= byte;
    });
  }
  assert.deepEqual([...always1], new Array(16).fill(0));
  assert.deepEqual([...ever1], new Array(16).fill(255));
});

test("they come from the platform's generator, and stand in a URL as they are", () => {
  const { getRandomValues } = crypto;
  crypto.getRandomValues = (/** @type {any} */ bytes) => bytes.fill(0xfb);
  try {
    const state = createState();
    assert.deepEqual([...Buffer.from(state, 'base64url')], new Array(16).fill(0xfb));
    assert.match(state, /[-_]/);
    assert.equal(encodeURIComponent(state), state);
  } finally {
    crypto.getRandomValues = getRandomValues;
  }
});

test('where nothing is random there is none', () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true });
  try {
    assert.throws(createState, { name: 'LinkError', code: 'LINK_UNSUPPORTED' });
  } finally {
    Object.defineProperty(globalThis, 'crypto', /** @type {PropertyDescriptor} */ (before));
  }
});

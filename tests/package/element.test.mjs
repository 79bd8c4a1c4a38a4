// <link-widget> where elements are only pretended.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contracts } from '../vectors/contracts.mjs';
import { onPage } from './pretended.mjs';

// @ts-expect-error what <link-widget> uses of it
globalThis.HTMLElement = class extends EventTarget {
  attributes = new Map();
  hasAttribute = (name) => this.attributes.has(name);
  getAttribute = (name) => this.attributes.get(name) ?? null;
  setAttribute = (name, value) => this.attributes.set(name, value);
  removeAttribute = (name) => this.attributes.delete(name);
};

const { LinkError } = await import('link-widget');
const { LinkWidgetElement } = await import('link-widget/element');

const PROVIDERS = contracts.map(({ provider }) => provider);

/** What an element with these attributes tells of a flow. */
async function told(attributes) {
  const element = new LinkWidgetElement();
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  const events = [];
  for (const type of ['link-event', 'link-success', 'link-error', 'link-cancel']) {
    element.addEventListener(type, ({ detail }) => events.push([type, detail]));
  }
  assert.equal(await element.start(), null);
  return { status: element.getAttribute('status'), events };
}

for (const provider of ['fiscal', '', 'Fiskil', 'constructor']) {
  test(`a provider called ${JSON.stringify(provider)} is refused`, async () => {
    const { status, events } = await told({ provider, subject: 'session', locale: 'en' });
    assert.equal(status, 'error');
    assert.equal(events.length, 1);
    const [[type, { code, message, cause }]] = events;
    assert.deepEqual([type, code], ['link-error', 'LINK_INVALID_OPTIONS']);
    assert.ok(message.length > 0);
    assert.ok(cause instanceof LinkError);
    const [, names] = cause.message.match(/^provider must be one of (.+)\.$/);
    assert.deepEqual([cause.code, names.split(', ').sort()], [code, PROVIDERS]);
  });
}

for (const provider of [undefined, ...PROVIDERS]) {
  test(`${provider ?? 'no provider'} has a launcher, which needs a page`, async () => {
    const { events } = await told(provider === undefined ? {} : { provider });
    const failures = events.map(([type, { code, cause }]) => [type, code, cause.provider]);
    assert.deepEqual(failures, [['link-error', 'LINK_UNSUPPORTED', provider ?? 'fiskil']]);
  });
}

test('it warms up for its subject while it is in the document', async () => {
  await onPage({}, async ({ compiled, waiting, idle }) => {
    const element = new LinkWidgetElement();
    element.setAttribute('subject', 'https://auth.example/?session=1');
    element.connectedCallback();
    element.disconnectedCallback();
    assert.equal(waiting.size, 0);
    element.connectedCallback();
    idle();
    assert.equal(compiled.at(-1), 'https://auth.example');
  });
});

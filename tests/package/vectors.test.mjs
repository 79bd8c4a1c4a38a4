import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import * as all from 'link-widget';
import * as csp from 'link-widget/csp';

import { differences, isKnown } from '../vectors/check.mjs';
import { contracts } from '../vectors/contracts.mjs';

const require = createRequire(createRequire(import.meta.url).resolve('link-widget/package.json'));

for (const [name, widget] of [
  ['link-widget', all],
  ['link-widget/csp', csp],
  ['cjs/index.js', require('./cjs/index.js')],
]) {
  test(`the providers that ${name} knows`, () => {
    assert.ok(contracts.length > 0);
    const unknown = contracts
      .map(({ provider }) => provider)
      .filter((provider) => !isKnown(widget, provider));
    assert.deepEqual(unknown, []);
  });

  for (const contract of contracts) {
    test(`${name}: every row of ${contract.provider}'s contract`, () => {
      assert.ok(contract.messages.length > 0 && contract.callbacks.length > 0);
      assert.deepEqual(differences(widget, contract), []);
    });
  }
}

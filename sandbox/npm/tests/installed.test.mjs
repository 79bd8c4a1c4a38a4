// The tarballs, as `npm install` has put them into an empty project: this file's working directory.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { start } from './start.mjs';

test("its version is the package's", async () => {
  const { line, stop } = await start('--version');
  await stop();
  assert.match(line, /^link-widget-sandbox \d+\.\d+\.\d+$/);
});

test('it answers at the origins that it prints, and ends with the one who started it', async () => {
  const { line, stop } = await start('--json');
  const origins = JSON.parse(line);
  const names = ['merchant', 'fiskil', 'flinks', 'finx', 'finqlink', 'fimento', 'stranger'];
  assert.deepEqual(Object.keys(origins), names);
  const { providers } = await (await fetch(`${origins.merchant}/api/providers`)).json();
  assert.deepEqual(
    providers.map(({ id }) => id),
    names.slice(1, 6),
  );
  await stop();
  await assert.rejects(fetch(origins.fiskil));
});

// The tarballs, as `npm install` has put them into an empty project: this file's working directory.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

/** Runs it as `npx` does, and gives the first line that it prints. */
async function start(...options) {
  const child = spawn('npx', ['--no-install', 'link-widget-sandbox', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  return { child, line };
}

test('its version is the package\'s', async () => {
  const { child, line } = await start('--version');
  await once(child, 'exit');
  assert.match(line, /^link-widget-sandbox \d+\.\d+\.\d+$/);
});

test('it answers at the origins that it prints, and ends on SIGTERM', async () => {
  const { child, line } = await start('--json');
  const origins = JSON.parse(line);
  const names = ['merchant', 'fiskil', 'flinks', 'finx', 'finqlink', 'fimento', 'stranger'];
  assert.deepEqual(Object.keys(origins), names);
  const { providers } = await (await fetch(`${origins.merchant}/api/providers`)).json();
  assert.deepEqual(providers.map(({ id }) => id), names.slice(1, 6));

  const ended = once(child, 'exit');
  // To the group, as a terminal and a container do: npx itself passes nothing on.
  process.kill(-child.pid, 'SIGTERM');
  await ended;
  const isGone = async () => fetch(origins.fiskil).then(() => false, () => true);
  for (let times = 0; times < 50 && !(await isGone()); times += 1) await new Promise((done) => setTimeout(done, 100));
  assert.ok(await isGone());
});

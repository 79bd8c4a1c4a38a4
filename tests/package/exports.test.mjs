// The names that an entry exports are those of its types.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { contracts } from '../vectors/contracts.mjs';

const folder = dirname(createRequire(import.meta.url).resolve('link-widget/package.json'));

const NAMES = [
  'LinkError',
  'completeCallback',
  'createState',
  'cspDirectives',
  'describeError',
  'parseCallback',
  'parseMessage',
  'preload',
  'resume',
  'scaQueryString',
  ...contracts.flatMap(({ flow: { launch, embed } }) => (embed ? [launch, embed] : [launch])),
];

for (const entry of ['link-widget', 'link-widget/csp']) {
  test(`${entry} exports what index.d.ts declares`, async () => {
    const widget = await import(entry);
    const types = await readFile(join(folder, 'index.d.ts'), 'utf8');
    const declared = [
      ...types.matchAll(/^export (?:declare )?(?:abstract )?(?:function|class|const|let|var|enum) (\w+)/gm),
    ].map(([, name]) => name);
    assert.deepEqual(Object.keys(widget).sort(), [...new Set(declared)].sort());
    assert.deepEqual(Object.keys(widget).sort(), [...NAMES].sort());
    for (const name of NAMES) assert.equal(typeof widget[name], 'function', name);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encode } from './ascii-bytes.mjs';

const decoded = async ({ module }) =>
  Buffer.from((await import(`data:text/javascript,${encodeURIComponent(module)}`)).default());

test('every pair of bytes survives', async () => {
  const bytes = Buffer.alloc(256 * 256 * 2);
  for (let pair = 0; pair < 256 * 256; pair++) bytes.writeUInt16BE(pair, pair * 2);
  assert.deepEqual(await decoded(encode(bytes)), bytes);
});

test('every byte survives, whichever bytes are frequent', async () => {
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  for (const frequent of all) {
    const bytes = Buffer.from([...all, ...all.flatMap((byte) => [byte ^ frequent, frequent, frequent ^ 64])]);
    assert.deepEqual(await decoded(encode(bytes)), bytes);
  }
});

test('nothing needs an escape or ends the script that it stands in', () => {
  const bytes = Buffer.from(`</script><!--"'\\\`\${}\0\n\r\u2028é`);
  const { text, module } = encode(bytes);
  assert.match(text, /^[ -~]*$/);
  assert.doesNotMatch(text, /["\\<]/);
  assert.ok(module.includes(`"${text}"`));
});

test('no bytes are no bytes', async () => {
  assert.equal((await decoded(encode(Buffer.alloc(0)))).length, 0);
});

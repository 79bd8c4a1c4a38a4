import assert from "node:assert/strict";
import { test } from "node:test";

import { latin1Literal } from "./latin1-literal.mjs";

const evaluated = (literal) => Buffer.from((0, eval)(literal), "latin1");

test("every pair of bytes survives", () => {
  const bytes = Buffer.alloc(256 * 256 * 2);
  for (let pair = 0; pair < 256 * 256; pair++) bytes.writeUInt16BE(pair, pair * 2);
  assert.deepEqual(evaluated(latin1Literal(bytes)), bytes);
});

test("nothing ends the script that it stands in", () => {
  const bytes = Buffer.from("</script></SCRIPT><!--</sCrIpT");
  const literal = latin1Literal(bytes);
  assert.doesNotMatch(literal, /<\/script|<!--/i);
  assert.deepEqual(evaluated(literal), bytes);
});

test("the cheaper quote is chosen", () => {
  assert.equal(latin1Literal(Buffer.from(`""'`)), `'""\\''`);
  assert.equal(latin1Literal(Buffer.from(`''"`)), `"''\\""`);
});

/**
 * wasm-bindgen's glue copes with browsers and amounts of text that link-widget never meets: Safari's limit of 2 GiB for
 * one decoder, views that are too slow to make anew, values of JavaScript's that the WebAssembly holds. These
 * replacements for its functions do what is left in the plain way.
 */
import { createHash } from "node:crypto";

const REPLACED = [
  [/^let cachedTextDecoder = [^]*?^function decodeText\(bytes\) \{\n[^]*?^\}\n/m, ""],
  [
    /^function getStringFromWasm0\(ptr, len\) \{\n[^]*?^\}\n/m,
    "const getStringFromWasm0 = (ptr, len) => new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, ptr, len));\n",
  ],
  [/^let cachedUint8ArrayMemory0 = null;\nfunction getUint8ArrayMemory0\(\) \{\n[^]*?^\}\n/m, ""],
  [/^function dropObject\(idx\) \{\n[^]*?^\}\n/m, ""],
  [/^function getObject\(idx\) .*\n/m, ""],
  [/^let heap = [^]*?^let heap_next = .*\n/m, ""],
  [/^function takeObject\(idx\) \{\n[^]*?^\}\n/m, ""],
];

/** Of the text that is replaced. Another one: wasm-bindgen has changed it, and the replacements must be compared. */
const REVIEWED = "19a02c36e7d3e0b9";

/**
 * @param {string} glue what wasm-bindgen wrote
 * @returns {string} the same without what link-widget does not need
 */
export function lean(glue) {
  const hash = createHash("sha256");
  for (const [original, replacement] of REPLACED) {
    glue = glue.replace(original, (text) => {
      hash.update(text);
      return replacement;
    });
  }
  const replaced = hash.digest("hex").slice(0, REVIEWED.length);
  if (replaced !== REVIEWED) {
    throw new Error(
      `wasm-bindgen writes other functions than those that xtask/node/lean-glue.mjs replaces: compare them, then set REVIEWED to ${replaced}`,
    );
  }
  return glue;
}

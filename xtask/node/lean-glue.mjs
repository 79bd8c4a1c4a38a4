/**
 * wasm-bindgen's glue copes with browsers and amounts of text that link-widget never meets: engines without
 * `encodeInto`, buffers too large to encode at once, Safari's limit of 2 GiB for one decoder, views that are too slow to
 * make anew. These replacements for its functions do the same in the plain way.
 */
import { createHash } from "node:crypto";

const REPLACED = [
  [
    /^function passStringToWasm0\(arg, malloc, realloc\) \{\n[^]*?^\}\n/m,
    `function passStringToWasm0(arg, malloc) {
  const bytes = cachedTextEncoder.encode(arg);
  const ptr = malloc(bytes.length, 1) >>> 0;
  getUint8ArrayMemory0().set(bytes, ptr);
  WASM_VECTOR_LEN = bytes.length;
  return ptr;
}
`,
  ],
  [/^let cachedTextDecoder = [^]*?^function decodeText\(bytes\) \{\n[^]*?^\}\n/m, ""],
  [
    /^function getStringFromWasm0\(ptr, len\) \{\n[^]*?^\}\n/m,
    `const cachedTextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
function getStringFromWasm0(ptr, len) {
  return cachedTextDecoder.decode(getUint8ArrayMemory0().subarray(ptr >>> 0, (ptr >>> 0) + len));
}
`,
  ],
  [
    /^let cachedUint8ArrayMemory0 = null;\nfunction getUint8ArrayMemory0\(\) \{\n[^]*?^\}\n/m,
    "const getUint8ArrayMemory0 = () => new Uint8Array(wasm.memory.buffer);\n",
  ],
  [
    /^let cachedDataViewMemory0 = null;\nfunction getDataViewMemory0\(\) \{\n[^]*?^\}\n/m,
    "const getDataViewMemory0 = () => new DataView(wasm.memory.buffer);\n",
  ],
];

/** Of the text that is replaced. Another one: wasm-bindgen has changed it, and the replacements must be compared. */
const REVIEWED = "aa91a76c3ca9d389";

/**
 * @param {string} glue what wasm-bindgen wrote
 * @returns {string} the same without what link-widget does not need; it no longer uses `__wbindgen_realloc`
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
  return glue.replaceAll(", wasm.__wbindgen_realloc)", ")");
}

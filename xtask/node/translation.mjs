/** The WebAssembly as wasm2js has translated it to JavaScript, for pages whose policy refuses WebAssembly. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** In pages of 64 KiB. What is read of one message takes a few megabytes at the most, and is given back. */
const LARGEST = 256;
const INITIAL = 1;
const GROW = `function __wasm_memory_grow(more) {
  if (pages + more > ${LARGEST}) return -1;
  pages += more;
  return pages - more;
 }
`;

function replaceOnce(text, pattern, replacement) {
  if (text.split(pattern).length !== 2) throw new Error(`wasm2js writes another form than ${pattern}`);
  return text.replace(pattern, () => replacement);
}

/**
 * A module with the exports of pkg-template/webassembly.js. What wasm2js wrote is a module whose imports and
 * memory are its own; in a function they are an instance's.
 * @param {string} made the folder that holds translation.js
 */
export async function translationModule(made) {
  const module = await readFile(join(made, 'translation.js'), 'utf8');
  const body = /^(?:import .*\n)+([\s\S]*)\nvar retasmFunc = /.exec(module)?.[1];
  if (!body)
    throw new Error(`wasm2js writes another form than translation.mjs reads:\n${module.slice(0, 300)}`);
  // When memory grows, WebAssembly detaches the buffer before, and wasm-bindgen's glue waits for that to look
  // for the new one. Not every engine can detach a buffer, so this memory has its largest size from the
  // beginning.
  const fixed = replaceOnce(
    body,
    /var buffer = new ArrayBuffer\(65536\);/,
    `var buffer = new ArrayBuffer(${LARGEST} * 65536);`,
  );
  const grown = replaceOnce(fixed, /function __wasm_memory_grow\([\s\S]*?\n \}\n/, GROW);
  return [
    'export const directives = () => ({});',
    'export function instantiate(imports) {',
    `let pages = ${INITIAL};`,
    grown,
    'return asmFunc(imports);',
    '}',
  ].join('\n');
}

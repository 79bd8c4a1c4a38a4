/**
 * Takes out of the WebAssembly's function table what nothing calls through it.
 *
 * Each import of js-sys that takes a closure has a function of Rust's that JavaScript calls it by.
 * wasm-bindgen exports the functions of the imports that are there. Those of all others stay in the table
 * (https://github.com/wasm-bindgen/wasm-bindgen/issues/2535), and so does what wakes a future of js-sys, of
 * which the package has none. wasm-opt cannot know that nobody calls a slot.
 *
 * node table.mjs <folder whose node_modules holds binaryen> <WebAssembly with the names of its functions>
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, file] = process.argv.slice(2);
const path = createRequire(join(packages, '/')).resolve('binaryen');
const { default: binaryen } = await import(pathToFileURL(path).href);

// Newer compilers write a crate's hash and a function's types into its name.
const NOT_CALLED =
  /^wasm_bindgen(\[\w+\])?::convert::closures::.*::invoke(::|$)|^js_sys(\[\w+\])?::futures::/;

binaryen.setDebugInfo(true);
const module = binaryen.readBinary(await readFile(file));
const segment = module.getElementSegmentByIndex(0);
const { name, table, offset, data } = binaryen.getElementSegmentInfo(segment);
if (!data.some((called) => NOT_CALLED.test(called)))
  throw new Error('the table holds no closure of js-sys: see whether wasm-bindgen names them otherwise');
// Should one be called all the same, it traps.
const TRAP = 'not called';
module.addFunction(TRAP, binaryen.none, binaryen.none, [], module.unreachable());
const slots = data.map((called) => (NOT_CALLED.test(called) ? TRAP : called));
module.removeElementSegment(name);
module.addActiveElementSegment(table, name, slots, offset);
await writeFile(file, module.emitBinary());

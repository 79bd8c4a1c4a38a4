// The same package with the WebAssembly in a file of its own, which a browser compiles while it arrives, and
// caches.
import { BUILD } from 'link-widget:build';
import { LinkError } from './errors.js';
import { compiled } from './separate.js';

export * from './index.js';

/**
 * Takes the WebAssembly. Await it before the first call.
 * @type {typeof import('./wasm.js').init}
 */
export async function init(source) {
  try {
    const module = await moduleOf(await source);
    // A file that a cache has kept over an update would run as well, and call the wrong functions.
    const [build] = WebAssembly.Module.customSections(module, 'link-widget');
    if (!build || String.fromCharCode(...new Uint8Array(build)) !== BUILD)
      throw new Error('It belongs to another build than this script');
    compiled.module = module;
  } catch (cause) {
    throw new LinkError({
      code: 'LINK_UNSUPPORTED',
      message:
        `The WebAssembly of link-widget was not compiled: ${cause}. ` +
        'Give init() the URL or the bytes of the link-widget.wasm that came with this script.',
    });
  }
}

/** The name of its class, in any realm: a frame's, or a test's besides Node's. */
const kind = (value) => Object.prototype.toString.call(value).slice(8, -1);

/** @param {any} given */
async function moduleOf(given) {
  if (kind(given) === 'WebAssembly.Module') return given;
  if (kind(given) === 'ArrayBuffer') return WebAssembly.compile(given);
  if (ArrayBuffer.isView(given)) {
    const { buffer, byteOffset, byteLength } = given;
    return WebAssembly.compile(new Uint8Array(/** @type {ArrayBuffer} */ (buffer), byteOffset, byteLength));
  }
  const response = kind(given) === 'Response' ? given : await fetch(given);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  // A server that names another type, or adds to it, only loses streaming.
  const isNamed = response.headers.get('content-type') === 'application/wasm';
  return isNamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

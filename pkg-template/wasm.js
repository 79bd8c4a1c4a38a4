// The same package with the WebAssembly in a file of its own, which a browser compiles while it arrives, and
// caches.
import { LinkError } from './errors.js';
import { compiled } from './separate.js';

export * from './index.js';

/**
 * Takes the WebAssembly. To be awaited before the first call.
 * @type {typeof import('./wasm.js').init}
 */
export async function init(source) {
  try {
    const given = await source;
    if (given instanceof WebAssembly.Module) compiled.module = given;
    else if (given instanceof ArrayBuffer || ArrayBuffer.isView(given))
      compiled.module = await WebAssembly.compile(given);
    else compiled.module = await compile(given instanceof Response ? given : await fetch(given));
  } catch (cause) {
    throw new LinkError({
      code: 'LINK_UNSUPPORTED',
      message:
        `The WebAssembly of link-widget was not compiled: ${cause}. ` +
        'Give init() the URL of link-widget.wasm or its bytes.',
    });
  }
}

async function compile(response) {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  // A server that names another type gives up streaming, not the whole.
  const isNamed = response.headers.get('content-type')?.startsWith('application/wasm');
  return isNamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

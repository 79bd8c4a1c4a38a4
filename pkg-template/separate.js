// The engine of `link-widget/wasm`: WebAssembly that the page has given to `init`.
import { LinkError } from './errors.js';

/**
 * What `init` has compiled.
 * @type {{ module: WebAssembly.Module | undefined }}
 */
export const compiled = { module: undefined };

export { directives } from './webassembly.js';

export function instantiate(imports) {
  if (!compiled.module) {
    throw new LinkError({
      code: 'LINK_UNSUPPORTED',
      message: "The WebAssembly is not loaded. Await init(url) of 'link-widget/wasm' first.",
    });
  }
  return new WebAssembly.Instance(compiled.module, imports).exports;
}

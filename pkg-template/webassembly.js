// The engine of every entry but `csp`: WebAssembly, inlined.
import bytes from 'link-widget:bytes';
import { LinkError } from './errors.js';

let module;

/** What a page's policy must allow for it. */
export function directives() {
  return { 'script-src': ["'wasm-unsafe-eval'"] };
}

/** The exports of a new instance. Throws LINK_UNSUPPORTED where the page's policy refuses it. */
export function instantiate(imports) {
  try {
    module ??= new WebAssembly.Module(bytes());
    return new WebAssembly.Instance(module, imports).exports;
  } catch (cause) {
    throw new LinkError({
      code: 'LINK_UNSUPPORTED',
      message: `WebAssembly does not run here. If the page's Content-Security-Policy refuses it, add 'wasm-unsafe-eval' to its script-src, or import 'link-widget/csp'. ${cause}`,
    });
  }
}

// The engine of every entry but `csp`: WebAssembly, inlined.
import bytes from 'link-widget:bytes';
import { LinkError } from './errors.js';

// Not `module`: tools that run modules as functions, as Vitest does, have a parameter of that name.
let compiled;

/** What a page's policy must allow for it. */
export function directives() {
  return { 'script-src': ["'wasm-unsafe-eval'"] };
}

/** The exports of a new instance. Throws LINK_UNSUPPORTED if the page's policy refuses it. */
export function instantiate(imports) {
  try {
    compiled ??= new WebAssembly.Module(bytes());
    return new WebAssembly.Instance(compiled, imports).exports;
  } catch (cause) {
    throw new LinkError({
      code: 'LINK_UNSUPPORTED',
      message:
        "WebAssembly does not run here. If the page's Content-Security-Policy refuses it, add " +
        `'wasm-unsafe-eval' to its script-src, or import 'link-widget/csp'. Cause: ${cause}`,
    });
  }
}

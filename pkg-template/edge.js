// The default entry where WebAssembly cannot be compiled from bytes: it runs as the translation to
// JavaScript.
import { cspDirectives as directivesOfTranslation } from './csp.js';

export * from './csp.js';

/** A server asks for a page in a browser, and that has the default entry with the WebAssembly. */
export const cspDirectives = (provider, options) => ({
  ...directivesOfTranslation(provider, options),
  'script-src': ["'wasm-unsafe-eval'"],
});

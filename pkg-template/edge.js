// The default entry for engines that cannot compile WebAssembly from bytes: its translation to JavaScript.
import { cspDirectives as directivesOfTranslation } from './csp.js';

export * from './csp.js';

/** A server asks for a page in a browser, which has the default entry with the WebAssembly. */
export const cspDirectives = (provider, options) => ({
  ...directivesOfTranslation(provider, options),
  'script-src': ["'wasm-unsafe-eval'"],
});

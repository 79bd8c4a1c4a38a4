// What tsc cannot find by itself of what the JavaScript that Node runs imports and uses.

// Its tests give the package what its types refuse, so here it has none: tests/types is for these.
declare module 'link-widget';
declare module 'link-widget/*';

// What is only installed to run tests with it.
declare module 'playwright-core';

// What bench/page.js has on the page, where functions run that are written in files for Node.
declare const bench: any;
declare const again: any;
declare const cycle: any;
declare const firstWarm: any;
declare const listenLast: any;
declare const openMany: any;
declare const strangers: any;

interface Window {
  /** In bench/memory.mjs: the memories of the WebAssembly. */
  memories: any;
}

// What tsc cannot find by itself of what the JavaScript of pages imports and uses.

// What xtask/node makes of the crate: see bundle.mjs.
declare module 'link-widget:bytes' {
  export default function bytes(): Uint8Array<ArrayBuffer>;
}
declare module 'link-widget:build' {
  export const BUILD: string;
}
declare module 'link-widget:engine' {
  export function directives(): Record<string, string[]>;
  export function instantiate(imports: WebAssembly.Imports): Record<string, any>;
}
declare module 'link-widget:glue' {
  export default function createGlue(
    set: (run: () => void, ms: number) => number,
    clear: (timer: number) => void,
  ): Record<string, any>;
}
declare module 'link-widget:launchers';
declare module 'link-widget:providers' {
  export const PROVIDERS: Record<string, { function: string; subject?: string; mode: string }>;
}
declare module 'link-widget:real' {
  export const LinkError: any;
}
declare module 'link-widget:registry' {
  export const DESCRIPTIONS: Record<string, import('../../pkg-template/index.js').ErrorDescription>;
}
declare module 'link-widget:steps' {
  export const STEPS: string[];
}

// What is only installed to be measured.
declare module 'penpal';
declare module 'pluggy-connect-sdk';
declare module 'pluggy-connect-sdk/dist/module/pluggy-connect';

interface Window {
  /** On a page of Next's. */
  next?: unknown;
  /** In a frame of Pluggy's. */
  xprops: any;
  /** On the pages of tests/e2e: kit.js, and what the cases keep. */
  kit: any;
  isReady: any;
  flow: any;
  settled: any;
  /** shown.js, on any page. */
  shown: any;
}

interface Navigator {
  /** In Chromium. */
  connection?: { saveData: boolean };
}

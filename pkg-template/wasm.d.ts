export * from './index.js';

/**
 * Loads the WebAssembly, which `link-widget/wasm` keeps in a separate file. Await it before the first call.
 *
 * @param source - `link-widget/link-widget.wasm`: its URL, a response, its bytes or the compiled module
 * @throws a LinkError with LINK_UNSUPPORTED if it cannot be fetched or compiled, or belongs to another build
 *
 * @example With a bundler that knows assets
 * ```ts
 * import { init, link } from 'link-widget/wasm';
 * await init(new URL('link-widget/link-widget.wasm', import.meta.url));
 * ```
 */
export function init(
  source:
    | string
    | URL
    | Response
    | BufferSource
    | WebAssembly.Module
    | Promise<string | URL | Response | BufferSource | WebAssembly.Module>,
): Promise<void>;

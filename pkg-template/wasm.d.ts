export * from './index.js';

/**
 * Takes the WebAssembly, for which `link-widget/wasm` has a file of its own. Await it before the first call.
 *
 * @param source - `link-widget/link-widget.wasm`: its URL, a response with it, its bytes, or it compiled
 * @throws a LinkError with LINK_UNSUPPORTED where it cannot be fetched or compiled, or is another build's
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

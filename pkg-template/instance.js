// The WebAssembly: compiled and instantiated at the first call, replaced after a trap.
import bytes from 'link-widget:bytes';
import createGlue from 'link-widget:glue';
import { answersTo } from '../src/browser/values.js';
import { LinkError } from './errors.js';

let module, glue;

/** The flows that have something on the page. */
export const flows = new Set();

/**
 * The exports of an instance that works.
 * Throws LINK_UNSUPPORTED where the page's policy refuses WebAssembly.
 */
export function instance() {
  if (glue) return glue;
  try {
    module ??= new WebAssembly.Module(bytes());
    const fresh = createGlue();
    fresh.set(new WebAssembly.Instance(module, fresh.imports).exports);
    glue = fresh;
  } catch (cause) {
    throw new LinkError({
      code: 'LINK_UNSUPPORTED',
      message: `WebAssembly does not run here: ${cause}. If the page's Content-Security-Policy refuses it, add 'wasm-unsafe-eval' to its script-src, or import 'link-widget/csp'.`,
    });
  }
  return glue;
}

/** What the WebAssembly answers to a call. */
export function ask(call) {
  const current = instance();
  try {
    return answersTo(() => call(current));
  } catch (error) {
    // None of its functions throws by itself: it has trapped, and its memory cannot be relied on.
    glue = undefined;
    for (const flow of flows) flow.abandon();
    throw error;
  }
}

// The WebAssembly: compiled and instantiated at the first call, replaced after a trap.
import bytes from 'link-widget:bytes';
import createGlue from 'link-widget:glue';
import { LinkError } from './errors.js';

let module;

/** The exports of the current instance, once there is one. */
export let glue;

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
    const { exports } = new WebAssembly.Instance(module, fresh.imports);
    fresh.set(guarded(exports));
    glue = fresh;
  } catch (cause) {
    throw new LinkError({
      code: 'LINK_UNSUPPORTED',
      message: `WebAssembly does not run here: ${cause}. If the page's Content-Security-Policy refuses it, add 'wasm-unsafe-eval' to its script-src, or import 'link-widget/csp'.`,
    });
  }
  return glue;
}

/** The instance's exports. After a trap its memory cannot be relied on: it is given up, and does nothing more. */
function guarded(exports) {
  let trapped = false;
  const guard = (run) => (...args) => {
    if (trapped) return;
    try {
      return run(...args);
    } catch (error) {
      // None of them throws by itself.
      trapped = true;
      abandon();
      throw error;
    }
  };
  const entries = Object.entries(exports);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'function' ? guard(value) : value]));
}

/** Ends every flow without the WebAssembly's help. */
function abandon() {
  glue = undefined;
  for (const flow of flows) {
    flow.takeOff();
    flow.fail({ code: 'LINK_INTERNAL_ERROR', message: 'The widget failed and was taken off the page. Please report it.' });
  }
  flows.clear();
}

// The WebAssembly: compiled and instantiated at the first call, replaced after a trap.
import { outside } from '../src/browser/page/zone.js';
import { instantiate } from 'link-widget:engine';
import createGlue from 'link-widget:glue';
import { LinkError } from './errors.js';

const TRAPPED = {
  code: 'LINK_INTERNAL_ERROR',
  message: 'The widget failed and was removed from the page. Please report the error in the console.',
};

/** The working instance. */
let current;

/**
 * A new instance: the exported functions of the crate, as wasm-bindgen's glue offers them. Each instance has
 * its own glue, so that a timer or a listener that a trapped instance has left behind reaches neither it nor
 * the next.
 */
function start() {
  let isDead = false;
  let timers = [];
  const glue = createGlue(
    (run, ms) => {
      const timer = outside(() => setTimeout(run, ms));
      timers.push(timer);
      return timer;
    },
    (timer) => {
      timers = timers.filter((other) => other !== timer);
      clearTimeout(timer);
    },
  );
  const me = {
    ...glue,
    /**
     * For each open flow, the function that fails it.
     * @type {((parts: { code: string, message: string }) => void)[]}
     */
    flows: [],
  };

  function end() {
    for (const timer of timers) clearTimeout(timer);
    glue.takeEverythingOff();
    for (const fail of me.flows) fail(TRAPPED);
  }

  /**
   * The one way into the WebAssembly, for calls, timers and listeners alike. None of its functions throws on
   * purpose.
   */
  const guard =
    (run) =>
    (...args) => {
      if (isDead) return;
      try {
        return run(...args);
      } catch (error) {
        // It has trapped, and its memory cannot be relied on.
        isDead = true;
        if (current === me) current = undefined;
        globalThis.reportError?.(error);
      } finally {
        // Also after a call that was going on around the one that trapped.
        if (isDead) end();
      }
    };
  const exports = instantiate(glue.imports);
  const guarded = {};
  for (const name in exports) {
    const value = exports[name];
    guarded[name] = typeof value === 'function' ? guard(value) : value;
  }
  glue.setWasm(guarded);
  return me;
}

/** Makes sure that there is an instance. Throws LINK_UNSUPPORTED if the page's policy refuses WebAssembly. */
export const instance = () => (current ??= start());

/** What the WebAssembly returns for a call. Throws LINK_INTERNAL_ERROR if it traps. */
export function ask(call) {
  const used = instance();
  const result = call(used);
  if (used !== current) throw new LinkError(TRAPPED);
  return result;
}

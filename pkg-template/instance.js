// The WebAssembly: compiled and instantiated at the first call, replaced after a trap.
import { instantiate } from 'link-widget:engine';
import createGlue from 'link-widget:glue';
import { answersTo } from '../src/browser/values.js';

let glue;

/** The flows that have something on the page. */
export const flows = new Set();

/**
 * The exports of an instance that works.
 * Throws LINK_UNSUPPORTED where the page's policy refuses WebAssembly.
 */
export function instance() {
  if (!glue) {
    const fresh = createGlue();
    fresh.set(instantiate(fresh.imports));
    glue = fresh;
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

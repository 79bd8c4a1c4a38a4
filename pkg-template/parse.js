// The functions that open nothing: what a message or a return URL says, what a policy must allow, and getting
// ready.
import { connect } from '../src/browser/page/connect.js';
import { directives } from 'link-widget:engine';
import { linkError } from './errors.js';
import { ask, instance } from './instance.js';
import { launch } from './launch.js';

export function parseMessage(provider, data) {
  const outcome = ask((glue) => glue.parseMessage(provider, data));
  return outcome && { ...outcome, provider };
}

export const parseCallback = (provider, url) => ({
  ...ask((glue) => glue.parseCallback(provider, url)),
  provider,
});

export const scaQueryString = (url) => ask((glue) => glue.scaQueryString(url));

export function cspDirectives(provider, options) {
  try {
    // Without what a script may have put on the prototype of all objects.
    const answer = { __proto__: null, ...ask((glue) => glue.frameSource(provider, options)) };
    if (answer.code) throw answer;
    return { ...(answer.source && { 'frame-src': [answer.source] }), ...directives() };
  } catch (error) {
    throw linkError(error, error.provider);
  }
}

/** A signal that is aborted. Not the browser's: a page may have an `AbortSignal` of its own. */
const ABORTED = { aborted: true, addEventListener() {} };

export function preload(url) {
  if (!globalThis.document) return;
  instance();
  // A browser compiles a function when it first runs. A flow that ends before it shows anything runs most of
  // those that a click would wait for.
  launch('fiskil', 'warm', { signal: ABORTED }).catch(() => {});
  if (url == null) return;
  const origin = ask((glue) => glue.originOf(url));
  if (typeof origin !== 'string') throw linkError(origin);
  connect(origin);
}

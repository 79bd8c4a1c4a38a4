// The package's functions. Importing this file does nothing: no page is looked at, nothing is compiled.
import { Stage, check } from '../src/browser/stage.js';
import { CLOSED_BY_CALLER, ELAPSED } from '../src/browser/told.js';
import { LinkError, describeError } from './errors.js';
import { flows, glue, instance } from './instance.js';

export { LinkError, describeError };

/** In the order of `Provider::ALL`. */
const PROVIDERS = ['fiskil'];

let last = 0;

/** Starts a flow. All that a click allows happens before this returns; whatever is wrong rejects. */
function launch(provider, subject, options) {
  const id = ++last;
  let resolve, reject;
  const promise = new Promise((...functions) => ([resolve, reject] = functions));
  const stage = new Stage();
  const timers = [];
  let shown, began;
  // Events of the call itself wait until it has returned.
  let early = [];
  queueMicrotask(() => {
    const events = early;
    early = undefined;
    events.forEach(report);
  });
  function report(event) {
    try {
      shown.onEvent?.(event);
    } catch (error) {
      reportError(error);
    }
  }
  /** What the WebAssembly asks of the caller. */
  const flow = {
    reveal: () => stage.reveal(),
    takeOff() {
      timers.forEach(clearTimeout);
      flows.delete(flow);
      stage.takeOff();
    },
    start: (timer, ms) => (timers[timer] = setTimeout(tell, ms, ELAPSED, timer)),
    stop: (timer) => clearTimeout(timers[timer]),
    emit(event) {
      event = { provider, elapsedMs: performance.now() - began, ...event };
      if (early) early.push(event);
      else report(event);
    },
    resolve,
    fail(error) {
      // Nobody needs to be told that somebody cancelled.
      if (error.code === 'LINK_USER_CANCELLED') promise.catch(() => {});
      reject(new LinkError({ provider, ...error }));
    },
  };
  const tell = (number, detail = 0, origin = '', data) => glue?.tell(id, number, detail, origin, data);
  try {
    if (typeof document === 'undefined') throw { code: 'LINK_UNSUPPORTED', message: 'A flow needs a page: call this in a browser, not on a server.' };
    began = performance.now();
    shown = check(options);
    const url = instance().begin(id, PROVIDERS.indexOf(provider), subject, options, flow);
    if (url.code) throw url;
    flows.add(flow);
    stage.show(shown, provider, url, tell);
  } catch (error) {
    flow.fail({ code: error.code ?? 'LINK_INTERNAL_ERROR', message: error.message });
  }
  return Object.assign(promise, {
    close: () => tell(CLOSED_BY_CALLER),
    focus: () => stage.focus(),
  });
}

export const link = (sessionId, options) => launch('fiskil', sessionId, options);

export function parseMessage(provider, data) {
  const outcome = instance().parseMessage(PROVIDERS.indexOf(provider), data);
  return outcome && { provider, ...outcome };
}

export const parseCallback = (provider, url) => ({ provider, ...instance().parseCallback(PROVIDERS.indexOf(provider), url) });

export function cspDirectives(provider, options) {
  const source = instance().frameSource(PROVIDERS.indexOf(provider), options);
  if (source?.code) throw new LinkError({ provider, ...source });
  return { ...(source && { 'frame-src': [source] }), 'script-src': ["'wasm-unsafe-eval'"] };
}

export function preload() {
  instance();
}

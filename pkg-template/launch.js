// Starts flows, for the entries of the package.
import { Stage, check } from '../src/browser/stage.js';
import { CLOSED_BY_CALLER, ELAPSED, FAILED, FAILURES } from '../src/browser/told.js';
import { LinkError } from './errors.js';
import { flows, glue, instance } from './instance.js';

/** In the order of `Provider::ALL`. */
export const PROVIDERS = ['fiskil', 'flinks', 'finx', 'finqlink', 'fimento'];
export const numberOf = (provider) => PROVIDERS.indexOf(provider);

let last = 0;

/** Throws the parts of a LinkError where there is no page. */
export function needPage() {
  if (typeof document === 'undefined') throw { code: 'LINK_UNSUPPORTED', message: 'This needs a page: call it in a browser, not on a server.' };
}

/** The parts of a LinkError that something thrown is, or stands for. */
export const partsOf = (error) => (/^LINK_/.test(error?.code) ? { ...error, message: error.message } : { code: 'LINK_INTERNAL_ERROR', message: `${error?.message}` });

/** Starts a flow. All that a click allows happens before this returns; whatever is wrong rejects. */
export function launch(provider, subject, options, surfaces, defaultMode, checkMore) {
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
  function tell(number, detail = 0, text = '', data) {
    try {
      glue?.tell(id, number, detail, text, data);
    } catch (error) {
      // A trap: the flow has been ended, and nobody who called is to blame.
      reportError(error);
    }
  }
  /** What the WebAssembly asks of the caller. */
  const flow = {
    reveal: () => stage.reveal(),
    navigate: (url) => stage.navigate(url),
    takeOff() {
      timers.forEach(clearTimeout);
      flows.delete(flow);
      stage.takeOff();
    },
    start: (timer, ms) => (timers[timer] = setTimeout(tell, ms, ELAPSED, timer)),
    stop: (timer) => clearTimeout(timers[timer]),
    renewToken: () => shown.renewToken(tell),
    emit(event) {
      event = { provider, elapsedMs: performance.now() - began, ...event };
      if (early) early.push(event);
      else report(event);
    },
    resolve,
    fail(error) {
      // Nobody needs to be told that somebody cancelled.
      if (error.code === 'LINK_USER_CANCELLED') promise.catch(() => {});
      reject(new LinkError({ ...error, provider }));
    },
  };
  try {
    needPage();
    began = performance.now();
    shown = check(options, surfaces, defaultMode);
    let given = options;
    if (checkMore) {
      Object.assign(shown, checkMore(options ?? {}));
      // The return URL is absolute from here on; every other option is the caller's.
      given = Object.create(options ?? null, { returnUrl: { value: shown.returnUrl } });
    }
    const url = instance().begin(id, numberOf(provider), subject, given, !!shown.renewToken, flow);
    if (url.code) throw url;
    flows.add(flow);
    stage.show(shown, provider, url, tell);
  } catch (error) {
    const parts = partsOf(error);
    // Once it has begun, the flow itself says how it ends.
    if (flows.has(flow)) tell(FAILED, FAILURES.indexOf(parts.code), parts.message);
    else flow.fail(parts);
  }
  return Object.assign(promise, {
    close: () => tell(CLOSED_BY_CALLER),
    focus: () => stage.focus(),
  });
}

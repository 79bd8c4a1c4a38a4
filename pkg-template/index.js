// The package's functions. Importing this file does nothing: no page is looked at, nothing is compiled.
import { hand, scrub } from '../src/browser/callback.js';
import { container } from '../src/browser/container.js';
import { undo } from '../src/browser/page.js';
import { store, stored } from '../src/browser/redirect.js';
import { Stage, check } from '../src/browser/stage.js';
import { CLOSED_BY_CALLER, ELAPSED, LOADED, TOKEN } from '../src/browser/told.js';
import { LinkError, describeError } from './errors.js';
import { flows, glue, instance } from './instance.js';

export { LinkError, describeError };

/** In the order of `Provider::ALL`. */
const PROVIDERS = ['fiskil', 'flinks', 'finx', 'finqlink', 'fimento'];
const numberOf = (provider) => PROVIDERS.indexOf(provider);

let last = 0;

/** Throws the parts of a LinkError where there is no page. */
function needPage() {
  if (typeof document === 'undefined') throw { code: 'LINK_UNSUPPORTED', message: 'This needs a page: call it in a browser, not on a server.' };
}

/** The parts of a LinkError that something thrown is, or stands for. */
const partsOf = (error) => ({ ...error, code: typeof error.code === 'string' ? error.code : 'LINK_INTERNAL_ERROR', message: error.message });

/** Starts a flow. All that a click allows happens before this returns; whatever is wrong rejects. */
function launch(provider, subject, options, defaultMode) {
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
  const tell = (number, detail = 0, origin = '', data) => glue?.tell(id, number, detail, origin, data);
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
    async renewToken() {
      let token;
      try {
        token = await shown.getAuthorizeToken();
      } catch {}
      if (typeof token === 'string') tell(TOKEN, 1, token);
      else tell(TOKEN);
    },
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
    shown = check(options, defaultMode);
    // The return URL is absolute from here on; every other option is the caller's.
    const given = Object.create(options ?? null, { returnUrl: { value: shown.returnUrl } });
    const url = instance().begin(id, numberOf(provider), subject, given, !!shown.getAuthorizeToken, flow);
    if (url.code) throw url;
    flows.add(flow);
    stage.show(shown, provider, url, tell);
  } catch (error) {
    if (flows.has(flow)) flow.takeOff();
    flow.fail(partsOf(error));
  }
  return Object.assign(promise, {
    close: () => tell(CLOSED_BY_CALLER),
    focus: () => stage.focus(),
  });
}

export const link = (sessionId, options) => launch('fiskil', sessionId, options);
export const openFlinks = (options) => launch('flinks', '', options);
export const openFinx = (location, options) => launch('finx', location, options);
export const openFinqlink = (url, options) => launch('finqlink', url, options, 'popup');
export const openFimento = (consentLink, options) => launch('fimento', consentLink, options, 'popup');

export function embedFimento(url, options) {
  const entries = [];
  let resolve, reject;
  const ready = new Promise((...functions) => ([resolve, reject] = functions));
  // Whoever does not wait for it need not hear of it.
  ready.catch(() => {});
  let timer;
  const close = (code = 'LINK_USER_CANCELLED', message = 'The page closed the embedded tool.') => {
    clearTimeout(timer);
    undo(entries);
    reject(new LinkError({ code, message, provider: 'fimento' }));
  };
  try {
    needPage();
    const began = performance.now();
    const { mode, onEvent, loadTimeoutMs = 30000, ...shown } = { ...check(options), loadTimeoutMs: options?.loadTimeoutMs };
    if (mode !== 'container') throw { code: 'LINK_INVALID_OPTIONS', message: 'container must be an element of this page, the id of one or a valid CSS selector.' };
    if (!(loadTimeoutMs >= 0)) throw { code: 'LINK_INVALID_OPTIONS', message: 'loadTimeoutMs must be a number of milliseconds, 0 or more; 0 and Infinity mean no limit.' };
    const source = instance().frameSource(numberOf('fimento'), { url });
    if (source.code) throw source;
    const surface = container(entries, { ...shown, provider: 'fimento', url }, (told) => {
      if (told !== LOADED) return;
      clearTimeout(timer);
      surface.reveal();
      resolve();
      try {
        onEvent?.({ provider: 'fimento', elapsedMs: performance.now() - began, type: 'load' });
      } catch (error) {
        reportError(error);
      }
    });
    if (loadTimeoutMs > 0 && loadTimeoutMs < 2 ** 31) {
      timer = setTimeout(close, loadTimeoutMs, 'LINK_LOAD_TIMEOUT', "Fimento's page did not load within loadTimeoutMs. Check the URL and the network.");
    }
  } catch (error) {
    const { code, message } = partsOf(error);
    close(code, message);
  }
  return { ready, close: () => close() };
}

export const createState = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

/** The answers to the URLs that a page came back to: a second call gives the same promise. */
const answers = new Map();

export function resume(url) {
  try {
    needPage();
    const href = url === undefined ? location.href : `${url}`;
    if (!answers.has(href)) answers.set(href, comeBack(href));
    return answers.get(href);
  } catch (error) {
    return Promise.reject(error instanceof LinkError ? error : new LinkError(partsOf(error)));
  }
}

function comeBack(url) {
  const records = stored();
  const known = records.map((record) => ({ ...record, provider: numberOf(record?.provider) }));
  const back = instance().comeBack(known, url, Date.now());
  if (!back) return Promise.resolve(null);
  const { index, result, ...error } = back;
  const provider = records[index]?.provider;
  const answer = result ? Promise.resolve({ provider, result }) : error.code ? Promise.reject(new LinkError({ ...error, provider })) : Promise.resolve(null);
  // Before anything else can read the address.
  const names = (provider ? [provider] : PROVIDERS).flatMap(parametersOf);
  const clean = scrub(url, names);
  if (index !== undefined) store(records.filter((_, at) => at !== index));
  if (url === location.href || clean === location.href) {
    // The address has changed under a second call in the same task, as React's StrictMode makes one.
    answers.set(clean, answer);
    setTimeout(() => answers.delete(clean));
  }
  return answer;
}

const parametersOf = (provider) => instance().parametersOf(numberOf(provider)).split(' ');

export function completeCallback(url = location.href) {
  hand(`${url}`);
  scrub(`${url}`, PROVIDERS.flatMap(parametersOf));
  // After the message has left.
  setTimeout(() => window.close());
}

export function parseMessage(provider, data) {
  const outcome = instance().parseMessage(numberOf(provider), data);
  return outcome && { provider, ...outcome };
}

export const parseCallback = (provider, url) => ({ provider, ...instance().parseCallback(numberOf(provider), url) });

export const scaQueryString = (url) => instance().scaQueryString(url);

export function cspDirectives(provider, options) {
  const source = instance().frameSource(numberOf(provider), options);
  if (source?.code) throw new LinkError({ ...source, provider });
  const framed = source && ![ 'popup', 'redirect'].includes(options?.mode);
  return { ...(framed && { 'frame-src': [source] }), 'script-src': ["'wasm-unsafe-eval'"] };
}

export function preload() {
  instance();
}

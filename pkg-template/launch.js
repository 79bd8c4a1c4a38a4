// Starts flows.
import { Stage, check, isString, read } from '../src/browser/stage.js';
import { SURFACES } from '../src/browser/surfaces.js';
import { CLOSED_BY_CALLER, ELAPSED, FAILED as TOLD_FAILED, MESSAGE, MODES, TOKEN } from '../src/browser/told.js';
import { hold } from '../src/browser/values.js';
import { COMPLETED, FAILED, FOREIGN_MESSAGE, LOAD, OPEN, POPUP_SEVERED, RENEW_TOKEN, REVEAL, SETTLED, START_FLOW, START_LOAD, STEP, STOP, TEAR_DOWN, URL_TO_SHOW, numberOf } from './answers.js';
import { CODES, LinkError, named, partsOf } from './errors.js';
import { given, isFunction, limit, needPage } from './given.js';
import { ask, flows } from './instance.js';

/** Starts a flow. All that a click allows happens before this returns; whatever is wrong rejects. */
function launch(provider, subject, options, defaultMode) {
  let resolve, reject;
  const promise = new Promise((...functions) => ([resolve, reject] = functions));
  const stage = new Stage();
  /** What the flow remembers, for the WebAssembly. */
  const memory = {};
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
  function emit(type, more) {
    const event = { provider, elapsedMs: performance.now() - began, type, ...more };
    if (early) early.push(event);
    else report(event);
  }
  function fail(parts) {
    // Nobody needs to be told that somebody cancelled.
    if (parts.code === 'LINK_USER_CANCELLED') promise.catch(() => {});
    reject(new LinkError({ ...parts, provider }));
  }
  function takeOff() {
    timers.forEach(clearTimeout);
    flows.delete(flow);
    stage.takeOff();
  }
  const start = (timer, ms) => (timers[timer] = setTimeout(tell, ms, ELAPSED, timer));
  const act = {
    [START_FLOW]: (ms) => start(0, ms),
    [START_LOAD]: (ms) => start(1, ms),
    [STOP]: (timer) => clearTimeout(timers[timer]),
    [REVEAL]: () => stage.reveal(),
    async [RENEW_TOKEN]() {
      // Whatever goes wrong is no token.
      let token;
      try {
        token = await shown.renewToken();
      } catch {}
      tell(TOKEN, 0, isString(token) ? token : undefined);
    },
    [URL_TO_SHOW]: (_, url) => stage.navigate(url),
    [TEAR_DOWN]: takeOff,
    [OPEN]: (mode) => emit('open', { mode: MODES[mode] }),
    [LOAD]: () => emit('load'),
    [STEP]: (_, step) => emit('step', step),
    [POPUP_SEVERED]: () => emit('popup-severed'),
    [FOREIGN_MESSAGE]: (_, origin) => emit('foreign-message', { origin }),
    [SETTLED]: (code) => emit('settled', { outcome: code ? CODES[code - 1] : 'completed' }),
    [COMPLETED]: (_, result) => resolve(result),
    [FAILED]: (_, parts) => fail(named(parts)),
  };
  function tell(number, detail = 0, text, data) {
    // A stranger is reported once, and may go on for as long as it likes.
    if (!flows.has(flow) || (number === MESSAGE && !detail && memory.strangers?.has(text))) return;
    let answers;
    try {
      answers = ask((glue) => glue.tell(number, detail, hold(text), hold(data), hold(memory)));
    } catch (error) {
      // A trap: the flow has been ended, and nobody who called is to blame.
      return reportError(error);
    }
    for (const [answer, detail, value] of answers) {
      // One that fails must not keep the next from happening.
      try {
        act[answer](detail, value);
      } catch (error) {
        reportError(error);
      }
    }
  }
  const flow = {
    abandon() {
      takeOff();
      fail({ code: 'LINK_INTERNAL_ERROR', message: 'The widget failed and was taken off the page. Please report it.' });
    },
  };
  try {
    needPage();
    began = performance.now();
    shown = check(options, SURFACES, defaultMode);
    options ??= {};
    const checked = given(provider, subject, options);
    shown.state = checked.state;
    shown.returnUrl = checked.returnUrl;
    shown.timeoutMs = limit(options, 'timeoutMs', 600000);
    // A window of another origin lets nobody ask what it is an instance of.
    shown.window = read(options, 'window', (value) => value?.window === value, 'a Window');
    shown.renewToken = read(options, 'getAuthorizeToken', isFunction, 'a function that gives a promise of a string');
    const loadTimeoutMs = limit(options, 'loadTimeoutMs', 30000);
    const [[answer, , value]] = ask((glue) => glue.begin(numberOf(provider), shown.timeoutMs, loadTimeoutMs, !!shown.renewToken, hold(checked), hold(memory)));
    if (answer === FAILED) throw named(value);
    flows.add(flow);
    stage.show(shown, provider, value, tell);
  } catch (error) {
    const parts = partsOf(error);
    // Once it has begun, the flow itself says how it ends.
    if (flows.has(flow)) tell(TOLD_FAILED, CODES.indexOf(parts.code), parts.message);
    else fail(parts);
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

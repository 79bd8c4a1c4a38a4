// Every provider in every mode, and the pages that users come back to.
import { checkAway } from '../src/browser/away.js';
import { awaitCallback, hand, scrub } from '../src/browser/callback.js';
import { container } from '../src/browser/container.js';
import { overlay } from '../src/browser/overlay.js';
import { undo } from '../src/browser/page.js';
import { popup } from '../src/browser/popup.js';
import { redirect, store, stored } from '../src/browser/redirect.js';
import { awaitRefusal, check, read } from '../src/browser/stage.js';
import { LOADED } from '../src/browser/told.js';
import { LinkError } from './errors.js';
import { instance } from './instance.js';
import { PROVIDERS, launch, needPage, numberOf, partsOf } from './launch.js';

export * from './common.js';

/** A frame in which the provider may send the user back to a page of this origin. */
const returning = (surface) => (entries, shown, tell) => {
  const frame = surface(entries, shown, tell);
  return shown.returnUrl ? awaitCallback(entries, frame, tell) : frame;
};
const SURFACES = { overlay: returning(overlay), container: returning(container), popup, redirect: redirect(PROVIDERS) };

const open = (provider, subject, options, mode) => launch(provider, subject, options, SURFACES, mode, checkAway);

export const link = (sessionId, options) => open('fiskil', sessionId, options);
export const openFlinks = (options) => open('flinks', '', options);
export const openFinx = (location, options) => open('finx', location, options);
export const openFinqlink = (url, options) => open('finqlink', url, options, 'popup');
export const openFimento = (consentLink, options) => open('fimento', consentLink, options, 'popup');

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
    const { mode, onEvent, ...shown } = check(options);
    const loadTimeoutMs = read(options, 'loadTimeoutMs', (value) => typeof value === 'number' && value >= 0, 'a number of milliseconds, 0 or more; 0 and Infinity mean no limit') ?? 30000;
    if (mode !== 'container') throw { code: 'LINK_INVALID_OPTIONS', message: 'container must be an element of this page, the id of one or a valid CSS selector.' };
    const source = instance().frameSource(numberOf('fimento'), { url: url ?? '' });
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
    awaitRefusal(entries, url, (origin) => close('LINK_FRAME_BLOCKED', `The page's Content-Security-Policy does not allow this frame. Add ${origin} to its frame-src directive.`));
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
  const records = stored(PROVIDERS);
  const known = records.map((record) => ({ ...record, provider: numberOf(record.provider) }));
  const back = instance().comeBack(known, url, Date.now());
  if (!back) return Promise.resolve(null);
  const { index, result, ...error } = back;
  const provider = PROVIDERS[back.provider];
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

export function completeCallback(url) {
  try {
    needPage();
  } catch (error) {
    throw new LinkError(error);
  }
  const href = url === undefined ? location.href : `${url}`;
  hand(href);
  scrub(href, PROVIDERS.flatMap(parametersOf));
  // The page that waits closes it. Where it cannot, the message needs a moment: of a window that is closed, nobody
  // can say whose it was.
  setTimeout(() => window.close(), 500);
}

export const scaQueryString = (url) => instance().scaQueryString(url);

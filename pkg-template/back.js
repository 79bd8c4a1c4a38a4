// The pages that users come back to.
import { closeSoon, hand, scrub } from '../src/browser/callback.js';
import { store, stored } from '../src/browser/redirect.js';
import { invalid } from '../src/browser/stage.js';
import { attempt, hold } from '../src/browser/values.js';
import { COMPLETED, CONSUMED, FAILED, PROVIDER, PROVIDERS, numberOf } from './answers.js';
import { LinkError, named, partsOf } from './errors.js';
import { AN_URL, needPage } from './given.js';
import { ask } from './instance.js';

export const createState = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

/** The answers to the URLs that a page came back to: a second call gives the same promise. */
const results = new Map();

export function resume(url) {
  try {
    needPage();
    const href = url === undefined ? location.href : `${url}`;
    if (!results.has(href)) results.set(href, comeBack(href));
    return results.get(href);
  } catch (error) {
    return Promise.reject(error instanceof LinkError ? error : new LinkError(partsOf(error)));
  }
}

const parametersOf = (provider) => ask((glue) => glue.parametersOf(numberOf(provider)))[0][2].split(' ');

function comeBack(url) {
  const records = stored().filter(({ provider }) => PROVIDERS.includes(provider));
  const known = records.map((record) => ({ ...record, provider: numberOf(record.provider) }));
  const answers = ask((glue) => glue.comeBack(hold(known), hold({ url }), Date.now()));
  if (!answers.length) return Promise.resolve(null);
  let provider, index;
  let result = Promise.resolve(null);
  for (const [answer, detail, value] of answers) {
    if (answer === PROVIDER) provider = PROVIDERS[detail];
    if (answer === CONSUMED) index = detail;
    if (answer === COMPLETED) result = Promise.resolve({ provider, result: value });
    if (answer === FAILED) result = Promise.reject(new LinkError({ ...named(value), provider }));
  }
  // Before anything else can read the address.
  const clean = scrub(url, parametersOf(provider));
  if (index !== undefined) store(records.filter((_, at) => at !== index));
  if (url === location.href || clean === location.href) {
    // The address has changed under a second call in the same task, as React's StrictMode makes one.
    results.set(clean, result);
    setTimeout(() => results.delete(clean));
  }
  return result;
}

export function completeCallback(url) {
  try {
    needPage();
    const href = url === undefined ? location.href : `${url}`;
    // Where this page's policy refuses the WebAssembly, which knows the names, nothing of the query stays.
    const names = attempt(() => PROVIDERS.flatMap(parametersOf));
    // Before anything else can read the address.
    if (!attempt(() => scrub(href, names))) throw invalid('url', AN_URL);
    hand(href);
  } catch (error) {
    throw new LinkError(partsOf(error));
  }
  closeSoon();
}

// The pages that users come back to.
import { closeSoon, hand, scrubAddress } from '../src/browser/page/callback.js';
import { LinkError, linkError, needPage } from './errors.js';
import { ask } from './instance.js';
import { parse } from '../src/url.js';

/** 128 random bits, as base64url. */
export function createState() {
  if (!globalThis.crypto?.getRandomValues) {
    const message = 'createState() needs crypto.getRandomValues: a browser, or Node 19 or later.';
    throw new LinkError({ code: 'LINK_UNSUPPORTED', message });
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
}

/** The given URL, or this page's address. Routers hand out paths. */
function absolute(url) {
  const given = url == null ? location.href : `${url}`;
  return parse(given) ? given : (parse(given, location.href) ?? given);
}

/** The answers to the URLs that a page came back to: a second call returns the same promise. */
const results = Object.create(null);

export function resume(url) {
  try {
    needPage();
    const href = absolute(url);
    results[href] ??= comeBack(href);
    return results[href];
  } catch (error) {
    return Promise.reject(linkError(error));
  }
}

function comeBack(url) {
  let resolve, reject;
  let result = new Promise((...functions) => ([resolve, reject] = functions));
  const fail = (parts) => reject(linkError(parts, parts.provider));
  const before = location.href;
  // If it throws, nothing is kept: there may be WebAssembly at the next call.
  ask((glue) => glue.resume(url, resolve, fail));
  const { href } = location;
  if (href !== before) {
    // A page that continues with the answer does so after its router has learned the new address. Not
    // `finally`: old polyfills of promises have none.
    const told = new Promise((done) => setTimeout(done));
    const answered = result;
    const answer = () => told.then(() => answered);
    result = result.then(answer, answer);
    // A second call in the same task, as React's StrictMode makes one, finds the new address.
    results[href] = result;
    setTimeout(() => delete results[href]);
  }
  return result;
}

export function completeCallback(url) {
  try {
    needPage();
    const href = absolute(url);
    try {
      const parts = ask((glue) => glue.completeCallback(href));
      if (parts) throw parts;
    } catch (error) {
      if (error.code !== 'LINK_UNSUPPORTED') throw error;
      // This page's policy refuses the WebAssembly, which knows the parameters' names: nothing of the query
      // stays.
      scrubAddress(href, href.replace(/[?#].*/, ''));
      hand(href);
      closeSoon();
    }
  } catch (error) {
    throw linkError(error);
  }
}

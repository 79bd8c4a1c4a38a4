// The pages that users come back to.
import { closeSoon, hand, replaceAddress } from '../src/browser/page/callback.js';
import { LinkError, linkError, needPage } from './errors.js';
import { ask } from './instance.js';
import { parse } from '../src/url.js';

/** 128 random bits, as base64url. */
export function createState() {
  if (!globalThis.crypto?.getRandomValues) {
    const message = 'createState() needs crypto.getRandomValues, which browsers have, and Node from 19 on.';
    throw new LinkError({ code: 'LINK_UNSUPPORTED', message });
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
}

const addressOr = (url) => (url == null ? location.href : `${url}`);

/** The answers to the URLs that a page came back to: a second call gives the same promise. */
const results = Object.create(null);

export function resume(url) {
  try {
    needPage();
    const given = addressOr(url);
    // Routers hand out paths.
    const href = parse(given) ? given : (parse(given, location.href) ?? given);
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
  // Where it throws, nothing is kept: there may be WebAssembly at the next call.
  const clean = ask((glue) => glue.resume(url, resolve, fail));
  if (clean === location.href) {
    // A page that goes on when it has the answer does so after its router has been told of the new address.
    const told = new Promise((done) => setTimeout(done));
    result = result.finally(() => told);
    // The address has changed under a second call in the same task, as React's StrictMode makes one.
    results[clean] = result;
    setTimeout(() => delete results[clean]);
  }
  return result;
}

export function completeCallback(url) {
  try {
    needPage();
    const href = addressOr(url);
    try {
      const parts = ask((glue) => glue.completeCallback(href));
      if (parts) throw parts;
    } catch (error) {
      if (error.code !== 'LINK_UNSUPPORTED') throw error;
      // This page's policy refuses the WebAssembly, which knows the parameters' names: nothing of the query
      // stays.
      if (href === location.href) replaceAddress(href.replace(/[?#].*/, ''));
      hand(href);
      closeSoon();
    }
  } catch (error) {
    throw linkError(error);
  }
}

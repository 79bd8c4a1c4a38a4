// The functions that every entry has. Importing this does nothing: no page is looked at, nothing is compiled.
import { LinkError, describeError } from './errors.js';
import { instance } from './instance.js';
import { numberOf } from './launch.js';

export { LinkError, describeError };

export function parseMessage(provider, data) {
  const outcome = instance().parseMessage(numberOf(provider), data);
  return outcome && { provider, ...outcome };
}

export const parseCallback = (provider, url) => ({ provider, ...instance().parseCallback(numberOf(provider), url) });

export function cspDirectives(provider, options) {
  const source = instance().frameSource(numberOf(provider), options);
  if (source?.code) throw new LinkError({ ...source, provider });
  const framed = source && !['popup', 'redirect'].includes(options?.mode);
  return { ...(framed && { 'frame-src': [source] }), 'script-src': ["'wasm-unsafe-eval'"] };
}

export function preload() {
  instance();
}

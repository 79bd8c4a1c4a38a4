// The functions that every entry has. Importing this does nothing: no page is looked at, nothing is compiled.
import { read } from '../src/browser/stage.js';
import { MODES } from '../src/browser/told.js';
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
  let mode;
  try {
    mode = read(options ?? {}, 'mode', (value) => MODES.includes(value), MODES.join(' or '));
  } catch (parts) {
    throw new LinkError({ ...parts, provider });
  }
  const framed = source && mode !== 'popup' && mode !== 'redirect';
  return { ...(framed && { 'frame-src': [source] }), 'script-src': ["'wasm-unsafe-eval'"] };
}

export function preload() {
  instance();
}

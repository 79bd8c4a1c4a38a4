// The functions that open nothing: what a message or a return URL says, and what a policy must allow.
import { directives } from 'link-widget:engine';
import { linkError } from './errors.js';
import { ask } from './instance.js';

export function parseMessage(provider, data) {
  const outcome = ask((glue) => glue.parseMessage(provider, data));
  return outcome && { ...outcome, provider };
}

export const parseCallback = (provider, url) => ({
  ...ask((glue) => glue.parseCallback(provider, url)),
  provider,
});

export const scaQueryString = (url) => ask((glue) => glue.scaQueryString(url));

export function cspDirectives(provider, options) {
  try {
    // Without what a script may have put on the prototype of all objects.
    const answer = { __proto__: null, ...ask((glue) => glue.frameSource(provider, options)) };
    if (answer.code) throw answer;
    return { ...(answer.source && { 'frame-src': [answer.source] }), ...directives() };
  } catch (error) {
    throw linkError(error, error.provider);
  }
}

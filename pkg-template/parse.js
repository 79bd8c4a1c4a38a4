// The functions that need no page: what a message or a return URL says, and what a policy must allow.
import { DIRECTIVES } from 'link-widget:engine';
import { invalid, isString, read } from '../src/browser/stage.js';
import { MODES } from '../src/browser/told.js';
import { hold } from '../src/browser/values.js';
import { COMPLETED, FAILED, STEP, numberOf } from './answers.js';
import { LinkError, named } from './errors.js';
import { AN_URL } from './given.js';
import { ask, instance } from './instance.js';

const unknown = (provider) => ({ ...invalid('provider', "the name of a provider, such as 'fiskil'"), provider });

/** What was answered, as an outcome; `undefined`: nothing was. */
function outcome(provider, [[answer, , value] = []]) {
  if (answer === COMPLETED) return { kind: 'completed', provider, result: value };
  if (answer === STEP) return { kind: 'step', provider, ...value };
  if (answer === FAILED) return { kind: 'failed', provider, ...named(value) };
}

export const parseMessage = (provider, data) => outcome(provider, ask((glue) => glue.parseMessage(numberOf(provider), hold(data)))) ?? null;

export const parseCallback = (provider, url) =>
  outcome(provider, ask((glue) => glue.parseCallback(numberOf(provider), hold({ url })))) ?? { kind: 'failed', ...unknown(provider) };

export function scaQueryString(url) {
  const [[, , relayed = null] = []] = ask((glue) => glue.scaQueryString(hold({ url })));
  return relayed;
}

/** The origin of the page that a provider frames, where it is known. Throws the parts of a LinkError. */
export function frameSource(provider, url) {
  if (numberOf(provider) < 0) throw unknown(provider);
  const [[answer, , value] = []] = ask((glue) => glue.frameSource(numberOf(provider), hold({ url })));
  if (answer === FAILED) throw { ...named(value), provider };
  return value;
}

export function cspDirectives(provider, options) {
  try {
    options ??= {};
    const mode = read(options, 'mode', (value) => MODES.includes(value), MODES.join(' or '));
    const source = frameSource(provider, read(options, 'url', isString, AN_URL));
    const framed = source && mode !== 'popup' && mode !== 'redirect';
    return { ...(framed && { 'frame-src': [source] }), ...structuredClone(DIRECTIVES) };
  } catch (error) {
    throw error instanceof Error ? error : new LinkError({ ...error, provider });
  }
}

export function preload() {
  instance();
}

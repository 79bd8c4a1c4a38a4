// Errors and their words: all of the package that works where WebAssembly is refused.
import { CODES, DESCRIPTIONS } from 'link-widget:codes';
import { wordsIn } from '../src/browser/words.js';

export { CODES };

export class LinkError extends Error {
  name = 'LinkError';

  constructor({ code, message, provider, details }) {
    super(message);
    this.code = code;
    if (provider !== undefined) this.provider = provider;
    if (details !== undefined) this.details = details;
  }
}

/** The parts of a LinkError that the WebAssembly answers with: there a code is a number. */
export const named = (parts) => ({ ...parts, code: CODES[parts.code] });

/** The parts of a LinkError that something thrown is, or stands for. */
export const partsOf = (error) => (/^LINK_/.test(error?.code) ? { ...error, message: error.message } : { code: 'LINK_INTERNAL_ERROR', message: `${error?.message}` });

export function describeError(code, locale) {
  const known = CODES.includes(code) ? code : 'LINK_INTERNAL_ERROR';
  const [message, retryable, needsNewSession, party] = DESCRIPTIONS[CODES.indexOf(known)];
  return { message: wordsIn(locale).errors?.[known] ?? message, retryable, needsNewSession, party };
}

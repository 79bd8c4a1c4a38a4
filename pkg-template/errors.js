// Errors and their words, which work without WebAssembly.
import { DESCRIPTIONS } from 'link-widget:registry';
import { hasPage } from '../src/browser/page/here.js';
import { wordsIn } from '../src/browser/page/words.js';

export class LinkError extends Error {
  name = 'LinkError';

  /** @param {{ code: string, message: string, provider?: string, details?: unknown }} parts */
  constructor({ code, message, provider, details }) {
    super(message);
    this.code = code;
    if (provider !== undefined) this.provider = provider;
    if (details !== undefined) this.details = details;
  }
}

const isCode = (code) => typeof code === 'string' && Object.hasOwn(DESCRIPTIONS, code);

/** A LinkError for something thrown: a LinkError, the parts of one, or anything else. */
export function linkError(thrown, provider) {
  // Only own properties: a script may have put anything on the prototype of all objects.
  const { code, details } = /** @type {any} */ ({ __proto__: null, ...thrown });
  const isOurs = isCode(code);
  return new LinkError({
    code: isOurs ? code : 'LINK_INTERNAL_ERROR',
    message: `${thrown?.message}`,
    details: isOurs ? details : undefined,
    provider,
  });
}

/** Throws if there is no page. */
export function needPage() {
  if (!hasPage()) {
    throw {
      code: 'LINK_UNSUPPORTED',
      message: 'This needs a page: call it in a browser, not in a worker or on a server.',
    };
  }
}

export function describeError(code, locale) {
  const known = isCode(code) ? code : 'LINK_INTERNAL_ERROR';
  const { message, ...rest } = DESCRIPTIONS[known];
  return { message: wordsIn(locale).errors?.[known] ?? message, ...rest };
}

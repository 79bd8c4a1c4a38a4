// The words that the widget shows: English, or those of a language that the page has imported.

/**
 * @typedef {object} Words
 * @property {string} lang of these words
 * @property {string} title
 * @property {string} close
 * @property {string} loading
 * @property {string} finish
 * @property {string} show
 * @property {string} cancel
 * @property {Record<string, string>} [errors] by code; the crate has the English ones
 */

/** @type {Words} */
const ENGLISH = {
  lang: 'en',
  title: 'Connect your bank',
  close: 'Close',
  loading: 'Loading…',
  finish: 'Finish in the other window.',
  show: 'Show it',
  cancel: 'Cancel',
  // An own property, so that one on `Object.prototype` does not count.
  errors: undefined,
};

/**
 * The words in the language of `locale`, else of the page, else of the browser; English if they are missing.
 * @param {unknown} locale
 * @returns {Words}
 */
export function wordsIn(locale) {
  const { document } = globalThis;
  const given = typeof locale === 'string' && locale ? locale : document?.documentElement?.lang;
  // Read last: a browser creates its `navigator` at the first use.
  const wanted = `${given || globalThis.navigator?.language || ''}`;
  // Where pkg/locales/*.js put them. Every entry of the package finds them there, whichever way it was
  // bundled.
  return globalThis[Symbol.for('link-widget')]?.get(wanted.split(/[-_]/)[0].toLowerCase()) ?? ENGLISH;
}

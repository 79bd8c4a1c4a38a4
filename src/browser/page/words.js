// The words that the widget shows: English, or those of a language that the page has imported.

const ENGLISH = {
  lang: 'en',
  title: 'Connect your bank',
  close: 'Close',
  loading: 'Loading…',
  finish: 'Finish in the other window.',
  show: 'Show it',
  cancel: 'Cancel',
};

/** @typedef {typeof ENGLISH & { errors?: Record<string, string> }} Words */

/**
 * Those of the locale, else of the page, else of the browser, as far as they are there.
 * @param {unknown} locale
 * @returns {Words}
 */
export function wordsIn(locale) {
  const { document } = globalThis;
  const given = typeof locale === 'string' && locale ? locale : document?.documentElement.lang;
  // Asked last: a browser makes its `navigator` for whoever asks first.
  const wanted = given || globalThis.navigator?.language || '';
  // Where pkg/locales/*.js put them. Every entry of the package finds them there, whichever way it was
  // bundled.
  return globalThis[Symbol.for('link-widget')]?.get(wanted.split(/[-_]/)[0].toLowerCase()) ?? ENGLISH;
}

// The provider's page in an iframe, with its loading state: what an overlay and a container have in common.
import { element, listen } from './undo.js';

/**
 * Starts loading the provider's page in `parent`.
 * @param {import('./undo.js').Entries} entries
 * @param {ParentNode} parent
 * @param {import('./stage.js').Shown} shown
 * @param {import('./stage.js').Tell} tell
 * @returns {import('./stage.js').Surface}
 */
export function frame(entries, parent, { url, title, lang, words }, tell) {
  const page = element(parent, 'div', { class: 'page' });
  const status = element(page, 'div', { role: 'status', part: 'status' });
  let iframe;
  /** Shows a page in a frame of its own. */
  function load(src) {
    status.textContent = words.loading;
    iframe = element(page, 'iframe', {
      title,
      lang,
      part: 'frame',
      // What a sign-in may need: copying a code, a full-screen document, a passkey.
      allow: 'clipboard-write; fullscreen; publickey-credentials-get',
      // The provider may check which site embeds it; which page of it is not its business.
      referrerpolicy: 'strict-origin',
      // Set before it is in the document, so that the history gets no entry for an empty page.
      src,
    });
    listen(entries, iframe, 'load', tell);
  }
  load(url);
  return {
    window: () => iframe.contentWindow,
    reveal: () => (status.textContent = ''),
    focus: () => iframe.focus(),
    // In another frame: a new `src` would add an entry to the history, and `location.replace` would tell the
    // provider which page this is. What the page before still says comes from another window.
    navigate(next) {
      const before = iframe;
      // In Chromium a frame whose page has the focus does not match `:focus`.
      const hasFocus = before.getRootNode().activeElement === before;
      load(next);
      before.remove();
      if (hasFocus) iframe.focus({ preventScroll: true });
    },
  };
}

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
  status.textContent = words.loading;
  const iframe = element(page, 'iframe', {
    title,
    lang,
    part: 'frame',
    // What a bank's sign-in may need: copying a code, a full-screen document, a passkey.
    allow: 'clipboard-write; fullscreen; publickey-credentials-get',
    // The provider may check which site embeds it; which page of it is not its business.
    referrerpolicy: 'strict-origin',
    // Set before it is in the document, so that the history gets no entry for an empty page.
    src: url,
  });
  listen(entries, iframe, 'load', tell);
  return {
    window: () => iframe.contentWindow,
    reveal: () => (status.textContent = ''),
    focus: () => iframe.focus(),
    // Replaces the page before: a new `src` would add an entry to the history.
    navigate: (next) => iframe.contentWindow?.location.replace(next),
  };
}

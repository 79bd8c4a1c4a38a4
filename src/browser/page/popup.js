// The provider's page in a second window, and a dialog on this page meanwhile: the user always has a way out.
import { dialog } from './dialog.js';
import { element } from './undo.js';
import { outside } from './zone.js';

const CSS = `
p{margin:0;padding:1em}
.actions{display:flex;flex-wrap:wrap;gap:.5em;padding:0 1em 1em}
.actions button{padding:0 1em;border:1px solid}`;

const BLOCKED =
  'The browser did not open a window. Call this inside a click, before any await, ' +
  'or give an open `window`.';
const NOT_OURS = 'This page may not navigate the given `window`. Give one that it has opened itself.';

/** Whether it is an open window besides this one. `instanceof` does not work for one of another origin. */
function isOpen(value) {
  try {
    return value.window === value && value !== window && !value.closed;
  } catch {
    return false;
  }
}

/**
 * Closes the window. WebKit forgets this if the provider's page comes from another process in the same
 * moment, and shows that page: `closed`, which was true, is false then. Only a window that is still empty,
 * and so of this page's origin, can be in that moment.
 */
function shut(opened) {
  try {
    if (opened.location.href === 'about:blank') {
      for (const ms of [200, 1000]) outside(() => setTimeout(() => opened.close(), ms));
    }
  } catch {}
  opened.close();
}

/** Closes the caller's window, in which nothing was shown. */
export function discard(given) {
  if (isOpen(given)) shut(given);
}

/**
 * Opens it at once: a browser allows that in a click, before any `await`.
 * @type {import('./stage.js').Show}
 */
export function popup(entries, shown, tell) {
  const given = shown.place;
  let opened = given;
  try {
    // Not the variable: pages have one of this name.
    opened ??= window.open(shown.url, '_blank', 'popup,width=480,height=760');
  } catch {}
  // An app that shows the page, or one of the page's scripts, may have replaced `open`.
  if (!isOpen(opened)) throw { code: 'LINK_POPUP_BLOCKED', message: BLOCKED };
  entries.push(() => shut(opened));
  try {
    given?.location.replace(shown.url);
  } catch {
    // The browser's own message has the URL.
    throw { code: 'LINK_POPUP_BLOCKED', message: NOT_OURS };
  }

  dialog(entries, shown, shown.words.close, CSS, tell, (parent, button) => {
    element(parent, 'p', { id: 'text' }).textContent = shown.words.finish;
    parent.setAttribute('aria-describedby', 'text');
    const actions = element(parent, 'div', { class: 'actions' });
    button(actions, shown.words.show, {}, () => opened.focus());
    button(actions, shown.words.cancel, {}, () => tell({ type: 'close' }));
  });

  return {
    window: () => opened,
    reveal() {},
    focus: () => opened.focus(),
    navigate: (url) => opened.location.replace(url),
  };
}

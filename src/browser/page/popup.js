// The provider's page in a second window, and a dialog on this page meanwhile: a person always has a way out.
import { dialog } from './dialog.js';
import { element, listen } from './undo.js';

const CSS = `
p{margin:0;padding:1rem}
.actions{display:flex;flex-wrap:wrap;gap:.5rem;padding:0 1rem 1rem}
.actions button{padding:0 1rem;border:1px solid}`;

const BLOCKED =
  'The browser did not open a window. Call this inside a click, before anything that waits, or give an open `window`.';

/** Opens it at once: a browser allows that in a click, before anything that waits. */
export function popup(entries, shown, tell) {
  const given = shown.place;
  const opened = given ?? open(shown.url, '_blank', 'popup,width=480,height=760');
  if (!opened || opened.closed) throw { code: 'LINK_POPUP_BLOCKED', message: BLOCKED };
  entries.push([opened, 'close']);
  if (given) opened.location.replace(shown.url);

  dialog(entries, shown, shown.words.close, CSS, tell, (parent) => {
    element(parent, 'p', {}).textContent = shown.words.finish;
    const actions = element(parent, 'div', { class: 'actions' });
    const button = (text, act) => {
      const made = element(actions, 'button', { type: 'button' });
      made.textContent = text;
      listen(entries, made, 'click', act);
    };
    button(shown.words.show, () => opened.focus());
    button(shown.words.cancel, () => tell({ type: 'close' }));
  });

  return {
    window: () => opened,
    reveal() {},
    focus: () => opened.focus(),
    navigate: (url) => opened.location.replace(url),
  };
}

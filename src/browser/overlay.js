// The provider's page in a modal dialog.
import { frame, shadow } from './frame.js';
import { element, listen, style } from './page.js';
import { CLOSED_BY_USER } from './told.js';

const CSS = `
dialog{box-sizing:border-box;margin:auto;padding:0;border:1px solid var(--line);border-radius:.75rem;inline-size:100%;block-size:100%;max-inline-size:min(100%,30rem);max-block-size:min(100%,50rem);background:Canvas;color:CanvasText;overflow:hidden;overscroll-behavior:contain;outline:0}
dialog[open]{display:grid;grid-template-rows:auto 1fr}
::backdrop{background:rgb(0 0 0/.5)}
.bar{display:flex;align-items:center;gap:.5rem;padding:.25rem .25rem .25rem 1rem;min-block-size:2.75rem;border-block-end:1px solid var(--line)}
h2{flex:1;margin:0;font:inherit;font-weight:600;overflow-wrap:anywhere}
button{order:1;flex:none;inline-size:2.75rem;block-size:2.75rem;border:0;border-radius:.5rem;background:none;color:inherit;font:1.5rem/1 system-ui;cursor:pointer}
button:hover{background:var(--line)}
button:focus-visible{outline:3px solid;outline-offset:-5px}
@media(max-width:32rem),(max-height:40rem){dialog{max-inline-size:none;max-block-size:none;border:0;border-radius:0}}`;

export function overlay(entries, shown, tell) {
  const root = shadow(entries, document.body ?? document.documentElement, shown.provider, CSS);
  const dialog = element(root, 'dialog', {
    'aria-labelledby': 'title',
    tabindex: -1,
    // Where it is not supported, `cancel` and `close` below do the same.
    closedby: shown.close ? 'closerequest' : 'none',
  });
  const bar = element(dialog, 'div', { class: 'bar' });
  const close = () => tell(CLOSED_BY_USER);
  if (shown.close) {
    const button = element(bar, 'button', { type: 'button', 'aria-label': shown.close });
    button.textContent = '×';
    listen(entries, button, 'click', close);
  }
  element(bar, 'h2', { id: 'title' }).textContent = shown.title;
  const surface = frame(entries, dialog, shown, tell);

  // The page does not scroll behind it, nor jump sideways when its scroll bar goes. A sheet of its own leaves
  // the page's own styles as they are.
  const gutter = innerWidth > document.documentElement.clientWidth ? ';scrollbar-gutter:stable!important' : '';
  entries.push(style(document, `html{overflow:hidden!important${gutter}}`));

  dialog.showModal();
  // Gives the focus back to where it was.
  entries.push([dialog, 'close']);
  // Not the button, where `showModal` puts it: a screen reader says the dialog's name first, and no key press
  // goes to a page that is not there yet.
  dialog.focus();
  listen(entries, dialog, 'cancel', (event) => {
    // The flow decides whether the dialog goes.
    event.preventDefault();
    if (shown.close) close();
  });
  // A browser may close a dialog in spite of `cancel`, on a second Escape; a script of the page's may, too.
  listen(entries, dialog, 'close', () => (shown.close ? close() : dialog.showModal()));

  return {
    ...surface,
    reveal() {
      surface.reveal();
      // Only from where it was put: a person who has moved on is not pulled back.
      if (root.activeElement === dialog) surface.focus();
    },
  };
}

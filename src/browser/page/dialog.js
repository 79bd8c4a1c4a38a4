// A modal dialog over the page, for an overlay and beside a popup.
import { shadow } from './shadow.js';
import { element, listen, style } from './undo.js';

const CSS = `
dialog{box-sizing:border-box;margin:auto;padding:0;border:1px solid var(--line);border-radius:.75rem;inline-size:100%;max-inline-size:min(100%,30rem);background:Canvas;color:CanvasText;overflow:hidden;overscroll-behavior:contain;outline:0}
::backdrop{background:rgb(0 0 0/.5)}
.bar{display:flex;align-items:center;gap:.5rem;padding:.25rem .25rem .25rem 1rem;min-block-size:2.75rem;border-block-end:1px solid var(--line)}
h2{flex:1;margin:0;font:inherit;font-weight:600;overflow-wrap:anywhere}
button{min-inline-size:2.75rem;min-block-size:2.75rem;border:0;border-radius:.5rem;background:none;color:inherit;font:inherit;cursor:pointer}
.bar button{order:1;flex:none;font-size:1.5rem;line-height:1}
button:hover{background:var(--line)}
button:focus-visible{outline:3px solid;outline-offset:-5px}`;

/** The dialogs that are open, each with what had the focus before it. */
const opened = new Set();

/**
 * Shows a dialog that `fill` has filled. `close`: the name of its close button, without which Escape does
 * nothing either. Gives the dialog and its shadow tree.
 */
export function dialog(entries, shown, close, css, tell, fill) {
  // Asked before anything is added to the page, while its layout is known.
  const gutter = innerWidth > document.documentElement.clientWidth ? ';scrollbar-gutter:stable!important' : '';
  const root = shadow(entries, document.body ?? document.documentElement, shown, CSS + css);
  const modal = element(root, 'dialog', {
    'aria-labelledby': 'title',
    tabindex: -1,
    // Where it is not supported, `cancel` and `close` below do the same.
    closedby: close ? 'closerequest' : 'none',
  });
  const bar = element(modal, 'div', { class: 'bar' });
  const end = () => tell({ type: 'close' });
  if (close) {
    const button = element(bar, 'button', { type: 'button', 'aria-label': close });
    button.textContent = '×';
    listen(entries, button, 'click', end);
  }
  const { title, words } = shown;
  // A title of the caller's is in the page's language.
  element(bar, 'h2', { id: 'title', lang: title === words.title ? words.lang : document.documentElement.lang }).textContent = title;
  fill(modal);

  // The page does not scroll behind it, nor jump sideways when its scroll bar goes. A sheet of its own leaves
  // the page's own styles as they are.
  entries.push(style(document, `html{overflow:hidden!important${gutter}}`));

  const me = {
    before: document.activeElement,
    close() {
      opened.delete(me);
      // What opened over this dialog gives the focus back to where this one would have.
      for (const other of opened) if (other.before === root.host) other.before = me.before;
      // Gives the focus back to where it was, unless that is gone.
      modal.close();
      if ([null, document.body, root.host].includes(document.activeElement)) me.before?.focus();
    },
  };
  modal.showModal();
  opened.add(me);
  entries.push([me, 'close']);
  // Not the button, where `showModal` puts it: a screen reader says the dialog's name first, and no key press
  // goes to a page that is not there yet.
  modal.focus();
  listen(entries, modal, 'cancel', (event) => {
    // The flow decides whether the dialog goes.
    event.preventDefault();
    if (close) end();
  });
  // A browser may close a dialog in spite of `cancel`, on a second Escape; a script of the page's may, too.
  listen(entries, modal, 'close', () => (close ? end() : modal.showModal()));
  return [modal, root];
}

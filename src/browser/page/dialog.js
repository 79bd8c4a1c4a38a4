// A modal dialog over the page, for an overlay and beside a popup.
import { shadow } from './shadow.js';
import { create, element, listen, stylePage, undo } from './undo.js';

// The host takes no place: in a page that is a grid or a flex container it would add a gap, or move what is
// spread.
const CSS = `
:host{position:fixed!important}
dialog{box-sizing:border-box;margin:auto;padding:0;border:1px solid var(--link-widget--line);
border-radius:var(--link-widget-radius,.75em);inline-size:100%;
max-inline-size:min(100% - 2em,var(--link-widget-width,30em));overflow:hidden auto;
overscroll-behavior:contain;
outline:0}
::backdrop{background:var(--link-widget-backdrop,rgb(0 0 0/.5))}
.bar{display:flex;align-items:center;gap:.5em;padding:.25em;padding-inline-start:1em;min-block-size:2.75em;
border-block-end:1px solid var(--link-widget--line)}
h2{flex:1;margin:0;font:inherit;font-weight:bold;overflow-wrap:anywhere}
button{min-inline-size:2.75em;min-block-size:2.75em;border:0;border-radius:.5em;background:none;
color:inherit;font:inherit;cursor:pointer}
.bar button{order:1;flex:none}
.bar button::before{content:'×';display:inline-block;scale:1.5}
button:hover{background:var(--link-widget--line)}
button:focus-visible{outline:3px solid var(--link-widget--accent);outline-offset:-5px}`;

/**
 * What a person does in the dialog. An app takes a click, a key, the pointer or the focus beside its own
 * dialog, menu or focus trap for the end of that, or gets the focus back: it must not see these.
 */
const HIDDEN = (
  'pointerdown pointermove pointerup pointercancel pointerover pointerout pointerenter pointerleave ' +
  'mousedown mousemove mouseup mouseover mouseout mouseenter mouseleave touchstart touchmove touchend ' +
  'wheel click dblclick auxclick contextmenu keydown keypress keyup focus focusin focusout blur'
).split(' ');

/** The dialogs that are open, each with what had the focus before it. */
let opened = [];

/**
 * What locks the page, from the first dialog that opens to the last one that goes.
 * @type {import('./undo.js').Entries}
 */
const locked = [];

function unlock() {
  if (opened.length === 0) undo(locked);
}

/**
 * How the page scrolls, for `lock`. To be asked before anything is added to the page, while its styles and
 * layout are known.
 */
function howItScrolls() {
  const html = document.documentElement;
  const { overflow, scrollbarGutter } = getComputedStyle(html);
  // Where <html> has no overflow of its own, the window scrolls as <body> says.
  const bodySays = overflow === 'visible' && getComputedStyle(document.body ?? html).overflow !== 'visible';
  // Without a doctype it is <body> that is as wide as the window.
  const { clientWidth } = document.scrollingElement ?? html;
  return {
    html,
    scroller: bodySays ? 'body' : 'html',
    needsGutter: innerWidth > clientWidth && scrollbarGutter === 'auto',
  };
}

/**
 * Keeps the page from scrolling behind a dialog that opens, and from jumping sideways as its scroll bar goes.
 * Style sheets of its own leave the page's own styles as they are.
 */
function lock(entries, { html, scroller, needsGutter }) {
  entries.push(unlock);
  if (opened.length > 0) return;
  // Important rules in a layer win over a page's outside of one, whatever their selectors. A pull at the
  // provider's page that would load this one anew, as browsers on phones have it, does nothing.
  const rules = `html{overscroll-behavior:none!important}${scroller}{overflow:hidden!important}`;
  stylePage(locked, `@layer{${rules}}`);
  if (!needsGutter) return;
  // Chromium sees that a gutter is gone only after it has styled <html>, whose `vw` is smaller with one
  // (https://github.com/w3c/csswg-drafts/issues/5254). So the gutter, which comes last here, goes first; then
  // Chromium looks at <html>; and the other sheet, which goes after that, has it styled once more.
  const look = () => getComputedStyle(html).fontSize;
  locked.push(look);
  stylePage(locked, '@layer{html{scrollbar-gutter:stable!important}}');
}

/** Hides from the page what happens in the dialog, and runs what `clicks` has for what is clicked. */
function hideEvents(entries, modal, clicks) {
  function take(event) {
    const path = event.composedPath();
    if (!path.includes(modal)) return;
    // What the browser does by itself, such as a click on Enter or `cancel` on Escape, comes all the same.
    event.stopImmediatePropagation();
    if (event.type === 'click') for (const target of path) clicks.get(target)?.();
  }
  // The window hears first, before what an app has at the document.
  const listeners = [];
  for (const type of HIDDEN) listen(listeners, window, type, take, { capture: true, passive: true });
  // The last to go: the focus leaves the dialog as that is taken off.
  entries.unshift(...listeners);
}

/**
 * Keeps the dialog in the part of the window that an on-screen keyboard leaves. No unit of CSS knows of one.
 */
function fit(entries, modal) {
  const seen = /** @type {VisualViewport} */ (window.visualViewport);
  function place() {
    const { offsetTop: top, height, scale } = seen;
    // Who zooms in sees a part of the dialog, which stays as it is.
    modal.style.insetBlock = scale === 1 ? `${top}px calc(100% - ${top + height}px)` : '';
  }
  for (const type of ['resize', 'scroll']) listen(entries, seen, type, place);
}

/**
 * Of those that a browser closes when a modal dialog opens beside them. In `:is()`, for browsers that know
 * none.
 */
const OPEN_POPOVER = '[popover]:not([popover=manual]):is(:popover-open)';

const body = () => document.body ?? document.documentElement;

/** As far as the browser says. */
const isDrawn = (node) => node.checkVisibility?.() ?? true;

/** Where the dialog goes: into the page's popover that the person is in, if there is one. */
function parentOf(before) {
  for (let node = before; node; node = node.assignedSlot ?? node.parentNode ?? node.host) {
    try {
      if (node.matches?.(OPEN_POPOVER) && isDrawn(node)) return node;
    } catch {
      // In a form a field may have that name.
    }
  }
  // Not every browser gives the focus to a button that is clicked.
  return [...document.querySelectorAll(OPEN_POPOVER)].filter(isDrawn).at(-1) ?? body();
}

/**
 * Puts a button into `parent`.
 * @typedef {(parent: HTMLElement, text: string, name: object, run: () => void) => void} Button
 */

/** What has the focus, in whatever shadow tree. */
export function focused() {
  let { activeElement } = document;
  while (activeElement?.shadowRoot?.activeElement) ({ activeElement } = activeElement.shadowRoot);
  return /** @type {HTMLElement | null} */ (activeElement);
}

/**
 * Shows a dialog that `fill` has filled. `close`: the name of its close button, without which Escape does
 * nothing either. Gives the dialog, its shadow tree, and what puts it over all that was opened since.
 * @param {import('./undo.js').Entries} entries
 * @param {import('./stage.js').Shown} shown
 * @param {string | false} close
 * @param {string} css
 * @param {import('./stage.js').Tell} tell
 * @param {(parent: HTMLElement, button: Button) => void} fill
 * @returns {{ modal: HTMLDialogElement, root: ShadowRoot, raise: () => void }}
 */
export function dialog(entries, shown, close, css, tell, fill) {
  const scrolling = howItScrolls();
  const before = focused();
  const end = () => tell({ type: 'close' });
  const clicks = new WeakMap();
  const button = (parent, text, name, run) => {
    const made = element(parent, 'button', { type: 'button', ...name });
    made.textContent = text;
    clicks.set(made, run);
  };
  const home = parentOf(before);
  const page = document.body;
  // A new body takes off all that was in the old one.
  const isInPopover = () => home !== page && host.parentNode === home && document.body === page;
  let modal;
  const isModal = () => modal.matches(':modal');
  const isHidden = () => isInPopover() && !isDrawn(modal);
  function leave() {
    const parent = /** @type {any} */ (body());
    // Where it cannot be moved as it is, the provider's page loads anew.
    if (parent.moveBefore && host.isConnected) parent.moveBefore(host, null);
    else parent.append(host);
  }
  const watched = {
    // A dialog that was taken out is still open, and modal no more. In a popover that closes nothing is
    // drawn.
    isWhole: () => isModal() && !isHidden(),
    sized: home === page ? undefined : () => modal,
    // A menu may be taken off with the click on its item.
    gone() {
      if (!isInPopover()) return tell({ type: 'abort' });
      leave();
      watched.moved();
    },
    moved() {
      if (isHidden()) leave();
      if (!isModal()) raise();
    },
  };
  /** Puts it over whatever else is shown. */
  function raise() {
    modal.close();
    modal.showModal();
    modal.focus({ preventScroll: true });
  }
  const root = shadow(entries, home, shown, CSS + css, watched, (tree) => {
    modal = element(tree, 'dialog', {
      'aria-labelledby': 'title',
      part: 'dialog',
      tabindex: -1,
      // Where it is not supported, `cancel` and `close` below do the same.
      closedby: close ? 'closerequest' : 'none',
    });
    fill(modal, button);
  });
  const { host } = root;
  const bar = create('div', { class: 'bar', part: 'bar' });
  modal.prepend(bar);
  if (close) button(bar, '', { 'aria-label': close, part: 'close' }, end);
  element(bar, 'h2', { id: 'title', part: 'title', lang: shown.lang }).textContent = shown.title;
  hideEvents(entries, modal, clicks);
  fit(entries, modal);
  lock(entries, scrolling);

  const me = {
    before,
    close() {
      opened = opened.filter((other) => other !== me);
      // What opened over this dialog gives the focus back to where this one would have.
      for (const other of opened) if (other.before?.getRootNode() === root) other.before = me.before;
      // Gives the focus back to where it was, unless that is gone.
      modal.close();
      if ([null, document.body, host].includes(document.activeElement))
        me.before?.focus({ preventScroll: true });
    },
  };
  modal.showModal();
  opened.push(me);
  entries.push(me.close);
  // Not the button, where `showModal` puts it: a screen reader says the dialog's name first, and no key press
  // goes to a page that is not there yet.
  modal.focus({ preventScroll: true });
  listen(entries, modal, 'cancel', (event) => {
    // The flow decides whether the dialog goes.
    event.preventDefault();
    if (close) end();
  });
  // A browser may close a dialog in spite of `cancel`, on a second Escape; a script of the page's may, too.
  listen(entries, modal, 'close', () => {
    if (modal.open) return;
    if (close) end();
    else modal.showModal();
  });
  return { modal, root, raise };
}

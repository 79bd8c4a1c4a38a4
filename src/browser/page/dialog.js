// A modal dialog over the page, for an overlay and beside a popup.
import { shadow } from './shadow.js';
import { create, element, listen, stylePage, undo } from './undo.js';

// The host takes no place: in a body that is a grid or a flex container it would add a gap, or move the
// items.
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
 * What the user does in the dialog. An app that sees a click, a key, the pointer or the focus outside its own
 * dialog, menu or focus trap closes that, or takes the focus back. So it must not see these events.
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
 * How the page scrolls, for `lock`. Call it before adding anything to the page, while styles and layout are
 * up to date.
 */
function howItScrolls() {
  const html = document.documentElement;
  const { overflow, scrollbarGutter } = getComputedStyle(html);
  // If <html> has no overflow of its own, the window scrolls as <body> says.
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
 * Separate style sheets leave the page's own styles as they are.
 */
function lock(entries, { html, scroller, needsGutter }) {
  entries.push(unlock);
  if (opened.length > 0) return;
  // Important rules in a layer win over a page's outside of one, whatever their selectors. On phones, a pull
  // at the provider's page must not reload this one.
  const rules = `html{overscroll-behavior:none!important}${scroller}{overflow:hidden!important}`;
  stylePage(locked, `@layer{${rules}}`);
  if (!needsGutter) return;
  // Chromium sees that a gutter is gone only after it has styled <html>, whose `vw` is smaller with one
  // (https://github.com/w3c/csswg-drafts/issues/5254). So the gutter, which comes last here, goes first; then
  // Chromium looks at <html>; and the other sheet, which goes after that, has it styled again.
  const look = () => getComputedStyle(html).fontSize;
  locked.push(look);
  stylePage(locked, '@layer{html{scrollbar-gutter:stable!important}}');
}

/**
 * Hides the dialog's events from the page, and that the focus goes to it, and runs the function that `clicks`
 * has for a clicked element.
 */
function hideEvents(entries, modal, host, clicks) {
  function take(event) {
    const path = event.composedPath();
    const isFocusComing = event.relatedTarget === host && /blur|focusout/.test(event.type);
    if (!path.includes(modal) && !isFocusComing) return;
    // The browser's own actions, such as a click on Enter or `cancel` on Escape, still follow.
    event.stopImmediatePropagation();
    if (event.type === 'click') for (const target of path) clicks.get(target)?.();
  }
  // The window's listeners run first, before those that an app has on the document.
  const listeners = [];
  for (const type of HIDDEN) listen(listeners, window, type, take, { capture: true, passive: true });
  // Undone last, because removing the dialog moves the focus.
  entries.unshift(...listeners);
}

/**
 * Keeps the dialog in the part of the window that an on-screen keyboard leaves. No CSS unit accounts for one.
 */
function fit(entries, modal) {
  const seen = /** @type {VisualViewport} */ (window.visualViewport);
  function place() {
    const { offsetTop: top, height, scale } = seen;
    // The page may have a `zoom` of its own, which multiplies every length set here.
    const zoom = modal.currentCSSZoom ?? 1;
    // A user who zooms in sees part of the dialog, which stays as it is.
    modal.style.insetBlock = scale === 1 ? `${top / zoom}px calc(100% - ${(top + height) / zoom}px)` : '';
  }
  for (const type of ['resize', 'scroll']) listen(entries, seen, type, place);
}

/**
 * Popovers that a browser closes when a modal dialog opens next to them. `:is()` keeps the selector valid in
 * browsers without popovers.
 */
const OPEN_POPOVER = '[popover]:not([popover=manual]):is(:popover-open)';

const body = () => document.body ?? document.documentElement;

/** Whether it is drawn, as far as the browser says. */
const isDrawn = (node) => node.checkVisibility?.() ?? true;

/** Where the dialog goes: into the page's popover that the user is in, if there is one. */
function parentOf(before) {
  for (let node = before; node; node = node.assignedSlot ?? node.parentNode ?? node.host) {
    try {
      if (node.matches?.(OPEN_POPOVER) && isDrawn(node)) return node;
    } catch {
      // In a form a field may have that name.
    }
  }
  // Not every browser focuses a clicked button.
  return [...document.querySelectorAll(OPEN_POPOVER)].filter(isDrawn).at(-1) ?? body();
}

/**
 * Puts a button into `parent`.
 * @typedef {(parent: HTMLElement, text: string, name: object, run: () => void) => void} Button
 */

/** What has the focus, in any shadow tree. */
export function focused() {
  let { activeElement } = document;
  while (activeElement?.shadowRoot?.activeElement) ({ activeElement } = activeElement.shadowRoot);
  return /** @type {HTMLElement | null} */ (activeElement);
}

/**
 * Shows a dialog that `fill` has filled. `close`: the name of its close button, without which Escape does
 * nothing either. Returns the dialog, its shadow tree, and a function that puts it above everything that was
 * opened since.
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
  // A new body removes everything in the old one.
  const isInPopover = () => home !== page && host.parentNode === home && document.body === page;
  let modal;
  const isModal = () => modal.matches(':modal');
  const isHidden = () => isInPopover() && !isDrawn(modal);
  function leave() {
    const parent = /** @type {any} */ (body());
    // Without `moveBefore` the provider's page loads again.
    if (parent.moveBefore && host.isConnected) parent.moveBefore(host, null);
    else parent.append(host);
  }
  const watched = {
    // A dialog that was removed is still open, but no longer modal. In a closed popover nothing is drawn.
    isWhole: () => isModal() && !isHidden(),
    sized: home === page ? undefined : () => modal,
    // A menu may be removed by the click on its item.
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
  /** The `close` events that `raise` has caused, and that are still to come. */
  let ownCloses = 0;

  /** Puts it above everything else. */
  function raise() {
    if (modal.open) {
      ownCloses += 1;
      modal.close();
    }
    modal.showModal();
    modal.focus({ preventScroll: true });
  }
  const root = shadow(entries, home, shown, CSS + css, watched, (tree) => {
    modal = element(tree, 'dialog', {
      'aria-labelledby': 'title',
      part: 'dialog',
      tabindex: -1,
      // If the browser does not know it, `cancel` and `close` below do the same.
      closedby: close ? 'closerequest' : 'none',
    });
    fill(modal, button);
  });
  const { host } = root;
  const bar = create('div', { class: 'bar', part: 'bar' });
  modal.prepend(bar);
  if (close) button(bar, '', { 'aria-label': close, part: 'close' }, end);
  element(bar, 'h2', { id: 'title', part: 'title', lang: shown.lang }).textContent = shown.title;
  hideEvents(entries, modal, host, clicks);
  fit(entries, modal);
  lock(entries, scrolling);

  const me = {
    before,
    close() {
      opened = opened.filter((other) => other !== me);
      // A dialog that opened over this one gives the focus back to where this one would have.
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
  // A browser may close a dialog in spite of `cancel`, on a second Escape; one of the page's scripts may,
  // too.
  listen(entries, modal, 'close', () => {
    if (ownCloses > 0) ownCloses -= 1;
    else if (close) end();
    else if (!modal.open) modal.showModal();
  });
  return { modal, root, raise };
}

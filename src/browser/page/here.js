// This page: its address, its clock, its elements, and whether it has the focus.

/** Whether there is a page: a worker and a server have none. */
export const hasPage = () => typeof document !== 'undefined';
export const address = () => location.href;
/** For a `srcdoc` frame, which has no URL of its own, that of the page around it. */
export const origin = () => (location.origin === 'null' ? window.origin : location.origin);
export const base = () => document.baseURI;
/** True if an image of that name has taken the function's place. */
export const hasFocus = () => typeof document.hasFocus !== 'function' || document.hasFocus();

/** Milliseconds since the page began. Pages have globals named `performance` and `Event`. */
export const sincePageBeganMs = () => new UIEvent('now').timeStamp;

/**
 * The element given by itself, its id or a selector: null if it is not in the document, undefined if it is
 * anything else, such as an element of another page, or a string of `most` characters or more. `instanceof`
 * does not tell: pages have an `Element` of their own.
 */
export function find(place, most) {
  try {
    const isName = typeof place === 'string' && place.length < most;
    const element = isName ? (document.getElementById(place) ?? document.querySelector(place)) : place;
    if (isName || place === null || place.nodeType === 1) {
      if (!element?.isConnected) return null;
      if (element.ownerDocument === document) return element;
    }
  } catch {}
}

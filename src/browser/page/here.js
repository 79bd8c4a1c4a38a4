// This page: where it is, and whether a person is on it.

/** Whether there is one: a worker and a server have none. */
export const hasPage = () => typeof document !== 'undefined';
export const address = () => location.href;
/** That of the page around it, where it is a frame with a `srcdoc`, which has no URL of its own. */
export const origin = () => (location.origin === 'null' ? window.origin : location.origin);
export const base = () => document.baseURI;
export const hasFocus = () => document.hasFocus();

/** Milliseconds since the page began. Pages have globals named `performance` and `Event`. */
export const sincePageBeganMs = () => new UIEvent('now').timeStamp;

/**
 * The element that a caller means by an element, an id or a selector; null: it is not in the document.
 * Undefined: it is something else, such as an element of another page, or a text of `most` letters or more.
 * What it is an instance of does not count: pages have an `Element` of their own.
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

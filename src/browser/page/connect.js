// A connection that is there before anything is asked of it.
import { element } from './undo.js';

/** Has the browser connect to an origin. */
export function connect(origin) {
  // The browser begins as it comes into the document, and nothing stays of it.
  element(document.head ?? document.documentElement, 'link', { rel: 'preconnect', href: origin }).remove();
}

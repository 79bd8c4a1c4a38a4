// Connects to an origin before anything is requested from it.
import { element } from './undo.js';

export function connect(origin) {
  // The browser connects when the element enters the document, which need not keep it.
  element(document.head ?? document.documentElement, 'link', { rel: 'preconnect', href: origin }).remove();
}

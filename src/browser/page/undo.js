// What a flow puts on the page, and how it is taken off again.
//
// In JavaScript, because after a trap in the WebAssembly no Rust code runs any more.

import { outside } from './zone.js';

/** @typedef {(CSSStyleSheet | [object: any, method: string, ...args: any[]])[]} Entries what `undo` takes */

/**
 * Undoes everything, what came last first. An entry is a call, `[object, method, ...arguments]`, or a style
 * sheet of the document.
 * @param {Entries} entries
 */
export function undo(entries) {
  while (entries.length) {
    const entry = /** @type {Entries[number]} */ (entries.pop());
    if (Array.isArray(entry)) {
      const [object, method, ...args] = entry;
      // What cannot be undone does not keep the rest.
      try {
        object[method](...args);
      } catch {}
    } else {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== entry);
      // Whoever keeps a list of the page's sheets may put it back.
      entry.disabled = true;
    }
  }
}

/**
 * Listens until it is undone.
 * @param {Entries} entries
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} listener
 * @param {AddEventListenerOptions} [options]
 */
export function listen(entries, target, type, listener, options) {
  outside(() => target.addEventListener(type, listener, options));
  entries.push([target, 'removeEventListener', type, listener, options]);
}

/**
 * Applies styles to a document or a shadow tree, as a strict `style-src` permits it.
 * @param {Document | ShadowRoot} tree
 * @param {string} css
 */
export function style(tree, css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  tree.adoptedStyleSheets.push(sheet);
  return sheet;
}

/**
 * A new element with these attributes.
 * @template {keyof HTMLElementTagNameMap} N
 * @param {N} name
 * @param {Record<string, any>} attributes
 */
export function create(name, attributes) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

/**
 * The same at the end of `parent`.
 * @template {keyof HTMLElementTagNameMap} N
 * @param {ParentNode} parent
 * @param {N} name
 * @param {Record<string, any>} attributes
 */
export function element(parent, name, attributes) {
  const made = create(name, attributes);
  parent.append(made);
  return made;
}

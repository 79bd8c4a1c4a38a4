// What a flow puts on the page, and how it is taken off again.
//
// In JavaScript, because after a trap in the WebAssembly no Rust code runs any more.

import { outside } from './zone.js';

/** @typedef {(() => void)[]} Entries what undoes each step, in the order of the steps */

/**
 * Undoes everything, the last step first.
 * @param {Entries} entries
 */
export function undo(entries) {
  while (entries.length) {
    // A step that cannot be undone does not stop the others.
    try {
      entries.pop()?.();
    } catch {}
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
  // Old pages have functions of their own with the window's names.
  const methods = target === window ? EventTarget.prototype : target;
  outside(() => methods.addEventListener.call(target, type, listener, options));
  entries.push(() => methods.removeEventListener.call(target, type, listener, options));
}

/**
 * Applies styles to a document or a shadow tree, in a way that a strict `style-src` permits.
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
 * Applies styles to the page until they are undone.
 * @param {Entries} entries
 * @param {string} css
 */
export function stylePage(entries, css) {
  const added = style(document, css);
  entries.push(() => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== added);
    // A script that keeps a list of the page's sheets may put it back.
    added.disabled = true;
  });
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

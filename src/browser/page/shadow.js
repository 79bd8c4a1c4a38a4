// The widget's host element, which keeps its styles and the page's apart.
import { create, style } from './undo.js';
import { outside } from './zone.js';

// Of two important rules, the one in the shadow tree wins: no theme's `div:empty{display:none}` and no `*`
// reaches the host. The page's colour scheme and the properties of docs/theming.md are taken over. Sizes are
// in `em` of the user's font size: a page's `rem` may be 10 pixels, or none.
const CSS = `
:host{all:initial!important;display:block!important;color-scheme:inherit!important;
font:medium/1.5 system-ui,sans-serif!important;
--link-widget--line:color-mix(in srgb,currentColor 20%,transparent)!important;
--link-widget--accent:var(--link-widget-accent,currentColor)!important}
dialog,.page{background:var(--link-widget-background,Canvas);color:var(--link-widget-color,CanvasText);
font-family:var(--link-widget-font,inherit)}
.page{position:relative;isolation:isolate;min-block-size:0}
iframe{display:block;border:0;inline-size:100%;block-size:100%}
[role=status]{position:absolute;inset:0;z-index:-1;display:grid;place-content:center;justify-items:center;gap:1em;
pointer-events:none}
[role=status]:empty{display:none}
h2,p,[role=status]{unicode-bidi:plaintext;text-align:-webkit-match-parent;text-align:match-parent}
[role=status]::before{content:'';inline-size:2em;block-size:2em;border:3px solid var(--link-widget--line);
border-block-start-color:var(--link-widget--accent);border-radius:50%;animation:turn 1s linear infinite}
@keyframes turn{to{rotate:1turn}}
@media(prefers-reduced-motion:reduce){[role=status]::before{animation:none}}
@media(forced-colors:active){[role=status]::before{border-block-end-color:Canvas}}`;

/**
 * What `watch` asks and calls.
 * @typedef {object} Watched
 * @property {() => void} gone
 * @property {() => boolean} [isWhole]
 * @property {any} [moved] a function, if there is `isWhole`
 * @property {() => Element} [sized] the element whose size is watched as well
 */

/**
 * Puts a host into `parent` whose shadow tree `fill` has filled, and returns the tree. The provider's page
 * starts to load when it enters the document: anything that can wait, such as styles, comes after that.
 * @param {import('./undo.js').Entries} entries
 * @param {ParentNode} parent
 * @param {import('./stage.js').Shown} shown
 * @param {string} css
 * @param {Watched} watched
 * @param {(tree: ShadowRoot) => void} fill
 */
export function shadow(entries, parent, { provider, words }, css, watched, fill) {
  const host = create('div', {
    'data-link-widget': provider,
    lang: words.lang,
    // React Aria hides everything that an app adds while a dialog is open from assistive technology, except
    // elements with this attribute.
    'data-react-aria-top-layer': true,
    // Turbo removes elements with this before it copies the page for the Back button.
    'data-turbo-temporary': true,
  });
  const root = host.attachShadow({ mode: 'open' });
  fill(root);
  entries.push(() => host.remove());
  parent.append(host);
  style(root, CSS + css);
  watch(entries, host, watched);
  return root;
}

/**
 * Calls `gone` if a router, a new body or a new rendering removes the host, and `moved` if it was put
 * elsewhere within a task and `isWhole` no longer holds.
 * @param {import('./undo.js').Entries} entries
 * @param {HTMLElement} host
 * @param {Watched} watched
 */
function watch(entries, host, { isWhole = () => host.isConnected, gone, moved, sized }) {
  let timer;
  function look() {
    timer = undefined;
    if (!host.isConnected) gone();
    else if (!isWhole()) moved();
  }
  const check = () => {
    if (!isWhole()) timer ??= setTimeout(look);
  };
  const observer = new MutationObserver(check);
  // It does not see into shadow trees, and the host may be in several.
  for (let node = /** @type {any} */ (host); node; node = node.getRootNode().host) {
    const root = node.getRootNode();
    outside(() => observer.observe(root, { childList: true, subtree: true }));
  }
  const sizes = sized && new ResizeObserver(check);
  if (sizes) outside(() => sizes.observe(sized()));
  function stop() {
    observer.disconnect();
    sizes?.disconnect();
    clearTimeout(timer);
  }
  entries.push(stop);
}

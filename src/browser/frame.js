// The provider's page in an iframe, with its loading state: what an overlay and a container have in common.
import { element, listen, style } from './page.js';
import { LOADED } from './told.js';

const CSS = `
:host{all:initial;color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif;--line:color-mix(in srgb,CanvasText 20%,Canvas)}
.page{position:relative;min-block-size:0;background:Canvas;color:CanvasText}
iframe{display:block;border:0;inline-size:100%;block-size:100%}
[role=status]{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;gap:1rem;pointer-events:none}
[role=status]:empty{display:none}
[role=status]::before{content:'';inline-size:2rem;block-size:2rem;border:3px solid var(--line);border-block-start-color:CanvasText;border-radius:50%;animation:turn 1s linear infinite}
@keyframes turn{to{rotate:1turn}}
@media(prefers-reduced-motion:reduce){[role=status]::before{animation:none}}`;

/** A host element of the widget's own, in `parent`, whose styles and the page's do not meet. Gives its shadow tree. */
export function shadow(entries, parent, provider, css) {
  const host = element(parent, 'div', { 'data-link-widget': provider });
  entries.push([host, 'remove']);
  const root = host.attachShadow({ mode: 'open' });
  style(root, CSS + css);
  return root;
}

/** Starts loading the provider's page in `parent`. */
export function frame(entries, parent, { url, title, loading }, tell) {
  const page = element(parent, 'div', { class: 'page' });
  const status = element(page, 'div', { role: 'status' });
  status.textContent = loading;
  const iframe = element(page, 'iframe', {
    title,
    // What a bank's sign-in may need: copying a code, a full-screen document, a passkey.
    allow: 'clipboard-write; fullscreen; publickey-credentials-get',
    // The provider may check which site embeds it; which page of it is not its business.
    referrerpolicy: 'strict-origin',
    // Set before it is in the document, so that the history gets no entry for an empty page.
    src: url,
  });
  listen(entries, iframe, 'load', () => tell(LOADED));
  return {
    window: () => iframe.contentWindow,
    reveal: () => (status.textContent = ''),
    focus: () => iframe.focus(),
  };
}

// A host element of the widget's own, whose styles and the page's do not meet.
import { element, style } from './undo.js';

const CSS = `
:host{all:initial;color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif;--line:color-mix(in srgb,CanvasText 20%,Canvas)}
.page{position:relative;min-block-size:0;background:Canvas;color:CanvasText}
iframe{display:block;border:0;inline-size:100%;block-size:100%}
[role=status]{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;gap:1rem;pointer-events:none}
[role=status]:empty{display:none}
[role=status]::before{content:'';inline-size:2rem;block-size:2rem;border:3px solid var(--line);border-block-start-color:CanvasText;border-radius:50%;animation:turn 1s linear infinite}
@keyframes turn{to{rotate:1turn}}
@media(prefers-reduced-motion:reduce){[role=status]::before{animation:none}}`;

/** Puts it into `parent`, and gives its shadow tree. */
export function shadow(entries, parent, { provider, words }, css) {
  const host = element(parent, 'div', { 'data-link-widget': provider, lang: words.lang });
  entries.push([host, 'remove']);
  const root = host.attachShadow({ mode: 'open' });
  style(root, CSS + css);
  return root;
}

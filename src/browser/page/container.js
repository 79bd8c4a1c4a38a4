// The provider's page inside an element of the caller's, after what is in there.
import { focused } from './dialog.js';
import { frame } from './frame.js';
import { shadow } from './shadow.js';

// Fills a container that has a height: the row is as high as that, whatever is in it. In one that has none,
// the row is as high as the highest in it, which gives the frame a sensible height. 12em is left in one that
// has yet to open.
const css = ({ height }) => `
:host{inline-size:100%!important;block-size:100%!important;
min-block-size:var(--link-widget-min-height,12em)!important}
.page{display:grid;grid-template-rows:minmax(0,1fr);block-size:100%;min-block-size:inherit;overflow:hidden}
.page::before{content:'';block-size:var(--link-widget-min-height,${height}px)}
.page::before,iframe{grid-area:1/1}`;

/** @type {import('./stage.js').Show} */
export function container(entries, shown, tell) {
  let surface;
  const before = focused();
  const watched = { gone: () => tell({ type: 'abort' }) };
  const root = shadow(
    entries,
    shown.place,
    shown,
    css(shown),
    watched,
    (tree) => (surface = frame(entries, tree, shown, tell)),
  );
  // Who is in there would find themselves at the top of the page.
  const leave = () => root.activeElement && before?.focus({ preventScroll: true });
  entries.push(leave);
  return surface;
}

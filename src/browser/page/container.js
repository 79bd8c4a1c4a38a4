// The provider's page inside the caller's element, after its content.
import { focused } from './dialog.js';
import { frame } from './frame.js';
import { shadow } from './shadow.js';

// Fills a container that has a height: the row is as high as that, whatever its content. In one without, the
// row is as high as its highest content, which gives the frame a sensible height. One that has yet to unfold
// is 12em high.
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
  // Otherwise the focus would jump to the top of the page.
  const leave = () => root.activeElement && before?.focus({ preventScroll: true });
  entries.push(leave);
  return surface;
}

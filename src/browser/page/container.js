// The provider's page inside an element of the caller's, after what is in there.
import { frame } from './frame.js';
import { shadow } from './shadow.js';

// Fills a container that has a height, and has a sensible one in a container that has none.
const css = ({ height }) => `
:host{inline-size:100%!important;block-size:100%!important;
min-block-size:var(--link-widget-min-height,${height}px)!important}
.page{block-size:100%;min-block-size:inherit}
iframe{min-block-size:inherit}`;

/** @type {import('./stage.js').Show} */
export function container(entries, shown, tell) {
  let surface;
  const watched = { gone: () => tell({ type: 'abort' }) };
  shadow(
    entries,
    shown.place,
    shown,
    css(shown),
    watched,
    (tree) => (surface = frame(entries, tree, shown, tell)),
  );
  return surface;
}

// The provider's page inside an element of the caller's, after what is in there.
import { frame } from './frame.js';
import { shadow } from './shadow.js';

// Fills a container that has a height, and has a sensible one in a container that has none.
const CSS = `
:host{display:block;inline-size:100%;block-size:100%;min-block-size:var(--link-widget-min-height,37.5rem)}
.page{block-size:100%;min-block-size:inherit}
iframe{min-block-size:inherit}`;

export const container = (entries, shown, tell) =>
  frame(entries, shadow(entries, shown.place, shown, CSS), shown, tell);

import { init, link } from 'link-widget/wasm';
import { connectWith } from './page.js';

const url = new URL('link-widget/link-widget.wasm', import.meta.url);
// #bytes: as a page has them that fetches for itself
await init(location.hash === '#bytes' ? (await fetch(url)).arrayBuffer() : url);
connectWith((session, options) => link(session, options));

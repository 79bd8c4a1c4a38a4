// Gets ready for a flow, before the click.
import { connect } from '../src/browser/page/connect.js';
import { linkError } from './errors.js';
import { ask, instance } from './instance.js';
import { launch } from './launch.js';

/** A signal that is aborted. Not the browser's: a page may have an `AbortSignal` of its own. */
const ABORTED = { aborted: true, addEventListener() {} };

export function preload(url) {
  if (!globalThis.document) return;
  instance();
  // A browser compiles a function when it first runs. A flow that ends before it shows anything runs most of
  // those that a click would wait for.
  launch('fiskil', 'warm', { signal: ABORTED }).catch(() => {});
  if (url == null) return;
  const origin = ask((glue) => glue.originOf(url));
  if (typeof origin !== 'string') throw linkError(origin);
  connect(origin);
}

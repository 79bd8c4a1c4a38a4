// Fimento's visualisation tool: a frame that has no outcome, and stays until it is closed.
import { container } from '../src/browser/container.js';
import { undo } from '../src/browser/page.js';
import { awaitRefusal, check, invalid, isString } from '../src/browser/stage.js';
import { LOADED } from '../src/browser/told.js';
import { LinkError, partsOf } from './errors.js';
import { limit, needPage } from './given.js';
import { frameSource } from './parse.js';

export function embedFimento(url, options) {
  const entries = [];
  let resolve, reject;
  const ready = new Promise((...functions) => ([resolve, reject] = functions));
  // Whoever does not wait for it need not hear of it.
  ready.catch(() => {});
  let timer;
  const close = (code = 'LINK_USER_CANCELLED', message = 'The page closed the embedded tool.') => {
    clearTimeout(timer);
    undo(entries);
    reject(new LinkError({ code, message, provider: 'fimento' }));
  };
  try {
    needPage();
    const began = performance.now();
    const { mode, onEvent, ...shown } = check(options);
    const loadTimeoutMs = limit(options ?? {}, 'loadTimeoutMs', 30000);
    if (mode !== 'container') throw invalid('container', 'given: the tool is shown in an element of this page');
    frameSource('fimento', isString(url) ? url : '');
    const surface = container(entries, { ...shown, provider: 'fimento', url }, (told) => {
      if (told !== LOADED) return;
      clearTimeout(timer);
      surface.reveal();
      resolve();
      try {
        onEvent?.({ provider: 'fimento', elapsedMs: performance.now() - began, type: 'load' });
      } catch (error) {
        reportError(error);
      }
    });
    awaitRefusal(entries, url, (message) => close('LINK_FRAME_BLOCKED', message));
    if (loadTimeoutMs > 0 && loadTimeoutMs < 2 ** 31) {
      timer = setTimeout(close, loadTimeoutMs, 'LINK_LOAD_TIMEOUT', "The provider's page did not load within loadTimeoutMs. Check the URL and the network.");
    }
  } catch (error) {
    const { code, message } = partsOf(error);
    close(code, message);
  }
  return { ready, close: () => close() };
}

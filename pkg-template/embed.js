// Fimento's visualisation tool: a frame that has no outcome, and stays until it is closed.
import { launch } from './launch.js';

export function embedFimento(visualisationUrl, options) {
  let resolve, reject;
  const ready = new Promise((...functions) => ([resolve, reject] = functions));
  // No `unhandledrejection` if nobody waits for it.
  ready.catch(() => {});
  const given = {
    __proto__: Object(options ?? {}),
    mode: 'container',
    timeoutMs: 0,
    // Read when the flow starts, as every option is.
    get onEvent() {
      const { onEvent } = options ?? {};
      const listener = (event) => {
        if (event.type !== 'load') return;
        resolve();
        onEvent?.(event);
      };
      return typeof (onEvent ?? listener) === 'function' ? listener : onEvent;
    },
  };
  const flow = launch('fimento', visualisationUrl, given);
  flow.catch(reject);
  return { ready, close: () => flow.close() };
}

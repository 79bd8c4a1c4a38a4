// The package's functions. Importing this file does nothing: no page is looked at, nothing is compiled.
import { LinkError, describeError } from './errors.js';
import { flows, glue, instance } from './instance.js';

export { LinkError, describeError };

let last = 0;

/** Starts a flow. All that a click allows happens before this returns; whatever is wrong rejects. */
function launch(provider, subject, options) {
  const id = ++last;
  let resolve, reject;
  const promise = new Promise((...functions) => ([resolve, reject] = functions));
  // Events of the call itself wait until it has returned.
  let early = [];
  queueMicrotask(() => {
    for (const [onEvent, event] of early) tell(onEvent, event);
    early = undefined;
  });
  const flow = {
    undo: [],
    emit: (onEvent, event) => (early ? early.push([onEvent, event]) : tell(onEvent, event)),
    settle(error, result) {
      // Nobody needs to be told that somebody cancelled.
      if (error?.code === 'LINK_USER_CANCELLED') promise.catch(() => {});
      if (error) reject(new LinkError({ provider, ...error }));
      else resolve(result);
    },
    over: () => flows.delete(flow),
  };
  try {
    if (typeof document === 'undefined') throw { code: 'LINK_UNSUPPORTED', message: 'A flow needs a page: call this in a browser, not on a server.' };
    flows.add(flow);
    instance().open(id, provider, subject, options, flow);
  } catch (error) {
    flow.settle({ code: error.code ?? 'LINK_INTERNAL_ERROR', message: error.message });
  }
  if (!flow.undo.length) flows.delete(flow);
  return Object.assign(promise, {
    close: () => glue?.close(id),
    focus: () => glue?.focus(id),
  });
}

function tell(onEvent, event) {
  try {
    onEvent(event);
  } catch (error) {
    reportError(error);
  }
}

export const link = (sessionId, options) => launch('fiskil', sessionId, options);

export const parseMessage = (provider, data) => instance().parseMessage(provider, data);

export const parseCallback = (provider, url) => instance().parseCallback(provider, url);

export function cspDirectives(provider, options) {
  const directives = instance().cspDirectives(provider, options);
  if (directives.code) throw new LinkError(directives);
  return directives;
}

export function preload() {
  instance();
}

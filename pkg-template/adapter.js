// What the adapters have in common: one flow at a time, and what is to be shown of it.
import { describeError, preload } from './index.js';

/** What is shown before anything has happened. */
export const IDLE = { status: 'idle', result: null, error: null, lastStep: null, event: null };

/**
 * Runs flows of the launcher that `latest` gives, one at a time, and tells what changes of `IDLE`. A launcher
 * takes its options last. `dispose` ends the flow for somebody who goes, and may come back: a page that is
 * edited, or shown again.
 */
export function controller(latest, tell) {
  let current;
  let isLinking = false;
  return {
    /** Gives the result; `null` where there is none, for which the state says why. */
    async start(...given) {
      current?.close();
      // What the new flow tells before it is known is not taken for the old one's.
      current = undefined;
      const launcher = latest();
      const last = launcher.length - 1;
      const options = given[last];
      const listening = (flow) => ({
        onEvent(event) {
          if (flow() === current) tell({ event });
          options?.onEvent?.(event);
        },
      });
      let flow;
      tell({ ...IDLE, status: 'linking' });
      isLinking = true;
      const end = (change) => {
        if (flow !== current) return;
        isLinking = false;
        tell(change);
      };
      try {
        // What is no record, or no listener, is left for the launcher to refuse.
        const isListener = typeof (options?.onEvent ?? listening) === 'function';
        if (typeof (options ?? {}) === 'object' && isListener)
          given[last] = { ...options, ...listening(() => flow) };
        current = flow = launcher(...given);
        const result = await flow;
        end({ status: 'success', result });
        return result;
      } catch (cause) {
        // Options that throw when they are read, or a launcher of the app's own.
        const { code = 'LINK_INTERNAL_ERROR', details } = cause;
        const error = { code, message: describeError(code, options?.locale).message, cause };
        const lastStep = details?.lastStep ?? null;
        end(
          code === 'LINK_USER_CANCELLED'
            ? { status: 'idle', lastStep }
            : { status: 'error', error, lastStep },
        );
        return null;
      }
    },
    cancel: () => current?.close(),
    dispose() {
      const flow = current;
      current = undefined;
      if (isLinking) tell(IDLE);
      isLinking = false;
      // One that has failed may still show the provider's page.
      flow?.close();
    },
  };
}

/**
 * Gets ready for a flow in an idle moment, also for the connection to `url` if there is one. Gives a function
 * that ends the wait for that moment. Does nothing on a server, nor for somebody who saves data.
 */
export function warmUp(url) {
  if (!globalThis.document || navigator.connection?.saveData) return () => {};
  function getReady() {
    // What is wrong is for the flow to tell.
    try {
      preload(url);
    } catch {}
  }
  // @ts-expect-error Safari has none, of which the types know nothing
  if (globalThis.requestIdleCallback) {
    const moment = requestIdleCallback(getReady);
    return () => cancelIdleCallback(moment);
  }
  // In Safari. By then the page has shown what was mounted.
  const timer = setTimeout(getReady, 300);
  return () => clearTimeout(timer);
}

// What the adapters have in common: one flow at a time, and what is to be shown of it.
import { describeError, preload } from './index.js';

/** What is shown before anything has happened. */
export const IDLE = { status: 'idle', result: null, error: null, lastStep: null, event: null };

/**
 * The place of a launcher's options among what it is given, which is the last. Of one whose parameters cannot
 * be counted, as a spy's, they are behind what is no options.
 */
function placeOfOptions(launcher, given) {
  const last = Math.max(launcher.length, given.length, 1) - 1;
  return typeof given[last] === 'string' ? last + 1 : last;
}

/**
 * The options with a listener of the adapter's. What is wrong with them is left for the launcher to refuse.
 */
function withListener(options, onEvent) {
  if (typeof (options ?? {}) !== 'object' || typeof (options?.onEvent ?? onEvent) !== 'function')
    return options;
  const inherited = Object.create(Object.getPrototypeOf(options ?? {}));
  return Object.assign(inherited, options, { onEvent });
}

/** What `get` gives; undefined where it throws. */
function read(get) {
  try {
    return get();
  } catch {}
}

/**
 * Runs flows of the launcher that `latest` gives, one at a time, and tells what changes of `IDLE`. A launcher
 * takes its options last. `dispose` ends the flow for somebody who goes, and `here` is for who comes back: a
 * page that is edited, or shown again.
 */
export function controller(latest, tell) {
  let current;
  let isLinking = false;
  let isGone = false;
  return {
    /** Gives the result; `null` where there is none, for which the state says why. */
    async start(...given) {
      // Whoever has gone, maybe over a slow request, has no page to show it on.
      if (isGone) return null;
      current?.close?.();
      // What the new flow tells before it is known is not taken for the old one's.
      current = undefined;
      let flow, options, result;
      tell({ ...IDLE, status: 'linking' });
      isLinking = true;
      const end = (change) => {
        if (flow !== current) return;
        isLinking = false;
        tell(change);
      };
      function onEvent(event) {
        if (flow === current) tell({ event });
        options?.onEvent?.(event);
      }
      try {
        const launcher = latest();
        const place = placeOfOptions(launcher, given);
        options = given[place];
        // Options that throw when they are read are refused by the launcher, too.
        try {
          given[place] = withListener(options, onEvent);
        } catch {}
        current = flow = launcher(...given);
        result = await flow;
      } catch (cause) {
        // A launcher of the app's own throws anything, and options may throw when they are read.
        const code = read(() => cause.code) ?? 'LINK_INTERNAL_ERROR';
        const lastStep = read(() => cause.details.lastStep) ?? null;
        const { message } = describeError(
          code,
          read(() => options.locale),
        );
        const error = { code, message, cause };
        end(
          code === 'LINK_USER_CANCELLED'
            ? { status: 'idle', lastStep }
            : { status: 'error', error, lastStep },
        );
        return null;
      }
      end({ status: 'success', result });
      return result;
    },
    cancel: () => current?.close?.(),
    here() {
      isGone = false;
    },
    dispose() {
      const flow = current;
      const wasLinking = isLinking;
      current = undefined;
      isLinking = false;
      isGone = true;
      if (wasLinking) tell(IDLE);
      // One that has failed may still show the provider's page.
      flow?.close?.();
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

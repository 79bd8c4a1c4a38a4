// What the adapters have in common: one flow at a time, and the state to show.
import { describeError, preload } from './index.js';

/** The state before the first flow. */
export const IDLE = { status: 'idle', result: null, error: null, lastStep: null, event: null };

/**
 * The place of the options in a launcher's arguments. A launcher takes its options last. A spy has no
 * parameters to count: there, they come after a string.
 */
function placeOfOptions(launcher, given) {
  const last = Math.max(launcher.length, given.length, 1) - 1;
  return typeof given[last] === 'string' ? last + 1 : last;
}

/** The options with the adapter's listener. Invalid ones stay as they are, for the launcher to refuse. */
function withListener(options, onEvent) {
  if (typeof (options ?? {}) !== 'object' || typeof (options?.onEvent ?? onEvent) !== 'function')
    return options;
  const inherited = Object.create(Object.getPrototypeOf(options ?? {}));
  return Object.assign(inherited, options, { onEvent });
}

/** How the codes of this package begin. Other errors have codes as well. */
const PREFIXES = ['LINK_', 'CONSENT_', 'AUTH_'];

/** What `get` returns; undefined if it throws. */
function read(get) {
  try {
    return get();
  } catch {}
}

/**
 * Runs flows of the launcher that `latest` returns, one at a time, and calls `tell` with each change of
 * `IDLE`. `dispose` ends the flow of a component that unmounts or is hidden, and `here` is for one that comes
 * back: its source was edited, or it is shown again.
 */
export function controller(latest, tell) {
  let current;
  let isLinking = false;
  let isGone = false;
  return {
    /** Resolves with the result, or with `null` if there is none: the state says why. */
    async start(...given) {
      // The component may have unmounted during a slow request.
      if (isGone) return null;
      current?.close?.();
      // Events that the new flow emits before it is returned must not count as the old one's.
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
        // The launcher refuses options that throw when they are read.
        try {
          given[place] = withListener(options, onEvent);
        } catch {}
        current = flow = launcher(...given);
        result = await flow;
      } catch (cause) {
        // The app's own launcher may throw anything, and options may throw when they are read.
        const thrown = read(() => `${cause.code}`);
        const code = PREFIXES.some((prefix) => thrown?.startsWith(prefix)) ? thrown : 'LINK_INTERNAL_ERROR';
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
      // A flow that has failed may still show the provider's page.
      flow?.close?.();
    },
  };
}

/**
 * Warms up in an idle moment, and connects to `url` if there is one. Returns a function that cancels it. Does
 * nothing on a server, nor if the user has asked the browser to save data.
 */
export function warmUp(url) {
  if (!globalThis.document || navigator.connection?.saveData) return () => {};
  function getReady() {
    // The flow reports any error.
    try {
      preload(url);
    } catch {}
  }
  // @ts-expect-error Safari has none, which the types do not say
  if (globalThis.requestIdleCallback) {
    const moment = requestIdleCallback(getReady);
    return () => cancelIdleCallback(moment);
  }
  // In Safari. By then the page has shown what was mounted.
  const timer = setTimeout(getReady, 300);
  return () => clearTimeout(timer);
}

// What the adapters have in common: one flow at a time, and what is to be shown of it.
import { describeError } from './index.js';

/** What is shown before anything has happened. */
export const IDLE = { status: 'idle', result: null, error: null, event: null };

/**
 * Runs flows of a launcher, one at a time, and tells what changes of `IDLE`. A launcher takes its options last.
 * `dispose` ends the flow and tells nothing more.
 */
export function controller(launcher, tell) {
  let current;
  return {
    /** Gives the result; `null` where there is none, for which the state says why. */
    async start(...given) {
      current?.close();
      const last = launcher.length - 1;
      const options = given[last];
      const listening = (flow) => ({
        onEvent(event) {
          if (flow() === current) tell({ event });
          options?.onEvent?.(event);
        },
      });
      let flow;
      // What is no record is left for the launcher to refuse.
      if (typeof (options ?? {}) === 'object') given[last] = { ...options, ...listening(() => flow) };
      tell({ ...IDLE, status: 'linking' });
      current = flow = launcher(...given);
      try {
        const result = await flow;
        if (flow === current) tell({ status: 'success', result });
        return result;
      } catch (cause) {
        const { code } = cause;
        const error = { code, message: describeError(code, options?.locale).message, cause };
        if (flow === current) tell(code === 'LINK_USER_CANCELLED' ? { status: 'idle' } : { status: 'error', error });
        return null;
      }
    },
    cancel: () => current?.close(),
    dispose() {
      const flow = current;
      current = undefined;
      flow?.close();
    },
  };
}

// For Svelte: a store. It follows the store contract and needs nothing from Svelte itself.
import { IDLE, controller, warmUp } from './adapter.js';
import { link } from './index.js';

export function linkStore(launcher = link) {
  let state = IDLE;
  const subscribers = new Set();
  let stopWarmingUp;
  const { start, cancel, here, dispose } = controller(
    () => launcher,
    (change) => {
      state = { ...state, ...change };
      for (const subscriber of subscribers) subscriber(state);
    },
  );
  return {
    subscribe(run) {
      // The same function may subscribe twice.
      const subscriber = (value) => run(value);
      if (subscribers.size === 0) stopWarmingUp = warmUp();
      subscribers.add(subscriber);
      run(state);
      return () => {
        // Nobody shows the flow any more: the last component that did has gone.
        if (subscribers.delete(subscriber) && subscribers.size === 0) {
          stopWarmingUp();
          dispose();
          // Whoever only starts flows needs no subscription.
          here();
        }
      };
    },
    start,
    cancel,
  };
}

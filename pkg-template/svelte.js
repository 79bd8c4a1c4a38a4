// For Svelte: a store. It keeps to the contract of stores and needs nothing of Svelte itself.
import { IDLE, controller } from './adapter.js';
import { link } from './index.js';

export function linkStore(launcher = link) {
  let state = IDLE;
  const subscribers = new Set();
  const { start, cancel, dispose } = controller(() => launcher, (change) => {
    state = { ...state, ...change };
    for (const subscriber of subscribers) subscriber(state);
  });
  return {
    subscribe(run) {
      // The same function may subscribe twice.
      const subscriber = (value) => run(value);
      subscribers.add(subscriber);
      run(state);
      return () => {
        // Nobody shows the flow any more: the last component that did has gone.
        if (subscribers.delete(subscriber) && subscribers.size === 0) dispose();
      };
    },
    start,
    cancel,
  };
}

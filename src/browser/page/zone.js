// Angular's zones. zone.js makes each timer and listener that is set inside one the app's: the app counts as
// unstable while one waits, and looks for changes whenever one runs.

/** Whether it is one: an element of the page may have any of these names. */
const isFunction = (value) => typeof value === 'function';

/** Runs `set` outside any app's zone. */
export const outside = (set) => {
  const root = globalThis.Zone?.root;
  return isFunction(root?.run) ? root.run(set) : set();
};

/** The caller's function, bound to the caller's zone. */
export const inside = (run) => {
  const zone = globalThis.Zone?.current;
  return isFunction(zone?.wrap) ? zone.wrap(run, 'link-widget') : run;
};

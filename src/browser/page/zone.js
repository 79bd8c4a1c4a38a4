// Angular's zones. zone.js makes each timer and listener that is set inside one the app's: the app counts as
// unstable while one waits, and looks for changes whenever one runs.

/** Runs `set` outside any app's zone. */
export const outside = (set) => {
  const root = globalThis.Zone?.root;
  return root?.run ? root.run(set) : set();
};

/** The caller's function, bound to the caller's zone. */
export const inside = (run) => globalThis.Zone?.current?.wrap?.(run, 'link-widget') ?? run;

// Angular's zones. zone.js makes each timer and listener that is set inside of one the app's: it counts as
// unstable while one waits, and looks for changes whenever one runs.

/** Runs `set` in no app's zone. */
export const outside = (set) => {
  const root = globalThis.Zone?.root;
  return root?.run ? root.run(set) : set();
};

/** The caller's function as one that runs in the caller's zone, in which it belongs. */
export const inside = (run) => globalThis.Zone?.current?.wrap?.(run, 'link-widget') ?? run;

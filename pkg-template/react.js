// For React: a hook.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { IDLE, controller, warmUp } from './adapter.js';
import { link } from './index.js';

/** On a server React warns about the first. */
const useShown = globalThis.document ? useLayoutEffect : useEffect;

export function useLink(launcher = link) {
  const [state, setState] = useState(IDLE);
  // One for good: a launcher that is written inside the component is a new function each time.
  const latest = useRef(launcher);
  const kept = useRef(/** @type {any} */ (null));
  kept.current ??= controller(
    () => latest.current,
    (change) => setState((before) => ({ ...before, ...change })),
  );
  const flows = kept.current;
  // The launcher of the rendering that is on the page: React may throw a rendering away.
  useShown(() => {
    latest.current = launcher;
  });
  // Not only on unmount: if its source is edited, or the component hidden, the state stays. It is here again
  // before a child's effect may start a flow.
  useShown(() => flows.here(), [flows]);
  useEffect(() => {
    flows.here();
    return flows.dispose;
  }, [flows]);
  useEffect(() => warmUp(), []);
  return { ...state, start: flows.start, cancel: flows.cancel };
}

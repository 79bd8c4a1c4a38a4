// For React: a hook.
import { useEffect, useRef, useState } from 'react';
import { IDLE, controller, warmUp } from './adapter.js';
import { link } from './index.js';

export function useLink(launcher = link) {
  const [state, setState] = useState(IDLE);
  // One for good: a launcher that is written inside the component is another one each time.
  const latest = useRef(launcher);
  latest.current = launcher;
  const kept = useRef(/** @type {any} */ (null));
  kept.current ??= controller(
    () => latest.current,
    (change) => setState((before) => ({ ...before, ...change })),
  );
  const flows = kept.current;
  // Not only on unmount: where the page is edited, or the component hidden, its state stays.
  useEffect(() => flows.dispose, [flows]);
  useEffect(() => warmUp(), []);
  return { ...state, start: flows.start, cancel: flows.cancel };
}

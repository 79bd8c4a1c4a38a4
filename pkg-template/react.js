// For React: a hook.
import { useEffect, useRef, useState } from 'react';
import { IDLE, controller } from './adapter.js';
import { link } from './index.js';

export function useLink(launcher = link) {
  const [state, setState] = useState(IDLE);
  const kept = useRef(null);
  if (kept.current?.launcher !== launcher) {
    const flows = controller(launcher, (change) => setState((before) => ({ ...before, ...change })));
    kept.current = { launcher, flows };
  }
  const { flows } = kept.current;
  // On unmount, and where the launcher changes.
  useEffect(() => flows.dispose, [flows]);
  return { ...state, start: flows.start, cancel: flows.cancel };
}

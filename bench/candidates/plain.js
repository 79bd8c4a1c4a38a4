import { link } from '../plain.js';

export function open({ origin, isPopup }) {
  const flow = link('session', { authServer: origin, mode: isPopup ? 'popup' : 'overlay' });
  return { settled: flow, close: flow.close };
}

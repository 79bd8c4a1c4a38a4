import { link, preload } from 'link-widget';

/** What an app may do before the click. */
export const prepare = preload;

export function open({ origin, isPopup }) {
  const flow = link('session', { authServer: origin, mode: isPopup ? 'popup' : 'overlay' });
  return { settled: flow, close: flow.close };
}

import type { Launcher, LinkActions, LinkState, ResultOf } from './adapter.js';
import type { link } from './index.js';

export type { Launcher, LinkActions, LinkFailure, LinkState, LinkStatus } from './adapter.js';

/**
 * A flow in a component: one at a time, ended when the component unmounts.
 *
 * @param launcher - default: `link`; it can be written inside the component. Under a policy that refuses
 * WebAssembly, use one from `link-widget/csp`
 *
 * @example
 * ```tsx
 * const { start, error } = useLink();
 * return <>
 *   {error && <p role="alert">{error.message}</p>}
 *   <button onClick={() => start(sessionId)}>Connect your bank</button>
 * </>;
 * ```
 */
export function useLink<L extends Launcher = typeof link>(
  launcher?: L,
): LinkState<ResultOf<L>> & LinkActions<L>;

import type { Launcher, LinkActions, LinkState, ResultOf } from './adapter.js';
import type { link } from './index.js';

export type { Launcher, LinkActions, LinkFailure, LinkState, LinkStatus } from './adapter.js';

/** A store with the flow's state and its actions. */
export interface LinkStore<L extends Launcher> extends LinkActions<L> {
  /**
   * Calls `run` now and on every change. Returns a function that unsubscribes; when the last subscriber does,
   * the flow ends.
   */
  subscribe(run: (state: LinkState<ResultOf<L>>) => void): () => void;
}

/**
 * A flow as a store: one at a time.
 *
 * @param launcher - default: `link`
 *
 * @example
 * ```svelte
 * <script>
 *   import { linkStore } from 'link-widget/svelte';
 *
 *   const bank = linkStore();
 * </script>
 * {#if $bank.error}<p role="alert">{$bank.error.message}</p>{/if}
 * <button on:click={() => bank.start(sessionId)}>Connect your bank</button>
 * ```
 */
export function linkStore<L extends Launcher = typeof link>(launcher?: L): LinkStore<L>;

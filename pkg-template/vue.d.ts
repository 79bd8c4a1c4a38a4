import type { Ref } from 'vue';
import type { Launcher, LinkActions, LinkState, ResultOf } from './adapter.js';
import type { link } from './index.js';

export type { Launcher, LinkActions, LinkFailure, LinkState, LinkStatus } from './adapter.js';

/**
 * A flow in a component: one at a time, ended with the component's scope.
 *
 * @param launcher - default: `link`
 *
 * @example
 * ```vue
 * <script setup>
 * import { useLink } from 'link-widget/vue';
 *
 * const { start, error } = useLink();
 * </script>
 * <template>
 *   <p v-if="error" role="alert">{{ error.message }}</p>
 *   <button @click="start(sessionId)">Connect your bank</button>
 * </template>
 * ```
 */
export function useLink<L extends Launcher = typeof link>(
  launcher?: L,
): { [K in keyof LinkState<ResultOf<L>>]: Ref<LinkState<ResultOf<L>>[K]> } & LinkActions<L>;

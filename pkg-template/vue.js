// For Vue: a composable.
import {
  getCurrentInstance,
  getCurrentScope,
  onMounted,
  onScopeDispose,
  onUnmounted,
  shallowReactive,
  toRefs,
} from 'vue';
import { IDLE, controller, warmUp } from './adapter.js';
import { link } from './index.js';

export function useLink(launcher = link) {
  // Shallow: a result is given as it came.
  const state = shallowReactive({ ...IDLE });
  const { start, cancel, dispose } = controller(
    () => launcher,
    (change) => Object.assign(state, change),
  );
  if (getCurrentScope()) onScopeDispose(dispose);
  // Outside a component nobody knows when there is a page.
  if (getCurrentInstance()) {
    let stop;
    onMounted(() => (stop = warmUp()));
    onUnmounted(() => stop());
  }
  return { ...toRefs(state), start, cancel };
}

// For Vue: a composable.
import {
  getCurrentInstance,
  getCurrentScope,
  onActivated,
  onDeactivated,
  onMounted,
  onScopeDispose,
  onUnmounted,
  shallowReactive,
  toRefs,
} from 'vue';
import { IDLE, controller, warmUp } from './adapter.js';
import { link } from './index.js';

export function useLink(launcher = link) {
  // Shallow: a result stays as it came.
  const state = shallowReactive({ ...IDLE });
  const { start, cancel, here, dispose } = controller(
    () => launcher,
    (change) => Object.assign(state, change),
  );
  if (getCurrentScope()) onScopeDispose(dispose);
  // Outside a component nobody knows when there is a page.
  if (getCurrentInstance()) {
    let stop;
    onMounted(() => (stop = warmUp()));
    // In a `<Suspense>` it may go before it has come.
    onUnmounted(() => stop?.());
    // In `<KeepAlive>` it is kept, and off the page.
    onActivated(here);
    onDeactivated(dispose);
  }
  return { ...toRefs(state), start, cancel };
}

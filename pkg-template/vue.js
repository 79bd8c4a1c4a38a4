// For Vue: a composable.
import { getCurrentScope, onScopeDispose, shallowReactive, toRefs } from 'vue';
import { IDLE, controller } from './adapter.js';
import { link } from './index.js';

export function useLink(launcher = link) {
  // Shallow: a result is given as it came.
  const state = shallowReactive({ ...IDLE });
  const { start, cancel, dispose } = controller(() => launcher, (change) => Object.assign(state, change));
  if (getCurrentScope()) onScopeDispose(dispose);
  return { ...toRefs(state), start, cancel };
}

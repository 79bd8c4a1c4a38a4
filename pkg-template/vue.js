// For Vue: a composable.
import { getCurrentScope, onScopeDispose, reactive, toRefs } from 'vue';
import { IDLE, controller } from './adapter.js';
import { link } from './index.js';

export function useLink(launcher = link) {
  const state = reactive({ ...IDLE });
  const { start, cancel, dispose } = controller(launcher, (change) => Object.assign(state, change));
  if (getCurrentScope()) onScopeDispose(dispose);
  return { ...toRefs(state), start, cancel };
}

// What the adapters do in an idle moment after they are mounted.
import { render } from '@testing-library/react';
import { useLink as useLinkInVue } from 'link-widget/vue';
import { createApp, h } from 'vue';
import { BankWithHook } from './BankWithHook.jsx';

const inReact = () => render(<BankWithHook />).unmount;

function inVue() {
  const app = createApp({
    setup() {
      const { status } = useLinkInVue();
      return () => h('p', status.value);
    },
  });
  app.mount(document.createElement('div'));
  return () => app.unmount();
}

test.each([
  ['React', inReact],
  ['Vue', inVue],
])('in %s: one moment is waited for while it is mounted', (_, mount) => {
  const waiting = new Set();
  vi.stubGlobal('requestIdleCallback', (moment) => waiting.add(moment) && moment);
  vi.stubGlobal('cancelIdleCallback', (moment) => waiting.delete(moment));
  try {
    const unmount = mount();
    expect(waiting.size).toBe(1);
    unmount();
    expect(waiting.size).toBe(0);
  } finally {
    vi.unstubAllGlobals();
  }
});

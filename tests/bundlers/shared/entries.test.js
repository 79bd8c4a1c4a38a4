// Every entry in an app's own tests: of Jest, which requires them, and of Vitest, which imports them.
import * as widget from 'link-widget';
import * as csp from 'link-widget/csp';
import { LinkWidgetElement } from 'link-widget/element';
import { useLink as useLinkOfReact } from 'link-widget/react';
import { linkStore } from 'link-widget/svelte';
import { useLink as useLinkOfVue } from 'link-widget/vue';
import * as wasm from 'link-widget/wasm';
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { createApp, h } from 'vue';
import { ANSWERS, SOURCES_OF_SCRIPTS, asked } from './pure.js';

test('the pure functions answer', () => {
  expect(asked(widget)).toEqual(ANSWERS);
  expect(asked(csp)).toEqual(ANSWERS);
  expect(widget.cspDirectives('fiskil')['script-src']).toEqual(SOURCES_OF_SCRIPTS);
});

test('the entry with the WebAssembly in a file says that it is not there', () => {
  expect(() => wasm.parseMessage('fiskil', {})).toThrow(/Await init/);
});

test('a language is imported', async () => {
  await import('link-widget/locales/fr');
  expect(widget.describeError('LINK_TIMEOUT', 'fr').message).toBe('La session a expiré. Veuillez réessayer.');
});

test('a component of React has a flow', async () => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  const Bank = () => createElement('button', null, useLinkOfReact().status);
  const root = document.createElement('main');
  await act(async () => createRoot(root).render(createElement(Bank)));
  expect(root.textContent).toBe('idle');
});

test('a component of Vue has a flow', () => {
  const root = document.createElement('main');
  const Bank = {
    setup() {
      const { status } = useLinkOfVue();
      return () => h('button', status.value);
    },
  };
  createApp(Bank).mount(root);
  expect(root.textContent).toBe('idle');
});

test('a store has a flow, whose error is a LinkError', async () => {
  const store = linkStore();
  let state;
  store.subscribe((told) => (state = told));
  expect(await store.start('')).toBe(null);
  expect(state.error.code).toBe('LINK_INVALID_OPTIONS');
  expect(state.error.cause).toBeInstanceOf(widget.LinkError);
});

test('an element is there', () => {
  expect(document.createElement('link-widget')).toBeInstanceOf(LinkWidgetElement);
});

// The entries on a server, where there is no page. tests/package imports those that need no framework.
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** What an import could leave behind. */
function surroundings() {
  return {
    globals: Reflect.ownKeys(globalThis),
    listeners: process.eventNames().map((name) => [name, process.listenerCount(name)]),
    resources: process.getActiveResourcesInfo().sort(),
  };
}

// what they need of the frameworks is no doing of theirs
await import('react');
await import('vue');

for (const entry of ['react', 'vue']) {
  test(`importing link-widget/${entry} leaves nothing behind`, async () => {
    const before = surroundings();
    await import(`link-widget/${entry}`);
    assert.deepEqual(surroundings(), before);
  });
}

test('a component with useLink renders in React', async () => {
  const { createElement } = await import('react');
  const { renderToString } = await import('react-dom/server');
  const { useLink } = await import('link-widget/react');
  const Bank = () => {
    const { start, status, result, error, event } = useLink();
    return createElement(
      'button',
      { onClick: () => start('session') },
      JSON.stringify({ status, result, error, event }),
    );
  };
  const html = renderToString(createElement(Bank)).replaceAll('&quot;', '"');
  assert.equal(html, '<button>{"status":"idle","result":null,"error":null,"event":null}</button>');
});

test('a component with useLink renders in Vue', async () => {
  const { createSSRApp, h } = await import('vue');
  const { renderToString } = await import('vue/server-renderer');
  const { useLink } = await import('link-widget/vue');
  const app = createSSRApp({
    setup() {
      const { start, status } = useLink();
      return () => h('button', { onClick: () => start('session') }, status.value);
    },
  });
  assert.equal(await renderToString(app), '<button>idle</button>');
});

test('a store says what it has, and that a flow needs a page', async () => {
  const { linkStore } = await import('link-widget/svelte');
  const store = linkStore();
  const told = [];
  const away = store.subscribe(({ status, error }) => told.push([status, error?.code]));
  assert.equal(await store.start('session'), null);
  away();
  assert.deepEqual(told, [
    ['idle', undefined],
    ['linking', undefined],
    ['error', 'LINK_UNSUPPORTED'],
  ]);
});

test('an element can be made by nobody', async () => {
  const { LinkWidgetElement } = await import('link-widget/element');
  assert.equal(typeof LinkWidgetElement, 'function');
  assert.equal(globalThis.customElements, undefined);
});

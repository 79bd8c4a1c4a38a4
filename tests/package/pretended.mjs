// A page that is only pretended.

/**
 * Runs with a page whose idle moment comes when `idle` is called. `compiled`: what it has compiled and
 * connected to.
 */
export async function onPage(globals, run) {
  const compiled = [];
  const waiting = new Map();
  const { Module } = WebAssembly;
  const page = {
    document: { head: { append: (element) => compiled.push(element.href) }, createElement: pretend },
    requestIdleCallback: (moment) => waiting.set(moment, moment) && moment,
    cancelIdleCallback: (moment) => waiting.delete(moment),
    navigator: {},
    ...globals,
  };
  WebAssembly.Module = class extends Module {
    constructor(bytes) {
      super(bytes);
      compiled.push('compiled');
    }
  };
  const before = Object.fromEntries(
    Object.keys(page).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]),
  );
  for (const [name, value] of Object.entries(page))
    Object.defineProperty(globalThis, name, { value, configurable: true });
  try {
    const idle = () => {
      for (const moment of waiting.values()) moment();
    };
    await run({ compiled, waiting, idle });
  } finally {
    WebAssembly.Module = Module;
    for (const [name, descriptor] of Object.entries(before)) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete globalThis[name];
    }
  }
}

function pretend() {
  return {
    setAttribute(name, value) {
      this[name] = value;
    },
    remove() {},
  };
}

// Plain objects and lists, as the WebAssembly builds them.

export const record = () => ({});
export const list = () => [];

/** Adds a field of any name, `__proto__` among them. */
export const put = (record, name, value) =>
  Object.defineProperty(record, name, { value, configurable: true, enumerable: true, writable: true });

export const push = (list, text) => put(list, list.length, text);

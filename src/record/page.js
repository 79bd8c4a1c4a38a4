// Plain objects and lists, as the WebAssembly builds them.

export const record = () => ({});
export const list = () => [];

/** Adds a field of any name, even `__proto__`, whatever an old library has added to all objects. */
export const put = (record, name, value) =>
  Object.defineProperty(record, name, {
    // @ts-expect-error the types of descriptors leave it out
    __proto__: null,
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });

export const push = (list, text) => put(list, list.length, text);

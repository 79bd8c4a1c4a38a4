// Reads untrusted JavaScript values.

/** An own data property: no getter runs. A proxy's traps may run, and may throw. */
export function own(data, name) {
  try {
    return Object.getOwnPropertyDescriptor(data, name)?.value;
  } catch {}
}

/**
 * One of the caller's options: a getter may run, and may throw. What a script has put on the prototype of all
 * objects is no option.
 */
export const option = (options, name) =>
  name in Object.prototype && !Object.hasOwn(Object(options), name) ? undefined : options?.[name];

/** A string, cut if it is longer than is read: the rest is not copied for nothing. */
export const text = (value, most) => (typeof value === 'string' ? value.slice(0, most + 1) : undefined);

/** The same for an own data property. */
export const ownText = (data, name, most) => text(own(data, name), most);

/**
 * The strings, numbers and booleans of a record, as a name, its value, the next name and so on; undefined if
 * it is anything else.
 */
export function textsOf(record) {
  try {
    const isText = (value) => /^(string|number|boolean)$/.test(typeof value);
    const fields = Object.entries(record);
    // A list, a Map or URLSearchParams would lose what is in it.
    const isRecord = typeof record === 'object' && !(Symbol.iterator in record);
    if (isRecord && fields.every(([, value]) => isText(value))) return fields.flat().map(String);
  } catch {}
}

/**
 * Whether it is an AbortSignal, as far as can be seen. Pages replace the class, so `instanceof` does not
 * tell.
 */
export function isSignal(value) {
  try {
    return typeof value.aborted === 'boolean' && typeof value.addEventListener === 'function';
  } catch {
    return false;
  }
}

/** Whether it is a list. A revoked proxy is none. */
export function isList(data) {
  try {
    return Array.isArray(data);
  } catch {
    return false;
  }
}

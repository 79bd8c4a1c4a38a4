// Reading values of JavaScript's that somebody else made.

/** An own data property: no getter runs. A proxy's traps may run, and may throw. */
export function own(data, name) {
  try {
    return Object.getOwnPropertyDescriptor(data, name)?.value;
  } catch {}
}

/**
 * An option of the caller's: a getter of theirs may run, and may throw. What a script has put on the
 * prototype of all objects is nobody's option.
 */
export const option = (options, name) =>
  name in Object.prototype && !Object.hasOwn(Object(options), name) ? undefined : options?.[name];

/** A text, cut where it is longer than anybody reads: it is not copied for nothing. */
export const text = (value, most) => (typeof value === 'string' ? value.slice(0, most + 1) : undefined);

/** The same of an own data property. */
export const ownText = (data, name, most) => text(own(data, name), most);

/**
 * The texts, numbers and booleans of a record, as a name, its text, the next name and so on; undefined: it is
 * something else.
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
 * Whether it is what it must be, as far as can be seen. Pages replace the classes of which it would be an
 * instance.
 */
export function isSignal(value) {
  try {
    return typeof value.aborted === 'boolean' && typeof value.addEventListener === 'function';
  } catch {
    return false;
  }
}

/** Whether it is a list. A proxy that was revoked is nothing. */
export function isList(data) {
  try {
    return Array.isArray(data);
  } catch {
    return false;
  }
}

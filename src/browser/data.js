// Plain data into and out of the WebAssembly.

/** How much of one field is read, in UTF-16 units here; the WebAssembly counts the bytes of UTF-8. */
const LIMIT = 65536;

/** How many items of one list are read: it may claim any length. */
const MOST_ITEMS = 1024;

/**
 * An own data property of something untrusted: no getter runs. A proxy's traps may run, and may throw; what
 * they keep back is absent.
 */
export function own(data, name) {
  try {
    return Object.getOwnPropertyDescriptor(data, name)?.value;
  } catch {}
}

/** The text; `null`: it is too long to be read; `undefined`: it is none. */
export const text = (value) => (typeof value === 'string' ? (value.length > LIMIT ? null : value) : undefined);

/** The texts in a list; `null`: too many or too long; `undefined`: it is no list, or keeps itself back. */
export function texts(value) {
  try {
    if (!Array.isArray(value)) return;
    const { length } = value;
    if (!(length <= MOST_ITEMS)) return null;
    const items = Array.from({ length }, (_, index) => own(value, index)).filter((item) => typeof item === 'string');
    return items.join('').length > LIMIT ? null : items;
  } catch {}
}

/** A record in JSON; `undefined`: it is none. */
export function fromJson(json) {
  try {
    return JSON.parse(json);
  } catch {}
}

/** An option, which may be inherited or a getter; `null`, which no option takes: the getter threw. */
export function option(options, name) {
  try {
    return options?.[name];
  } catch {
    return null;
  }
}

/** Names and values in turn, as text; empty where nothing is given; `null`: other values, or no record. */
export function pairs(record = {}) {
  try {
    const values = Object.entries(record).flat();
    return typeof record === 'object' && values.every((value) => ['string', 'number', 'boolean'].includes(typeof value)) ? values.map(String) : null;
  } catch {
    return null;
  }
}

/** Adds a field under one of our own names. */
export function put(record, name, value) {
  record[name] = value;
}

/** A record of the parameters of a query, whatever they are called, the first of each name. */
export function parameters(query, without) {
  return Object.fromEntries([...query].filter(([name]) => !without.split(' ').includes(name)).reverse());
}

export const isEmpty = (record) => !Object.keys(record).length;

/** A parsed URL; `undefined`: it is none. */
export function parseUrl(url, base) {
  try {
    return new URL(url, base);
  } catch {}
}

/** https, or http on this machine. A host of numbers is an IPv4 address, which the parser has written out in full. */
export const isSecure = ({ protocol, hostname }) =>
  protocol === 'https:' || (protocol === 'http:' && /^(127\.[\d.]+|\[::1]|(.*\.)?localhost)$/.test(hostname));

/** What runs or shows something of its author's choosing, wherever it is opened. */
export const isActive = ({ protocol }) => /^(javascript|data|blob|vbscript|file|about|filesystem|view-source):$/.test(protocol);

export const isHttp = ({ protocol }) => protocol === 'http:';

/** The parameters of a URL or of a relative reference: from the first `?` to the fragment. */
export function query(url) {
  const [path] = url.split('#');
  return new URLSearchParams(path.slice(path.indexOf('?') + 1 || path.length));
}

export const getParameter = (query, name) => query.get(name);

export const setParameter = (url, name, value) => url.searchParams.set(name, value);

/** Undoes percent-encoding; `undefined`: it is not valid. */
export function decode(encoded) {
  try {
    return decodeURIComponent(encoded);
  } catch {}
}

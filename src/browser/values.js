// The values that the WebAssembly decides about. It knows each by its place in this list; what is read of them is
// checked here, field by field.

/** How much of one text is read, in bytes of UTF-8. */
const LIMIT = 65536;

/** How many items of one list are read: it may claim any length. */
const MOST_ITEMS = 1024;

/** The first places are taken: nothing, false, true. */
const values = [undefined, false, true];

let tooLong = false;

/** Where the values of a call begin. A call may happen within another, and ends before it. */
export function mark() {
  tooLong = false;
  return values.length;
}

/** Forgets the values of a call. */
export function release(mark) {
  values.length = mark;
}

export const hold = (value) => (value === undefined ? 0 : typeof value === 'boolean' ? +value + 1 : values.push(value) - 1);

export const valueAt = (at) => values[at];

/** What is being answered to the call that is going on. */
let answers;

/** Adds `[answer, detail, value]` to it. */
export const answer = (kind, detail, value) => answers.push([kind, detail, values[value]]);

/** What a call answers. */
export function answersTo(call) {
  const start = mark();
  const outer = answers;
  const mine = (answers = []);
  try {
    call();
  } finally {
    release(start);
    answers = outer;
  }
  return mine;
}

/** Whether something that was asked for is longer than is read. */
export const isTooLong = () => tooLong;

/** What something gives that may throw; `undefined`: it did. */
export function attempt(run) {
  try {
    return run();
  } catch {}
}

export const isLong = (text) => text.length > LIMIT || new TextEncoder().encode(text).length > LIMIT;

/** The texts in a list; `null`: too many or too long. */
function texts(list) {
  if (!Array.isArray(list)) return;
  const { length } = list;
  if (!(length <= MOST_ITEMS)) return null;
  const items = Array.from({ length }, (_, index) => own(list, index)).filter((item) => typeof item === 'string');
  return isLong(items.join('')) ? null : items;
}

/** An own data property of something untrusted: no getter runs. A proxy's traps may run, and may throw. */
const own = (data, name) => attempt(() => Object.getOwnPropertyDescriptor(data, name)?.value);

/** In the order of `Kind` in value/mod.rs: only what is of its type. */
const KINDS = [
  (value) => (typeof value === 'string' ? (isLong(value) ? null : value) : undefined),
  (value) => (typeof value === 'boolean' ? value : undefined),
  (value) => (typeof value === 'number' ? value : undefined),
  (value) => (typeof value === 'object' && value ? value : undefined),
  (value) => attempt(() => texts(value)),
  (value) => (value === '' ? undefined : KINDS[0](value)),
  (value) => value,
];

function read(data, name, kind) {
  const value = KINDS[kind](own(data, name));
  if (value === null) tooLong = true;
  else return value;
}

export const get = (at, name, kind) => hold(read(values[at], name, kind));

export const number = (at, name) => read(values[at], name, 2) ?? NaN;

export function items(at, name) {
  const found = (read(values[at], name, 4) ?? read(values[at], name, 0)?.split(','))?.filter(Boolean);
  return found?.length ? hold(found) : 0;
}

export const item = (at, index) => hold(own(values[at], index));

export const unpacked = (at) => {
  const json = read({ json: values[at] }, 'json', 0);
  return hold(json && attempt(() => JSON.parse(json)));
};

export const isEmpty = (at) => !Object.keys(values[at]).length;

export const record = () => hold({});

export function put(at, name, value) {
  if (value) values[at][name] = values[value];
}

export function putNumber(at, name, number) {
  values[at][name] = number;
}

export function copy(to, from, names, kind) {
  for (const pair of names.split(' ')) {
    const [theirs, ours = theirs] = pair.split(':');
    put(to, ours, get(from, theirs, kind));
  }
}

export function add(at, name, text) {
  const set = (values[at][name] ??= new Set());
  return set.size < set.add(values[text]).size;
}

/** A record without the fields of these names. */
export const without = (at, names) => hold(Object.fromEntries(Object.entries(values[at]).filter(([name]) => !names.split(' ').includes(name))));

const expression = (pattern) => new RegExp(`^(?:${pattern})$`, 's');

/** Which of the patterns is the first that describes the whole text. */
export const position = (at, patterns) => patterns.split(' ').findIndex((pattern) => expression(pattern).test(values[at]));

export const same = (at, other) => values[at] === values[other];

export const part = (at, pattern) => hold(values[at].match(expression(pattern))?.[1]);

export const between = (at, before, after) => hold(before + values[at] + after);

export const decode = (at) => hold(attempt(() => decodeURIComponent(values[at])));

const parts = ({ href, origin, pathname }) => ({ href, origin, pathname });

/** The parts of a URL. */
export const url = (at, base) => hold(attempt(() => parts(new URL(values[at], base || undefined))));

/** A record of the parameters of a URL or of a relative reference, whatever they are called, the first of each name. */
export function query(at) {
  const [path] = values[at].split('#');
  const parameters = new URLSearchParams(path.slice(path.indexOf('?') + 1 || path.length));
  return hold(Object.fromEntries([...parameters].reverse()));
}

/** The parts of a URL with these parameters, in place of those of the same names. */
export function withParameters(at, parameters) {
  const url = new URL(values[at].href);
  for (const [name, text] of Object.entries(values[parameters])) url.searchParams.set(name, text);
  return hold(parts(url));
}

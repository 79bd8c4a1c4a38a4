// The provider's page in this tab, and the records of the flows that left like this.

const KEY = 'link-widget';

const isOptional = (value) => value === undefined || typeof value === 'string';

const isRecord = (record) =>
  typeof record.provider === 'string' &&
  isOptional(record.state) &&
  isOptional(record.returnUrl) &&
  (record.expires === null || typeof record.expires === 'number');

/** The records. Every script of this origin can write there: anything but a record is dropped. */
export function stored() {
  try {
    // Without an item it throws, too.
    const records = JSON.parse(/** @type {string} */ (sessionStorage.getItem(KEY)));
    // Without what a script has put on the prototype of all objects.
    return records.map((record) => ({ __proto__: null, ...record })).filter(isRecord);
  } catch {
    return [];
  }
}

/** Stores these records instead of the previous ones. */
export function store(records) {
  // Old libraries give every array, or every object, a `toJSON` that returns text.
  const toJSON = undefined;
  const plain = Object.assign(
    records.map((record) => ({ ...record, toJSON })),
    { toJSON },
  );
  if (records.length) sessionStorage.setItem(KEY, JSON.stringify(plain));
  else sessionStorage.removeItem(KEY);
}

/** Removes the record at this place. */
export function forget(place) {
  // A page that may not write still gets its answer.
  try {
    store(stored().filter((_, at) => at !== place));
  } catch {}
}

/** @type {import('./stage.js').Show} */
export function redirect(entries, { url }) {
  // After this task, so that `close()` in it still keeps the page.
  const timer = setTimeout(() => location.assign(url));
  entries.push(() => clearTimeout(timer));
  return { window: () => null, reveal() {}, focus() {}, navigate() {} };
}

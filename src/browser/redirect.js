// The provider's page in this tab, and the record that is left behind for coming back.
import { listen } from './page.js';
import { CLOSED_BY_USER } from './told.js';

const KEY = 'link-widget';

const isOptional = (value) => value === undefined || typeof value === 'string';

/** The records of the flows that left. Every script of this origin can write there: what is no record is dropped. */
export function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)).filter(
      ({ provider, state, returnUrl, expires }) =>
        typeof provider === 'string' && isOptional(state) && isOptional(returnUrl) && (expires === null || typeof expires === 'number'),
    );
  } catch {
    return [];
  }
}

/** Stores these records in place of those before. */
export function store(records) {
  if (records.length) sessionStorage.setItem(KEY, JSON.stringify(records));
  else sessionStorage.removeItem(KEY);
}

export function redirect(entries, { provider, url, state, returnUrl, timeoutMs }, tell) {
  const created = Date.now();
  // `null`, which is what JSON makes of Infinity, never expires.
  const record = { id: crypto.randomUUID?.() ?? `${created}${Math.random()}`, provider, state, returnUrl, created, expires: timeoutMs ? created + timeoutMs : null };
  try {
    // One that left before for the same page has not come back, and would be taken for this one.
    store([...stored().filter((other) => other.state !== state || other.returnUrl !== returnUrl), record]);
  } catch {
    throw { code: 'LINK_UNSUPPORTED', message: 'This page has no sessionStorage, which a redirect needs to come back. Use another mode.' };
  }
  entries.push([{ forget: () => store(stored().filter(({ id }) => id !== record.id)) }, 'forget']);
  // After this task, so that `close()` in it still keeps the page.
  entries.push([window, 'clearTimeout', setTimeout(() => location.assign(url))]);
  // The Back button brings the page back as it was: the user has not finished.
  listen(entries, window, 'pageshow', (event) => {
    if (event.persisted) tell(CLOSED_BY_USER);
  });
  return { window: () => null, reveal() {}, focus() {}, navigate() {} };
}

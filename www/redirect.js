// What this page must remember while the tab is at the provider's: which session and which combination it
// was.
const KEY = 'ledgerly.departure';

/** Called in the click that leaves. */
export function leave(departure) {
  sessionStorage.setItem(KEY, JSON.stringify(departure));
}

/** The last departure, or null. */
export function left() {
  return JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
}

// The page that a provider sends the user back to, and the page that waits for it.
import { listen } from './page.js';
import { invalid, isString } from './stage.js';
import { CALLBACK } from './told.js';

/** The channel between them, and the key of a message. */
const MESSAGE = 'link-widget';

export const RETURN_URL = "a URL of this page's own origin";

/** The page that the provider sends the user back to: one of this origin. */
export function ownUrl(text) {
  try {
    const url = new URL(text, document.baseURI);
    if (url.origin === location.origin && !url.username) return url.href;
  } catch {}
  throw invalid('returnUrl', RETURN_URL);
}

/** Waits for the URL that a callback page hands over: from the window of this surface, or over the channel. */
export function awaitCallback(entries, surface, tell) {
  listen(entries, window, 'message', ({ isTrusted, source, origin, data }) => {
    const url = isTrusted && origin === location.origin && data?.[MESSAGE];
    if (isString(url)) tell(CALLBACK, source && source === surface.window() ? 1 : 0, url);
  });
  const channel = new BroadcastChannel(MESSAGE);
  entries.push([channel, 'close']);
  listen(entries, channel, 'message', ({ data }) => isString(data) && tell(CALLBACK, 0, data));
  return surface;
}

/** The URL without the parameters of these names and of every provider's; without names: without any. The path stays. */
function scrubbed(url, names) {
  const clean = new URL(url);
  const isTheirs = (name) => !names || /^error/.test(name) || ['state', 'code', 'status', ...names].includes(name);
  // Without a parameter of theirs the query stays byte for byte.
  for (const name of new Set(clean.searchParams.keys())) if (isTheirs(name)) clean.searchParams.delete(name);
  clean.hash = '';
  return clean.href;
}

/** Takes them out of the address bar, and so out of the history and of the Referer. */
export function scrub(url, names) {
  const clean = scrubbed(url, names);
  if (url === location.href) history.replaceState(history.state, '', clean);
  return clean;
}

/** Hands the URL to the page that opened this one or frames it, and to every page of this origin. */
export function hand(url) {
  for (const waiting of [opener, parent]) {
    if (waiting && waiting !== window) waiting.postMessage({ [MESSAGE]: url }, location.origin);
  }
  // A Cross-Origin-Opener-Policy on the way here has cut the opener off; this still reaches it.
  const channel = new BroadcastChannel(MESSAGE);
  channel.postMessage(url);
  channel.close();
}

/** Closes this popup, where the page that waits for it cannot. */
export function closeSoon() {
  // The message needs a moment: of a window that is closed, nobody can say whose it was.
  setTimeout(() => window.close(), 500);
}

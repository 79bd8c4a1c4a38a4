// The page that a provider sends the user back to, and the page that waits for it.

/** The channel between them, and the key of a message. */
export const CHANNEL = 'link-widget';

/** Replaces this page's address, and so its entry in the history and what a Referer says. */
export const replaceAddress = (url) => history.replaceState(history.state, '', url);

/** Hands the URL to the page that opened this one or frames it, and to every page of this origin. */
export function hand(url) {
  for (const waiting of [opener, parent]) {
    if (waiting && waiting !== window) waiting.postMessage({ [CHANNEL]: url }, location.origin);
  }
  // A Cross-Origin-Opener-Policy on the way here has cut the opener off; this still reaches it.
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(url);
  channel.close();
}

/** Closes this popup, where the page that waits for it cannot. */
export function closeSoon() {
  // The message needs a moment: of a window that is closed, nobody can say whose it was.
  setTimeout(() => window.close(), 500);
}

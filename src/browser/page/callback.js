// The page that a provider sends the user back to, and the page that waits for it.
import { BrowserURL } from '../../url.js';

/** The channel between them, and the key of a message. */
export const CHANNEL = 'link-widget';

/**
 * What a router may have kept of a URL's parameters: as they are, as written anew, those of a fragment, as an
 * object.
 */
function formsOf(url) {
  const { search, hash, searchParams } = new BrowserURL(url);
  return [search, `?${searchParams}`, hash.slice(1), JSON.stringify(Object.fromEntries(searchParams))];
}

/**
 * Replaces each text of `old` by the one of `clean` at the same place, in all strings in `object`, at any
 * depth. Gives whether there was any.
 */
function scrub(object, old, clean) {
  let isFound = false;
  // A state may hold itself.
  let most = 5e3;
  // Without `=` or `:` a form has no parameter, and may be any word.
  const scrubbed = (text) =>
    old.reduce((rest, form, at) => (/[=:]/.test(form) ? rest.split(form).join(clean[at]) : rest), text);
  const visit = (part) => {
    for (const key in part) {
      const value = part[key];
      if (typeof value !== 'string') {
        if (most-- > 0) visit(value);
      } else if (scrubbed(value) !== value) {
        part[key] = scrubbed(value);
        isFound = true;
      }
    }
  };
  visit(object);
  return isFound;
}

/**
 * Replaces this page's address, and so its entry in the history and what a Referer says.
 *
 * A router may have read the address before: it keeps it in `history.state`, gives it to the app, and writes
 * it back, maybe once what it loads has come. So the strings of the state are replaced as well, the routers
 * are told as the browser tells them of Back, at which all of them read the address again, and for some
 * seconds an old address that is written back is replaced again.
 */
export function replaceAddress(url) {
  const old = formsOf(location.href);
  const clean = formsOf(url);
  /** Whether the routers were told of the address as it is now, and whether one has asked for its state. */
  let isTold, isHeard;

  /**
   * Takes the answer out of the entry, and where `to` is given sets its address. Gives whether it wrote
   * anything.
   */
  const replace = (to) => {
    const entry = { state: history.state, href: location.href };
    if (!scrub(entry, old, clean) && !to) return false;
    // Safari refuses it for some seconds where a page has done it a hundred times.
    try {
      history.replaceState(entry.state, '', to ?? entry.href);
    } catch {
      return false;
    }
    isTold = isHeard = false;
    return true;
  };

  const tell = () => {
    const { state } = history;
    // These listen once they have hydrated the page. The others are told once: they load the page's data anew.
    const comesLate = state?.__NA || state?.['sveltekit:history'];
    if (isHeard || (isTold && !comesLate)) return;
    isTold = true;
    // Without a state, as for an entry that no script has made: a router reads the address then, and what
    // fetches pages from the server, such as Turbo or swup, leaves this one as it is. Next, Inertia and Barba
    // know no entry without theirs.
    const get = () => {
      isHeard = true;
      return state?.__NA || state?.page || state?.states ? state : null;
    };
    dispatchEvent(Object.defineProperty(new PopStateEvent('popstate'), 'state', { get }));
  };

  const look = (wait) => {
    replace();
    tell();
    if (wait < 1e4) setTimeout(look, wait, wait * 2);
  };

  const isReplaced = replace(url);
  // A router that has read the address has a state; Next has it a little later.
  if (!isReplaced || history.state || window.next) {
    const signal = AbortSignal.timeout?.(1e4);
    window.navigation?.addEventListener('currententrychange', () => replace() && setTimeout(look), {
      signal,
    });
    // Not at once: a guard or a loader of the router may be calling.
    setTimeout(look, 0, 25);
  }
}

/** Hands the URL to the page that opened this one or frames it, and to every page of this origin. */
export function hand(url) {
  for (const waiting of [opener, parent]) {
    // A page's own global named `parent` is no window.
    if (waiting !== window) waiting?.postMessage?.({ [CHANNEL]: url }, location.origin);
  }
  // A Cross-Origin-Opener-Policy on the way here has cut the opener off; this still reaches it, but for a
  // site whose cookies the person has blocked in Firefox.
  try {
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage(url);
    channel.close();
  } catch {}
}

/** Closes this popup, where the page that waits for it cannot. */
export function closeSoon() {
  // The message needs a moment: of a window that is closed, nobody can say whose it was.
  setTimeout(() => window.close(), 500);
}

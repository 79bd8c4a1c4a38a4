// The page that a provider sends the user back to, and the page that waits for it.
import { BrowserURL } from '../../url.js';

/** The channel between them, and the key of a message. */
export const CHANNEL = 'link-widget';

/**
 * The parameters of a URL, each as a router may keep it: as it is, as written anew, as a field of an object.
 */
function parametersOf(url) {
  const { search, hash, searchParams } = new BrowserURL(url);
  const texts = [search, hash, `?${searchParams}`].flatMap((text) => text.slice(1).split(/[?&]/));
  const fields = [...searchParams].map((field) => field.map((text) => JSON.stringify(text)).join(':'));
  return [...texts, ...fields].filter((text) => /[=:]/.test(text));
}

/** Takes `parameters` out of a text, each with what parts it from the others. */
const without = (parameters, text) =>
  parameters
    .filter((parameter) => text.includes(parameter))
    .flatMap((it) => [`${it}&`, `&${it}`, `?${it}`, `${it},`, `,${it}`, it])
    .reduce((rest, part) => rest.split(part).join(''), text);

/** Takes `parameters` out of all strings in `object`, at any depth. Gives whether there was any. */
function scrub(object, parameters) {
  let isFound = false;
  // A state may hold itself.
  let most = 5e3;
  const visit = (part) => {
    for (const key in part) {
      const value = part[key];
      if (typeof value === 'string') {
        const rest = without(parameters, value);
        if (rest === value) continue;
        part[key] = rest;
        isFound = true;
      } else if (most-- > 0) visit(value);
    }
  };
  visit(object);
  return isFound;
}

/**
 * Replaces this page's address, and so its entry in the history and what a Referer says.
 *
 * A router may have read the address before: it keeps it in `history.state`, gives it to the app, and writes
 * it back, maybe once what it loads has come. So the answer is taken out of the state as well, the routers
 * are told as the browser tells them of Back, at which all of them read the address again, and for some
 * seconds an answer that is written back is taken out again.
 */
export function replaceAddress(url) {
  const kept = parametersOf(url);
  const answer = parametersOf(location.href).filter((parameter) => !kept.includes(parameter));
  // A router that has read the address has a state; Next has it a little later. Old ones, such as Vue Router
  // 3, have none, and are told once they write the answer back.
  let isTold = !history.state && !window.next;
  /** Whether one has asked for its state. */
  let isHeard = false;

  /** Takes the answer out of the entry, and where `to` is given sets its address. Gives whether it wrote. */
  const replace = (to) => {
    const entry = { state: history.state, href: location.href };
    if (!scrub(entry, answer) && !to) return false;
    // Safari refuses it for some seconds where a page has done it a hundred times.
    try {
      history.replaceState(entry.state, '', to ?? entry.href);
    } catch {
      return false;
    }
    if (!to) isTold = isHeard = false;
    return true;
  };

  const tell = () => {
    const { state } = history;
    const isNext = state?.__NA || state?.__N;
    // Next and SvelteKit listen once they have hydrated the page. The others are told once: they load the
    // page's data anew.
    if (isHeard || (isTold && !isNext && !state?.['sveltekit:history'])) return;
    isTold = true;
    // Without a state, as for an entry that no script has made: a router reads the address then, and what
    // fetches pages from the server, such as Turbo or swup, leaves this one as it is. Next, Inertia and Barba
    // know no entry without theirs.
    const get = () => {
      isHeard = true;
      return isNext || state?.page || state?.states ? state : null;
    };
    dispatchEvent(Object.defineProperty(new PopStateEvent('popstate'), 'state', { get }));
  };

  const look = () => {
    replace();
    tell();
  };
  /** Looks now, again after `wait` milliseconds, and then ever less often. */
  const watch = (wait) => {
    look();
    if (wait < 1e4) setTimeout(watch, wait, wait * 2);
  };
  const written = () => {
    // At once: whoever writes the answer back may go on to another entry, and leave this one behind. Without
    // a state it may be the next callback instead.
    if (history.state) replace();
    // A guard or a loader of the router may be calling.
    setTimeout(look);
  };

  replace(url);
  // Pages have a `navigation` of their own.
  window.navigation?.addEventListener?.('currententrychange', written, {
    signal: AbortSignal.timeout?.(1e4),
  });
  setTimeout(watch, 0, 25);
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

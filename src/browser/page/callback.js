// The page that a provider sends the user back to, and the page that waits for it.
import { BrowserURL } from '../../url.js';

/** The channel between them, and the key of a message. */
export const CHANNEL = 'link-widget';

/** What a regular expression looks for literally: any of these texts. Without any it finds nothing. */
const anyOf = (texts) => texts.map((text) => text.replace(/\W/g, '\\$&')).join('|') || '(?!)';

/** Nothing that a value goes on with. */
const END = '(?![\\w%.~+*-])';

/** Not within a longer name before, nor within a longer value behind. */
const whole = (texts) => `(?<![\\w-])(?:${anyOf(texts)})${END}`;

/**
 * The parameters of a URL, each with the texts as which a router may keep it: as it is, as written anew, more
 * or less encoded, as a field of an object.
 */
function parametersOf(url) {
  const { search, hash } = new BrowserURL(url);
  const texts = [search, hash].flatMap((text) => text.slice(1).split(/[?&]/));
  return texts
    .filter((text) => text.includes('='))
    .map((text) => {
      const fields = new URLSearchParams(text);
      const [[name, value]] = fields;
      const field = [name, value].map((part) => JSON.stringify(part)).join(':');
      const encoded = [value, encodeURI(value), encodeURIComponent(value)].map((it) => `${name}=${it}`);
      return { name, value, texts: [text, `${fields}`, field, ...encoded], text };
    });
}

/**
 * A function that takes an answer out of all texts in an object, at any depth, and gives whether there was
 * any. A text without one of the `secrets` is the page's own: it may well say `success=true` as well.
 */
function scrubber(answer, secrets) {
  const textsOf = (parameters) => parameters.flatMap(({ texts }) => texts);
  const secret = new RegExp(whole(textsOf(secrets)));
  const one = whole(textsOf(answer));
  const run = new RegExp(`([?&#,]?)${one}(?:[&,]${one})*([&,]?)`, 'g');
  // An address within another, such as where to go after signing in.
  const encoded = anyOf(textsOf(secrets).map((text) => encodeURIComponent(text)));
  const inside = new RegExp(`(?<=%3F|%26|%23)(?:${encoded})(?=%26|%23|${END})`, 'g');

  const clean = (text) => {
    const rest = text.replace(inside, '');
    return secret.test(rest) ? rest.replace(run, (_, before, after) => (after ? before : '')) : rest;
  };
  return function scrub(object) {
    let isFound = false;
    // A state may hold itself.
    let most = 5e3;
    const visit = (part) => {
      for (const key in part) {
        const value = part[key];
        if (typeof value === 'string') {
          // A query that was taken apart has it under its name, or as a pair.
          const isField = (it) => it.value === value && [key, part[+key - 1]].includes(it.name);
          const rest = secrets.some(isField) ? '' : clean(value);
          if (rest === value) continue;
          part[key] = rest;
          isFound = true;
        } else if (most-- > 0) visit(value);
      }
    };
    visit(object);
    return isFound;
  };
}

/**
 * Where routers that keep the address elsewhere have something of theirs in `history.state`: React Router and
 * TanStack Router, Angular's, Solid's.
 */
const KEYS = ['idx', 'key', 'navigationId', '_depth'];

/**
 * Takes an answer, which is what `url` has and `clean` has not, out of this page's address, and so out of its
 * entry in the history and of what a Referer says. `secrets`: the names of the parameters that must not come
 * back; all, where it is not given. The address need not be `url`: a router's path may lack the fragment, or
 * spell the parameters otherwise.
 *
 * A router may have read the address before: it keeps it in `history.state`, gives it to the app, and writes
 * it back, maybe once what it loads has come, maybe with the next link. So the answer is taken out of the
 * state as well, the routers are told as the browser tells them of Back, at which all of them read the
 * address again, and an answer that is written back is taken out again.
 */
export function scrubAddress(url, clean, secrets) {
  // Not the variable: pages have one of this name.
  const { history } = window;
  const isHere = url === location.href;
  const kept = parametersOf(clean).map(({ text }) => text);
  const answer = parametersOf(url).filter(({ text }) => !kept.includes(text));
  const names = secrets?.split(' ');
  const scrub = scrubber(
    answer,
    answer.filter(({ name }) => names?.includes(name) ?? true),
  );
  // Other pages have a state of their own, and reload or leave at that event. Of a router that is none of
  // those, and of one that has no state, as Vue Router 3, it shows once it writes the answer back.
  const isRouters = scrub({ state: history.state }) || KEYS.some((key) => history.state?.[key] != null);
  let isTold = !isHere || !isRouters;
  /** Whether one has asked for its state. */
  let isHeard = false;

  /** Takes the answer out of the entry, and where `to` is given sets its address. Gives whether it wrote. */
  const replace = (to) => {
    const entry = { state: history.state, href: location.href };
    if (!scrub(entry) && !to) return false;
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

  replace(isHere ? clean : undefined);
  // For as long as the page is there: the next link may be made of what a router has kept. Pages have a
  // `navigation` of their own.
  window.navigation?.addEventListener?.('currententrychange', written);
  setTimeout(watch, 0, 25);
}

/**
 * Hands the URL to the page that opened this one or frames it, and to every page of this origin. `isTold`: a
 * window has been told already.
 */
export function hand(url) {
  let isTold = false;
  // Not the variables: pages have some of these names.
  for (const waiting of [window.opener, window.parent]) {
    // A page's own global named `parent` is no window.
    if (waiting === window || !waiting?.postMessage) continue;
    waiting.postMessage({ [CHANNEL]: url }, location.origin);
    isTold = true;
  }
  // A Cross-Origin-Opener-Policy on the way here has cut the opener off; this still reaches it, but for a
  // site whose cookies the person has blocked in Firefox.
  try {
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage({ url, isTold });
    channel.close();
  } catch {}
}

/** Closes this popup, where the page that waits for it cannot. */
export function closeSoon() {
  // The message needs a moment: of a window that is closed, nobody can say whose it was.
  setTimeout(() => window.close(), 500);
}

// The page that a provider sends the user back to, and the page that waits for it.
import { BrowserURL } from '../../url.js';
import { origin } from './here.js';

/** The channel between them, and the key of a message. */
export const CHANNEL = 'link-widget';

/** What separates parameters in an address within another: an encoded `?`, `#`, `&` or quotation mark. */
const ENCODED = '%(?:25)*(?:3[Ff]|2[236])';

/** The same, or one as it is. A comma separates fields in JSON. */
const SEPARATOR = `(?:[?&#,]|${ENCODED})`;

/** Whether the parameter before this separator has a sibling after it: `%26` is an encoded `&`. */
const isBetween = (separator) => /[&,]|26/.test(separator);

const escaped = (text) => text.replace(/\W/g, '\\$&');

/** A pattern for a character, as it is, or encoded once or more. `+` is a space to some routers. */
function spelled(character) {
  if (/[ +]/.test(character)) return '(?:[ +]|%(?:25)*2[0Bb])';
  const encoded = encodeURIComponent(character);
  const codes = encoded === character ? `%${character.charCodeAt(0).toString(16)}` : encoded;
  const either = (digit) => `[${digit.toLowerCase()}${digit.toUpperCase()}]`;
  return `(?:${escaped(character)}|${codes.replaceAll('%', '%(?:25)*').replace(/[a-f]/gi, either)})`;
}

/** A pattern for a text that a router encodes more or less than the provider did. */
const inAnySpelling = (text) => text.replace(/[^a-z0-9]/giu, spelled);

/** The parameters of a URL, as they stand there. */
function parametersOf(url) {
  const { search, hash } = new BrowserURL(url);
  // Those of a hash router's route are behind its `?`.
  const queries = [search, hash.replace(/^[^?]*\?/, '?')];
  return queries.flatMap((query) => query.slice(1).split('&')).filter((text) => text.includes('='));
}

/** The name of a parameter, with patterns for its value and for what a router may keep of all of it. */
function readParameter(text) {
  const [pair] = new URLSearchParams(text);
  const [name, value] = pair.map(inAnySpelling);
  const field = pair.map((part) => escaped(JSON.stringify(part))).join(':');
  const pattern = [escaped(text), `${name}(?:=|%(?:25)*3[Dd])${value}`, field].join('|');
  return { name: pair[0], value, pattern };
}

/** A pattern for any of these parameters, but not for a part of a longer name or value. */
const anyOf = (parameters) =>
  `(?:(?<![\\w-])|(?<=${ENCODED}))(?:${parameters.map(({ pattern }) => pattern).join('|') || '(?!)'})` +
  `(?:(?![\\w%.~+*=/-])|(?=${ENCODED}))`;

/**
 * Returns a function that takes an answer out of all strings in an object, at any depth, and returns whether
 * there was any. It changes the object itself. A string without one of the `secrets` is the page's own, even
 * with a `success=true`.
 */
function scrubber(answer, secrets) {
  const one = anyOf(answer);
  // The next parameter takes the separator of the first that goes, unless it belongs to the address around.
  const separator = (_, before, after) =>
    isBetween(after) && after.length >= before.length ? before : after;

  return function scrub(object) {
    let isFound = false;
    // A state may contain itself: a limit, not recursion without end.
    let mostObjects = 5000;
    try {
      const secret = new RegExp(anyOf(secrets));
      const run = new RegExp(`(${SEPARATOR}?)${one}(?:${SEPARATOR}${one})*(${SEPARATOR}?)`, 'g');
      const clean = (text) => (secret.test(text) ? text.replace(run, separator) : text);
      const visit = (part) => {
        for (const key in part) {
          const value = part[key];
          if (typeof value === 'string') {
            // A query that was taken apart has it under its name, or as a pair.
            const names = [key, part[+key - 1]];
            const isField = (it) => names.includes(it.name) && RegExp(`^(?:${it.value})$`).test(value);
            const rest = secrets.some(isField) ? '' : clean(value);
            if (rest === value) continue;
            part[key] = rest;
            isFound = true;
          } else if (typeof value === 'object' && mostObjects-- > 0) visit(value);
        }
      };
      visit(object);
    } catch {
      // Browsers refuse patterns for more than some 16 kB, which no provider's answer has.
    }
    return isFound;
  };
}

/**
 * A copy of the state of this history entry: a page may have frozen its own. Without one if the page has put
 * there what no history takes, such as a function.
 */
function copyOfState() {
  try {
    return structuredClone(window.history.state);
  } catch {
    return null;
  }
}

/**
 * Keys by which routers that keep the address elsewhere can be recognised in `history.state`: React Router
 * and TanStack Router, Angular's, Solid's.
 */
const KEYS = ['idx', 'key', 'navigationId', '_depth'];

/**
 * Takes an answer, which is what `url` has and `clean` does not have, out of this page's address, and so out
 * of its history entry and of the Referer. `secrets`: the names of the parameters that must not come back;
 * all, if it is not given. The address need not be `url`: a router's path may lack the fragment, or spell the
 * parameters differently.
 *
 * A router may have read the address before: it keeps it in `history.state`, passes it to the app, and writes
 * it back, when its data has loaded or with the next link. So the answer is taken out of the state as well;
 * the routers get a `popstate`, as on Back, at which all of them read the address again; and an answer that
 * is written back is taken out again.
 */
export function scrubAddress(url, clean, secrets) {
  // Not the variable: pages have one of this name.
  const { history } = window;
  const kept = parametersOf(clean);
  const isGone = (text) => !kept.includes(text);
  const answer = parametersOf(url).filter(isGone).map(readParameter);
  const names = secrets?.split(' ');
  const scrub = scrubber(
    answer,
    answer.filter(({ name }) => names?.includes(name) ?? true),
  );
  // Other pages keep their own state there, and may reload or leave on `popstate`. Any other router, and one
  // without a state such as Vue Router 3, is recognised when it writes the answer back.
  const isInState = scrub({ state: copyOfState() });
  const isRouters = isInState || KEYS.some((key) => history.state?.[key] != null);
  const isHere = url === location.href;
  const address = { href: location.href };
  const isToGo = isHere || scrub(address) || isInState;
  /** Whether `popstate` was sent since the answer was last taken out; not needed if no router is there. */
  let hasSent = !isToGo || !isRouters;
  /** Whether a router has read that event. */
  let wasRead = false;
  /** How often one that writes the answer back is told: some would do so each time, and never end. */
  let mostTold = 10;

  /**
   * Takes the answer out of the history entry, and sets its address if `to` is given. Returns whether it
   * wrote.
   */
  const replace = (to) => {
    const entry = { state: copyOfState(), href: location.href };
    if (!scrub(entry) && !to) return false;
    // Safari refuses it for some seconds after a hundred calls.
    try {
      history.replaceState(entry.state, '', to ?? entry.href);
    } catch {
      return false;
    }
    if (!to && mostTold-- > 0) hasSent = wasRead = false;
    return true;
  };

  const tell = () => {
    const { state } = history;
    const isNext = state?.__NA || state?.__N;
    // Next and SvelteKit listen once they have hydrated the page. The others get it only once: they load the
    // page's data again.
    if (wasRead || (hasSent && !isNext && !state?.['sveltekit:history'])) return;
    hasSent = true;
    // Without a state, as for an entry that no script has made: a router then reads the address, and
    // libraries that fetch pages from the server, such as Turbo and swup, leave this one as it is. Next,
    // Inertia and Barba do not know an entry without theirs.
    const get = () => {
      wasRead = true;
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

  if (isToGo) replace(isHere ? clean : address.href);
  // As long as the page is there: a router may make the next link of what it has kept. Pages have a
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
    // Throws on a page without an origin, such as a sandboxed one.
    try {
      waiting.postMessage({ [CHANNEL]: url }, origin());
      isTold = true;
    } catch {}
  }
  // A Cross-Origin-Opener-Policy on the way here has cut off the opener. This still reaches it, unless the
  // user blocks the site's cookies in Firefox.
  try {
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage({ url, isTold });
    channel.close();
  } catch {}
}

/** Closes this popup, if the page that waits for it cannot. */
export function closeSoon() {
  // The message needs a moment: once the window is closed, its receiver cannot tell whose it was.
  setTimeout(() => window.close(), 500);
}

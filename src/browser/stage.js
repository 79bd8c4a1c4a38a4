// One flow on this page: from the caller's options to the provider's page, and off again.
import { container } from './container.js';
import { overlay } from './overlay.js';
import { listen, undo } from './page.js';
import { CLOSED_BY_CALLER, FAILED, FRAME_BLOCKED, MESSAGE, MODES, OPENED } from './told.js';
import { isLong } from './values.js';
import { wordsIn } from './words.js';

/** The modes that keep to this page, each with what shows the provider's page in it. */
const FRAMES = { overlay, container };

export const invalid = (name, takes) => ({ code: 'LINK_INVALID_OPTIONS', message: `${name} must be ${takes}.` });

/** An option; `undefined`: not given. Throws the parts of a LinkError. */
export function read(options, name, isRight, takes) {
  try {
    const value = options[name];
    if (value === undefined || isRight(value)) return value;
  } catch {}
  throw invalid(name, takes);
}

export const isString = (value) => typeof value === 'string' && !isLong(value);
const CONTAINER = 'an element of this page, the id of one or a valid CSS selector';

/** The element that a caller means by an element, an id or a selector. */
function find(place) {
  let found;
  try {
    found = place instanceof Element ? place : (document.getElementById(place) ?? document.querySelector(place));
  } catch {
    throw invalid('container', CONTAINER);
  }
  if (found?.isConnected) return found;
  throw { code: 'LINK_NOT_FOUND', message: 'The container is not in the document. Add it to the page before the call.' };
}

/** Checks the options that concern the page. Throws the parts of a LinkError. */
export function check(options, surfaces = FRAMES, defaultMode = 'overlay') {
  options ??= {};
  if (typeof options !== 'object') throw invalid('options', 'an object, or left out');
  const place = read(options, 'container', (value) => isString(value) || value instanceof Element, CONTAINER);
  const mode = read(options, 'mode', (value) => Object.hasOwn(surfaces, value), Object.keys(surfaces).join(' or ')) ?? (place === undefined ? defaultMode : 'container');
  read(options, 'window', () => mode === 'popup', "left out where mode is not 'popup'");
  const close = read(options, 'closeButton', (value) => typeof value === 'boolean', 'true or false') ?? true;
  if (mode === 'container' && place === undefined) throw invalid('container', CONTAINER);
  if (mode !== 'container' && place !== undefined) throw invalid('mode', "'container' or left out where a container is given");
  const words = wordsIn(read(options, 'locale', isString, 'a string: a BCP 47 language tag such as en-AU'));
  return {
    mode,
    surface: surfaces[mode],
    signal: read(options, 'signal', (value) => value instanceof AbortSignal, 'an AbortSignal'),
    onEvent: read(options, 'onEvent', (value) => typeof value === 'function', 'a function'),
    title: read(options, 'title', isString, 'a string') || words.title,
    words,
    close: close && words.close,
    element: place === undefined ? undefined : find(place),
  };
}

/** Tells when the page's policy refuses to frame this URL, and what to do about it. */
export function awaitRefusal(entries, url, refused) {
  const { origin } = new URL(url);
  listen(entries, document, 'securitypolicyviolation', (event) => {
    // A policy may also only be tried out, and report what it would have refused.
    const isRefusal = event.effectiveDirective === 'frame-src' && event.disposition === 'enforce';
    if (isRefusal && `${event.blockedURI}/`.startsWith(`${origin}/`)) {
      refused(`The page's Content-Security-Policy does not allow this frame. Add ${origin} to its frame-src directive.`);
    }
  });
}

export class Stage {
  #entries = [];
  #surface;
  #isOver = false;

  /** Shows the provider's page. What happens is told from then on. */
  show(shown, provider, url, tell) {
    const entries = this.#entries;
    if (shown.signal?.aborted) return tell(CLOSED_BY_CALLER);
    if (shown.signal) listen(entries, shown.signal, 'abort', () => tell(CLOSED_BY_CALLER));
    const surface = shown.surface(entries, { ...shown, provider, url }, tell);
    this.#surface = surface;
    listen(entries, window, 'message', (event) => {
      const ours = surface.window();
      const isOurs = ours && ours === event.source;
      // A script of the page's can make up an event with any source and origin. What a stranger says is not read.
      if (event.isTrusted) tell(MESSAGE, isOurs ? 1 : 0, event.origin, isOurs ? event.data : undefined);
    });
    awaitRefusal(entries, url, (message) => tell(FAILED, FRAME_BLOCKED, message));
    tell(OPENED, MODES.indexOf(shown.mode));
    // Moving the focus runs code of the page's, which may have ended the flow meanwhile.
    if (this.#isOver) this.takeOff();
  }

  reveal() {
    this.#surface?.reveal();
  }

  focus() {
    this.#surface?.focus();
  }

  navigate(url) {
    this.#surface?.navigate(url);
  }

  takeOff() {
    this.#isOver = true;
    this.#surface = undefined;
    undo(this.#entries);
  }
}

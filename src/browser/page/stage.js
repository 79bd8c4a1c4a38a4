// Shows one flow on this page, and takes it off again. Reports what happens there to the flow, as a browser
// event or as an object with its own `type`:
//
// | `type` | what happened |
// |---|---|
// | `load`, `pagehide`, `pageshow` | the browser's event |
// | `abort` | the caller ends the flow, by its signal or by `close()` |
// | `close` | the user ends it, outside the provider's page |
// | `callback` | a callback page hands over its URL, in `data`: see `hand` in callback.js |
// | `token` | the caller gives another token, in `data`; anything but a string is none |
// | `report` | the browser reports, in `data`, what a policy has refused |
import { CHANNEL } from './callback.js';
import { container } from './container.js';
import { overlay } from './overlay.js';
import { popup } from './popup.js';
import { redirect, store, stored } from './redirect.js';
import { listen, undo } from './undo.js';
import { wordsIn } from './words.js';
import { outside } from './zone.js';

/**
 * What is shown.
 * @typedef {object} Shown
 * @property {string} provider
 * @property {string} url
 * @property {import('./words.js').Words} words
 * @property {string} title
 * @property {string} lang the title's
 * @property {string | false} close the name of the close button, if there is one
 * @property {number} height the frame's in a container without a height, in CSS pixels
 * @property {any} place the container's element, or the caller's window for the popup
 */

/** @typedef {(what: Event | { type: string, data?: unknown }) => void} Tell tells the flow */

/**
 * Where it is shown.
 * @typedef {object} Surface
 * @property {() => Window | null} window the provider's
 * @property {() => void} reveal
 * @property {() => void} focus
 * @property {(url: string) => void} navigate
 */

/** @typedef {(entries: import('./undo.js').Entries, shown: Shown, tell: Tell) => Surface} Show shows it */

/** @type {Record<string, Show>} */
const SURFACES = { overlay, container, popup, redirect };

/** The stages of the flows that are open. No `Set`: pages have one of their own, which is something else. */
let stages = [];

/** Takes off the page what every flow has put there, after a trap. */
export function takeEverythingOff() {
  for (const stage of stages) stage.takeOff();
}

/** Calls one of the caller's functions once the current call has returned. What it throws is reported. */
export const emit = (onEvent, event) => queueMicrotask(() => onEvent(event));

/** Settles a promise by one of its functions. */
export const settle = (run, value) => run(value);

export { inside } from './zone.js';

export class Stage {
  /** @type {import('./undo.js').Entries} */
  #entries = [];
  /** @type {Surface | undefined} */
  #surface;
  /** @type {Tell | undefined} */
  #tell;
  #staysToBeRead = false;

  /**
   * Shows the provider's page at `url`. `height`: the frame's in a container without a height, in CSS pixels.
   * `place`: the container's element, or the caller's window for the popup. Throws the `code` and `message`
   * of a LinkError.
   */
  show(mode, provider, url, title, locale, closeButton, height, place, tell) {
    const words = wordsIn(locale);
    // A page that only stays to be read makes room.
    for (const stage of stages) if (stage.#staysToBeRead) stage.close();
    stages.push(this);
    this.#tell = tell;
    const shown = {
      provider,
      url,
      words,
      title: title || words.title,
      // The caller's title is in the page's language.
      lang: title ? document.documentElement.lang : words.lang,
      close: closeButton && words.close,
      height,
      place,
    };
    try {
      this.#surface = SURFACES[mode](this.#entries, shown, tell);
    } catch (thrown) {
      if (thrown?.code === 'LINK_POPUP_BLOCKED') throw thrown;
      throw {
        code: 'LINK_UNSUPPORTED',
        message:
          'This browser lacks what the widget needs, or a script has replaced it. In tests, use ' +
          `link-widget/testing. Cause: ${thrown?.message}`,
      };
    }
  }

  /** Listens until the flow ends, on `target` or else on the window. Throws what the target throws. */
  listen(target, type, hear) {
    listen(this.#entries, target ?? window, type, hear);
  }

  /** Listens for what a policy refuses, as far as the browser reports it to the page. */
  listenForReports() {
    const report = (data) => this.#tell?.({ type: 'report', data });
    listen(
      this.#entries,
      document,
      'securitypolicyviolation',
      ({ effectiveDirective, disposition, blockedURI }) =>
        report({ effectiveDirective, disposition, blockedURL: blockedURI }),
    );
    // Not every browser has an observer.
    try {
      const observer = new ReportingObserver(
        (reports) => {
          for (const { body } of /** @type {any[]} */ (reports)) report(body.toJSON());
        },
        // Without the earlier reports: they name only an origin, from which this flow's page may well be
        // shown. Chromium does not report a second refusal to a page.
        { types: ['csp-violation', 'coep'] },
      );
      outside(() => observer.observe());
      this.#entries.push(() => observer.disconnect());
    } catch {}
  }

  /** Listens for the URL that a callback page hands over if its opener was cut off. */
  listenForCallbacks() {
    const tell = /** @type {Tell} */ (this.#tell);
    // Firefox refuses a channel to a site whose cookies the user blocks.
    try {
      const channel = new BroadcastChannel(CHANNEL);
      this.#entries.push(() => channel.close());
      listen(this.#entries, channel, 'message', ({ data }) => tell({ type: 'callback', data }));
    } catch {}
  }

  /**
   * Leaves a record behind, for the page that a redirect comes back to; it is removed if the flow ends here.
   */
  remember(provider, state, returnUrl, lifetimeMs) {
    const created = Date.now();
    // JSON has no infinity. `null`: it never expires.
    const expires = lifetimeMs === undefined ? null : created + lifetimeMs;
    /** Tells the records of one tab apart. */
    const id = Math.random();
    const record = { id, provider, state, returnUrl, created, expires };
    const page = (url) => url?.split(/[?#]/)[0];
    // An earlier record that was never answered would be taken for this one.
    const isReplaced = (other) =>
      other.state === state && (state !== undefined || page(other.returnUrl) === page(returnUrl));
    try {
      store([...stored().filter((other) => !isReplaced(other)), record]);
    } catch {
      throw {
        code: 'LINK_UNSUPPORTED',
        message:
          'This page has no sessionStorage, or it is full. A redirect needs it to come back: use another mode.',
      };
    }
    this.#entries.push(() => store(stored().filter((other) => other.id !== id)));
  }

  /** The provider's window, or null. */
  window() {
    return this.#surface?.window() ?? null;
  }

  /** Whether the provider's window reads `closed`. */
  isClosed() {
    return this.window()?.closed ?? true;
  }

  reveal() {
    this.#surface?.reveal();
  }

  /** The answer is given, and the page stays to be read: until it is closed, or another is shown. */
  stay() {
    this.#staysToBeRead = true;
  }

  focus() {
    if (!this.#staysToBeRead) this.#surface?.focus();
  }

  navigate(url) {
    this.#surface?.navigate(url);
  }

  /** Asks the caller's function for another token. If it fails, there is none. */
  async renew(getToken) {
    let data;
    try {
      data = await getToken();
    } catch {}
    this.#tell?.({ type: 'token', data });
  }

  close() {
    this.#tell?.({ type: 'abort' });
  }

  takeOff() {
    stages = stages.filter((other) => other !== this);
    this.#surface = this.#tell = undefined;
    undo(this.#entries);
  }
}

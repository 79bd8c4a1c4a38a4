/**
 * Connects a user's bank to your web page: opens an open-banking provider's consent page and returns one
 * typed answer.
 *
 * @example
 * ```ts
 * import { link, describeError, LinkError } from 'link-widget';
 *
 * button.onclick = async () => {
 *   try {
 *     const result = await link(sessionId);
 *     await fetch('/banks', { method: 'POST', body: JSON.stringify(result) }); // your server confirms it
 *   } catch (error) {
 *     if (error instanceof LinkError) alert(describeError(error.code).message);
 *   }
 * };
 * ```
 * @packageDocumentation
 */

// ---------------------------------------------------------------- launching

/**
 * Opens Fiskil's consent page. A drop-in replacement for the provider's own `link(sessionId, options?)`.
 *
 * Never throws: any error rejects the flow with a {@link LinkError}. Open a popup inside the click, before
 * any `await`; an overlay or a container can open later.
 *
 * @param sessionId - the `session_id` that your back end got from `POST /v1/auth/session`, or that session's
 * whole `auth_url` (anything that begins with `http://` or `https://` is taken for one)
 *
 * @example Inside an element of yours, with its events
 * ```ts
 * const flow = link(sessionId, { container: '#bank', onEvent: (event) => console.log(event.type) });
 * cancelButton.onclick = () => flow.close();
 * const { consentID } = await flow;
 * ```
 */
export function link(sessionId: string, options?: FiskilOptions): LinkFlow<FiskilResult>;

/**
 * Opens Flinks Connect (Canada), from `instance` or a whole `url`.
 *
 * @example
 * ```ts
 * const { loginId } = await openFlinks({ instance: 'toolbox', authorizeToken, params: { demo: true } });
 * ```
 */
export function openFlinks(options: FlinksOptions): LinkFlow<FlinksResult>;

/**
 * Opens the finX widget (Germany).
 *
 * @param location - the URL that `POST /onetime/access`, or one of its siblings, returned to your back end
 */
export function openFinx(location: string, options?: FinxOptions): LinkFlow<FinxResult>;

/**
 * Opens FinqLink's WebUI (Romania), by default in a popup.
 *
 * @param url - a payment link or a consent link
 *
 * @example In the click, with a page at `/back` that calls {@link completeCallback}
 * ```ts
 * const { status, params } = await openFinqlink(url, { returnUrl: '/back', state });
 * ```
 */
export function openFinqlink(url: string, options?: CallbackOptions): LinkFlow<CallbackResult>;

/**
 * Opens Fimento's consent link (Sweden, Finland), by default in a popup.
 *
 * @param consentLink - the `consent-link` that your back end received when it created the process
 *
 * @example In the click, with a page at `/back` that calls {@link completeCallback}
 * ```ts
 * const { status, params } = await openFimento(consentLink, { returnUrl: '/back', state });
 * ```
 */
export function openFimento(consentLink: string, options?: CallbackOptions): LinkFlow<CallbackResult>;

/**
 * Shows Fimento's visualisation tool in an element of yours: a frame without a result, which stays until you
 * close it. Never throws: errors reject {@link Embed.ready}.
 */
export function embedFimento(visualisationUrl: string, options: EmbedOptions): Embed;

/**
 * A native Promise with `close()` and `focus()`. Settles exactly once. `LinkFlow` without a type argument is
 * the flow of {@link link}.
 */
export type LinkFlow<T = FiskilResult> = Promise<T> & {
  /**
   * Ends the flow: removes everything it put on the page and, if still pending, rejects with
   * LINK_USER_CANCELLED. May be called at any time, any number of times. Raises no `unhandledrejection`.
   */
  close(): void;
  /** Brings the provider's page to the front. Does nothing once the flow has settled. */
  focus(): void;
};

/** An open-banking provider. */
export type Provider = 'fiskil' | 'flinks' | 'finx' | 'finqlink' | 'fimento';

/**
 * How the provider's page is shown.
 *
 * - `overlay`: in a modal dialog
 * - `container`: inside an element of yours
 * - `popup`: in a second window; a small dialog on your page lets the user return to it or cancel
 * - `redirect`: in this tab, which comes back to {@link resume}
 */
export type Mode = 'overlay' | 'container' | 'popup' | 'redirect';

/**
 * What every launcher takes. Unknown names are ignored; a wrong value rejects with LINK_INVALID_OPTIONS.
 * `undefined` counts as not given. In JavaScript, `null` does too, with two exceptions that point to a failed
 * call of yours: `container: null` is LINK_NOT_FOUND and `window: null` is LINK_POPUP_BLOCKED.
 */
export interface LinkOptions {
  /**
   * Default: `overlay`; for FinqLink and Fimento, `popup`; if {@link LinkOptions.container} is given,
   * `container`.
   */
  mode?: Mode | undefined;
  /**
   * Where to show the provider's page: an element, the id of one, or a CSS selector. One that is not in the
   * document rejects with LINK_NOT_FOUND. The page fills the element. If the element has no height of its
   * own, the page is 600 pixels high (Flinks: 760), or as high as the element's `--link-widget-min-height`.
   */
  container?: string | Element | undefined;
  /**
   * How long the whole flow may take, in milliseconds. Default 600000. 0 or Infinity: no limit. With
   * `redirect`, also how long the answer is accepted.
   */
  timeoutMs?: number | undefined;
  /**
   * How long the provider's page may take to load, in milliseconds. Default 30000. 0 or Infinity: no limit.
   * Has no effect on popups, whose loading cannot be observed.
   */
  loadTimeoutMs?: number | undefined;
  /**
   * The one origin whose messages count. Default: that of the opened URL. Leave it unset unless the provider
   * tells you otherwise.
   */
  allowedOrigin?: string | undefined;
  /** Ends the flow when it aborts, as {@link LinkFlow.close} does. */
  signal?: AbortSignal | undefined;
  /**
   * Called with each event of the flow. What it throws is reported as an uncaught error; the flow goes on.
   */
  onEvent?: ((event: LinkEvent) => void) | undefined;
  /**
   * The heading of the dialog, and the accessible name of the dialog and the frame. In a container: the name
   * of the frame. Default: "Connect your bank".
   */
  title?: string | undefined;
  /**
   * The language of the widget's own words, as a BCP 47 tag; `fr_CA` is read too. Default: the page's
   * language, else the browser's. English, unless the page has imported the language:
   * `import 'link-widget/locales/fr'`, or de, ro, sv, fi.
   */
  locale?: string | undefined;
  /**
   * Whether an overlay can be closed with a button and Escape. Default: true. Escape works only while the
   * focus is outside the provider's page; once that page has loaded, it has the focus and receives the key.
   */
  closeButton?: boolean | undefined;
  /**
   * For `popup` only: a window that you opened in the click, if you `await` something before the flow:
   * `window.open('', '_blank', 'popup') ?? undefined`. If it is undefined, the widget tries to open one
   * itself; if it cannot, the flow rejects with LINK_POPUP_BLOCKED.
   */
  window?: Window | undefined;
  /**
   * Your page that the provider sends the user back to, where it calls {@link completeCallback} or
   * {@link resume}. Must be of this page's origin; may be relative, such as `/back`. Only its origin and path
   * are compared, or, if the answer carries the right `state`, only its origin.
   */
  returnUrl?: string | undefined;
}

/** What {@link link} takes. */
export interface FiskilOptions extends LinkOptions {
  /** Where Fiskil's consent pages are. Default: `https://auth.fiskil.com`. */
  authServer?: string | undefined;
}

/** What {@link openFlinks} takes: `instance` or `url`, exactly one of the two. */
export interface FlinksOptions extends LinkOptions {
  /**
   * `toolbox` opens `https://toolbox-iframe.private.fin.ag/v2/`. 1 to 63 characters of a-z, 0-9 and hyphens.
   */
  instance?: string | undefined;
  /**
   * The whole URL of Flinks Connect, such as `https://toolbox-iframe.private.fin.ag/v2/`. Its own query is
   * kept.
   */
  url?: string | undefined;
  /** The single-use token that your back end got from `/GenerateAuthorizeToken`. */
  authorizeToken?: string | undefined;
  /**
   * Called once if Flinks refuses the token; the page loads again with the new one. If it rejects or resolves
   * with no string, the flow ends with LINK_INVALID_SESSION.
   */
  getAuthorizeToken?: (() => Promise<string>) | undefined;
  /** The language of Flinks' pages. */
  language?: 'en' | 'fr' | undefined;
  /**
   * Any other documented query parameter (`demo`, `redirectUrl`, `tag`, `accountSelectorEnable`, ...). A
   * dedicated option overrides `params`, and `params` override the query of `url`.
   */
  params?: Record<string, string | number | boolean> | undefined;
}

/** What {@link openFinx} takes. */
export interface FinxOptions extends LinkOptions {
  /**
   * The `state` with which your back end created the flow. An answer with a different one or none is
   * LINK_STATE_MISMATCH.
   */
  state?: string | undefined;
}

/** What {@link openFinqlink} and {@link openFimento} take. */
export interface CallbackOptions extends LinkOptions {
  /**
   * The `state` that your back end put into the query of the return URL when it created the link. An answer
   * with a different one or none is LINK_STATE_MISMATCH.
   */
  state?: string | undefined;
}

/** What {@link embedFimento} takes. */
export interface EmbedOptions {
  /** An element, the id of one, or a CSS selector. */
  container: string | Element;
  /** The accessible name of the frame. */
  title?: string | undefined;
  /** Called when the tool has loaded. */
  onEvent?: ((event: LinkEvent) => void) | undefined;
  /** How long it may take to load, in milliseconds. Default 30000. 0 or Infinity: no limit. */
  loadTimeoutMs?: number | undefined;
}

/** A frame that stays until you close it. */
export interface Embed {
  /** Resolves when it has loaded. Raises no `unhandledrejection`. */
  readonly ready: Promise<void>;
  /** Removes it. If it is not ready yet, `ready` rejects with LINK_USER_CANCELLED. */
  close(): void;
}

// ---------------------------------------------------------------- results

/**
 * How a Fiskil flow completed. The result in the browser is a hint: confirm on your server whose consent it
 * is.
 */
export interface FiskilResult {
  /** The consent, as Fiskil's API takes it in `consent_id`. */
  consentID?: string;
  /**
   * Where the provider would have sent the user, as configured with the session. Never an active scheme such
   * as `javascript:`.
   */
  redirectURL?: string;
}

/** Alias under the name that Fiskil's own SDK uses. */
export type LinkResult = FiskilResult;

/** How a Flinks Connect flow completed. Confirm it on your server. */
export interface FlinksResult {
  /** The connection, as Flinks' API takes it in `LoginId`. Keep it on your server. */
  loginId: string;
  /** The bank, by Flinks' name. */
  institution?: string;
  /** The request that made the connection, as Flinks' API takes it in `RequestId`. */
  requestId?: string;
  /** The IDs of the accounts that the user picked, if the page offered a choice. */
  accountIds?: string[];
  /** What you gave as `tag`. */
  tag?: string;
  /** Where Flinks would have sent the user. */
  url?: string;
}

/** How a finX flow completed. */
export interface FinxResult {
  /**
   * The authorization code, valid for one hour. Your server exchanges it with `POST /auth/token`. Absent if
   * there is nothing to exchange, as after a payment, whose receipt your server reads.
   */
  code?: string;
  /** The `state` with which your back end created the flow. */
  state?: string;
  /** The flow's `id`, as returned when it was created. */
  flowId?: string;
  /** The whole return URL. */
  location?: string;
}

/** What the provider put on the return URL. Confirm it on your server. */
export interface CallbackResult {
  /** Every parameter of the return URL; for a repeated name, its first value. */
  params: Record<string, string>;
  /** The `state` with which your back end created the link. */
  state?: string;
  /** The provider's status, if it gave one, such as FinqLink's `active`. */
  status?: string;
  /** The whole return URL. */
  url: string;
}

/** What a message or a return URL says. */
export type Outcome =
  | {
      /** The user is done. */
      kind: 'completed';
      /** The `provider` that you passed in. */
      provider: Provider;
      /** What the launcher of this provider resolves with. */
      result: FiskilResult | FlinksResult | FinxResult | CallbackResult;
    }
  | {
      /** The flow has ended without a result. */
      kind: 'failed';
      /** The `provider` that you passed in. */
      provider: Provider;
      /** As in {@link LinkError.code}. */
      code: LinkErrorCode;
      /** For developers. */
      message: string;
      /** As in {@link LinkError.details}. */
      details?: unknown;
    }
  | {
      /** The user has reached another step; the flow goes on. */
      kind: 'step';
      /** The `provider` that you passed in. */
      provider: Provider;
      /** Where the user is. */
      step: Step;
      /** The step's name at the provider. */
      providerStep: string;
      /** Further data from the provider, such as `institution`. */
      data: Record<string, unknown>;
    };

// ---------------------------------------------------------------- coming back from a redirect or a popup

/** Returns 128 random bits as base64url. Your back end uses it as the `state` when it creates the link. */
export function createState(): string;

/**
 * On the page that a redirect comes back to: reads the answer from the URL, once, and removes it from there.
 *
 * Resolves with the result, or with `null` if the URL answers no flow that left from this tab, and rejects
 * with the {@link LinkError} of a failed flow. A second call in the same task returns the same answer; later
 * ones resolve with `null`, because the page's URL is clean by then.
 *
 * Call it when the page's script starts, with a `catch`, before the router is created: above
 * `createWebHistory()` or `createBrowserRouter()`, in Next's `instrumentation-client.js`, in SvelteKit's
 * `src/hooks.client.js`. A router that has seen the address learns the new one before the promise settles. If
 * you call it in an effect, which React's StrictMode runs twice, or in a loader, which the router then runs
 * again, your server may get the answer twice.
 *
 * @param url - default: the page's own
 *
 * @example
 * ```ts
 * const answer = await resume();
 * if (answer?.provider === 'finx') exchange(answer.result);
 * ```
 */
export function resume(url?: string): Promise<{
  /** Whose flow it was. */
  provider: Provider;
  /** What the launcher of this provider resolves with. */
  result: unknown;
} | null>;

/**
 * On the page that a popup or a frame returns to: removes the answer from the address, hands the original URL
 * to the waiting page, and closes the popup. Call either this or {@link resume} on a page, not both: each
 * takes the answer from the other.
 *
 * Needs no `'wasm-unsafe-eval'`. With WebAssembly only the providers' parameters are removed. If the page's
 * policy refuses it, or `init()` of `link-widget/wasm` has not been awaited, the whole query and fragment
 * are.
 *
 * @param url - default: the page's own
 * @throws a {@link LinkError} with LINK_INVALID_OPTIONS if `url` is not a URL, with LINK_UNSUPPORTED on a
 * server
 */
export function completeCallback(url?: string): void;

// ---------------------------------------------------------------- pure functions, for Node and workers, too

/**
 * Interprets a message from a provider's page; `null` if it is not part of that provider's protocol.
 *
 * Takes untrusted input of any shape and never throws. Check yourself where the message came from;
 * {@link link} does it for you.
 *
 * @example In a WebView's message handler
 * ```ts
 * const outcome = parseMessage('fiskil', JSON.parse(data));
 * if (outcome?.kind === 'completed') send(outcome.result);
 * ```
 */
export function parseMessage(provider: Provider, data: unknown): Outcome | null;

/**
 * Interprets the URL that a provider sent the user back to. Never throws: an invalid URL is a failure with
 * LINK_INVALID_OPTIONS.
 */
export function parseCallback(provider: Provider, url: string): Outcome;

/**
 * FinqLink's `direct_sca`: the query string to relay to `/ais/consents/redirect` or `/links/redirect`, byte
 * for byte as it came, with its `state` decoded; `null` if the URL does not have the documented form.
 *
 * @param url - a URL, or a query with or without `?`
 */
export function scaQueryString(url: string): {
  /** What your server relays, without `?`. */
  queryString: string;
  /** What to compare with the `state` of this user's flow. */
  state: string;
} | null;

/**
 * Describes a code for the user. Unknown codes are described as LINK_INTERNAL_ERROR.
 *
 * @param locale - as {@link LinkOptions.locale}
 */
export function describeError(code: LinkErrorCode, locale?: string): ErrorDescription;

/** What an error means for the user. */
export interface ErrorDescription {
  /** A sentence to show. */
  message: string;
  /** Whether the same call may succeed if you make it again. */
  retryable: boolean;
  /** Whether your back end must create a new session first. */
  needsNewSession: boolean;
  /** Who can resolve it. */
  party: 'user' | 'developer' | 'provider';
}

/**
 * What the Content-Security-Policy of a page that embeds this provider must allow: directives with the
 * sources to add to each.
 *
 * @throws a {@link LinkError} with LINK_INVALID_OPTIONS if `url` cannot be opened
 *
 * @example
 * ```ts
 * cspDirectives('fiskil');
 * // { 'frame-src': ['https://auth.fiskil.com'], 'script-src': ["'wasm-unsafe-eval'"] }
 * ```
 */
export function cspDirectives(
  provider: Provider,
  options?: {
    /** What will be opened, if that is not the provider's usual host. */
    url?: string | undefined;
    /** How it will be shown: a popup and a redirect need no `frame-src`. Default: `overlay`. */
    mode?: Mode | undefined;
  },
): Record<string, string[]>;

/**
 * Makes the next flow open faster. Call it when the pointer enters your button. It compiles the WebAssembly
 * and, given the URL or origin of a provider's page, opens a connection to it. Do not call it much earlier:
 * browsers drop an unused connection within seconds. Does nothing on a server.
 *
 * @throws {LinkError} LINK_INVALID_OPTIONS: `url` is neither https nor http on this machine;
 * LINK_UNSUPPORTED: the page's policy refuses WebAssembly.
 * @example
 * ```js
 * button.onpointerenter = () => preload('https://auth.fiskil.com');
 * ```
 */
export function preload(url?: string): void;

// ---------------------------------------------------------------- events

/** How far the user has got, in the same terms for every provider. */
export type Step =
  /** The provider's page has started. */
  | 'loaded'
  /** The user picks a bank. */
  | 'institution'
  /** The user signs in at the bank. */
  | 'credentials'
  /** The user passes a second check, such as a code or a question. */
  | 'mfa'
  /** The user picks accounts. */
  | 'accounts'
  /** The user is asked to agree. */
  | 'consent'
  /** Something went wrong, and the user can try again: another password, another bank. */
  | 'retry'
  /** The user continues in a window of the bank, or the browser blocked that window. */
  | 'handoff'
  /** The provider's page is offline. */
  | 'offline'
  /** The provider's page is online again. */
  | 'online'
  /** Anything else: `providerStep` says what. */
  | 'other';

/** What happens in a flow. No event carries a login, code, token or consent ID. */
export type LinkEvent = {
  /** Whose flow it is. */
  provider: Provider;
  /** Milliseconds since the flow began. */
  elapsedMs: number;
} & (
  | {
      /** The provider's page is being shown. */
      type: 'open';
      /** How it is shown. */
      mode: Mode;
    }
  | {
      /**
       * A page has loaded in the provider's frame. For a popup, whose loading cannot be observed, this comes
       * with its first message.
       */
      type: 'load';
    }
  | {
      /** The user has reached another step. */
      type: 'step';
      /** Where the user is. */
      step: Step;
      /** The step's name at the provider. */
      providerStep: string;
      /** Further data from the provider, such as `institution`. */
      data: Record<string, unknown>;
    }
  | {
      /** A message was dropped: wrong window or wrong origin. Once per origin. Its data is never exposed. */
      type: 'foreign-message';
      /** Where it came from, as the browser writes it. */
      origin: string;
    }
  | {
      /**
       * A Cross-Origin-Opener-Policy cut the popup off, or may have. The answer can still come through
       * {@link completeCallback} on the `returnUrl` page; without a `returnUrl` the flow ends with
       * LINK_TIMEOUT, and its message says why.
       */
      type: 'popup-severed';
    }
  | {
      /**
       * The flow has ended. The last event. The page is as it was, except after Fiskil's
       * LINK_INVALID_SESSION: its page stays for the user to read.
       */
      type: 'settled';
      /** How: `completed`, or the code of the {@link LinkError}. */
      outcome: 'completed' | LinkErrorCode;
    }
);

// ---------------------------------------------------------------- errors

/**
 * Why a flow did not complete. Only the package creates it. Its message is for developers;
 * {@link describeError} is for users.
 */
export class LinkError extends Error {
  /** Always `LinkError`. */
  readonly name: 'LinkError';
  /** What went wrong: one of a closed set. {@link describeError} returns what to tell the user. */
  readonly code: LinkErrorCode;
  /** Whose flow it was. */
  readonly provider?: Provider;
  /**
   * What the provider said beyond the code, as a record. Contains no login, code or token. For
   * LINK_USER_CANCELLED and LINK_TIMEOUT it can have a `lastStep`, a {@link LastStep}.
   */
  readonly details?: unknown;
}

/**
 * `details.lastStep` of LINK_USER_CANCELLED and LINK_TIMEOUT: where the user stopped. Present if the provider
 * reported a step; only Flinks does.
 */
export interface LastStep {
  /** The step, in terms common to all providers. */
  step: Step;
  /** The step's name at the provider. */
  providerStep: string;
  /** The bank that the user had picked, by the provider's name. */
  institution?: string;
}

/** The closed set of codes. {@link describeError} says for each whether to retry, and who can resolve it. */
export type LinkErrorCode =
  // the widget
  /** The user closed the flow, or the page called `close()`. */
  | 'LINK_USER_CANCELLED'
  /** The flow took longer than `timeoutMs`. */
  | 'LINK_TIMEOUT'
  /** The session or token does not exist, has expired or was used before. */
  | 'LINK_INVALID_SESSION'
  /** The provider's window answered from another origin than the allowed one. */
  | 'LINK_ORIGIN_MISMATCH'
  /** The container is not in the document. */
  | 'LINK_NOT_FOUND'
  /** Something went wrong that has no code of its own. */
  | 'LINK_INTERNAL_ERROR'
  /** An argument or option is not what it must be. The message names it. */
  | 'LINK_INVALID_OPTIONS'
  /** The browser did not let the page open a window. */
  | 'LINK_POPUP_BLOCKED'
  /**
   * A policy does not let the provider's page be framed: this page's Content-Security-Policy or
   * Cross-Origin-Embedder-Policy, or the provider's own. The message says which, and what to do.
   */
  | 'LINK_FRAME_BLOCKED'
  /** The provider's page did not load within `loadTimeoutMs`. */
  | 'LINK_LOAD_TIMEOUT'
  /** The answer belongs to another flow than the one that was started. */
  | 'LINK_STATE_MISMATCH'
  /** The provider reported a failure that has no code of its own. */
  | 'LINK_PROVIDER_ERROR'
  /** The browser or the page's policy lacks something that the widget cannot do without. */
  | 'LINK_UNSUPPORTED'
  // the consent
  | ConsentErrorType;

/** The codes of a consent that was not given, under the name that Fiskil's own SDK uses. */
export type ConsentErrorType =
  /** The user declined to share the data. */
  | 'CONSENT_ENDUSER_DENIED'
  /** The one-time password was not accepted. */
  | 'CONSENT_OTP_FAILURE'
  /** The user's account is not eligible for sharing. */
  | 'CONSENT_ENDUSER_INELIGIBLE'
  /** The consent was not given in time. */
  | 'CONSENT_TIMEOUT'
  /** The bank or the provider failed. */
  | 'CONSENT_UPSTREAM_PROCESSING_ERROR'
  /** The user cancelled on the provider's page, which ends the session. */
  | 'AUTH_SESSION_CANCELLED';

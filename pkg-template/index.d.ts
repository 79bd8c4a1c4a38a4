/**
 * Connects a user's bank from a web page: opens an open-banking provider's consent page and gives one
 * typed answer.
 *
 * @example
 * ```ts
 * import { link, describeError, LinkError } from 'link-widget';
 *
 * button.onclick = async () => {
 *   try {
 *     const { consentID } = await link(sessionId);
 *     await fetch('/banks', { method: 'POST', body: consentID }); // your server confirms it
 *   } catch (error) {
 *     if (error instanceof LinkError) alert(describeError(error.code).message);
 *   }
 * };
 * ```
 * @packageDocumentation
 */

// ---------------------------------------------------------------- launching

/**
 * Opens Fiskil's consent page. A drop-in for the provider's own `link(sessionId, options?)`.
 *
 * Call it inside the click that asked for it. It never throws: whatever is wrong rejects the flow with a
 * {@link LinkError}.
 *
 * @param sessionId - the `session_id` that your back end got from `POST /v1/auth/session`, or the whole
 * `auth_url` of that session
 *
 * @example Inside an element of yours, with its events
 * ```ts
 * const flow = link(sessionId, { container: '#bank', onEvent: (event) => console.log(event.type) });
 * cancelButton.onclick = () => flow.close();
 * const { consentID } = await flow;
 * ```
 */
export function link(sessionId: string, options?: FiskilOptions): LinkFlow<FiskilResult>;

/** A native Promise with a controller on it. It settles exactly once. */
export type LinkFlow<T> = Promise<T> & {
  /**
   * Ends the flow: removes everything it put on the page and, if still pending, rejects with
   * LINK_USER_CANCELLED. May be called at any time, any number of times. Raises no `unhandledrejection`.
   */
  close(): void;
  /** Brings the provider's page to the front. */
  focus(): void;
};

/** An open-banking provider. */
export type Provider = 'fiskil';

/**
 * How the provider's page is shown.
 *
 * - `overlay`: in a modal dialog
 * - `container`: inside an element of yours
 */
export type Mode = 'overlay' | 'container';

/** What every launcher takes. Unknown names are ignored; a wrong value rejects with LINK_INVALID_OPTIONS. */
export interface LinkOptions {
  /** Default: `overlay`; `container` is implied by {@link LinkOptions.container}. */
  mode?: Mode;
  /**
   * Where to show the provider's page: an element, the id of one, or a CSS selector. One that is not in
   * the document rejects with LINK_NOT_FOUND.
   */
  container?: string | Element;
  /** How long the whole flow may take, in milliseconds. Default 600000. 0 or Infinity: no limit. */
  timeoutMs?: number;
  /** How long the provider's page may take to load, in milliseconds. Default 30000. 0 or Infinity: no limit. */
  loadTimeoutMs?: number;
  /** The one origin whose messages count. Default: that of the opened URL; leave it so unless you are told otherwise. */
  allowedOrigin?: string;
  /** `abort()` is {@link LinkFlow.close}. */
  signal?: AbortSignal;
  /** Is told what happens. What it throws is reported with `reportError`; the flow goes on. */
  onEvent?: (event: LinkEvent) => void;
  /** The accessible name of the dialog and the frame. Default: "Connect your bank". */
  title?: string;
  /** The language of the words that the widget itself shows, as a BCP 47 tag. */
  locale?: string;
  /** Whether an overlay has a close button, and Escape closes it. Default true. */
  closeButton?: boolean;
}

/** What {@link link} takes. */
export interface FiskilOptions extends LinkOptions {
  /** Where Fiskil's consent pages are. Default: `https://auth.fiskil.com`. */
  authServer?: string;
}

// ---------------------------------------------------------------- results

/** How a Fiskil flow completed. What the browser says is a hint: confirm on your server whose consent it is. */
export interface FiskilResult {
  /** The consent, as Fiskil's API takes it in `consent_id`. */
  consentID?: string;
  /** Where the provider would have sent the user, as configured with the session. Never an active scheme such as `javascript:`. */
  redirectURL?: string;
}

/** What a message or a return URL says. */
export type Outcome =
  | { kind: 'completed'; provider: Provider; result: FiskilResult }
  | { kind: 'failed'; provider: Provider; code: LinkErrorCode; message: string; details?: unknown }
  | { kind: 'step'; provider: Provider; step: Step; providerStep: string; data: Record<string, unknown> };

// ---------------------------------------------------------------- pure functions: no DOM, run in Node, workers and WebViews

/**
 * What a message from a provider's page says; `null`: it is not of this provider's protocol.
 *
 * Takes untrusted input of any shape and never throws. Where the message came from is yours to check:
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
 * What the URL says that a provider sent the user back to. Never throws: something that is no URL is a
 * failure with LINK_INVALID_OPTIONS.
 */
export function parseCallback(provider: Provider, url: string): Outcome;

/** What a code means to the person in front of the page. A code that is not in the table gets the words of LINK_INTERNAL_ERROR. */
export function describeError(code: LinkErrorCode, locale?: string): ErrorDescription;

/** What an error means to the person in front of the page. */
export interface ErrorDescription {
  /** A sentence to show. */
  message: string;
  /** Whether the same call may succeed when it is made again. */
  retryable: boolean;
  /** Whether your back end must create a new session first. */
  needsNewSession: boolean;
  /** Who can do something about it. */
  party: 'user' | 'developer' | 'provider';
}

/**
 * What the Content-Security-Policy of a page that embeds this provider must allow: directives with the
 * sources to add to each.
 *
 * @param options - `url`: what will be opened, where that is not the provider's usual host
 * @throws a {@link LinkError} with LINK_INVALID_OPTIONS for a `url` that cannot be opened
 *
 * @example
 * ```ts
 * cspDirectives('fiskil'); // { 'frame-src': ['https://auth.fiskil.com'], 'script-src': ["'wasm-unsafe-eval'"] }
 * ```
 */
export function cspDirectives(provider: Provider, options?: { url?: string; mode?: Mode }): Record<string, string[]>;

/** Compiles the WebAssembly now instead of at the first call. */
export function preload(): void;

// ---------------------------------------------------------------- events

/** Where a user is on the way to a connection, the same words for every provider. */
export type Step =
  | 'loaded' | 'institution' | 'credentials' | 'mfa' | 'accounts' | 'consent' | 'retry' | 'handoff' | 'offline' | 'online' | 'other';

/** What happens in a flow. `elapsedMs`: milliseconds since it began. No event carries a login, code, token or consent ID. */
export type LinkEvent = { provider: Provider; elapsedMs: number } & (
  | { type: 'open'; mode: Mode }
  | { type: 'load' }
  | { type: 'step'; step: Step; providerStep: string; data: Record<string, unknown> }
  /** A message was dropped: wrong window or wrong origin. Once per origin. Its data is never exposed. */
  | { type: 'foreign-message'; origin: string }
  | { type: 'settled'; outcome: 'completed' | LinkErrorCode }
);

// ---------------------------------------------------------------- errors

/** Why a flow did not complete. Its message is for developers; {@link describeError} is for users. */
export class LinkError extends Error {
  private constructor();
  readonly name: 'LinkError';
  readonly code: LinkErrorCode;
  /** Whose flow it was. */
  readonly provider?: Provider;
  /** What the provider said beyond the code. */
  readonly details?: unknown;
}

/** The closed set of codes. */
export type LinkErrorCode =
  // the widget
  | 'LINK_USER_CANCELLED' | 'LINK_TIMEOUT' | 'LINK_INVALID_SESSION' | 'LINK_ORIGIN_MISMATCH' | 'LINK_NOT_FOUND' | 'LINK_INTERNAL_ERROR'
  | 'LINK_INVALID_OPTIONS' | 'LINK_POPUP_BLOCKED' | 'LINK_FRAME_BLOCKED' | 'LINK_LOAD_TIMEOUT' | 'LINK_STATE_MISMATCH'
  | 'LINK_PROVIDER_ERROR' | 'LINK_UNSUPPORTED'
  // the consent
  | 'CONSENT_ENDUSER_DENIED' | 'CONSENT_OTP_FAILURE' | 'CONSENT_ENDUSER_INELIGIBLE' | 'CONSENT_TIMEOUT'
  | 'CONSENT_UPSTREAM_PROCESSING_ERROR' | 'AUTH_SESSION_CANCELLED';

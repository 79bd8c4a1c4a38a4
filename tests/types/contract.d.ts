// What `link-widget` promises, whatever its version declares beyond it. Types only: nothing here runs.

// ------------------------------------------------------------ words

export type Provider = 'fiskil' | 'flinks' | 'finx' | 'finqlink' | 'fimento';
export type Mode = 'overlay' | 'container' | 'popup' | 'redirect';
export type Step =
  | 'loaded'
  | 'institution'
  | 'credentials'
  | 'mfa'
  | 'accounts'
  | 'consent'
  | 'retry'
  | 'handoff'
  | 'offline'
  | 'online'
  | 'other';
export type LastStep = { step: Step; providerStep: string; institution?: string };
export type LinkErrorCode = `LINK_${WidgetCode}` | ConsentErrorType;
export type ConsentErrorType = `CONSENT_${ConsentCode}` | 'AUTH_SESSION_CANCELLED';
type WidgetCode =
  | 'USER_CANCELLED'
  | 'TIMEOUT'
  | 'INVALID_SESSION'
  | 'ORIGIN_MISMATCH'
  | 'NOT_FOUND'
  | 'INTERNAL_ERROR'
  | 'INVALID_OPTIONS'
  | 'POPUP_BLOCKED'
  | 'FRAME_BLOCKED'
  | 'LOAD_TIMEOUT'
  | 'STATE_MISMATCH'
  | 'PROVIDER_ERROR'
  | 'UNSUPPORTED';
type ConsentCode =
  | 'ENDUSER_DENIED'
  | 'OTP_FAILURE'
  | 'ENDUSER_INELIGIBLE'
  | 'TIMEOUT'
  | 'UPSTREAM_PROCESSING_ERROR';

// ------------------------------------------------------------ options

type Place = Element | string;
type Listener = (event: LinkEvent) => void;

export interface LinkOptions {
  mode?: Mode;
  container?: Place;
  timeoutMs?: number;
  loadTimeoutMs?: number;
  allowedOrigin?: string;
  signal?: AbortSignal;
  onEvent?: Listener;
  title?: string;
  locale?: string;
  closeButton?: boolean;
  window?: Window;
}
export interface FiskilOptions extends LinkOptions {
  authServer?: string;
}
export interface FlinksOptions extends LinkOptions {
  instance?: string;
  url?: string;
  authorizeToken?: string;
  getAuthorizeToken?: () => Promise<string>;
  language?: 'en' | 'fr';
  params?: { [name: string]: string | number | boolean };
}
export interface FinxOptions extends LinkOptions {
  state?: string;
}
export interface CallbackOptions extends LinkOptions {
  state?: string;
  returnUrl?: string;
}
export interface EmbedOptions {
  container: Place;
  title?: string;
  onEvent?: Listener;
  loadTimeoutMs?: number;
}

// ------------------------------------------------------------ answers

export interface FiskilResult {
  consentID?: string;
  redirectURL?: string;
}
export type LinkResult = FiskilResult;
export interface FlinksResult {
  loginId: string;
  institution?: string;
  requestId?: string;
  accountIds?: string[];
  tag?: string;
  url?: string;
}
export interface FinxResult {
  code?: string;
  state?: string;
  flowId?: string;
  location?: string;
}
export interface CallbackResult {
  params: { [name: string]: string };
  url: string;
  state?: string;
  status?: string;
}

type OfProvider = { provider: Provider };
type Progress = { step: Step; providerStep: string; data: { [name: string]: unknown } };

export type Outcome =
  | (OfProvider & { kind: 'completed'; result: FiskilResult | FlinksResult | FinxResult | CallbackResult })
  | (OfProvider & { kind: 'failed'; code: LinkErrorCode; message: string; details?: unknown })
  | (OfProvider & { kind: 'step' } & Progress);

export type LinkEvent = OfProvider & { elapsedMs: number } & (
    | { type: 'open'; mode: Mode }
    | { type: 'load' }
    | ({ type: 'step' } & Progress)
    | { type: 'foreign-message'; origin: string }
    | { type: 'popup-severed' }
    | { type: 'settled'; outcome: LinkErrorCode | 'completed' }
  );

export interface ErrorDescription {
  message: string;
  retryable: boolean;
  needsNewSession: boolean;
  party: 'user' | 'developer' | 'provider';
}

export class LinkError extends Error {
  readonly name: 'LinkError';
  readonly code: LinkErrorCode;
  readonly provider?: Provider;
  readonly details?: unknown;
}

// ------------------------------------------------------------ functions

export type LinkFlow<T = FiskilResult> = Promise<T> & { close(): void; focus(): void };
export interface Embed {
  readonly ready: Promise<void>;
  close(): void;
}

export function link(sessionId: string, options?: FiskilOptions): LinkFlow<FiskilResult>;
export function openFlinks(options: FlinksOptions): LinkFlow<FlinksResult>;
export function openFinx(location: string, options?: FinxOptions): LinkFlow<FinxResult>;
export function openFinqlink(url: string, options?: CallbackOptions): LinkFlow<CallbackResult>;
export function openFimento(consentLink: string, options?: CallbackOptions): LinkFlow<CallbackResult>;
export function embedFimento(visualisationUrl: string, options: EmbedOptions): Embed;

export function createState(): string;
export function resume(url?: string): Promise<{ provider: Provider; result: unknown } | null>;
export function completeCallback(url?: string): void;

export function parseMessage(provider: Provider, data: unknown): Outcome | null;
export function parseCallback(provider: Provider, url: string): Outcome;
export function scaQueryString(url: string): { queryString: string; state: string } | null;
export function describeError(code: LinkErrorCode, locale?: string): ErrorDescription;
export function cspDirectives(
  provider: Provider,
  options?: { url?: string; mode?: Mode },
): { [directive: string]: string[] };
export function preload(url?: string): void;

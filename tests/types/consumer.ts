// What a user of the package may write, and what the compiler must refuse. It is compiled, never run.
import {
  LinkError,
  cspDirectives,
  describeError,
  link,
  parseCallback,
  parseMessage,
  preload,
  type ErrorDescription,
  type FiskilOptions,
  type FiskilResult,
  type LinkErrorCode,
  type LinkEvent,
  type LinkFlow,
  type LinkOptions,
  type Mode,
  type Outcome,
  type Provider,
  type Step,
} from 'link-widget';

/** Compiles where `A` and `B` are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

// ------------------------------------------------------------ a flow

const flow = link('session');
same<typeof flow, LinkFlow<FiskilResult>>(true);
same<Awaited<typeof flow>, FiskilResult>(true);
same<ReturnType<typeof flow.close>, void>(true);
same<ReturnType<typeof flow.focus>, void>(true);
const promise: Promise<FiskilResult> = flow;
flow.then(({ consentID, redirectURL }) => {
  same<typeof consentID, string | undefined>(true);
  same<typeof redirectURL, string | undefined>(true);
});
// @ts-expect-error what is awaited is the result, without the controller
(await flow).close();
// @ts-expect-error a session is needed
link();
// @ts-expect-error and it is a text
link(5);
// @ts-expect-error a flow is not extended
flow.open();

// ------------------------------------------------------------ options

const options: FiskilOptions = {
  mode: 'container',
  container: document.body,
  timeoutMs: 0,
  loadTimeoutMs: Infinity,
  allowedOrigin: 'https://auth.fiskil.com',
  signal: new AbortController().signal,
  onEvent: (event: LinkEvent) => void event,
  title: 'Bank',
  locale: 'en-AU',
  closeButton: false,
  authServer: 'https://auth.staging.example',
};
const common: LinkOptions = options;
link('session', options);
link('session', {});
link('session', undefined);
link('session', { container: '#bank' });
link('session', { onEvent: () => {} });
link('session', { onEvent: async () => {} });
// @ts-expect-error
link('session', { mode: 'sideways' });
// @ts-expect-error
link('session', { container: 5 });
// @ts-expect-error
link('session', { timeoutMs: '5' });
// @ts-expect-error
link('session', { loadTimeoutMs: null });
// @ts-expect-error
link('session', { allowedOrigin: ['https://a.example'] });
// @ts-expect-error
link('session', { signal: new AbortController() });
// @ts-expect-error
link('session', { onEvent: 'log' });
// @ts-expect-error
link('session', { closeButton: 'no' });
// @ts-expect-error a name that is mistyped
link('session', { timeoutMS: 5 });
// @ts-expect-error an option of one provider's own is none of all
const stray: LinkOptions = { authServer: 'https://auth.fiskil.com' };

// ------------------------------------------------------------ errors

try {
  await flow;
} catch (error) {
  if (error instanceof LinkError) {
    same<typeof error.name, 'LinkError'>(true);
    same<typeof error.code, LinkErrorCode>(true);
    same<typeof error.provider, Provider | undefined>(true);
    same<typeof error.details, unknown>(true);
    const plain: Error = error;
    // @ts-expect-error
    error.code = 'LINK_TIMEOUT';
    // @ts-expect-error not a code
    if (error.code === 'LINK_TIMED_OUT') throw plain;
    describeError(error.code);
  }
}
// @ts-expect-error only the package makes them
new LinkError({ code: 'LINK_TIMEOUT', message: 'mine' });
// @ts-expect-error not as an Error is made either
new LinkError('mine');

const codes: Record<LinkErrorCode, true> = {
  LINK_USER_CANCELLED: true,
  LINK_TIMEOUT: true,
  LINK_INVALID_SESSION: true,
  LINK_ORIGIN_MISMATCH: true,
  LINK_NOT_FOUND: true,
  LINK_INTERNAL_ERROR: true,
  LINK_INVALID_OPTIONS: true,
  LINK_POPUP_BLOCKED: true,
  LINK_FRAME_BLOCKED: true,
  LINK_LOAD_TIMEOUT: true,
  LINK_STATE_MISMATCH: true,
  LINK_PROVIDER_ERROR: true,
  LINK_UNSUPPORTED: true,
  CONSENT_ENDUSER_DENIED: true,
  CONSENT_OTP_FAILURE: true,
  CONSENT_ENDUSER_INELIGIBLE: true,
  CONSENT_TIMEOUT: true,
  CONSENT_UPSTREAM_PROCESSING_ERROR: true,
  AUTH_SESSION_CANCELLED: true,
};

const description: ErrorDescription = describeError('LINK_TIMEOUT');
describeError('CONSENT_TIMEOUT', 'fr');
same<typeof description.party, 'user' | 'developer' | 'provider'>(true);
same<typeof description.message, string>(true);
same<typeof description.retryable, boolean>(true);
same<typeof description.needsNewSession, boolean>(true);
// @ts-expect-error
describeError('TIMEOUT');

// ------------------------------------------------------------ events

function told(event: LinkEvent): string {
  same<typeof event.provider, Provider>(true);
  same<typeof event.elapsedMs, number>(true);
  // @ts-expect-error not every event has one
  event.mode;
  switch (event.type) {
    case 'open':
      same<typeof event.mode, Mode>(true);
      return event.mode;
    case 'load':
      return '';
    case 'step':
      same<typeof event.step, Step>(true);
      same<typeof event.data, Record<string, unknown>>(true);
      return event.providerStep;
    case 'foreign-message':
      // @ts-expect-error what a stranger says is not handed on
      event.data;
      return event.origin;
    case 'settled':
      same<typeof event.outcome, 'completed' | LinkErrorCode>(true);
      return event.outcome;
    default:
      return later(event);
  }
}
/** Kinds of events that a version to come may add. */
function later(event: { type: string }): string {
  return event.type;
}

const steps: Record<Step, true> = {
  loaded: true,
  institution: true,
  credentials: true,
  mfa: true,
  accounts: true,
  consent: true,
  retry: true,
  handoff: true,
  offline: true,
  online: true,
  other: true,
};

// ------------------------------------------------------------ pure functions

function read(outcome: Outcome): string {
  same<typeof outcome.provider, Provider>(true);
  switch (outcome.kind) {
    case 'completed':
      // @ts-expect-error
      outcome.code;
      return JSON.stringify(outcome.result);
    case 'failed':
      same<typeof outcome.code, LinkErrorCode>(true);
      return outcome.message;
    case 'step':
      return outcome.providerStep;
  }
}

const provider: Provider = 'fiskil';
const message: Outcome | null = parseMessage(provider, JSON.parse('{}') as unknown);
// @ts-expect-error a message may mean nothing
read(message);
if (message) read(message);
read(parseCallback('fiskil', 'https://app.example/'));
// @ts-expect-error
parseMessage('nobody', {});
// @ts-expect-error
parseCallback('fiskil');
// @ts-expect-error
parseCallback('fiskil', new URL('https://app.example/'));

const directives: Record<string, string[]> = cspDirectives('fiskil');
cspDirectives('fiskil', { url: 'https://auth.staging.example', mode: 'overlay' });
// @ts-expect-error
cspDirectives('fiskil', 'https://auth.fiskil.com');
same<ReturnType<typeof preload>, void>(true);

export { codes, common, directives, promise, steps, stray, told };

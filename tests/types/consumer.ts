// What a user of link-widget may write, and what the compiler must refuse. It is compiled, never run.
import {
  LinkError,
  completeCallback,
  createState,
  cspDirectives,
  describeError,
  link,
  parseCallback,
  parseMessage,
  type preload,
  resume,
  scaQueryString,
  type CallbackResult,
  type ErrorDescription,
  type FinxResult,
  type FiskilResult,
  type FlinksResult,
  type LinkErrorCode,
  type LinkEvent,
  type LinkOptions,
  type Mode,
  type Outcome,
  type Provider,
  type Step,
} from 'link-widget';
import { same } from './same.js';
// @ts-expect-error there is no default export
import nothing from 'link-widget';
// @ts-expect-error what is inside the package is nobody's to import
import inside from 'link-widget/index.js';

// ------------------------------------------------------------ options of every launcher

const common = {
  timeoutMs: 0,
  loadTimeoutMs: Infinity,
  allowedOrigin: 'https://pages.example',
  signal: new AbortController().signal,
  onEvent: (event: LinkEvent) => void event,
  title: 'Bank',
  locale: 'en-AU',
  closeButton: false,
} satisfies LinkOptions;
export const modes: Record<Mode, LinkOptions> = {
  overlay: { ...common, mode: 'overlay', returnUrl: '/callback' },
  container: { ...common, mode: 'container', container: document.body },
  popup: { ...common, mode: 'popup', window: window.open() ?? undefined, returnUrl: '/callback' },
  redirect: { ...common, mode: 'redirect', returnUrl: location.href },
};
// @ts-expect-error
const sideways: LinkOptions = { mode: 'sideways' };
// @ts-expect-error a window, not its name
const named: LinkOptions = { window: '_blank' };
// @ts-expect-error what window.open() gives may be null
const perhaps: LinkOptions = { window: window.open() };
// @ts-expect-error
const place: LinkOptions = { container: 5 };
// @ts-expect-error
const forever: LinkOptions = { timeoutMs: 'never' };
// @ts-expect-error
const unloaded: LinkOptions = { loadTimeoutMs: null };
// @ts-expect-error
const origins: LinkOptions = { allowedOrigin: ['https://a.example'] };
// @ts-expect-error
const controller: LinkOptions = { signal: new AbortController() };
// @ts-expect-error
const log: LinkOptions = { onEvent: 'log' };
// @ts-expect-error
const button: LinkOptions = { closeButton: 'no' };
// @ts-expect-error a text, not a URL
const returned: LinkOptions = { returnUrl: new URL('https://app.example/') };
// @ts-expect-error a name that is mistyped
const mistyped: LinkOptions = { timeoutMS: 5 };
// @ts-expect-error an option of Fiskil's own
const server: LinkOptions = { authServer: 'https://auth.fiskil.com' };
// @ts-expect-error an option of Flinks' own
const instance: LinkOptions = { instance: 'toolbox' };
// @ts-expect-error an option of those who give a state back
const expected: LinkOptions = { state: createState() };

// ------------------------------------------------------------ coming back

same<ReturnType<typeof createState>, string>(true);
// @ts-expect-error it has one size
createState(32);

const answer = await resume();
same<typeof answer, { provider: Provider; result: unknown } | null>(true);
same<Awaited<ReturnType<typeof resume>>, typeof answer>(true);
await resume('https://app.example/callback?code=c');
// @ts-expect-error there may be nothing to answer
answer.provider;
// @ts-expect-error what came is to be looked at first
if (answer) answer.result.code;
if (answer?.provider === 'finx') (answer.result as FinxResult).code;
// @ts-expect-error a text, not a URL
resume(new URL('https://app.example/'));

same<ReturnType<typeof completeCallback>, void>(true);
completeCallback();
completeCallback('https://app.example/callback?code=c');
// @ts-expect-error a text, not a Location
completeCallback(location);

const sca = scaQueryString(location.search);
same<typeof sca, { queryString: string; state: string } | null>(true);
// @ts-expect-error there may be no state
sca.queryString;
// @ts-expect-error
scaQueryString(new URLSearchParams());
// @ts-expect-error
scaQueryString();

// ------------------------------------------------------------ words

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

// ------------------------------------------------------------ errors

try {
  await link('session');
} catch (error) {
  if (error instanceof LinkError) {
    same<typeof error.name, 'LinkError'>(true);
    same<typeof error.code, LinkErrorCode>(true);
    same<typeof error.provider, Provider | undefined>(true);
    same<typeof error.details, unknown>(true);
    const plain: Error = error;
    // @ts-expect-error
    error.code = 'LINK_TIMEOUT';
    // @ts-expect-error
    error.provider = 'finx';
    // @ts-expect-error not a code
    if (error.code === 'LINK_TIMED_OUT') throw plain;
    // @ts-expect-error not a provider
    if (error.provider === 'plaid') throw plain;
    describeError(error.code);
  }
}
// @ts-expect-error an Error takes a string
new LinkError({ code: 'LINK_TIMEOUT', message: 'mine' });
new LinkError('mine');
class Mine extends LinkError {}

const description: ErrorDescription = describeError('LINK_TIMEOUT', 'fr');
same<typeof description.party, 'user' | 'developer' | 'provider'>(true);
same<typeof description.message, string>(true);
same<typeof description.retryable, boolean>(true);
same<typeof description.needsNewSession, boolean>(true);
// @ts-expect-error
describeError('TIMEOUT');
// @ts-expect-error
describeError();

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
    case 'popup-severed':
      // @ts-expect-error they say nothing more
      event.data;
      return event.type;
    case 'step':
      same<typeof event.step, Step>(true);
      same<typeof event.data, Record<string, unknown>>(true);
      same<typeof event.providerStep, string>(true);
      return event.providerStep;
    case 'foreign-message':
      // @ts-expect-error what a stranger says is not handed on
      event.data;
      same<typeof event.origin, string>(true);
      return event.origin;
    case 'settled':
      same<typeof event.outcome, 'completed' | LinkErrorCode>(true);
      return event.outcome;
    default:
      return nobodys(event);
  }
}
/** Compiles where every kind has been looked at. */
function nobodys(rest: never): never {
  throw rest;
}

// ------------------------------------------------------------ pure functions

function read(outcome: Outcome): string {
  same<typeof outcome.provider, Provider>(true);
  // @ts-expect-error not every outcome has one
  outcome.result;
  switch (outcome.kind) {
    case 'completed':
      same<typeof outcome.result, FiskilResult | FlinksResult | FinxResult | CallbackResult>(true);
      // @ts-expect-error
      outcome.code;
      // @ts-expect-error whose result it is has to be found out first
      outcome.result.loginId;
      if ('loginId' in outcome.result) return outcome.result.loginId;
      if ('params' in outcome.result) return outcome.result.url;
      return JSON.stringify(outcome.result);
    case 'failed':
      same<typeof outcome.code, LinkErrorCode>(true);
      same<typeof outcome.details, unknown>(true);
      return outcome.message;
    case 'step':
      same<typeof outcome.step, Step>(true);
      same<typeof outcome.data, Record<string, unknown>>(true);
      return outcome.providerStep;
    default:
      return nobodys(outcome);
  }
}

for (const provider of [] as Provider[]) {
  const message: Outcome | null = parseMessage(provider, JSON.parse('{}') as unknown);
  // @ts-expect-error a message may mean nothing
  read(message);
  if (message) read(message);
  read(parseCallback(provider, 'https://app.example/'));
  const directives: Record<string, string[]> = cspDirectives(provider);
  cspDirectives(provider, { url: 'https://pages.example', mode: 'popup' });
  void directives;
}
// @ts-expect-error
parseMessage('nobody', {});
// @ts-expect-error
parseMessage('finx');
// @ts-expect-error any text is not a provider
parseMessage('finx' as string, {});
// @ts-expect-error
parseCallback('finqlink');
// @ts-expect-error
parseCallback('finqlink', new URL('https://app.example/'));
// @ts-expect-error
cspDirectives('finx', 'https://pages.example');
// @ts-expect-error
cspDirectives('finx', { mode: 'sideways' });
// @ts-expect-error
cspDirectives();
same<ReturnType<typeof preload>, void>(true);

export { codes, steps, told };
export {
  button,
  controller,
  expected,
  forever,
  instance,
  log,
  mistyped,
  named,
  origins,
  perhaps,
  place,
  returned,
  server,
  sideways,
  unloaded,
};
export { inside, Mine, nothing };

// What an app wrote for @fiskil/link, with only the import changed. It is compiled, never run.
import {
  link,
  type ConsentErrorType,
  type FiskilOptions,
  type LinkError,
  type LinkErrorCode,
  type LinkFlow,
  type LinkOptions,
  type LinkResult,
} from 'link-widget';
import { same } from './same.js';

const options: LinkOptions = { timeoutMs: 600_000, allowedOrigin: 'https://auth.fiskil.com' };
const flow: LinkFlow = link('session', options);
const result: LinkResult = await flow;
const { consentID, redirectURL } = result;
for (const text of [consentID, redirectURL]) same<typeof text, string | undefined>(true);
flow.close();
link('session', { authServer: 'https://auth.staging.example', timeoutMs: 1000 }).then(
  ({ consentID }) => consentID?.length,
);

// An interface there, a class here.
const isLinkError = (error: unknown): error is LinkError =>
  error instanceof Error && error.name === 'LinkError';
const fake: LinkError = Object.assign(new Error('x'), {
  name: 'LinkError' as const,
  code: 'LINK_TIMEOUT' as const,
  details: {},
});
try {
  await link('session');
} catch (error) {
  const { code, message, details } = error as LinkError;
  same<typeof code, LinkErrorCode>(true);
  same<typeof message, string>(true);
  same<typeof details, unknown>(true);
  if (isLinkError(error) && error.code === 'LINK_USER_CANCELLED') error.stack;
}

const consent: ConsentErrorType = 'CONSENT_ENDUSER_DENIED';
const known: LinkErrorCode = consent;
const words: Partial<Record<LinkErrorCode, string>> = { LINK_TIMEOUT: 'Too late', [known]: 'Declined' };
const isConsent = (code: LinkErrorCode): code is ConsentErrorType => code.startsWith('CONSENT_');

async function connect(sessionId: string, signal: AbortSignal): Promise<LinkResult> {
  const pending: LinkFlow = link(sessionId);
  signal.addEventListener('abort', () => pending.close());
  return pending;
}

// What the guide says of the types: an interface, one function more, and fields that stay.
// @ts-expect-error
const record: Record<string, unknown> = options;
const copied: Record<string, unknown> = { ...options };
// @ts-expect-error
const half: LinkFlow = Object.assign(Promise.resolve({}), { close() {} });
const whole: LinkFlow = Object.assign(Promise.resolve({}), { close() {}, focus() {} });
// @ts-expect-error
fake.code = 'LINK_TIMEOUT';

// Where `authServer` is among options that are written down before the call, they are FiskilOptions: that is
// the one type of another name, since LinkOptions are every provider's.
// @ts-expect-error
const server: LinkOptions = { authServer: 'https://auth.staging.example' };
const staging: FiskilOptions = { authServer: 'https://auth.staging.example' };

export { connect, copied, fake, half, isConsent, options, record, server, staging, whole, words };

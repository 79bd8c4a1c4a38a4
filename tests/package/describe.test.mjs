import assert from 'node:assert/strict';
import { test } from 'node:test';

import { describeError } from 'link-widget';

// code, retryable, needs a new session, who acts
const TABLE = `
  LINK_USER_CANCELLED                yes  no   user
  LINK_TIMEOUT                       yes  no   user
  LINK_INVALID_SESSION               no   yes  developer
  LINK_ORIGIN_MISMATCH               no   no   developer
  LINK_NOT_FOUND                     no   no   developer
  LINK_INTERNAL_ERROR                yes  no   provider
  LINK_INVALID_OPTIONS               no   no   developer
  LINK_POPUP_BLOCKED                 yes  no   user
  LINK_FRAME_BLOCKED                 no   no   developer
  LINK_LOAD_TIMEOUT                  yes  no   provider
  LINK_STATE_MISMATCH                no   yes  developer
  LINK_PROVIDER_ERROR                yes  no   provider
  LINK_UNSUPPORTED                   no   no   developer
  CONSENT_ENDUSER_DENIED             yes  no   user
  CONSENT_OTP_FAILURE                yes  no   user
  CONSENT_ENDUSER_INELIGIBLE         no   no   user
  CONSENT_TIMEOUT                    yes  no   user
  CONSENT_UPSTREAM_PROCESSING_ERROR  yes  no   provider
  AUTH_SESSION_CANCELLED             no   yes  user`;

/** The words that the documentation of the first provider gives. */
const WORDS = {
  LINK_USER_CANCELLED: 'You cancelled the linking process.',
  LINK_TIMEOUT: 'The session timed out. Please try again.',
  LINK_INVALID_SESSION: 'Invalid session. Please restart the process.',
  LINK_ORIGIN_MISMATCH: 'Security error. Please try again.',
  LINK_NOT_FOUND: 'Display error. Please refresh and try again.',
  LINK_INTERNAL_ERROR: 'An error occurred. Please try again.',
  CONSENT_ENDUSER_DENIED: 'You declined to share your data.',
  CONSENT_OTP_FAILURE: 'Verification failed. Please try again.',
  CONSENT_ENDUSER_INELIGIBLE: 'Your account is not eligible for data sharing.',
  CONSENT_TIMEOUT: 'The consent process timed out. Please try again.',
  CONSENT_UPSTREAM_PROCESSING_ERROR: 'There was an issue with your bank. Please try again later.',
};

test('each code describes itself', () => {
  for (const row of TABLE.trim().split('\n')) {
    const [code, retryable, needsNewSession, party] = row.trim().split(/\s+/);
    const { message, ...rest } = describeError(code);
    assert.deepEqual(
      rest,
      { retryable: retryable === 'yes', needsNewSession: needsNewSession === 'yes', party },
      code,
    );
    if (WORDS[code]) assert.equal(message, WORDS[code]);
    assert.match(message, /^[A-Z].+\.$/, code);
    assert.equal(describeError(code, 'en').message, message);
  }
});

test('a code that is not in the table has the words of LINK_INTERNAL_ERROR', () => {
  const odd = [
    '',
    'link_timeout',
    'TIMEOUT',
    '__proto__',
    'constructor',
    'toString',
    undefined,
    null,
    5,
    {},
    [],
    Symbol('x'),
  ];
  for (const code of odd)
    assert.deepEqual(describeError(code), describeError('LINK_INTERNAL_ERROR'), String(code));
});

test('who changes a description changes only his own', () => {
  describeError('LINK_TIMEOUT').message = 'mine';
  assert.equal(describeError('LINK_TIMEOUT').message, WORDS.LINK_TIMEOUT);
});

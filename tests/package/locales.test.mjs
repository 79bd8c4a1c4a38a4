// The words in other languages.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import * as widget from 'link-widget';
import * as csp from 'link-widget/csp';

const folder = join(dirname(createRequire(import.meta.url).resolve('link-widget/package.json')), 'locales');
const LANGUAGES = (await readdir(folder))
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.replace('.js', ''));
const CODES = [
  'LINK_USER_CANCELLED',
  'LINK_TIMEOUT',
  'LINK_INVALID_SESSION',
  'LINK_ORIGIN_MISMATCH',
  'LINK_NOT_FOUND',
  'LINK_INTERNAL_ERROR',
  'LINK_INVALID_OPTIONS',
  'LINK_POPUP_BLOCKED',
  'LINK_FRAME_BLOCKED',
  'LINK_LOAD_TIMEOUT',
  'LINK_STATE_MISMATCH',
  'LINK_PROVIDER_ERROR',
  'LINK_UNSUPPORTED',
  'CONSENT_ENDUSER_DENIED',
  'CONSENT_OTP_FAILURE',
  'CONSENT_ENDUSER_INELIGIBLE',
  'CONSENT_TIMEOUT',
  'CONSENT_UPSTREAM_PROCESSING_ERROR',
  'AUTH_SESSION_CANCELLED',
];
const english = Object.fromEntries(CODES.map((code) => [code, widget.describeError(code, 'en')]));

test('there are as many as promised, and none of them before it is imported', () => {
  assert.deepEqual(LANGUAGES.sort(), ['de', 'fi', 'fr', 'ro', 'sv']);
  for (const lang of LANGUAGES) {
    for (const code of CODES) assert.deepEqual(widget.describeError(code, lang), english[code]);
  }
});

test('each has words of its own for every code, in every entry', async () => {
  for (const lang of LANGUAGES) {
    await import(`link-widget/locales/${lang}`);
    const messages = new Set();
    for (const code of CODES) {
      const described = widget.describeError(code, lang);
      const { message, ...rest } = described;
      assert.match(message, /^\p{Lu}.*\.$/u, `${lang} ${code}`);
      assert.notEqual(message, english[code].message, `${lang} ${code}`);
      assert.deepEqual({ message: english[code].message, ...rest }, english[code], 'only the words differ');
      assert.deepEqual(csp.describeError(code, lang), described);
      messages.add(message);
    }
    assert.equal(messages.size, CODES.length, `${lang}: no two codes have the same words`);
  }
  assert.equal(
    new Set(LANGUAGES.map((lang) => widget.describeError('LINK_TIMEOUT', lang).message)).size,
    LANGUAGES.length,
  );
});

test('a locale is found by its language', () => {
  const french = widget.describeError('LINK_TIMEOUT', 'fr');
  for (const locale of ['fr-CA', 'FR', 'fr-Latn-FR'])
    assert.deepEqual(widget.describeError('LINK_TIMEOUT', locale), french, locale);
  for (const locale of ['en', 'en-CA', 'es', 'f', 'fra', '__proto__', 'constructor', '-fr']) {
    assert.deepEqual(widget.describeError('LINK_TIMEOUT', locale), english.LINK_TIMEOUT, locale);
  }
  assert.equal(
    widget.describeError('nothing', 'fr').message,
    widget.describeError('LINK_INTERNAL_ERROR', 'fr').message,
  );
});

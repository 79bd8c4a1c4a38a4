// The way through a provider's page that docs/testing.md shows for Playwright.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chromium } from 'playwright-core';

import { start } from './start.mjs';

test('a person signs in at a bank that denies', async () => {
  // The demo's page is the app.
  const { line, stop } = await start('--json', '--root', process.env.LINK_WIDGET_ROOT);
  const { merchant } = JSON.parse(line);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.goto(`${merchant}/?provider=fiskil&mode=overlay&scenario=manual`);
    await page.getByRole('button', { name: 'Connect a bank' }).click();

    const bank = page.locator('[data-link-widget] iframe').contentFrame();
    await bank.getByRole('button', { name: 'Harbourside Bank' }).click();
    await bank.getByLabel('Customer ID').fill('denied');
    await bank.getByLabel('Password', { exact: true }).fill('sandbox');
    await bank.getByRole('button', { name: 'Sign in' }).click();

    const code = page.locator('#error-code');
    await code.waitFor();
    assert.equal(await code.textContent(), 'CONSENT_ENDUSER_DENIED');
  } finally {
    await browser.close();
    await stop();
  }
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const ARGUMENTS = readFileSync(new URL('../tests/chromium/arguments.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');

/**
 * Starts Chromium, as the tests do: it asks nothing, and talks to nobody but the page. `peers`: where
 * puppeteer-core is. CHROMIUM in the environment: where Chromium is.
 */
export function launch(peers) {
  const puppeteer = createRequire(join(peers, '/'))('puppeteer-core');
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', ...ARGUMENTS],
    defaultViewport: { width: 1000, height: 1000 },
  });
}

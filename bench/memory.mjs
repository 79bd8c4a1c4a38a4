/**
 * What open flows take of the page's memory, and what a thousand leave behind.
 *
 * node memory.mjs <folder whose node_modules holds esbuild> <folder whose node_modules holds the peers> <file
 * for the figures>
 *
 * The heap is JavaScript's in the page's process after a collection (CDP: Runtime.getHeapUsage after
 * HeapProfiler.collectGarbage); the provider's pages are in a process of their own.
 */
import { writeFileSync } from 'node:fs';

import { launch } from './browser.mjs';
import { CANDIDATES, pathOf, serve } from './site.mjs';

const OPEN = 50;
const MANY = 1000;

const [packages, peers, out] = process.argv.slice(2);
const site = await serve(packages, peers);
const browser = await launch(peers);

async function measure(name) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.evaluateOnNewDocument(() => {
    // what is instantiated later shows what memory it has
    globalThis.memories = [];
    const { Instance } = WebAssembly;
    WebAssembly.Instance = class extends Instance {
      constructor(module, imports) {
        super(module, imports);
        globalThis.memories.push(
          ...Object.values(this.exports).filter((value) => value instanceof WebAssembly.Memory),
        );
      }
    };
  });
  await page.goto(site.merchant, { waitUntil: 'load' });
  const cdp = await page.createCDPSession();
  const heap = async () => {
    // what a first collection finalises, a second one frees
    for (let time = 0; time < 2; time += 1) await cdp.send('HeapProfiler.collectGarbage');
    return (await cdp.send('Runtime.getHeapUsage')).usedSize;
  };
  const before = await heap();
  await page.evaluate((path) => import(path).then(() => {}), pathOf(name));
  const imported = await heap();
  const open = async (count) => {
    await page.evaluate((origin, count) => openMany(origin, count), site.provider, count);
    // an iframe whose page is on its way still holds the empty one
    await page.evaluate(() => Promise.all(bench.loads.splice(0)).then(() => {}));
  };
  await open(1);
  const first = await heap();
  await page.evaluate(() => close());
  await page.evaluate((origin) => cycle(origin, 20), site.provider);
  const warm = await heap();
  await open(OPEN);
  const many = await heap();
  await page.evaluate(() => close());
  await page.evaluate((origin, count) => cycle(origin, count), site.provider, MANY);
  const left = await heap();
  const pages = await page.evaluate(() =>
    globalThis.memories.reduce((sum, { buffer }) => sum + buffer.byteLength / 65536, 0),
  );
  await context.close();
  return {
    imported: imported - before,
    first: first - imported,
    each: (many - warm) / OPEN,
    left: (left - warm) / MANY,
    pages,
  };
}

const candidates = {};
for (const name of Object.keys(CANDIDATES)) {
  // it is made once and shown again: how it is taken away is nothing to compare
  if (name === 'pluggy-connect-sdk') continue;
  candidates[name] = await measure(name);
  console.log(`  ${name}`);
}
writeFileSync(out, JSON.stringify({ browser: await browser.version(), open: OPEN, many: MANY, candidates }));
await browser.close();
site.end();

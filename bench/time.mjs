/**
 * How long things take, beside plain JavaScript and other packages, in one run of Chromium.
 *
 * node time.mjs <folder whose node_modules holds esbuild> <folder whose node_modules holds the peers> <file
 * for the figures>
 *
 * The candidates take turns, in another order each round, so that whatever else this machine does hits all
 * alike. Whatever is measured as the first time has a browser context and a page of its own.
 */
import { writeFileSync } from 'node:fs';

import { launch } from './browser.mjs';
import { CANDIDATES, pathOf, serve } from './site.mjs';

const ROUNDS = { first: 25, popup: 15, foreign: 7 };
/** How many messages of strangers a measurement takes the mean of. */
const MESSAGES = 1000;

const [packages, peers, out] = process.argv.slice(2);
const names = Object.keys(CANDIDATES);
const BASE = names[0];

const site = await serve(packages, peers);
const browser = await launch(peers);

/** Runs something with a fresh page, once it has been painted. */
async function onPage(path, run) {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    await page.goto(site.merchant + path, { waitUntil: 'load' });
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    return await run(page);
  } finally {
    await context.close();
  }
}

/** The provider's page in it, once it is ready to speak. */
async function providerIn(page) {
  const frame = await page.waitForFrame((frame) => frame.url().startsWith(site.provider));
  // a frame that nobody sees paints nothing: not at each frame
  await frame.waitForFunction('globalThis.isReady', { polling: 50 });
  await frame.evaluate('isReady');
  return frame;
}

/**
 * From when the clock started until the provider's page began to load: clocks of two processes, which agree
 * on one machine.
 */
async function requestedAfter(page) {
  const frame = await providerIn(page);
  const began = await page.evaluate(() => performance.timeOrigin + bench.evaluated);
  return (await frame.evaluate('performance.timeOrigin')) - began;
}

const load = (page, name) => page.evaluate((path) => import(path).then(() => {}), pathOf(name));

/** The first time, then again, then an answer. */
const first = (name) =>
  onPage('/', async (page) => {
    await page.evaluate((origin) => (bench.origin = origin), site.provider);
    // its bytes are there before the clock starts
    await page.evaluate((path) => fetch(path).then((response) => response.text()), pathOf(name));
    await load(page, name);
    const took = await page.evaluate(() => bench.first);
    took.requested = await requestedAfter(page);
    const frame = await providerIn(page);
    const settled = page.evaluate(() => settled());
    await frame.evaluate('void say()');
    took.settled = await settled;
    await page.evaluate(() => close());
    took.again = await page.evaluate((origin) => again(origin, 15), site.provider);
    return took;
  });

/** The first time of a page that had a while to get ready. */
const warm = (name) =>
  onPage('/', async (page) => {
    await load(page, name);
    const took = await page.evaluate((origin) => firstWarm(origin), site.provider);
    return { warmRequested: await requestedAfter(page), warmPainted: took.painted };
  });

/** A popup, in the first call, in a click. */
const popup = (name) =>
  onPage('/popups', async (page) => {
    await load(page, name);
    const clicked = page.evaluate((origin) => clicked(origin), site.provider);
    // the page listens before the click comes
    await page.evaluate(() => {});
    await page.click('button');
    return { popup: await clicked };
  });

/**
 * What a stranger's message costs with that many flows open. Without a candidate: what it costs a page by
 * itself.
 */
const foreign = (name, flows) =>
  onPage('/', async (page) => {
    if (name) {
      await load(page, name);
      await page.evaluate((origin, flows) => openMany(origin, flows), site.provider, flows);
      await providerIn(page);
    }
    await page.evaluate(() => listenLast());
    // the first hundreds are compiled and reported
    await page.evaluate((count) => strangers(count), MESSAGES);
    return page.evaluate((count) => strangers(count), MESSAGES);
  });

const samples = {};
const note = (metric, name, round, value) => {
  samples[metric] ??= {};
  samples[metric][name] ??= [];
  samples[metric][name][round] = value;
};
const quantile = (sorted, q) => {
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  return sorted[low] + ((sorted[low + 1] ?? sorted[low]) - sorted[low]) * (at - low);
};
const ascending = (list) => [...list].sort((one, other) => one - other);

/** The same, in an order of its own. */
const shuffled = (list) =>
  list
    .map((item) => [Math.random(), item])
    .sort(([one], [other]) => one - other)
    .map(([, item]) => item);

for (let round = 0; round < ROUNDS.first; round += 1) {
  for (const name of shuffled(names)) {
    const took = await first(name);
    Object.assign(took, await warm(name));
    for (const metric of Object.keys(took)) note(metric, name, round, took[metric]);
  }
  console.log(`  first calls: ${round + 1} of ${ROUNDS.first}`);
}
for (let round = 0; round < ROUNDS.popup; round += 1) {
  for (const name of shuffled(names.filter((name) => !CANDIDATES[name].hasNoPopup)))
    note('popup', name, round, (await popup(name)).popup);
  console.log(`  popups: ${round + 1} of ${ROUNDS.popup}`);
}
for (let round = 0; round < ROUNDS.foreign; round += 1) {
  for (const [name, flows] of shuffled([
    [undefined, 0],
    ...names.flatMap((name) => [
      [name, 1],
      [name, 50],
    ]),
  ])) {
    const took = await foreign(name, flows);
    for (const part of ['listeners', 'whole']) {
      if (name) note(`${part}${flows}`, name, round, took[part] * 1000);
      else note(part, 'nobody', round, took[part] * 1000);
    }
  }
  console.log(`  messages of strangers: ${round + 1} of ${ROUNDS.foreign}`);
}

const metrics = {};
for (const [metric, of] of Object.entries(samples)) {
  metrics[metric] = {};
  for (const [name, values] of Object.entries(of)) {
    const sorted = ascending(values);
    const ratios = of[BASE] && ascending(values.map((value, round) => value / of[BASE][round]));
    metrics[metric][name] = {
      median: quantile(sorted, 0.5),
      quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
      ratio: ratios && quantile(ratios, 0.5),
    };
  }
}
writeFileSync(out, JSON.stringify({ browser: await browser.version(), rounds: ROUNDS, metrics }));
await browser.close();
site.end();

/**
 * The figures as tables.
 *
 * node report.mjs <results.json> [<a document that has the markers: there, else on the screen>]
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [BEGIN, END] = ['<!-- figures: cargo xtask bench -->', '<!-- end of the figures -->'];
const BASE = 'plain JavaScript';
const OURS = 'link-widget';

const [file, document] = process.argv.slice(2);
const { cores, bytes, time, memory, parsers, build } = JSON.parse(readFileSync(file, 'utf8'));

const whole = (number) => Math.round(number).toLocaleString('en');
/** Three digits that count. */
const short = (number) => (Math.abs(number) >= 100 ? whole(number) : `${Number(number.toPrecision(3))}`);
const table = (head, rows) =>
  [head, head.map((_, column) => (column && head[column] !== 'what' ? '---:' : '---')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

const ORDER = [BASE, OURS, `${OURS}/csp`];
/** The candidates of a table: the base, ours, then others by name. */
const inOrder = (candidates) => {
  const names = Object.keys(candidates);
  return [
    ...ORDER.filter((name) => names.includes(name)),
    ...names.filter((name) => !ORDER.includes(name)).sort(),
  ];
};

const parts = [];
const goals = [];
const goal = (what, value, limit, unit = '') =>
  goals.push([
    what,
    `${short(value)}${unit}`,
    `${short(limit)}${unit}`,
    value <= limit ? 'met' : '**not met**',
  ]);

if (bytes) {
  const { entries, functions } = bytes;
  const rows = entries.map(({ name, what, raw, gzip, brotli }) => [
    name,
    whole(raw),
    whole(gzip),
    whole(brotli),
    what,
  ]);
  parts.push(`## Bytes\n\n${table(['bundled and minified', 'raw', 'gzip', 'brotli', 'what'], rows)}`);
  const largest = functions.slice(0, 12);
  const others = functions.slice(largest.length).reduce((sum, { bytes }) => sum + bytes, 0);
  const sizes = [
    ...largest.map(({ name, bytes }) => [`\`${name}\``, whole(bytes)]),
    ['all others', whole(others)],
  ];
  parts.push(`### The WebAssembly, by function

Before compression, measured with \`twiggy\`. Inlined code counts towards the function it was inlined into.

${table(['function', 'bytes'], sizes)}`);
  goal('Default entry, brotli', entries.find(({ name }) => name === OURS).brotli, 24_000, ' B');
}

if (time) {
  const { metrics, rounds, browser } = time;
  const names = inOrder(metrics.attached);
  const cell = (measured, name) => {
    if (!measured) return '';
    const { median, quartiles, ratio } = measured;
    const of = name === BASE ? '' : ` ×${short(ratio)}`;
    return `${short(median)}${of} (${quartiles.map(short).join(' to ')})`;
  };
  const row = (what, metric) => [what, ...names.map((name) => cell(metrics[metric][name], name))];
  const rows = [
    row('module evaluated, ms', 'module'),
    row('first call, ms', 'call'),
    row('both: first frame requested, ms', 'requested'),
    row('both: first frame attached, ms', 'attached'),
    row('first frame painted, ms', 'painted'),
    row('warm: first frame requested, ms', 'warmRequested'),
    row('warm: first frame painted, ms', 'warmPainted'),
    row('a further call, ms', 'again'),
    row('first call in a click: popup, ms', 'popup'),
    row('answer to settled promise, ms', 'settled'),
    row("stranger's message, 1 flow, µs", 'listeners1'),
    row("the same with the browser's part, µs", 'whole1'),
    row("stranger's message, 50 flows, µs", 'listeners50'),
    row("the same with the browser's part, µs", 'whole50'),
  ];
  const about = [
    `${browser}, ${cores} cores. Medians (and quartiles) of ${rounds.first} first calls, ${rounds.popup} popups`,
    `and ${rounds.foreign} times 1,000 messages from strangers; × is the median of the ratios to ${BASE}`,
    "in the same round. A stranger's message costs the browser",
    `${short(metrics.whole.nobody.median)} µs even without a listener.`,
  ];
  parts.push(`## Time\n\n${about.join(' ')}\n\n${table(['', ...names], rows)}`);
  const { requested, painted, warmRequested, listeners1, whole1, listeners50 } = metrics;
  goal('First frame requested, compared with plain JavaScript', requested[OURS].ratio, 1.5, '×');
  goal('The same after preload(url)', warmRequested[OURS].ratio, 1.2, '×');
  goal('First frame painted, compared with plain JavaScript', painted[OURS].ratio, 1.8, '×');
  goal(
    'First frame painted, compared with pluggy-connect-sdk',
    painted[OURS].median,
    painted['pluggy-connect-sdk'].median,
    ' ms',
  );
  goal("A stranger's message with one flow, compared with plain JavaScript", listeners1[OURS].ratio, 2, '×');
  goal("The same with the browser's part", whole1[OURS].ratio, 2, '×');
  goal(
    "A stranger's message with 50 flows, at most 50 times one",
    listeners50[OURS].median,
    50 * listeners1[OURS].median,
    ' µs',
  );
}

if (memory) {
  const rows = inOrder(memory.candidates).map((name) => {
    const { pages, imported, first, each, left } = memory.candidates[name];
    return [name, pages, ...[imported, first, each, left].map(whole)];
  });
  const head = [
    '',
    'WebAssembly pages',
    'imported',
    'first flow',
    'each open flow',
    `left by each of ${whole(memory.many)} flows`,
  ];
  const about = [
    "Pages of 64 KiB, and bytes of the page's JavaScript heap after a collection;",
    `the provider's pages are in a process of their own. ${memory.browser}.`,
  ];
  parts.push(`## Memory\n\n${about.join(' ')}\n\n${table(head, rows)}`);
}

if (parsers) {
  const providers = Object.keys(parsers.callbacks).sort();
  const rows = providers.map((name) => [
    name,
    ...['messages', 'callbacks'].map((kind) => (parsers[kind][name] ? whole(parsers[kind][name]) : '')),
  ]);
  const about = `On one of ${cores} cores, compiled for this machine.`;
  const head = ['a second', 'messages', 'return URLs'];
  parts.push(`## The parsers, natively\n\n${about}\n\n${table(head, rows)}`);
}

if (build) {
  const { warm, first, tests } = build;
  let text = '## The build\n\n';
  text += `With everything there \`cargo xtask build\` takes ${short(warm)} s on ${cores} cores.`;
  if (first) {
    const rows = first.map(({ what, seconds, crates }) => [what, short(seconds), crates.length || '']);
    const total = first.reduce((sum, { seconds }) => sum + seconds, 0);
    text +=
      ` The first in a fresh clone takes ${short(total)} s, with what cargo and npm have downloaded before:` +
      `\n\n${table(['step', 'seconds', 'crates compiled'], rows)}`;
  } else {
    text += ' The first in a fresh clone was not measured: `--cold` does.';
  }
  if (tests) {
    const rows = tests.map(({ part, seconds, outcome }) => [part, short(seconds), outcome]);
    text += `\n\nThe last \`cargo xtask test\`, by part:\n\n${table(['part', 'seconds', ''], rows)}`;
  } else {
    text +=
      '\n\nHow long each part of `cargo xtask test` takes is not known here: it notes that when it has run.';
  }
  parts.push(text);
}

if (goals.length) parts.unshift(`## Goals\n\n${table(['goal', 'measured', 'at most', ''], goals)}`);
const text = parts.join('\n\n');
if (document) {
  const before = readFileSync(document, 'utf8');
  const [begin, end] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`${document} must hold ${BEGIN} and then ${END}: the tables go between them`);
  writeFileSync(document, `${before.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${before.slice(end)}`);
} else {
  console.log(text);
}

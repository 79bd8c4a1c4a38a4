// What the back end received and fetched: it is asked until it waits for nothing more.
import * as backEnd from './api.js';
import { announce, byId, element } from './dom.js';
import { energyChart } from './energy.js';
import { table } from './table.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
const PATIENCE_MS = 90_000;
const ROWS = 8;

// In the order in which they are shown; what is not named here comes last.
const TITLES = {
  accounts: 'Accounts',
  transactions: 'Transactions',
  energy: 'Energy usage',
  statuses: 'Status history',
};

let polling;

export function clearRecords() {
  polling?.abort();
  show(
    false,
    element('p', { class: 'empty' }, 'Nothing yet. The server asks the provider once a flow has succeeded.'),
  );
}

/**
 * Hands a result to the back end, then shows what it gets, and returns the last of it; nothing where another
 * call took its place. Without a result it is asked once; with null, where nobody had anything to hand over,
 * it is waited for.
 */
export async function showRecords(widget, provider, ref, result) {
  polling?.abort();
  polling = new AbortController();
  const { signal } = polling;
  show(result !== undefined, waiting());
  try {
    if (result) await backEnd.finish(provider, ref, result);
    let shown = '';
    let pause = FIRST_PAUSE_MS;
    for (const until = Date.now() + PATIENCE_MS; ; ) {
      const record = await backEnd.record(provider, ref, signal);
      const pending = result !== undefined && record.pending && !record.error;
      const late = Date.now() > until;
      const state = JSON.stringify([record, pending, late]);
      if (state !== shown) render(widget, record, pending && !late, late);
      shown = state;
      if (!pending || late) return record;
      await new Promise((wake) => setTimeout(wake, pause));
      if (signal.aborted) return undefined;
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  } catch (error) {
    if (signal.aborted) return undefined;
    show(
      false,
      element('p', { class: 'verdict bad' }, `The server could not get the data: ${error.message}`),
    );
    announce('The server could not get the data.');
    return { error: error.message };
  }
}

function render(widget, { webhooks = [], data, error, sameConnection }, pending, late) {
  const { visualisationUrl, ...lists } = data ?? {};
  const filled = Object.entries({
    ...Object.fromEntries(Object.keys(TITLES).map((kind) => [kind, []])),
    ...lists,
  }).filter(([, rows]) => rows?.length > 0);
  const sections = [
    webhooks.length > 0 && section('webhooks', 'Webhooks', table('Webhooks', webhooks, 'webhooks')),
    ...filled.map(([kind, rows]) => section(kind, title(kind), list(kind, rows))),
  ].filter(Boolean);
  show(
    pending,
    error &&
      element('p', { class: 'verdict bad' }, `The provider answered the server: ${error.message ?? error}`),
    pending && waiting(),
    sameConnection !== undefined &&
      element(
        'p',
        { id: 'connection' },
        sameConnection
          ? 'The connection is the one of before.'
          : 'The connection is another than before: the server takes this one.',
      ),
    late && element('p', { class: 'empty' }, 'The provider has not sent everything yet.'),
    !pending &&
      sections.length === 0 &&
      !error &&
      element('p', { class: 'empty' }, 'The server received nothing for this session.'),
    sections.length > 0 && element('div', { class: 'sections' }, ...sections),
    visualisationUrl && visualisation(widget, visualisationUrl),
  );
  if (!pending && sections.length > 0) {
    announce(
      `The server received ${[
        webhooks.length > 0 && `${webhooks.length} webhooks`,
        ...filled.map(([kind, rows]) => `${title(kind).toLowerCase()}: ${rows.length}`),
      ]
        .filter(Boolean)
        .join(', ')}.`,
    );
  }
}

function show(pending, ...children) {
  const place = byId('records');
  place.dataset.pending = String(pending);
  place.setAttribute('aria-busy', String(pending));
  byId('records-body').replaceChildren(...children.filter(Boolean));
}

function waiting() {
  return element('p', { class: 'waiting' }, 'The server is waiting for the provider…');
}

function title(kind) {
  return TITLES[kind] ?? kind[0].toUpperCase() + kind.slice(1);
}

function section(kind, heading, ...content) {
  return element('section', { id: kind, 'aria-label': heading }, element('h3', {}, heading), ...content);
}

function list(kind, rows) {
  if (kind === 'energy') return energyChart(rows);
  // Of what happened the end matters most.
  const isWhole = rows.length <= ROWS || kind === 'statuses';
  const shown = table(title(kind), isWhole ? rows : rows.slice(0, ROWS), kind);
  if (isWhole) return shown;
  return element('div', {}, shown, element('p', { class: 'count' }, `The first ${ROWS} of ${rows.length}.`));
}

// Fimento's visualisation is a page of the provider's that is shown, and has no outcome.
function visualisation(widget, url) {
  const place = element('div', { class: 'embedded' });
  // Once the section is in the document, which is where a container must be.
  queueMicrotask(() => {
    const { ready } = widget.embedFimento(url, { container: place, title: 'Visualisation' });
    ready.catch(({ code }) => place.replaceChildren(widget.describeError(code).message));
  });
  return section('visualisation', 'Visualisation', place);
}

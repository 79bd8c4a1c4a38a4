// How the flow ended.
import { announce, byId, definitions, element } from './dom.js';

const PARTIES = {
  user: 'the person at the screen',
  developer: 'the page’s developer',
  provider: 'the provider or the bank',
};

/** Before and during a flow. */
export function clearOutcome(sentence) {
  show('', element('p', { class: 'empty' }, sentence));
}

/**
 * The typed result of a flow that succeeded. It came through a browser, so it is a hint: `showVerdict` says
 * what came of it. Returns the hint in words.
 */
export function showSuccess(result, expected) {
  const hint = 'The provider’s page says that it is done.';
  show(
    'completed',
    element('p', { class: 'verdict', id: 'verdict' }, hint),
    compare('completed', expected),
    definitions(
      Object.entries(result)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [element('code', {}, name), printed(value)]),
    ),
  );
  announce(hint);
  return hint;
}

/** What the server says, by its record, of a flow that succeeded. Returns it in words. */
export function showVerdict({ error, pending, data }) {
  const verdict = error
    ? `The server does not confirm it: ${error.replace(/\.?$/, '.')}`
    : pending
      ? 'The server is still waiting for the provider.'
      : data.payment
        ? 'Payment made.'
        : 'Bank connected.';
  const place = byId('verdict');
  place.textContent = verdict;
  place.className = `verdict ${error ? 'bad' : pending ? '' : 'good'}`;
  announce(verdict);
  return verdict;
}

/**
 * A flow that failed: first what the person is told, then what the developer needs. Returns the verdict in
 * words.
 */
export function showFailure(error, described, expected) {
  const lastStep = error.details?.lastStep;
  show(
    error.code,
    element('p', { class: 'verdict bad', id: 'user-message' }, described.message),
    compare(error.code, expected),
    definitions([
      ['Code', element('code', { id: 'error-code' }, error.code)],
      ['Try again', described.retryable ? 'yes' : 'no'],
      ['New session needed', described.needsNewSession ? 'yes' : 'no'],
      ['Who can act', PARTIES[described.party] ?? described.party],
      ['For developers', element('span', { id: 'developer-message' }, error.message)],
      ...(lastStep ? [['Stopped at', element('span', { id: 'last-step' }, stopped(lastStep))]] : []),
      ...(error.details === undefined ? [] : [['Details', printed(error.details)]]),
    ]),
  );
  announce(described.message);
  return described.message;
}

function stopped({ step, providerStep, institution }) {
  return `${step} (${providerStep})${institution ? ` at ${institution}` : ''}`;
}

function show(outcome, ...children) {
  const place = byId('outcome');
  place.dataset.outcome = outcome;
  place.replaceChildren(...children);
}

function compare(outcome, expected) {
  if (!expected) return '';
  return outcome === expected
    ? element('p', { class: 'compare' }, 'As this scenario expects.')
    : element('p', { class: 'compare other' }, 'This scenario expects ', element('code', {}, expected), '.');
}

function printed(value) {
  return element(
    'code',
    { class: 'value' },
    typeof value === 'string' ? value : JSON.stringify(value, null, 2),
  );
}

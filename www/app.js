// Wires the page: a session is prepared before the click, so that the click itself opens the flow.
import * as widget from '/pkg/index.js';
import * as backEnd from './api.js';
import { choiceInAddress, showChoices } from './choices.js';
import { showCode } from './code.js';
import { announce, byId, copyButton, element } from './dom.js';
import { describeLaunch, open, returnUrl } from './launch.js';
import { clearOutcome, showFailure, showSuccess } from './outcome.js';
import { clearRecords, showRecords } from './records.js';
import { left, leave } from './redirect.js';
import { addEvent, clearTimeline } from './timeline.js';

// A provider's session does not last for ever: a page that waits gets a new one.
const SESSION_MS = 10 * 60 * 1000;

const connect = byId('connect');
let choice;
let session;
let flow;
let preparing;
let renewal;
let verdict;

function setState(state, sentence) {
  document.body.dataset.state = state;
  connect.setAttribute('aria-disabled', String(state === 'preparing' || state === 'open'));
  byId('status').replaceChildren(sentence);
  byId('controls').hidden = !flow;
  byId('cancel').textContent = state === 'open' ? 'Cancel' : 'Close the provider’s page';
}

async function prepare() {
  preparing?.abort();
  clearTimeout(renewal);
  const { signal } = preparing = new AbortController();
  const wanted = choice;
  session = undefined;
  setState('preparing', 'Preparing a session…');
  try {
    const { ref, launch } = await start(wanted, signal);
    session = { ...wanted, ref, call: describeLaunch(wanted, launch) };
    showCode(wanted, session.call);
    setState('ready', 'Ready when you are.');
    if (verdict) byId('status').replaceChildren(`${verdict} `, element('a', { href: '#result' }, 'See what happened'));
    renewal = setTimeout(prepare, SESSION_MS);
  } catch (error) {
    if (signal.aborted) return;
    setState('error', `No session could be prepared: ${error.message}. Press the button to try once more.`);
    announce(byId('status').textContent);
  }
}

function start({ provider, mode, scenario }, signal) {
  // The page's own mistakes mean nothing to the back end.
  return backEnd.start(provider.id, { scenario: scenario.known ? scenario.id : 'manual', mode, returnUrl: returnUrl(mode) }, signal);
}

function press() {
  if (document.body.dataset.state === 'error') return choice ? void prepare() : location.reload();
  if (!session) return announce(byId('status').textContent);
  flow?.close();
  clearTimeout(renewal);
  const { provider, mode, scenario, ref, call } = session;
  session = undefined;
  clearTimeline('No events yet.');
  clearOutcome('Waiting for the provider’s page.');
  clearRecords();
  const departure = { provider: provider.id, mode, scenario: scenario.id, look: byId('look').value, expect: scenario.expect, ref };
  if (mode === 'redirect') leave(departure);
  const functions = { onEvent: addEvent };
  if (provider.id === 'flinks') {
    functions.getAuthorizeToken = () => backEnd.authorizeToken(ref);
  }
  const opened = flow = open(widget, call, functions);
  setState('open', 'Go on in the provider’s page.');
  byId('focus').hidden = mode !== 'popup' && mode !== 'overlay';
  if (mode === 'container') byId('stage').scrollIntoView({ block: 'nearest' });
  opened.then((result) => settle({ ...departure, result }), (error) => settle({ ...departure, error }));

  function settle(end) {
    // After an invalid session the provider's page stays for the user to read. An overlay has a close button of its own.
    const stays = end.error?.code === 'LINK_INVALID_SESSION' && mode !== 'overlay';
    if (flow === opened && !stays) flow = undefined;
    showEnd(end);
    prepare();
  }
}

async function showEnd({ provider, ref, expect, result, error }) {
  verdict = error
    ? showFailure(error, widget.describeError(error.code), expect)
    : showSuccess(result, expect);
  if (ref === undefined) return clearRecords();
  await showRecords(widget, provider, ref, result);
}

function change(chosen) {
  choice = chosen;
  verdict = undefined;
  byId('stage').hidden = choice.mode !== 'container';
  flow?.close();
  prepare();
}

async function main() {
  // First of all, so that nothing of the answer stays in the address.
  const returned = widget.resume();
  returned.catch(() => {});
  clearTimeline('No events yet.');
  clearOutcome('Nothing yet. Press “Connect a bank”.');
  clearRecords();
  copyButton(byId('copy-code'), 'Code', () => byId('code').textContent);
  copyButton(byId('copy-link'), 'Link', () => location.href);
  connect.addEventListener('click', press);
  byId('cancel').addEventListener('click', () => {
    flow?.close();
    if (document.body.dataset.state !== 'open') {
      flow = undefined;
      byId('controls').hidden = true;
    }
    connect.focus();
  });
  byId('focus').addEventListener('click', () => flow?.focus());

  const end = await returned.then((back) => back && { result: back.result }, (error) => ({ error }));
  const departure = left();
  try {
    const providers = await backEnd.providers();
    showChoices(providers, end && departure ? departure : choiceInAddress(), change);
  } catch (error) {
    setState('error', `The demonstration’s back end does not answer: ${error.message}.`);
    announce(byId('status').textContent);
  }
  if (end) {
    clearTimeline('This tab left and came back: its events stayed with the page that left.');
    showEnd({ ...departure, ...end });
  }
}

main();

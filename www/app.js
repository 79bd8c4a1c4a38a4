// Wires the page: a session is prepared before the click, so that the click itself opens the flow.
import * as widget from '/pkg/index.js';
import * as backEnd from './api.js';
import { choiceInAddress, hasMoreThanChoices, showChoices } from './choices.js';
import { showCode } from './code.js';
import { announce, byId, copyButton, element } from './dom.js';
import { describeLaunch, open, returnUrl } from './launch.js';
import { clearOutcome, showFailure, showSuccess, showVerdict } from './outcome.js';
import { PROVIDERS } from './providers.js';
import { clearRecords, showRecords } from './records.js';
import { left, leave } from './redirect.js';
import { addEvent, clearTimeline } from './timeline.js';

// A provider's session does not last for ever: a page that waits gets a new one. Flinks' question waits for 8
// minutes.
const SESSION_MS = 7 * 60 * 1000;

const connect = byId('connect');
let choice;
let session;
let flow;
let preparing;
let renewal;
let verdict;
// The `ref` of the connection that the page offers to come back to, and of the one that a session is for.
let offered;
let reconnecting;

function setState(state, sentence) {
  document.body.dataset.state = state;
  connect.textContent = reconnecting ? 'Reconnect this bank' : 'Connect a bank';
  connect.setAttribute('aria-disabled', String(state === 'preparing' || state === 'open'));
  byId('status').replaceChildren(sentence);
  byId('controls').hidden = !flow;
  byId('cancel').textContent = state === 'open' ? 'Cancel' : 'Close the provider’s page';
}

function offer(ref) {
  offered = ref;
  byId('again').hidden = !ref;
  byId('again-says').textContent = ref ? PROVIDERS[choice.provider.id].reconnect : '';
}

async function prepare() {
  preparing?.abort();
  clearTimeout(renewal);
  preparing = new AbortController();
  const { signal } = preparing;
  const wanted = choice;
  const again = reconnecting;
  session = undefined;
  setState('preparing', 'Preparing a session…');
  try {
    const { ref, launch } = await start(wanted, again, signal);
    if (!launch) return void askedNobody(wanted, ref);
    session = { ...wanted, ref, reconnect: again, call: describeLaunch(wanted, launch) };
    showCode(wanted, session.call, again);
    setState('ready', again ? 'Ready: press “Reconnect this bank”.' : 'Ready when you are.');
    if (again) announce(byId('status').textContent);
    else sayVerdict();
    // A bank is asked once for a press: a way back that nobody takes is only offered again.
    renewal = setTimeout(again ? giveUpReconnect : prepare, SESSION_MS);
  } catch (error) {
    if (signal.aborted) return;
    reconnecting = undefined;
    if (again) offer(again);
    setState(
      'error',
      again
        ? `This bank cannot be reconnected now: ${error.message}. Press the button for a new connection.`
        : `No session could be prepared: ${error.message}. Press the button to try once more.`,
    );
    announce(byId('status').textContent);
  }
}

// Beside the button, once it can be pressed again.
function sayVerdict() {
  if (!verdict || document.body.dataset.state !== 'ready') return;
  byId('status').replaceChildren(`${verdict} `, element('a', { href: '#result' }, 'See what happened'));
}

function start({ provider, mode, scenario }, reconnect, signal) {
  // The page's own mistakes mean nothing to the back end.
  const known = scenario.known ? scenario.id : 'manual';
  return backEnd.start(provider.id, { scenario: known, mode, returnUrl: returnUrl(mode), reconnect }, signal);
}

// A popup needs a click of its own, after the session is there: so this one prepares, and the main button
// opens, in each mode.
function reconnect() {
  reconnecting = offered;
  prepare();
  connect.focus({ preventScroll: true });
  // At once: what the page changes meanwhile would end a smooth way there.
  connect.scrollIntoView({ block: 'center', behavior: 'instant' });
  offer(undefined);
}

function giveUpReconnect() {
  offer(reconnecting);
  reconnecting = undefined;
  prepare();
}

// The server has the connection again, and there is no page to open.
function askedNobody({ provider, mode }, ref) {
  reconnecting = undefined;
  verdict = 'Reconnected: the bank had no question.';
  clearTimeline('No events: nothing was opened.');
  clearOutcome(`${verdict} The page opened nothing and got nothing.`);
  announce(verdict);
  showServer({ provider: provider.id, mode, ref, result: null });
  prepare();
}

function press() {
  if (document.body.dataset.state === 'error') return choice ? void prepare() : location.reload();
  if (!session) return announce(byId('status').textContent);
  flow?.close();
  clearTimeout(renewal);
  const { provider, mode, scenario, ref, reconnect, call } = session;
  session = undefined;
  offer(undefined);
  clearTimeline('No events yet.');
  clearOutcome('Waiting for the provider’s page.');
  clearRecords();
  const departure = {
    provider: provider.id,
    mode,
    scenario: scenario.id,
    look: byId('look').value,
    expect: scenario.expect,
    ref,
    reconnect,
  };
  if (mode === 'redirect') leave(departure);
  const functions = {
    onEvent(event) {
      addEvent(event);
      // Into the frame, where the person goes on who has not moved on. A dialog does that by itself.
      const isHere = document.activeElement === connect;
      if (mode === 'container' && event.type === 'load' && isHere) flow?.focus();
    },
  };
  if (PROVIDERS[provider.id].renewsToken) {
    functions.getAuthorizeToken = () => backEnd.authorizeToken(ref);
  }
  const opened = open(widget, call, functions);
  flow = opened;
  setState('open', 'Go on in the provider’s page.');
  // Beside a dialog of the widget's nothing on this page can be pressed: the dialog has buttons of its own.
  byId('focus').hidden = byId('cancel').hidden = mode !== 'container';
  if (mode === 'container') byId('stage').scrollIntoView({ block: 'nearest' });
  opened.then(
    (result) => settle({ ...departure, result }),
    (error) => settle({ ...departure, error }),
  );

  function settle(end) {
    // After an invalid session the provider's page stays for the user to read. An overlay has a close button
    // of its own.
    const stays = end.error?.code === 'LINK_INVALID_SESSION' && mode !== 'overlay';
    if (flow === opened && !stays) flow = undefined;
    reconnecting = undefined;
    showEnd(end);
    prepare();
  }
}

function showEnd(end) {
  const { ref, reconnect, expect, result, error } = end;
  verdict = error
    ? showFailure(error, widget.describeError(error.code), expect)
    : showSuccess(result, expect);
  if (ref === undefined) return clearRecords();
  // A way back that was not gone to its end is open still.
  if (error && reconnect && isChosen(end)) offer(reconnect);
  showServer(end);
}

async function showServer(end) {
  const record = await showRecords(widget, end.provider, end.ref, end.result);
  if (!record) return;
  const said = end.result && showVerdict(record);
  if (!isChosen(end)) return;
  if (record.canReconnect) offer(end.ref);
  if (!said) return;
  verdict = said;
  sayVerdict();
}

// Somebody may have chosen something else in the meantime.
function isChosen({ provider, mode }) {
  return choice?.provider.id === provider && choice.mode === mode;
}

function change(chosen) {
  choice = chosen;
  verdict = undefined;
  reconnecting = undefined;
  offer(undefined);
  byId('stage').hidden = choice.mode !== 'container';
  flow?.close();
  prepare();
}

async function main() {
  // First of all, so that nothing of the answer stays in the address.
  const returned = widget.resume();
  returned.catch(() => {});
  clearTimeline('No events yet.');
  clearRecords();
  copyButton(byId('copy-code'), 'Code', () => byId('code').textContent);
  copyButton(byId('copy-link'), 'Link', () => new URL(location.search, location.href).href);
  connect.addEventListener('click', press);
  connect.addEventListener('pointerenter', () => session && widget.preload(session.call.page.url));
  byId('cancel').addEventListener('click', () => {
    flow?.close();
    if (document.body.dataset.state !== 'open') {
      flow = undefined;
      byId('controls').hidden = true;
    }
    connect.focus();
  });
  byId('reconnect').addEventListener('click', reconnect);
  byId('focus').addEventListener('click', () => flow?.focus());

  const end = await returned.then(
    (back) => back && { result: back.result },
    (error) => ({ error }),
  );
  const nothing = hasMoreThanChoices()
    ? 'The address had parameters that answer no flow of this tab. They are taken off.'
    : 'Nothing yet. Press “Connect a bank”.';
  if (!end) clearOutcome(nothing);
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

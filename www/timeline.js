// The flow's events as they come.
import { byId, element } from './dom.js';

/** Empties the list; `note` says why it is empty. */
export function clearTimeline(note) {
  byId('timeline').replaceChildren(element('li', { class: 'empty' }, note));
}

/** Adds one LinkEvent. */
export function addEvent(event) {
  const list = byId('timeline');
  list.querySelector('.empty')?.remove();
  const data =
    event.type === 'step' && Object.keys(event.data).length > 0 ? JSON.stringify(event.data) : null;
  list.append(
    element(
      'li',
      { 'data-type': event.type, 'data-step': event.step, 'data-outcome': event.outcome },
      element('span', { class: 'at' }, `${(event.elapsedMs / 1000).toFixed(2)} s`),
      element('code', {}, event.type),
      element('span', {}, words(event)),
      data && element('code', { class: 'data' }, data),
    ),
  );
  const log = list.parentElement;
  log.scrollTop = log.scrollHeight;
}

function words(event) {
  switch (event.type) {
    case 'open':
      return `opened as ${event.mode}`;
    case 'load':
      return 'the provider’s page has loaded';
    case 'step':
      return `${event.step} (${event.providerStep})`;
    case 'foreign-message':
      return `a message from ${event.origin} was dropped`;
    case 'popup-severed':
      return 'the popup can no longer be seen; still waiting for it';
    case 'settled':
      return event.outcome;
    default:
      return '';
  }
}

// How a page ends that posts no messages: it sends the person back to the merchant.
import { byId, show } from '/assets/steps.js';

// In less than a second a window that closes looks like one that was cut off.
const CLOSES_AFTER_MS = 1500;

/** Carries out what the server decided. */
export function leave({ next, url }) {
  if (next === 'return') {
    show('working');
    location.replace(url);
  } else if (next === 'elsewhere') {
    byId('elsewhere-link').href = url;
    show('elsewhere');
  } else if (next === 'close') {
    show('working');
    setTimeout(() => window.close(), CLOSES_AFTER_MS);
  } else {
    show(next === 'wait' ? 'working' : 'done');
  }
}

// The page of a bank that signs people in by itself: it tells the window of Flinks Connect that opened it,
// and closes.
import { byId, given } from '/assets/steps.js';

for (const place of document.querySelectorAll('.app')) place.textContent = given.app;

byId('yes').addEventListener('click', () => {
  opener?.postMessage('agreed', location.origin);
  close();
});
byId('no').addEventListener('click', () => close());

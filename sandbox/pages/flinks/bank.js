// The page of a bank that signs people in by itself: it tells the window of Flinks Connect that opened it,
// and closes.
import { given } from '/assets/steps.js';

for (const place of document.querySelectorAll('.app')) place.textContent = given.app;

document.getElementById('yes').addEventListener('click', () => {
  opener?.postMessage('agreed', location.origin);
  close();
});
document.getElementById('no').addEventListener('click', () => close());

// No router of its own: it fetches the page that a link leads to, and puts its body in place of this one's.
import { visit } from '@hotwired/turbo';
import { answers, base, now } from './trial.js';

// The answer is on the page, and goes with it.
const rendered = () => answers.push('the page was rendered anew');
addEventListener('turbo:render', rendered);
window.change = () => {
  removeEventListener('turbo:render', rendered);
  visit(`${base}/back?tab=3`);
};
window.go = () => visit(`${base}/other`);
now('after');

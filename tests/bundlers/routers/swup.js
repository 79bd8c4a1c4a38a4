// No router of its own: it fetches the page that a link leads to, and takes one element from it.
import Swup from 'swup';
import { answers, base, now } from './trial.js';

const swup = new Swup({ containers: ['#root'], animationSelector: false });
// What it adds to <html> is not the widget's.
swup.hooks.on('visit:end', () => document.documentElement.removeAttribute('class'));

// The answer is on the page, and goes with it.
const rendered = () => answers.push('the page was rendered anew');
swup.hooks.on('content:replace', rendered);
window.change = () => {
  swup.hooks.off('content:replace', rendered);
  swup.navigate(`${base}/back?tab=3`);
};
window.go = () => swup.navigate(`${base}/other`);
now('after');

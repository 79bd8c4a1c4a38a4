import { given } from './page.js';

const element = document.querySelector('link-widget');
const outcome = document.getElementById('outcome');
const [session, options] = given();
element.setAttribute('subject', session);
element.options = options;
if (location.hash === '#container') element.setAttribute('mode', 'container');

window.told = [];
// they bubble
for (const type of ['link-event', 'link-success', 'link-error', 'link-cancel']) {
  document.addEventListener(type, ({ detail }) => {
    window.told.push(type === 'link-event' ? detail.type : type);
    outcome.textContent = detail?.consentID ?? detail?.code ?? '';
  });
}

// only now does it become what it is
await import('link-widget/element');
document.getElementById('connect').disabled = false;

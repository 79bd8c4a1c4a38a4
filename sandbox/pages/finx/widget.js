// finX's widget: a bank, signing in, a TAN, accounts. In a frame it tells the page around it how it ended,
// else it returns there.
import { byId, element, given, onSubmit, post, show } from '/assets/steps.js';

const cancel = byId('cancel');
let bank;

/** Asks the server. What it calls an error is thrown in the page's words; an ending is carried out. */
async function ask(path, body = {}) {
  const answer = await post(`/widget/${path}`, { flow: given.flow, ...body });
  if (answer.error) throw new Error(given.words[answer.error]);
  if (answer.ending) end(answer.ending);
  return answer;
}

function end({ message, location: url, strangerUrl }) {
  cancel.hidden = true;
  if (strangerUrl) return location.replace(strangerUrl);
  if (!message) return show('working');
  if (parent === window) {
    report({ to: 'url', url });
    return location.replace(url);
  }
  // who may embed the page is the business of the provider's list, so the target is anybody
  parent.postMessage(message, '*');
  report({ to: 'parent', message });
  show('done');
}

function report(what) {
  fetch('/widget/ended', {
    method: 'POST',
    keepalive: true,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(what),
  }).catch(() => {});
}

function choose(chosen, focus) {
  bank = chosen;
  for (const place of document.querySelectorAll('.bank')) place.textContent = bank.name;
  show('sign-in', focus);
}

function prepare() {
  for (const place of document.querySelectorAll('.app')) place.textContent = given.app;
  for (const place of document.querySelectorAll('.days')) place.textContent = given.days;
  byId('the-password').textContent = given.password;
  byId('the-tan').textContent = given.tan;
  if (given.payment) {
    byId('amount').textContent = `${given.payment.amount} ${given.payment.currency}`;
    byId('recipient').textContent = given.payment.recipient_name;
    byId('to-share').hidden = true;
    byId('to-pay').hidden = false;
  }
  byId('other-bank').hidden = given.banks.length === 1;
  byId('known').hidden = !given.knownAccount;
  byId('known-account').textContent = spaced(given.knownAccount ?? '');
  byId('banks').append(
    ...given.banks.map((row) => {
      const button = element(
        'button',
        { class: 'row', type: 'button', 'data-bank': row.id },
        element('span', { class: 'mark', 'aria-hidden': 'true' }, row.name[0]),
        element('span', {}, element('strong', {}, row.name), element('small', {}, row.note)),
      );
      button.addEventListener('click', () => choose(row));
      return element('li', {}, button);
    }),
  );
  byId('customers').append(
    ...given.customers.map(({ id, what }) => {
      const fill = element('button', { type: 'button' }, id);
      fill.addEventListener('click', () => {
        byId('customer').value = id;
        byId('password').value = given.password;
        byId('customer').focus();
      });
      return element('tr', {}, element('td', {}, fill), element('td', {}, given.words[what]));
    }),
  );
}

// An IBAN is read in groups of four.
function spaced(iban) {
  return iban.replace(/(.{4})(?=.)/g, '$1 ');
}

// the flow may have ended in the meantime, in another tab
const orDead = (asking) => asking.catch(() => show('dead'));
cancel.addEventListener('click', () => orDead(ask('cancel').then(end)));
byId('other-bank').addEventListener('click', () => show('bank'));

onSubmit(byId('sign-in'), async (form) => {
  const { ending } = await ask('sign-in', { bank: bank.id, ...Object.fromEntries(form) });
  if (!ending) show('tan');
});

onSubmit(byId('tan-form'), async (form) => {
  const { ending, accounts } = await ask('tan', { tan: form.get('tan') });
  if (ending) return;
  byId('accounts').replaceChildren(
    ...accounts.map(({ id, name, iban }) =>
      element(
        'label',
        { class: 'row' },
        element('input', { type: 'checkbox', name: 'account', value: id, checked: '' }),
        element('span', {}, element('strong', {}, name), element('small', {}, spaced(iban))),
      ),
    ),
  );
  show('accounts');
});

onSubmit(byId('accounts-form'), (form) => ask('share', { accounts: form.getAll('account') }));

prepare();
if (given.dead) {
  show('dead', false);
} else if (given.plays) {
  // after `load`, as whoever embeds the page first waits for that
  addEventListener('load', () => orDead(ask('play').then(end)));
} else {
  cancel.hidden = false;
  if (given.banks.length === 1) choose(given.banks[0], false);
  else show('bank', false);
}

// The WebUI: a bank, signing in there, and the person's decision about a payment or a consent.
import { leave } from '/assets/leave.js';
import { all, byId, element, given, onSubmit, post, show } from '/assets/steps.js';

const cancel = byId('cancel');
const asks = given.payment ? 'payment' : 'consent';
let bank;

function fillIn(name, text) {
  for (const place of all(`.${name}`)) place.textContent = text;
}

function ask(path, body) {
  return post(path, { web_id: given.webId, provider_id: bank?.id, ...body });
}

function finish(ending) {
  cancel.hidden = true;
  leave(ending);
}

// the link may have ended in the meantime, in another tab
function orOver(asking) {
  return asking.catch(() => over());
}

function over() {
  cancel.hidden = true;
  if (given.back) {
    byId('back-link').href = given.back;
    byId('back').hidden = false;
  }
  show('over', false);
}

/** At the bank the page is the bank's. */
function atBank(yes) {
  document.documentElement.dataset.at = yes ? 'bank' : 'webui';
  byId('brand').textContent = yes ? bank.name : 'FinqLink';
}

function prepareSignIn(focus) {
  fillIn('bank', bank.name);
  byId('the-pin').textContent = bank.pin ?? '';
  byId('fields').replaceChildren(
    ...bank.fields.map(({ name, label, secret }) =>
      element(
        'div',
        { class: 'field' },
        element('label', { for: name }, label),
        element('input', {
          id: name,
          name,
          type: secret ? 'password' : 'text',
          required: '',
          autocomplete: 'off',
          autocapitalize: 'none',
          spellcheck: 'false',
        }),
      ),
    ),
  );
  atBank(true);
  show('sign-in', focus);
}

async function choose(chosen, focus) {
  bank = chosen;
  await orOver(ask('/w/bank', {}).then(() => prepareSignIn(focus)));
}

function fillCustomer(userName) {
  for (const [index, { name, value }] of bank.fields.entries()) {
    byId(name).value = index === 0 && userName ? userName : value;
  }
  byId(bank.fields[0].name).focus();
}

function decide({ next, leave: ending, accounts }) {
  if (ending) return finish(ending);
  if (next === 'pin') return show('pin');
  byId('accounts').replaceChildren(
    ...accounts.map(({ iban, name, currency }) =>
      element(
        'label',
        { class: 'row' },
        element('input', { type: 'checkbox', name: 'iban', value: iban, checked: '' }),
        element(
          'span',
          {},
          element('strong', {}, `${name}, ${currency}`),
          element('small', { class: 'iban' }, grouped(iban)),
        ),
      ),
    ),
  );
  fillIn('from', `${accounts[0].name}, ${grouped(accounts[0].iban)}`);
  show(given.payment ? 'payment' : 'accounts');
}

function grouped(iban) {
  return iban.replace(/.{4}(?=.)/g, '$& ');
}

function prepare() {
  fillIn('app', given.app);
  for (const place of all('[data-for]')) place.hidden = place.dataset.for !== asks;
  if (given.payment) {
    const { amount, to, iban, details } = given.payment;
    fillIn('sum', amount);
    fillIn('to', to);
    fillIn('to-iban', grouped(iban));
    fillIn('details', details);
    for (const place of all('.with-details')) place.hidden = !details;
  } else {
    fillIn('days', given.consent.days);
    byId('with-transactions').hidden = !given.consent.scope.includes('transactions');
  }
  byId('other-bank').hidden = given.banks.length === 1;
  byId('banks').append(
    ...given.banks.map((each) => {
      const row = element(
        'button',
        { class: 'row', type: 'button', 'data-bank': each.id },
        element('span', { class: 'mark', 'aria-hidden': 'true' }, each.name[0]),
        element('span', {}, element('strong', {}, each.name), element('small', {}, each.id)),
      );
      row.addEventListener('click', () => choose(each));
      return element('li', {}, row);
    }),
  );
  byId('endings').append(
    ...given.endings.map(({ id, title }) => {
      const fill = element('button', { type: 'button' }, id);
      fill.addEventListener('click', () => fillCustomer(id));
      return element('tr', {}, element('td', {}, fill), element('td', {}, title));
    }),
  );
  byId('fill').addEventListener('click', () => fillCustomer());
  byId('other-bank').addEventListener('click', () => {
    atBank(false);
    show('bank');
  });
  cancel.addEventListener('click', () => orOver(ask('/w/decide', { decision: 'cancel' }).then(finish)));
  for (const button of all('.decline')) {
    button.addEventListener('click', () => orOver(ask('/w/decide', { decision: 'decline' }).then(finish)));
  }
  onSubmit(byId('sign-in'), async (form) => decide(await ask('/w/sign-in', Object.fromEntries(form))));
  onSubmit(byId('pin-form'), async (form) => decide(await ask('/w/pin', { pin: form.get('pin') })));
  onSubmit(byId('consent-form'), async (form) =>
    finish(await ask('/w/decide', { decision: 'approve', ibans: form.getAll('iban') })),
  );
  onSubmit(byId('payment-form'), async () => finish(await ask('/w/decide', { decision: 'approve' })));
}

// after `load`, as whoever embeds the page first waits for that
function whenLoaded(act) {
  addEventListener('load', () => setTimeout(act));
}

if (!given.open) {
  over();
  if (given.plays && given.back) whenLoaded(() => location.replace(given.back));
} else {
  prepare();
  if (given.plays) {
    cancel.hidden = true;
    whenLoaded(() => orOver(ask('/w/play', {}).then(finish)));
  } else if (given.atBank) {
    [bank] = given.banks;
    prepareSignIn(false);
  } else if (given.banks.length === 1) {
    // the merchant has chosen it
    choose(given.banks[0], false);
  } else {
    show('bank', false);
  }
}

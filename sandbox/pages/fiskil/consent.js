// The consent page: a bank, signing in, a one-time password, accounts, consent.
import { end } from '/assets/end.js';
import { byId, element, given, onSubmit, post, show } from '/assets/steps.js';

const session = { sess_id: given.sessId };
const cancel = byId('cancel');
let bank;
let accountIds = [];

function choose(institution, focus) {
  bank = institution;
  for (const place of document.querySelectorAll('.bank')) place.textContent = bank.name;
  show('sign-in', focus);
}

function finish(ending) {
  cancel.hidden = true;
  end(ending);
}

async function decide(decision) {
  finish(await post('/consent/decide', { ...session, decision, account_ids: accountIds }));
}

function prepare() {
  for (const place of document.querySelectorAll('.app')) place.textContent = given.app;
  byId('the-password').textContent = given.password;
  byId('the-code').textContent = given.oneTimePassword;
  byId('other-bank').hidden = given.institutions.length === 1;
  byId('banks').append(
    ...given.institutions.map((institution) => {
      const row = element(
        'button',
        { class: 'row', type: 'button', 'data-institution': institution.id },
        element('span', { class: 'mark', 'aria-hidden': 'true' }, institution.name[0]),
        element('span', {}, element('strong', {}, institution.name), element('small', {}, institution.note)),
      );
      row.addEventListener('click', () => choose(institution));
      return element('li', {}, row);
    }),
  );
  byId('customers').append(
    ...given.customers.map(({ id, title }) => {
      const fill = element('button', { type: 'button' }, id);
      fill.addEventListener('click', () => {
        byId('customer').value = id;
        byId('password').value = given.password;
        byId('customer').focus();
      });
      return element('tr', {}, element('td', {}, fill), element('td', {}, title));
    }),
  );
}

// the session may have ended in the meantime, in another tab
const orInvalid = (deciding) => deciding.catch(() => show('invalid'));
cancel.addEventListener('click', () => orInvalid(decide('cancel')));
byId('other-bank').addEventListener('click', () => show('bank'));
byId('decline').addEventListener('click', () => orInvalid(decide('decline')));

onSubmit(byId('sign-in'), async (form) => {
  const { ending } = await post('/consent/sign-in', {
    ...session,
    institution_id: bank.id,
    ...Object.fromEntries(form),
  });
  if (ending) finish(ending);
  else show('code');
});

onSubmit(byId('code-form'), async (form) => {
  const { ending, accounts } = await post('/consent/one-time-password', {
    ...session,
    code: form.get('code'),
  });
  if (ending) return finish(ending);
  byId('accounts').replaceChildren(
    ...accounts.map(({ id, name, number }) =>
      element(
        'label',
        { class: 'row' },
        element('input', { type: 'checkbox', name: 'account', value: id, checked: '' }),
        element('span', {}, element('strong', {}, name), element('small', {}, number.replaceAll('*', '•'))),
      ),
    ),
  );
  // what is renewed has its accounts
  if (given.renews) askForConsent();
  else show('accounts');
});

function askForConsent() {
  accountIds = new FormData(byId('accounts-form')).getAll('account');
  if (accountIds.length === 0) throw new Error('Choose at least one account.');
  const names = [...document.querySelectorAll('#accounts :checked ~ span strong')].map(
    ({ textContent }) => textContent,
  );
  byId('chosen').textContent = names.join(', ');
  show('consent');
}

onSubmit(byId('accounts-form'), async () => askForConsent());

onSubmit(byId('consent-form'), () => decide('agree'));

prepare();
if (given.plays) {
  show('working', false);
  cancel.hidden = true;
  // after `load`, as whoever embeds the page first waits for that
  addEventListener('load', () => orInvalid(post('/consent/play', session).then(finish)));
} else if (given.institutions.length === 1) {
  choose(given.institutions[0], false);
}

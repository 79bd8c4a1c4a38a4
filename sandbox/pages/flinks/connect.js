// Flinks Connect: consent, a bank, signing in, a question, accounts. The server decides each next step.
import { all, byId, element, given, onSubmit, post, show } from '/assets/steps.js';
import { leave, tell } from '/assets/tell.js';

/** Tells the server what the person did, and does what comes of it. */
async function act(action, more = {}) {
  await perform(await post('/v2/act', { session: given.session, action, ...more }));
}

async function perform(
  { say, show: step, error, question, accounts, leave: way, strangerUrl },
  focus = true,
) {
  await tell(say);
  if (strangerUrl) return location.replace(strangerUrl);
  if (question) ask(question);
  if (accounts) offer(accounts);
  if (step) reach(step, focus);
  if (way) leave(way);
  if (error) throw new Error(given.words[error]);
}

function reach(step, focus) {
  for (const field of all(`#step-${step} .field input`)) field.value = '';
  for (const error of all('.error')) error.textContent = '';
  byId('close').hidden =
    !given.closeEnable || ['working', 'done', 'denied', 'too-often', 'expired', 'invalid'].includes(step);
  show(step, focus);
}

function name(institution) {
  for (const place of all('.bank')) place.textContent = institution.name;
}

function ask(question) {
  byId('question').textContent = question;
  byId('answer').value = '';
  byId('the-answer').textContent = given.answers.find(([asked]) => asked === question)[1];
}

function offer(accounts) {
  byId('accounts').replaceChildren(
    ...accounts.map(({ id, name: title, number }, index) =>
      element(
        'label',
        { class: 'row' },
        element('input', {
          type: given.several ? 'checkbox' : 'radio',
          name: 'account',
          value: id,
          ...(index === 0 || given.several ? { checked: '' } : {}),
        }),
        element('span', {}, element('strong', {}, title), element('small', {}, number)),
      ),
    ),
  );
}

function prepare() {
  for (const place of all('.app')) place.textContent = given.app;
  for (const back of all('.back')) {
    back.hidden = !given.backEnable;
    back.addEventListener('click', () => act('back'));
  }
  byId('the-username').textContent = given.username;
  byId('the-password').textContent = given.password;
  byId('institutions').append(
    ...given.institutions.map((institution) =>
      element(
        'li',
        {},
        element(
          'button',
          { class: 'row', type: 'submit', value: institution.id },
          element('span', { class: 'mark', 'aria-hidden': 'true' }, institution.name[0]),
          element(
            'span',
            {},
            element('strong', {}, institution.name),
            element('small', {}, institution.note),
          ),
        ),
      ),
    ),
  );
  byId('users').append(
    ...given.users.map(({ name: username, what }) => {
      const fill = element('button', { type: 'button' }, username);
      fill.addEventListener('click', () => {
        byId('username').value = username;
        byId('password').value = given.password;
        byId('username').focus();
      });
      return element('tr', {}, element('td', {}, fill), element('td', {}, given.words[what]));
    }),
  );
}

prepare();
byId('close').addEventListener('click', () => act('close'));
onSubmit(byId('consent-form'), (_, action) => act(action));
onSubmit(byId('institutions-form'), (_, id) => {
  name(given.institutions.find((institution) => institution.id === id));
  return act('choose', { institution: id });
});
onSubmit(byId('credentials-form'), (form) => act('sign-in', Object.fromEntries(form)));
onSubmit(byId('mfa-form'), (form) => act('answer', Object.fromEntries(form)));
onSubmit(byId('accounts-form'), (form) => act('accounts', { accounts: form.getAll('account') }));
onSubmit(byId('bank-form'), () => {
  const bank = open(
    `/v2/bank?session=${encodeURIComponent(given.session)}`,
    '',
    'popup,width=420,height=640',
  );
  addEventListener('message', ({ source, origin, data }) => {
    if (bank && source === bank && origin === location.origin && data === 'agreed') act('bank-agreed');
  });
  return act('bank-window', { opened: bank !== null });
});

if (given.bank) name({ name: given.bank });
// after `load`, as whoever embeds the page first waits for that
addEventListener('load', async () => {
  if (!given.plays) return perform(given.first, false);
  if (!given.bank) name(given.institutions[0]);
  await tell(given.first.say);
  const turn = await post('/v2/play', { session: given.session });
  await perform(turn);
});

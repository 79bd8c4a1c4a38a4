// The consent pages: a bank, signing in with an ID app, the person's decision.
import { leave } from '/assets/leave.js';
import { byId, element, given, onSubmit, post, show } from '/assets/steps.js';

const cancel = byId('cancel');

function fillIn(name, text) {
  for (const place of document.querySelectorAll(`.${name}`)) place.textContent = text;
}

function ask(path, body) {
  return post(path, { token: given.token, ...body });
}

function finish(ending) {
  cancel.hidden = true;
  leave(ending);
}

function over() {
  cancel.hidden = true;
  if (given.back) {
    byId('back-link').href = given.back;
    byId('back').hidden = false;
  }
  show('over', false);
}

// the link may have ended in the meantime, in another tab
function orOver(asking) {
  return asking.catch(() => over());
}

async function choose(name) {
  await orOver(
    ask('/consent/bank', { bank: name }).then(() => {
      fillIn('bank', name);
      show('sign-in');
    }),
  );
}

function decide(decision) {
  return ask('/consent/decide', { decision }).then(finish);
}

function prepare() {
  fillIn('app', given.app);
  fillIn('number-label', given.market === 'FI' ? 'Personal identity code' : 'Personal number');
  byId('the-code').textContent = given.securityCode;
  byId('the-refused-code').textContent = given.refusedCode;
  byId('banks').append(
    ...given.banks.map(({ name, note }) => {
      const row = element(
        'button',
        { class: 'row', type: 'button', 'data-bank': name },
        element('span', { class: 'mark', 'aria-hidden': 'true' }, name[0]),
        element(
          'span',
          {},
          element('strong', {}, name),
          element('small', { lang: given.market === 'FI' ? 'fi' : 'sv' }, note),
        ),
      );
      row.addEventListener('click', () => choose(name));
      return element('li', {}, row);
    }),
  );
  // the merchant has said who it is
  if (given.numberIsKnown) {
    byId('number-field').remove();
    byId('test-numbers').remove();
  } else {
    byId('numbers').append(
      ...given.testNumbers.map(({ number, title }) => {
        const fill = element('button', { type: 'button' }, number);
        fill.addEventListener('click', () => {
          byId('number').value = number;
          byId('code').focus();
        });
        return element('tr', {}, element('td', {}, fill), element('td', {}, title));
      }),
    );
  }
  byId('other-bank').addEventListener('click', () => show('bank'));
  cancel.addEventListener('click', () => orOver(decide('cancel')));
  byId('deny').addEventListener('click', () => orOver(decide('deny')));
  onSubmit(byId('sign-in'), async (form) => {
    const { leave: ending, accounts } = await ask('/consent/sign-in', Object.fromEntries(form));
    if (ending) return finish(ending);
    byId('accounts').textContent = accounts.map(({ name, number }) => `${name} ${number}`).join(', ');
    show('consent');
  });
  onSubmit(byId('consent-form'), () => decide('approve'));
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
    whenLoaded(() => orOver(ask('/consent/play', {}).then(finish)));
  } else {
    show('bank', false);
  }
}

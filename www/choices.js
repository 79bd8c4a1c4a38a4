// Provider, mode, scenario and look, kept in the address so that each combination has a link.
import { byId, element } from './dom.js';
import { nearestLook, showLook } from './looks.js';
import { withMistakes } from './mistakes.js';

const MODES = {
  overlay: ['Overlay', 'A dialog over this page'],
  container: ['Container', 'A frame within this page'],
  popup: ['Popup', 'A second window'],
  redirect: ['Redirect', 'This tab leaves and comes back'],
};

// What the address holds.
const CHOICES = ['provider', 'mode', 'scenario', 'look'];

/** Shows the choices and calls `onChange(choice)` at once, and then whenever one changes. */
export function showChoices(providers, wanted, onChange) {
  const form = byId('choices');
  const select = byId('scenario');
  let choice = settle(providers, wanted);

  const render = () => {
    const { provider, mode, scenario, scenarios } = choice;
    fill(
      byId('provider'),
      'provider',
      provider.id,
      providers.map(({ id, name, country, live }) => [
        id,
        name,
        [country, live ? 'real credentials' : 'simulated'].filter(Boolean).join(', '),
      ]),
    );
    fill(
      byId('mode'),
      'mode',
      mode,
      provider.modes.map((id) => [id, ...(MODES[id] ?? [id, ''])]),
    );
    select.replaceChildren(
      ...Object.entries({
        'By the provider': scenarios.filter(({ mistake }) => !mistake),
        'By this page': scenarios.filter(({ mistake }) => mistake),
      }).map(([label, group]) =>
        element(
          'optgroup',
          { label },
          ...group.map(({ id, title }) =>
            element('option', { value: id, selected: id === scenario.id }, title),
          ),
        ),
      ),
    );
    showLook(choice.look);
    byId('scenario-hint').textContent = scenario.hint ?? '';
    byId('scenario-expect').replaceChildren('Expected: ', element('code', {}, scenario.expect));
    byId('environment').textContent = provider.live
      ? 'Demonstration, real credentials'
      : 'Demonstration, simulated banks';
    keepInAddress(choice);
  };

  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', ({ target }) => {
    const chosen = new FormData(form);
    choice = settle(providers, Object.fromEntries(chosen));
    render();
    // The looks are the page's own: a session that is prepared fits each.
    if (target !== byId('look')) onChange(choice);
  });
  render();
  onChange(choice);
}

/** What the address asks for. */
export function choiceInAddress() {
  return Object.fromEntries(new URLSearchParams(location.search));
}

/** Whether there is more in the address: a provider's answer, as far as `resume()` has left one. */
export function hasMoreThanChoices() {
  return Object.keys(choiceInAddress()).some((name) => !CHOICES.includes(name));
}

// The nearest combination that exists: another provider may lack the mode or the scenario of the last.
function settle(providers, wanted) {
  const provider = providers.find(({ id }) => id === wanted.provider) ?? providers[0];
  const mode = provider.modes.includes(wanted.mode) ? wanted.mode : provider.modes[0];
  const scenarios = withMistakes(provider).filter(({ modes }) => !modes || modes.includes(mode));
  const scenario =
    scenarios.find(({ id }) => id === wanted.scenario) ??
    scenarios.find(({ id }) => id === 'manual') ??
    scenarios[0];
  return { provider, mode, scenario, scenarios, look: nearestLook(wanted.look) };
}

function keepInAddress({ provider, mode, scenario, look }) {
  const url = new URL(location.href);
  const choice = { provider: provider.id, mode, scenario: scenario.id, look };
  url.search = new URLSearchParams(choice).toString();
  history.replaceState(history.state, '', url);
}

// The radios are kept where the list has not changed, so that the focus stays on the one in use.
function fill(fieldset, name, chosen, entries) {
  const radios = [...fieldset.querySelectorAll('input')];
  if (radios.map(({ value }) => value).join() !== entries.map(([id]) => id).join()) {
    for (const label of fieldset.querySelectorAll('label')) label.remove();
    fieldset.append(
      ...entries.map(([id, title, note]) =>
        element(
          'label',
          { class: 'option' },
          element('input', { type: 'radio', name, value: id, id: `${name}-${id}` }),
          element('span', {}, element('strong', {}, title), ' ', element('small', {}, note)),
        ),
      ),
    );
  }
  fieldset.querySelectorAll('input').forEach((input) => {
    input.checked = input.value === chosen;
  });
}

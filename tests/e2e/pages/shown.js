// What the page that is here shows, for the cases that lead from page to page. The driver runs this file
// before each question, on pages of the demo's, of the simulated providers' and of the shop's.

const find = (selector) => document.querySelector(selector);
const widgets = () => document.querySelectorAll('[data-link-widget]:not(.embedded *)').length;
const outcome = () => find('#outcome')?.dataset.outcome ?? '';

/** Chooses this in a list of the demo's, as a person does. */
function choose(list, value) {
  find(list).value = value;
  find(list).dispatchEvent(new Event('change', { bubbles: true }));
}

window.shown = {
  isThere: (selector) => find(selector) !== null,
  textOf: (selector) => find(selector).textContent,
  isText: (selector, text) => find(selector).textContent === text,
  isFocused: (selector) => document.activeElement?.matches(selector) ?? false,
  focusOn: (selector) => find(selector).focus(),
  isInView(selector) {
    const { top } = find(selector).getBoundingClientRect();
    return top >= 0 && top < innerHeight;
  },

  /** A simulated provider's page is at this step. */
  isAt: (step) => find(`#step-${step}`)?.hidden === false,

  /** The demo has a session, and offers its button. */
  isReady: () => document.body?.dataset.state === 'ready',
  /** What the demo is asked for. */
  query: () => location.search,
  /** The flow has ended; a page that is just loading has not got that far. */
  isEnded: () => outcome() !== '',
  /** The provider's page has the focus. */
  isWidgetFocused: () => find('[data-link-widget]')?.shadowRoot.activeElement?.localName === 'iframe',
  /** How many flows are open, beside what is embedded. */
  widgets,
  /** The person may connect the same bank again. */
  isOfferedAgain: () => find('#again').hidden === false,

  /** The shop's server waits for nothing any more. */
  isServerDone: () => find('#records').dataset.pending === 'false',
  /** Of these sections, those that have something. */
  filled: (...sections) =>
    sections.filter((id) => document.querySelectorAll(`#${id} tbody tr, #${id} svg`).length > 0),
  /** What went wrong for the shop's server, in words. */
  serverFault() {
    const records = find('#records');
    const hasRows = records.querySelector('tbody tr') !== null;
    return hasRows && !records.querySelector('.bad') ? null : records.textContent;
  },

  /** How a flow ended, and what is left of it. */
  end() {
    const lines = [...document.querySelectorAll('#timeline li')];
    const events = lines.map((line) => line.getAttribute('data-type'));
    return {
      outcome: outcome(),
      words: find('#outcome').textContent,
      events,
      first: events[0],
      last: events.at(-1),
      settled: events.filter((type) => type === 'settled').length,
      widgets: widgets(),
      address: [...new URL(location.href).searchParams.keys()].sort(),
      hash: location.hash,
      stored: JSON.parse(sessionStorage.getItem('link-widget') ?? '[]').length,
    };
  },

  /**
   * Goes on by a link, since it is the page that navigates and not the driver; and this page is not taken for
   * the one that comes.
   */
  follow(href) {
    window.isReady = false;
    Object.assign(document.createElement('a'), { href }).click();
  },
  /** Forgets the records of those whom nobody has sent back. */
  forget: () => sessionStorage.clear(),
  /** Without a window manager no popup takes the focus from this page: `yes` or `no` is what it is told. */
  hasFocus(answer) {
    document.hasFocus = () => answer === 'yes';
  },
  /** Chooses another scenario of the demo's, and takes off how the one before ended. */
  choose(scenario) {
    find('#outcome').dataset.outcome = '';
    choose('#scenario', scenario);
  },
  /** Gives the widget another look, with a flow open. */
  look: (name) => choose('#look', name),
  /** The demo says that it has this look, and how; a container has its colour behind the provider's page. */
  isLook(name, code, colour) {
    const page = find('#bank [data-link-widget]').shadowRoot.querySelector('.page');
    const chosen = new URLSearchParams(location.search).get('look');
    const isTold = chosen === name && find('#look-code').textContent.includes(code);
    return isTold && getComputedStyle(page).backgroundColor === colour;
  },
  /** The page itself ends the flow, also from behind a dialog. */
  cancel: () => find('#cancel').click(),
};

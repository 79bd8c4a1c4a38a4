// The dialog and the container as people meet them: with a keyboard, a mouse, a screen reader.

const {
  origins,
  person,
  hosts,
  start,
  started,
  end,
  isPending,
  shadow,
  frame,
  say,
  release,
  pause,
  until,
  wears,
  snapshot,
  is,
} = window.kit;

const connect = document.getElementById('connect');

/** Where the focus is: an element of the widget's, or one of the page's. */
const focused = () =>
  (document.activeElement?.shadowRoot?.activeElement ?? document.activeElement)?.localName;

/** A flow whose page does not load until it is released. */
const startHeld = (key, options) => start({ ...options, authServer: `${origins.provider}/hold/${key}` });

async function releasePage(flow, key) {
  await release(key);
  await until(() => flow.events.some(({ type }) => type === 'load'));
}

/** Fails if a flow ends within the time in which a person's wish would have ended it. */
async function staysOpen(flow) {
  await pause(150);
  is(await isPending(flow), true);
}

async function close(flow) {
  flow.close();
  is(await end(flow), 'LINK_USER_CANCELLED');
}

/** With this preference, what shows that a page loads is animated so. */
async function turns(preference, animation) {
  await person.prefers('prefers-reduced-motion', preference, async () => {
    const flow = startHeld(`motion-${preference}`);
    const status = shadow().querySelector('[role=status]');
    is(getComputedStyle(status, '::before').animationName, animation);
    await releasePage(flow, `motion-${preference}`);
    await close(flow);
  });
}

/** In a scheme of colours the widget is drawn in it, and axe-core finds nothing. */
async function isDrawn(scheme, options) {
  await person.prefers('prefers-color-scheme', scheme, async () => {
    const loading = startHeld('never', options);
    const place = shadow().querySelector('dialog') ?? shadow().querySelector('.page');
    const [red] = getComputedStyle(place).backgroundColor.match(/\d+/);
    is(red < 128 ? 'dark' : 'light', scheme);
    await person.finds(`${scheme}, loading`);
    await close(loading);

    const { flow } = await started(options);
    await person.finds(`${scheme}, loaded`);
    await close(flow);
  });
}

/** Whether the dialog fills a window of this size. */
async function isFilled(width, height, expected) {
  await person.resizes(width, height, async () => {
    await until(() => innerWidth <= width);
    const { flow } = await started();
    const dialog = shadow().querySelector('dialog').getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    // but for the room that a scroll bar had
    is([clientWidth - dialog.width < 20, clientHeight === dialog.height], [expected, expected]);
    await close(flow);
  });
}

export const cases = {
  async 'a modal dialog with a name, which the frame has too'() {
    const names = [];
    for (const title of [undefined, '', 'Link <b>your</b> bank']) {
      const { flow } = await started({ title });
      const dialog = shadow().querySelector('dialog');
      names.push(
        dialog.matches(':modal'),
        shadow().getElementById(dialog.getAttribute('aria-labelledby')).textContent,
        frame().title,
        shadow().querySelector('button').ariaLabel,
      );
      flow.close();
      await end(flow);
    }
    is(names, [
      true,
      'Connect your bank',
      'Connect your bank',
      'Close',
      true,
      'Connect your bank',
      'Connect your bank',
      'Close',
      true,
      'Link <b>your</b> bank',
      'Link <b>your</b> bank',
      'Close',
    ]);
  },

  async "a frame in a container has a name, and asks for what a bank's page may need"() {
    const { flow } = await started({ container: 'bank', title: 'My bank' });
    const { title, referrerPolicy, allow } = frame();
    flow.close();
    await end(flow);
    is(
      [title, referrerPolicy, allow],
      ['My bank', 'strict-origin', 'clipboard-write; fullscreen; publickey-credentials-get'],
    );
  },

  async 'it says that it is loading until the page has loaded'() {
    const said = [];
    for (const [key, options] of [
      ['one', {}],
      ['two', { container: 'bank' }],
    ]) {
      const flow = start({ ...options, authServer: `${origins.provider}/hold/saying-${key}` });
      const status = shadow().querySelector('[role=status]');
      said.push(status.textContent, getComputedStyle(status).display);
      fetch(`/release/saying-${key}`);
      await until(() => flow.events.some(({ type }) => type === 'load'));
      said.push(status.textContent, getComputedStyle(status).display);
      flow.close();
      await end(flow);
    }
    is(said, ['Loading…', 'grid', '', 'none', 'Loading…', 'grid', '', 'none']);
  },

  async "the page's own overflow comes back, also with flows that overlap"() {
    const { documentElement: root } = document;
    root.style.overflow = 'scroll';
    root.style.setProperty('scrollbar-gutter', 'auto');
    document.body.style.overflow = 'auto';
    scrollTo(0, 300);
    const before = JSON.stringify(snapshot());
    const seen = [];
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const flows = [(await started()).flow, (await started()).flow];
      seen.push(getComputedStyle(root).overflow);
      flows[order[0]].close();
      await end(flows[order[0]]);
      seen.push(getComputedStyle(root).overflow, hosts().length);
      flows[order[1]].close();
      await end(flows[order[1]]);
      seen.push(getComputedStyle(root).overflow, JSON.stringify(snapshot()) === before, scrollY);
    }
    root.removeAttribute('style');
    document.body.removeAttribute('style');
    scrollTo(0, 0);
    is(seen, ['hidden', 'hidden', 1, 'scroll', true, 300, 'hidden', 'hidden', 1, 'scroll', true, 300]);
  },

  async "the page's own style sheets stay, those that it adds meanwhile too"() {
    const mine = [new CSSStyleSheet(), new CSSStyleSheet()];
    document.adoptedStyleSheets = [mine[0]];
    const { flow } = await started();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, mine[1]];
    flow.close();
    await end(flow);
    const kept = document.adoptedStyleSheets.map((sheet) => mine.indexOf(sheet));
    document.adoptedStyleSheets = [];
    is(kept, [0, 1]);
  },

  async 'focus() brings the dialog over what was opened since'() {
    const flow = startHeld('raise');
    const other = document.createElement('dialog');
    other.textContent = 'Of the page';
    document.body.append(other);
    const top = () => {
      const { x, y, width, height } = shadow().querySelector('dialog').getBoundingClientRect();
      return document.elementFromPoint(x + width / 2, y + height / 2)?.localName;
    };
    other.showModal();
    const before = top();
    flow.focus();
    is([before, top(), focused()], ['dialog', 'div', 'dialog']);
    await releasePage(flow, 'raise');
    other.close();
    other.showModal();
    flow.focus();
    is([top(), focused(), await isPending(flow)], ['div', 'iframe', true]);
    await close(flow);
    other.remove();
  },

  async 'whoever is in a container is led back from it'() {
    const { flow } = await started({ container: 'bank' });
    connect.focus();
    flow.focus();
    const before = focused();
    flow.close();
    await end(flow);
    is([before, document.activeElement === connect], ['iframe', false]);
    connect.focus();
    const { flow: second } = await started({ container: 'bank' });
    second.focus();
    second.close();
    await end(second);
    is(document.activeElement === connect, true);
    connect.blur();
  },

  async 'a long title in a low window leaves the page room, and the rest can be scrolled to'() {
    wears('[data-link-widget]::part(dialog){block-size:12em!important;max-inline-size:16em}');
    const { flow } = await started({ title: 'Verbindungsaufbau'.repeat(12) });
    const dialog = shadow().querySelector('dialog');
    dialog.scrollTop = 9999;
    const below = dialog.getBoundingClientRect().bottom - frame().getBoundingClientRect().bottom;
    is([frame().clientHeight >= 8 * 16, dialog.scrollTop > 0, Math.abs(below) < 3], [true, true, true]);
    flow.close();
    await end(flow);
    document.adoptedStyleSheets = [];
  },

  async 'what loads is covered by what has loaded'() {
    const flow = startHeld('covered');
    const status = shadow().querySelector('[role=status]');
    is([status.textContent, getComputedStyle(status).zIndex], ['Loading…', '-1']);
    flow.close();
    await end(flow);
    await release('covered');
  },

  async 'the focus goes back to where it was'() {
    const places = [];
    for (const how of ['close', 'success', 'failure']) {
      connect.focus();
      const { flow } = await started();
      if (how === 'close') flow.close();
      if (how === 'success') say({ isCompleted: true, consentID: 'arr_1' });
      if (how === 'failure') say({ isCompleted: false, error: 'no' });
      await end(flow);
      places.push(document.activeElement.id);
    }
    connect.blur();
    is(places, ['connect', 'connect', 'connect']);
  },

  async 'the focus goes back to where it was when flows that overlap have ended, in either order'() {
    const places = [];
    for (const order of [
      [1, 0],
      [0, 1],
    ]) {
      connect.focus();
      const flows = [(await started()).flow, (await started()).flow];
      for (const index of order) {
        flows[index].close();
        await end(flows[index]);
      }
      places.push(document.activeElement.id);
    }
    connect.blur();
    is(places, ['connect', 'connect']);
  },

  async 'what had the focus has left the page meanwhile'() {
    const button = document.body.appendChild(document.createElement('button'));
    button.focus({ preventScroll: true });
    const { flow } = await started();
    button.remove();
    flow.close();
    is([await end(flow), document.activeElement.localName], ['LINK_USER_CANCELLED', 'body']);
  },

  async "a script of the page's closes the dialog"() {
    const { flow } = await started();
    shadow().querySelector('dialog').close();
    const { flow: locked } = await started({ closeButton: false });
    shadow().querySelector('dialog').close();
    await until(() => shadow().querySelector('dialog').matches(':modal'));
    const pending = await isPending(locked);
    locked.close();
    is([await end(flow), pending, await end(locked)], ['LINK_USER_CANCELLED', true, 'LINK_USER_CANCELLED']);
  },

  async 'the dialog has the focus until the page has loaded, then the page'() {
    connect.focus();
    const flow = startHeld('focus-moves');
    is(focused(), 'dialog');
    await releasePage(flow, 'focus-moves');
    is(focused(), 'iframe');
    is(await person.inFrame(() => document.hasFocus()), true);

    // typed where the focus is: the first that a Tab reaches in the provider's page
    const isThere = () => person.inFrame(() => document.activeElement?.localName === 'input');
    for (let pressed = 0; pressed < 20 && !(await isThere()); pressed += 1) {
      // one that is quicker than the news of the focus goes to this page, from where the next ones come back
      await person.typeInFrame('\t');
      for (let looked = 0; looked < 10 && !(await isThere()); looked += 1) await pause(50);
    }
    await person.typeInFrame('typed');
    await until(() => person.inFrame(() => document.querySelector('input')?.value === 'typed'));
    await close(flow);
    connect.blur();
  },

  async 'a person who has moved on is not pulled back'() {
    const flow = startHeld('not-pulled');
    await person.press('Tab');
    is(focused(), 'button');
    await releasePage(flow, 'not-pulled');
    is(focused(), 'button');
    await close(flow);
  },

  async 'the close button comes first in the tab order'() {
    const flow = startHeld('first');
    await person.press('Tab');
    is(focused(), 'button');
    await person.press('Tab');
    is(focused(), 'iframe');
    await person.press('Shift+Tab');
    is(focused(), 'button');
    await releasePage(flow, 'first');
    await close(flow);
  },

  async 'the close button closes, by mouse and by keyboard'() {
    for (const how of ['mouse', 'Enter', 'Space']) {
      const { flow } = await started();
      if (how === 'mouse') {
        await person.clickDialogButton('Close');
      } else {
        await person.tabToCloseButton();
        await person.press(how);
      }
      is([how, await end(flow)], [how, 'LINK_USER_CANCELLED']);
      await person.leavesNothing();
    }
  },

  async 'Escape cancels'() {
    const loading = startHeld('escape');
    await person.press('Escape');
    is(await end(loading), 'LINK_USER_CANCELLED');
    await person.leavesNothing();

    const { flow } = await started();
    await person.tabToCloseButton();
    await person.press('Escape');
    is(await end(flow), 'LINK_USER_CANCELLED');
  },

  async "without a close button nothing but the page's code closes it"() {
    const flow = startHeld('never', { closeButton: false });
    is(shadow().querySelectorAll('button').length, 0);
    for (let pressed = 0; pressed < 4; pressed += 1) await person.press('Escape');
    await person.clickAt(5, 5);
    // a click lets a browser close a dialog against the page's will
    for (let pressed = 0; pressed < 4; pressed += 1) await person.press('Escape');
    await staysOpen(flow);
    is(shadow().querySelector('dialog').matches(':modal'), true);
    await close(flow);
  },

  async 'a click beside the dialog does nothing'() {
    const { flow } = await started();
    await person.clickAt(5, 5);
    await person.clickAt(20, 300);
    await person.clickAt(980, 5);
    await staysOpen(flow);
    await close(flow);
  },

  async 'an invalid session stays to be read until the close button or Escape'() {
    for (const key of ['Enter', 'Escape']) {
      const { flow } = await started();
      say({ isCompleted: false, error: 'used', errorType: 'LINK_INVALID_SESSION' });
      is(await end(flow), 'LINK_INVALID_SESSION');
      await pause(150);
      is(hosts().length, 1);
      await person.tabToCloseButton();
      await person.press(key);
      await until(() => hosts().length === 0);
      await person.leavesNothing();
    }
  },

  async 'the page behind it does not scroll'() {
    const scrolls = async () => {
      await person.press('PageDown');
      await pause(400);
      return scrollY > 0;
    };
    const { width } = document.querySelector('h1').getBoundingClientRect();
    is(await scrolls(), true);
    scrollTo(0, 0);

    for (const css of [
      '',
      'html:not(#x){overflow-y:scroll!important}',
      'body:not(#x){overflow:hidden auto!important}',
    ]) {
      wears(css);
      const flow = startHeld('scroll');
      is([css, await scrolls()], [css, false]);
      // nor does it move sideways
      is(document.querySelector('h1').getBoundingClientRect().width, width);
      await releasePage(flow, 'scroll');
      await close(flow);
    }
    document.adoptedStyleSheets = [];
  },

  // WebKit asks for a shadow tree's media features once a page: each has a case of its own.
  async 'what shows that the page loads turns'() {
    await turns('no-preference', 'turn');
  },

  async 'nothing turns for those who do not want it'() {
    await turns('reduce', 'none');
  },

  async 'light, and the checks of axe-core'() {
    await isDrawn('light', {});
    await isDrawn('light', { container: 'bank' });
  },

  async 'dark, and the checks of axe-core'() {
    await isDrawn('dark', {});
    await isDrawn('dark', { container: 'bank' });
  },

  async 'a wide window is not filled'() {
    await isFilled(1000, 1100, false);
  },

  async 'a narrow window is filled'() {
    await isFilled(500, 700, true);
  },
};

// Everybody can use it: what a screen reader is told, with the keyboard alone, from right to left, large, in
// few colours.

const {
  origins,
  person,
  hosts,
  launch,
  embedTool,
  puppet,
  atClick,
  end,
  types,
  shadow,
  reached,
  load,
  until,
  is,
} = window.kit;

const NEVER_LOADS = `${origins.provider}/hold/never`;

/** Where a flow is, and how it is opened there. */
const places = {
  overlay: () => launch('flinks', { mode: 'overlay' }),
  'overlay, loading': () => launch('flinks', { mode: 'overlay', to: NEVER_LOADS }),
  container: () => launch('flinks', { container: 'bank' }),
  'container, loading': () => launch('flinks', { container: 'bank', to: NEVER_LOADS }),
  popup: () => launch('flinks', { mode: 'popup' }),
  'a page to look at'() {
    const { ready, close } = embedTool(puppet(), { container: 'bank' });
    return Object.assign(ready, { close });
  },
};

/** Does something while a flow that a click has opened is in its place. */
async function whileIn(place, act, open = places[place]) {
  const { flow } = await person.connect(open);
  if (place === 'popup') await reached();
  else if (place === 'a page to look at') await flow;
  else if (place.endsWith('loading')) await until(() => hosts().length === 1);
  else await until(() => types(flow).includes('load'));
  await act();
  flow.close();
  await flow.catch(() => {});
  await person.windows(1);
}

/** Does something on a page of this direction. */
async function from(direction, act) {
  document.documentElement.dir = direction;
  await act();
  document.documentElement.removeAttribute('dir');
}

/** axe-core finds nothing in any place, for those who prefer this. */
async function axeFindsNothing(direction, feature, value) {
  await person.prefers(feature, value, async () => {
    is(matchMedia(`(${feature}: ${value})`).matches, true);
    await from(direction, async () => {
      for (const place in places) await whileIn(place, () => person.finds(place));
    });
  });
}

/** With this preference, what shows that a page loads in a container is animated so. */
async function turns(preference, animation) {
  await person.prefers('prefers-reduced-motion', preference, () =>
    whileIn('container, loading', () => {
      const status = shadow().querySelector('[role=status]');
      is(getComputedStyle(status, '::before').animationName, animation);
    }),
  );
}

/** Puts a window of this size on the page, as a frame: a browser's own has a least size. */
export function embedsWindow(width, height) {
  const frame = document.createElement('iframe');
  Object.assign(frame, { src: '/', width, height, title: 'A small window' });
  document.body.replaceChildren(frame);
}

/** Everything is in view, in any place, in this language. `fontSize`: of the page. */
export async function isInView(lang, direction, fontSize) {
  Object.assign(document.documentElement, { dir: direction, lang });
  document.documentElement.style.fontSize = fontSize;
  if (lang !== 'en') await load(`/pkg/locales/${lang}.js`);
  for (const place in places)
    await whileIn(place, async () => {
      const [{ shadowRoot, lang: language }] = hosts();
      is([place, language], [place, lang]);

      const dialog = shadowRoot.querySelector('dialog');
      const isOut = (element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        const isAside = left < 0 || right > innerWidth;
        // a container scrolls with the page
        const isBelow = dialog && (top < 0 || bottom > innerHeight);
        return isAside || isBelow || element.scrollWidth > element.clientWidth + 1;
      };
      const isSmall = (button) => {
        const { width, height } = button.getBoundingClientRect();
        return width < 24 || height < 24;
      };
      const shown = [...shadowRoot.querySelectorAll('button, h2, p, [role=status]:not(:empty)')];
      const buttons = [...shadowRoot.querySelectorAll('button')];
      const wrong = [...shown.filter(isOut), ...buttons.filter(isSmall)];
      is([place, wrong.map(({ outerHTML }) => outerHTML)], [place, []]);
      if (dialog) is([place, dialog.scrollWidth > dialog.clientWidth], [place, false]);

      const frame = shadowRoot.querySelector('iframe');
      if (frame) {
        const { width, height } = frame.getBoundingClientRect();
        is([place, width, width < innerWidth / 2], [place, width, false]);
        is([place, height, height < 100], [place, height, false]);
      }
      if (lang === 'en') await person.finds(`${place}, ${direction}`);
    });
}

/** Where the focus is, as far in as it goes. */
function focus() {
  let active = document.activeElement;
  while (active.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active.ariaLabel || (active.localName === 'button' && active.textContent) || active.localName;
}

/** Starts a flow with the keyboard. */
async function connectByKeyboard(act) {
  atClick(act);
  for (let pressed = 0; focus() !== 'Connect'; pressed++) {
    if (pressed === 10) throw new Error('Tab does not come to the button');
    await person.press('Tab');
  }
  await person.press('Enter');
  const { flow, settled } = window;
  return { flow, settled };
}

/** Presses a key as often as there are places to which it leads. */
async function leadsTo(key, places) {
  for (const place of places) {
    await person.press(key);
    is(focus(), place);
  }
}

/** The user has closed the flow, and is where it began. */
async function isBack(settled) {
  await until(() => settled.length > 0);
  is(settled[0].code, 'LINK_USER_CANCELLED');
  is(focus(), 'Connect');
  await person.leavesNothing();
}

export const cases = {
  async 'axe-core finds nothing: prefers-color-scheme light'() {
    await axeFindsNothing('ltr', 'prefers-color-scheme', 'light');
  },

  async 'axe-core finds nothing: prefers-color-scheme light, from right to left'() {
    await axeFindsNothing('rtl', 'prefers-color-scheme', 'light');
  },

  async 'axe-core finds nothing: prefers-color-scheme dark'() {
    await axeFindsNothing('ltr', 'prefers-color-scheme', 'dark');
  },

  async 'axe-core finds nothing: prefers-color-scheme dark, from right to left'() {
    await axeFindsNothing('rtl', 'prefers-color-scheme', 'dark');
  },

  async 'axe-core finds nothing: forced-colors active'() {
    await axeFindsNothing('ltr', 'forced-colors', 'active');
  },

  async 'axe-core finds nothing: forced-colors active, from right to left'() {
    await axeFindsNothing('rtl', 'forced-colors', 'active');
  },

  async 'axe-core finds nothing: prefers-contrast more'() {
    await axeFindsNothing('ltr', 'prefers-contrast', 'more');
  },

  async 'axe-core finds nothing: prefers-contrast more, from right to left'() {
    await axeFindsNothing('rtl', 'prefers-contrast', 'more');
  },

  async 'what a screen reader is told'() {
    for (const place in places)
      await whileIn(place, async () => {
        if (place.startsWith('overlay') || place === 'popup') {
          is([place, await person.hears('dialog')], [place, ['dialog', 'Connect your bank']]);
          is([place, await person.hears('.bar button')], [place, ['button', 'Close']]);
          is([place, await person.hears('h2')], [place, ['heading', 'Connect your bank']]);
        }
        if (place === 'popup') {
          is(await person.hears('.actions button'), ['button', 'Show it']);
          is(await person.hears('.actions button:last-child'), ['button', 'Cancel']);
        } else {
          // how a frame's role is called is the browser's own; its name is not
          const [, name] = await person.hears('iframe');
          is([place, name], [place, 'Connect your bank']);
        }
        if (place.endsWith('loading')) {
          const [role] = await person.hears('[role=status]');
          is([place, role], [place, 'status']);
          is(shadow().querySelector('[role=status]').textContent, 'Loading…');
        }
      });
  },

  async 'by keyboard: an overlay, there and back'() {
    for (const wayBack of ['Enter', 'Space', 'Escape']) {
      const overlay = { mode: 'overlay', to: NEVER_LOADS };
      const { settled } = await connectByKeyboard(() => launch('finx', overlay));
      is(focus(), 'dialog');
      await leadsTo('Tab', ['Close']);
      await person.press(wayBack);
      await isBack(settled);
    }
  },

  async "by keyboard: a popup's dialog, there and back"() {
    for (const [steps, wayBack] of [
      [['Close'], 'Enter'],
      [['Close', 'Show it', 'Cancel'], 'Space'],
      [[], 'Escape'],
    ]) {
      const { settled } = await connectByKeyboard(() => launch('finqlink'));
      // to the other window and back, as the person: Firefox takes no key in a window that has not the focus
      await person.inPopup(() => {});
      is(focus(), 'dialog');
      await leadsTo('Tab', steps);
      await person.press(wayBack);
      await isBack(settled);
    }
  },

  async 'by keyboard: a container, in the order of the page'() {
    const { flow } = await connectByKeyboard(() => launch('flinks', { container: 'bank' }));
    await until(() => types(flow).includes('load'));
    // it takes the focus from nobody, and comes next in the order of the page
    is(focus(), 'Connect');
    await leadsTo('Tab', ['iframe']);
    await leadsTo('Shift+Tab', ['Connect']);
    flow.close();
    await end(flow);
    is(focus(), 'Connect');
  },

  async 'from right to left'() {
    for (const [direction, side] of [
      ['ltr', 'right'],
      ['rtl', 'left'],
    ]) {
      for (const mode of ['overlay', 'popup']) {
        const closesAt = () => {
          const box = (selector) => shadow().querySelector(selector).getBoundingClientRect();
          const [button, title, dialog] = ['.bar button', 'h2', 'dialog'].map(box);
          is([mode, button.left > title.left ? 'right' : 'left'], [mode, side]);
          is(getComputedStyle(shadow().querySelector('h2')).direction, direction);
          is([button.left >= dialog.left, button.right <= dialog.right], [true, true]);
        };
        const flow = () => launch('flinks', { mode, title: 'حسابك' });
        await from(direction, () => whileIn(mode, closesAt, flow));
        await person.leavesNothing();
      }
    }
  },

  // WebKit asks for a shadow tree's media features once a page: each has a case of its own.
  async 'what shows that a page loads in a container turns'() {
    await turns('no-preference', 'turn');
  },

  async 'nothing turns in a container for those who do not want it'() {
    await turns('reduce', 'none');
  },
};

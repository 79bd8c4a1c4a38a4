// What the page makes the widget look like: the properties and parts of `docs/theming.md`, and the demo's
// looks.

const { origins, hosts, start, started, end, shadow, frame, is } = window.kit;

/** On a phone of 390 by 844 pixels, of which the upper 47 and the lower 34 are not for pages. */
export async function isClearOfNotch() {
  const { flow } = await started();
  const { top, bottom, left, right } = shadow().querySelector('dialog').getBoundingClientRect();
  is([top, bottom, left, right], [0, 844, 0, 390]);
  is(shadow().querySelector('.bar').getBoundingClientRect().top, 47);
  is(frame().getBoundingClientRect().bottom, 810);
  flow.close();
  await end(flow);
}

export const cases = {
  async 'each property, in a dialog and in a container'() {
    const set = {
      background: 'rgb(1, 2, 3)',
      color: 'rgb(250, 251, 252)',
      accent: 'rgb(4, 5, 6)',
      radius: '7px',
      backdrop: 'rgb(8, 9, 10)',
      font: 'monospace',
      width: '321px',
      height: '432px',
      'min-height': '234px',
    };
    const wrong = [];
    const same = (name, value, expected) => value === expected || wrong.push([name, value, expected]);
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [sheet];
    const properties = Object.entries(set)
      .map(([name, value]) => `--link-widget-${name}:${value}`)
      .join(';');
    const colours = (element) => {
      const { backgroundColor, color, fontFamily } = getComputedStyle(element);
      same('background', backgroundColor, set.background);
      same('color', color, set.color);
      same('font', fontFamily, set.font);
    };
    sheet.replaceSync(`:root { ${properties} }`);
    const { flow: inDialog } = await started();
    const modal = shadow().querySelector('dialog');
    colours(modal);
    same('radius', getComputedStyle(modal).borderTopLeftRadius, set.radius);
    same('width', modal.offsetWidth, 321);
    same('height', modal.offsetHeight, 432);
    same('backdrop', getComputedStyle(modal, '::backdrop').backgroundColor, set.backdrop);
    const button = shadow().querySelector('button');
    button.focus({ focusVisible: true });
    if (button.matches(':focus-visible')) same('accent', getComputedStyle(button).outlineColor, set.accent);
    inDialog.close();
    await end(inDialog);
    sheet.replaceSync(`#bank { ${properties}; height: auto }`);
    const flow = start({ container: 'bank', authServer: `${origins.provider}/hold/never` });
    colours(shadow().querySelector('.page'));
    const status = shadow().querySelector('[role=status]');
    same('accent', getComputedStyle(status, '::before').borderTopColor, set.accent);
    same('min-height', hosts()[0].offsetHeight, 234);
    flow.close();
    await end(flow);
    document.adoptedStyleSheets = [];
    is(wrong, []);
  },

  // In a shadow tree as well, a page's `@property` decides what a value of that name may be.
  async 'no property has a name that a page may have registered'() {
    const { flow } = await started();
    const rules = [...shadow().adoptedStyleSheets].flatMap(({ cssRules }) => [...cssRules]);
    const names = rules.flatMap(({ cssText }) => cssText.match(/--[\w-]+/g) ?? []);
    is([names.length > 0, names.filter((name) => !name.startsWith('--link-widget-'))], [true, []]);
    flow.close();
    await end(flow);
  },

  async 'each part'() {
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [sheet];
    const wrong = [];
    for (const part of ['dialog', 'bar', 'title', 'close', 'status', 'frame']) {
      sheet.replaceSync(`[data-link-widget]::part(${part}) { border-color: rgb(1, 2, 3) }`);
      const { flow } = await started();
      const elements = shadow().querySelectorAll('*');
      const found = [...elements].filter((one) => getComputedStyle(one).borderTopColor === 'rgb(1, 2, 3)');
      if (found.length !== 1 || found[0].part.value !== part)
        wrong.push([part, found.map(({ localName }) => localName)]);
      flow.close();
      await end(flow);
    }
    document.adoptedStyleSheets = [];
    is(wrong, []);
  },

  async 'an on-screen keyboard, and a page that is zoomed in'() {
    const seen = Object.assign(new EventTarget(), { offsetTop: 0, height: innerHeight, scale: 1 });
    Object.defineProperty(window, 'visualViewport', { value: seen, configurable: true });
    const wrong = [];
    const { flow } = await started();
    const modal = shadow().querySelector('dialog');
    const same = (when, expected) => {
      const { top, bottom } = modal.getBoundingClientRect();
      if (Math.abs(top - expected[0]) > 1 || Math.abs(bottom - expected[1]) > 1)
        wrong.push([when, top, bottom, expected]);
    };
    const { top, bottom } = modal.getBoundingClientRect();
    const change = (type, now) => {
      Object.assign(seen, now);
      seen.dispatchEvent(new Event(type));
    };
    change('resize', { height: 300 });
    same('the keyboard is there', [0, 300]);
    change('scroll', { offsetTop: 20 });
    same('the browser has scrolled to the field', [20, 320]);
    change('resize', { offsetTop: 100, height: 200, scale: 2 });
    same('zoomed in', [top, bottom]);
    change('resize', { offsetTop: 0, height: innerHeight, scale: 1 });
    same('the keyboard has gone', [top, bottom]);
    // A page that is drawn larger by its own style.
    if ('currentCSSZoom' in Element.prototype) {
      const zoom = new CSSStyleSheet();
      zoom.replaceSync('body{zoom:1.25}');
      document.adoptedStyleSheets.push(zoom);
      change('resize', { offsetTop: 20, height: 300 });
      same('the page has a zoom', [20, 320]);
      document.adoptedStyleSheets.pop();
    }
    flow.close();
    await end(flow);
    delete window.visualViewport;
    is(wrong, []);
  },
};

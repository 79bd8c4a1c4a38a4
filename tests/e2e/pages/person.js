// What only a person can do on a page, or the driver of their browser: a case asks for it, `person.rs`
// does it, and the case goes on.

/** The driver's turn begins when the case asks for something, ends, or fails. */
let driver;
/** The case's turn begins when what it has asked for is done. */
let caller;

/** Lets the case go on until it is the driver's turn again. Gives what it asks for; null: it has ended. */
const next = (goOn) =>
  new Promise((resolve, reject) => {
    driver = { resolve, reject };
    goOn();
  });

/**
 * Begins a case.
 * @param {string} path of its module
 * @param {string[]} names where it is in the module
 * @param {string[]} of what it gets
 */
export const begins = (path, names, of) =>
  next(async () => {
    try {
      await names.reduce((record, name) => record[name], await import(path))(...of);
      driver.resolve(null);
    } catch (error) {
      driver.reject(error);
    }
  });

/** Goes on with a case whose wish is done. */
export const goesOn = (answer) => next(() => caller(answer));

const ask = (does, wish = {}) =>
  new Promise((resolve) => {
    caller = resolve;
    driver.resolve({ does, ...wish });
  });

const code = (run, given) => `return (${run})(...${JSON.stringify(given)})`;

export const person = {
  /** Clicks an element of the page's. */
  click: (selector) => ask('click', { selector }),
  /** Clicks a point of the window. */
  clickAt: (x, y) => ask('clickAt', { x, y }),
  /** Clicks a button of the widget's dialog, by its words or its name. */
  clickDialogButton: (name) => ask('clickDialogButton', { name }),
  /** Clicks the title of the widget's dialog, where a click does nothing of its own. */
  clickDialogBar: () => ask('clickDialogBar'),

  /** Presses a key wherever the focus is: `Tab`, `Shift+Tab`. */
  press: (key) => ask('press', { key }),
  /** Goes back with Tab, out of the provider's page, to the close button. */
  async tabToCloseButton() {
    for (
      let pressed = 0;
      document.activeElement?.shadowRoot?.activeElement?.localName !== 'button';
      pressed++
    ) {
      if (pressed === 20) throw new Error('Tab does not lead to the close button');
      await person.press('Shift+Tab');
    }
  },

  /** Starts a flow in a click on the page's button. */
  async connect(act) {
    window.kit.atClick(act);
    await person.click('#connect');
    const { flow, settled } = window;
    return { flow, settled };
  },

  /** Waits until there are so many windows. */
  windows: (count) => ask('windows', { count }),
  /** Gives what a function gives in the one other window, once that shows a page. */
  inPopup: (run, ...given) => ask('inPopup', { script: code(run, given) }),
  /** Clicks an element in the one other window. */
  clickInPopup: (selector) => ask('clickInPopup', { selector }),
  closePopup: () => ask('closePopup'),
  /** Comes back to this page from the tabs that it has opened. */
  toFront: () => ask('toFront'),
  /** Looks at another tab for a moment, and comes back. */
  looksAtAnotherTab: () => ask('lookAtAnotherTab'),
  /** Gives what a function gives in the frame of the latest flow. */
  inFrame: (run, ...given) => ask('inFrame', { script: code(run, given) }),
  /** Types a text there, wherever its focus is; `\t` is Tab. */
  typeInFrame: (text) => ask('typeInFrame', { text }),

  /** Has a preference, such as `prefers-color-scheme`, for what a function does. */
  async prefers(feature, value, act) {
    await ask('prefer', { feature, value });
    await act();
    await ask('prefer', { feature, value: '' });
  },
  /** Makes the window of another size for what a function does. */
  async resizes(width, height, act) {
    await ask('resize', { width, height });
    await act();
    await ask('resize', { width: 1000, height: 1100 });
  },
  /** The role and the name by which a screen reader knows an element of the widget's. */
  hears: (selector) => ask('hears', { selector }),

  /** Fails if axe-core finds anything in the page as it is. */
  async finds(when) {
    await ask('axe', { when });
    // axe-core goes on listening
    window.kit.before.listeners.push('message');
  },
  /** What the browser holds for the page, without what nobody uses; null: it does not tell. */
  held: () => ask('held'),
  /** Keeps figures for the report. */
  reports: (name, figures) => ask('report', { name, figures }),
  /** Fails if the flows so far have left anything. */
  leavesNothing: () => ask('leavesNothing'),
};

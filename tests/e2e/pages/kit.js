// What the cases have in hand on the merchant's page. It counts what a page does before it loads the package.

import { begins, goesOn, person } from './person.js';

const given = (id) => JSON.parse(/** @type {HTMLElement} */ (document.getElementById(id)).textContent);
const origins = given('origins');
const providers = given('providers');
const { setTimeout, clearTimeout, performance } = window;

// ------------------------------------------------------------ what is registered on the page

const listeners = new Map();
/** What is heard after `resume()`, for some seconds. */
const WATCHED = 'currententrychange';
/** What a listener is known by: the same one is added once. */
function keyOf(target, type, callback, options) {
  const capture = typeof options === 'boolean' ? options : !!options?.capture;
  const ids = [target ?? window, callback].map((object) => {
    if (!keyOf.ids.has(object)) {
      keyOf.count += 1;
      keyOf.ids.set(object, keyOf.count);
    }
    return keyOf.ids.get(object);
  });
  return [...ids, type, capture].join();
}
// weak, so that counting keeps nothing alive
keyOf.ids = new WeakMap();
keyOf.count = 0;

const { addEventListener, removeEventListener } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function (type, callback, options) {
  if (callback) {
    const key = keyOf(this, type, callback, options);
    listeners.set(key, type);
    const { signal } = Object(options);
    if (signal) addEventListener.call(signal, 'abort', () => listeners.delete(key));
  }
  return addEventListener.call(this, type, callback, options);
};
EventTarget.prototype.removeEventListener = function (type, callback, options) {
  if (callback) listeners.delete(keyOf(this, type, callback, options));
  return removeEventListener.call(this, type, callback, options);
};
/** @type {(type: string, callback: (event: any) => void) => void} */
const listen = (type, callback) => addEventListener.call(window, type, callback);

/** The timers that run, with their delays; `fire` makes one run out now. */
const timers = new Map();
/** @type {(callback: any, ms?: number, ...args: any[]) => number} */
window.setTimeout = (callback, ms, ...args) => {
  const id = setTimeout(() => timers.get(id)?.fire(), ms);
  const fire = () => {
    timers.delete(id);
    clearTimeout(id);
    callback(...args);
  };
  timers.set(id, { ms, fire, watches: args.length > 0 });
  return id;
};
window.clearTimeout = (id) => {
  timers.delete(id);
  clearTimeout(id);
};

const intervals = new Set();
const { setInterval, clearInterval } = window;
window.setInterval = (...args) => {
  const id = setInterval(...args);
  intervals.add(id);
  return id;
};
window.clearInterval = (id) => {
  intervals.delete(id);
  clearInterval(id);
};

/** The channels that are open. */
const channels = new Set();
window.BroadcastChannel = class extends BroadcastChannel {
  constructor(name) {
    super(name);
    channels.add(this);
  }

  close() {
    channels.delete(this);
    super.close();
  }
};

/** What went wrong without anybody catching it. Cases that expect something take it out. */
const accidents = [];
listen('error', ({ message }) => accidents.push(message));
listen('unhandledrejection', ({ reason }) => accidents.push(`unhandled rejection: ${reason}`));
listen('securitypolicyviolation', ({ effectiveDirective, blockedURI, disposition }) => {
  const refused = `${disposition} ${effectiveDirective}: ${blockedURI}`;
  // what is refused is told later, and some browsers tell nothing
  if (!kit.refused?.test(refused)) accidents.push(refused);
});

// nothing is logged, by whomever: a code or a login could be in it
for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir']) {
  console[name] = (...args) => accidents.push(`console.${name}: ${args}`);
}

const windows = [];
const { open } = window;
window.open = (...args) => {
  const opened = open.call(window, ...args);
  windows.push(opened);
  return opened;
};

let heardSoFar = 0;
let onNext;
listen('message', ({ data }) => {
  heardSoFar += 1;
  onNext?.(data);
});

// ------------------------------------------------------------ the WebAssembly, and how to make it trap

const unreachable = Uint8Array.of(
  0,
  0x61,
  0x73,
  0x6d,
  1,
  0,
  0,
  0,
  1,
  4,
  1,
  0x60,
  0,
  0,
  3,
  2,
  1,
  0,
  7,
  5,
  1,
  1,
  0x66,
  0,
  0,
  10,
  5,
  1,
  3,
  0,
  0,
  11,
);
/** Where the next trap is: at a call into the WebAssembly (`export`), or deep inside of it (`import`). */
let trap;
let memory;
const { Instance } = WebAssembly;

function trapping(kind, functions) {
  const wrap =
    (run) =>
    (...args) => {
      if (trap === kind) {
        trap = undefined;
        /** @type {any} */ (new Instance(new WebAssembly.Module(unreachable)).exports).f();
      }
      return run(...args);
    };
  return Object.fromEntries(
    Object.entries(functions).map(([name, value]) => [
      name,
      typeof value === 'function' ? wrap(value) : value,
    ]),
  );
}

if (location.search.includes('trap')) {
  // @ts-expect-error it stands for the class
  WebAssembly.Instance = function (module, imports) {
    const modules = Object.entries(imports).map(([name, functions]) => [name, trapping('import', functions)]);
    const { exports } = new Instance(module, Object.fromEntries(modules));
    return { exports: trapping('export', exports) };
  };
} else {
  // @ts-expect-error it stands for the class
  WebAssembly.Instance = function (module, imports) {
    const instance = new Instance(module, imports);
    // by what it is: its name is the build's own
    memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
    return instance;
  };
}

// ------------------------------------------------------------ what the cases call

/** Two values as JSON, of long ones where they begin to differ. */
function difference(...values) {
  const [before, after] = values.map((value) => JSON.stringify(value));
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  const part = (text) => text.slice(Math.max(0, start - 80), start + 120);
  return `${part(before)} is now ${part(after)}`;
}

/** The names of a record in order, for JSON. */
const inOrder = (_, value) =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort())
    : value;

/** What the vectors say with a mark in it. */
const marked = (data, mark) => JSON.parse(JSON.stringify(data).replaceAll('$mark', mark));

/** What the latest flow has put on the page. */
let latest;
const hosts = () => [...document.querySelectorAll('[data-link-widget]')];

const focused = () => document.activeElement?.outerHTML.slice(0, 80);

const kit = {
  origins,
  /** What the vectors say of each provider, by its name. */
  providers,
  /** Those whose pages post messages that count. */
  speaking: Object.keys(providers).filter((name) => providers[name].messages),
  /** Those who give back the state that their pages are opened with. */
  echoing: Object.keys(providers).filter((name) => providers[name].echoesState),
  person,
  begins,
  goesOn,
  isChromium: navigator.userAgent.includes('Chrome'),
  isFirefox: navigator.userAgent.includes('Firefox'),
  /** Without a screen every window says that it has the focus; with one, the popup in front has it. */
  hasNoFocus() {
    document.hasFocus = () => false;
  },
  timers,
  accidents,
  hosts,
  /** A page that does as it is told, at the provider's origin unless told otherwise. */
  puppet: (origin = origins.provider) => `${origin}/puppet`,

  /** Starts a flow to the provider's puppet. Its events are kept in `flow.events`. */
  start: (options, session = 'session') =>
    kit.follow((all) => kit.link(session, { authServer: kit.puppet(), ...all }), options),

  /** The same for any provider. `options.to`: another page than the puppet. */
  launch: (provider, { to = kit.puppet(), ...options } = {}) =>
    kit.follow((all) => kit.call(provider, to, all), options),

  /** Calls a provider's launcher with a page to open, whatever that may be. */
  call(provider, url, options) {
    const { launch, call } = providers[provider];
    const args = JSON.parse(JSON.stringify(call), (_, value) => (value === '$url' ? url : value));
    Object.assign(args.at(-1), options);
    return widget[launch](...args);
  },

  /** What a provider's page posts when all went well, with a mark in it. */
  says: (provider, mark) => marked(providers[provider].messages.completed, mark),
  /** What a flow completes with then. */
  hears: (provider, mark) => marked(providers[provider].messages.result, mark),

  /** Embeds a page to look at. */
  embedTool: (...args) => widget[Object.values(providers).find(({ embed }) => embed).embed](...args),

  follow(open, options = {}) {
    const events = [];
    const onEvent = (event) => {
      events.push(event);
      options.onEvent?.(event);
    };
    const before = hosts();
    const flow = open({ ...options, onEvent });
    latest = hosts().find((host) => !before.includes(host));
    return Object.assign(flow, { events });
  },

  /** Does this in the next click on the page's button, and keeps the flow that it gives. */
  atClick(act) {
    const button = document.getElementById('connect');
    addEventListener.call(
      button,
      'click',
      () => {
        // the click has put it there
        kit.before.focus = focused();
        window.flow = act();
        window.settled = kit.watch(window.flow).settled;
      },
      { once: true },
    );
  },

  /** What a caller may give in place of a window that it has opened. */
  standIn() {
    const stand = {
      closed: false,
      location: { replace() {} },
      focus() {},
      close() {
        stand.closed = true;
      },
    };
    return Object.assign(stand, { window: stand });
  },

  /** What the page has opened, and the latest of it. */
  windows,
  popup: () => windows.at(-1),
  /** Makes a puppet in the popup post something to this page. */
  tell: (data) =>
    kit.run(
      kit.popup(),
      `opener.postMessage(${typeof data === 'string' ? data : JSON.stringify(data)}, '*')`,
    ),
  /** Until the popup's puppet can be told something, at this origin where one is given. */
  reached: (origin) => kit.answers(kit.popup(), kit.tell, origin),
  /**
   * Until the puppet in a window answers, at this origin where one is given. `tell` makes it post something.
   * None of its answers is on its way any more.
   */
  async answers(window, tell, origin) {
    let asked = 0;
    let answered;
    /** @type {(event: any) => void} */
    const onMessage = ({ data, source, origin: from }) => {
      if (source === window && from === (origin ?? from)) answered = data?.here ?? answered;
    };
    listen('message', onMessage);
    // a page that is loading or leaving does not answer: it is asked again, with ever more time for the last
    for (let patience = 50; answered !== asked; patience *= 2) {
      if (patience > 30_000) throw new Error('the puppet never answers');
      asked += 1;
      tell({ here: asked });
      for (const end = performance.now() + patience; answered !== asked && performance.now() < end; )
        await kit.pause(10);
    }
    removeEventListener.call(globalThis, 'message', onMessage);
  },

  /** The types of a flow's events, with the outcome for the last. */
  types: ({ events }) => events.map(({ type, outcome }) => outcome ?? type),

  /**
   * Starts a flow and waits for its page to load. Gives an object, since a promise of a flow would wait for
   * its end.
   */
  async started(options, session, flow = kit.start(options, session)) {
    const { settled } = kit.watch(flow);
    await kit.until(() => settled.length > 0 || flow.events.some(({ type }) => type === 'load'));
    if (settled.length > 0) throw new Error(`it did not load: ${JSON.stringify(settled)}`);
    return { flow, provider: kit.provider(), frame: kit.frame() };
  },

  /** The same for any provider, with the options of `launch`. */
  launched: (provider, options) => kit.started({}, '', kit.launch(provider, options)),

  /** How a flow ended, as data. */
  outcome: (flow) =>
    flow.then(
      (completed) => ({ completed }),
      ({ name, code, message, provider, details }) => ({ name, code, message, provider, details }),
    ),

  /** Keeps how a flow ends in `settled`. */
  watch(flow) {
    const settled = [];
    kit.outcome(flow).then((outcome) => settled.push(outcome));
    return { settled };
  },

  /** Until the flow that a click has opened has ended: how. */
  async ended() {
    await kit.until(() => window.settled.length === 1);
    return window.settled[0];
  },
  /** The steps that its events name. */
  steps: () => window.flow.events.flatMap(({ step }) => step ?? []),

  /** How a flow ended, in a word. */
  end: (flow) =>
    flow.then(
      () => 'completed',
      ({ code }) => code,
    ),

  /** Whether a flow is still pending. */
  isPending: (flow) =>
    Promise.race([flow, Promise.resolve(kit)]).then(
      (first) => first === kit,
      () => false,
    ),

  /** Of the latest flow: its shadow tree, its frame, and the provider's window. */
  shadow: () => latest.shadowRoot,
  frame: () => latest.shadowRoot.querySelector('iframe'),
  provider: () => kit.frame().contentWindow,

  /** Runs code in a puppet. */
  run: (window, code) => window.postMessage(`run:${code}`, '*'),
  /** Makes a puppet post something to this page: JSON, or code as a string that gives it. */
  say: (data, window = kit.provider()) =>
    kit.run(window, `parent.postMessage(${typeof data === 'string' ? data : JSON.stringify(data)}, '*')`),
  /** What the next message to this page says. */
  next: () =>
    new Promise((resolve) => {
      onNext = resolve;
    }),
  /** How many messages have come. */
  count: () => heardSoFar,
  /** Waits until so many messages in all have come, and everybody has been told. */
  async heard(count) {
    await kit.until(() => heardSoFar >= count);
    await kit.pause(0);
  },

  /** Another puppet on this page. It goes at the end of the case. */
  async embed(origin, attributes = {}) {
    const frame = document.createElement('iframe');
    frame.className = 'kit';
    for (const [name, value] of Object.entries(attributes)) frame.setAttribute(name, value);
    frame.src = kit.puppet(origin);
    const loaded = new Promise((resolve) => addEventListener.call(frame, 'load', resolve));
    document.body.append(frame);
    await loaded;
    return frame.contentWindow;
  },

  /**
   * Has the latest of them post what these pieces of code give, and takes its frame away before they arrive.
   * Gives the windows that the messages name: null in Chromium, the frame's in other browsers.
   */
  gone: (...posts) =>
    new Promise((resolve) => {
      const frame = /** @type {HTMLIFrameElement} */ ([...document.querySelectorAll('iframe.kit')].at(-1));
      const sources = [];
      /** @type {(event: any) => void} */
      const onMessage = ({ data, source }) => {
        if (data === 'bye') {
          // a browser may drop what a frame that has gone posted too late: its process has this long to do so
          for (const end = performance.now() + 300; performance.now() < end; );
          frame.remove();
        } else if (data === 'gone') {
          removeEventListener.call(window, 'message', onMessage);
          resolve(sources);
        } else {
          sources.push(source);
        }
      };
      listen('message', onMessage);
      kit.run(
        frame.contentWindow,
        ["'bye'", ...posts, "'gone'"].map((post) => `parent.postMessage(${post}, '*')`).join(';'),
      );
    }),

  /** Imports a module as the page does: Firefox lets no script of the driver's do so. */
  load: (path) => import(path),
  /** Gives the page this style sheet and no other. An open dialog has some there, too. */
  wears(css) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
  },
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  /** Has the timer of so many milliseconds run out now. */
  runsOut: (time) => [...timers.values()].find(({ ms }) => ms === time).fire(),
  async until(condition) {
    for (const end = performance.now() + 50_000; !(await condition()); ) {
      if (performance.now() > end) throw new Error(`never true: ${condition}`);
      await kit.pause(10);
    }
  },
  trap: (kind) => {
    trap = kind;
  },
  /** Of the WebAssembly, in bytes; 0: there is none. */
  memory: () => memory?.buffer.byteLength ?? 0,
  /** Lets a page load that was held back. */
  release: (key) => fetch(`/release/${key}`),

  /** Fails unless both are the same data. */
  is(given, expected) {
    const [one, other] = [given, expected].map((value) => JSON.stringify(value ?? null, inOrder));
    if (one !== other) throw new Error(`\n gave ${one}\nwants ${other}`);
  },

  /** All that a flow could leave behind. */
  snapshot() {
    const { documentElement: root, body } = document;
    return {
      html: root.outerHTML,
      sheets: document.adoptedStyleSheets.length,
      style: [root.style.cssText, body.style.cssText],
      overflow: [root, body].map((element) => getComputedStyle(element).overflow),
      gutter: getComputedStyle(root).scrollbarGutter,
      scroll: [scrollX, scrollY],
      focus: focused(),
      listeners: [...listeners.values()].filter((type) => type !== WATCHED).sort(),
      timers: [...timers.values()].filter(({ watches }) => !watches).length,
      intervals: intervals.size,
      channels: [...channels].filter(({ name }) => name === 'link-widget').length,
      prototype: Object.getOwnPropertyNames(Object.prototype).sort(),
    };
  },

  /**
   * What watches the address after `resume()`: a listener, which stays, and for some seconds a timer, which
   * alone has an argument.
   */
  watches: () =>
    [...listeners.values()].filter((type) => type === WATCHED).length +
    [...timers.values()].filter(({ watches }) => watches).length,

  /** What the flows have left, as differences from before; nothing: an empty list. */
  left() {
    for (const frame of document.querySelectorAll('iframe.kit')) frame.remove();
    const after = kit.snapshot();
    return [
      ...Object.keys(after)
        .filter((name) => JSON.stringify(after[name]) !== JSON.stringify(kit.before[name]))
        .map((name) => `${name}: ${difference(kit.before[name], after[name])}`),
      ...accidents,
    ];
  },
};

window.kit = kit;
const widget = await import('/pkg/index.js');
Object.assign(kit, widget, { widget });
kit.before = kit.snapshot();
window.isReady = true;

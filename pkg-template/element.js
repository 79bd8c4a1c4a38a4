// A custom element, <link-widget>, for pages of any kind.
import { controller, warmUp } from './adapter.js';
import { LinkError } from './index.js';
// @ts-expect-error made by the build, in xtask/node/registry.mjs
import { LAUNCHERS } from './launchers.js';

/** Stands in for the launcher of an unknown provider. Its two parameters show where the options are. */
function refuse(_subject, _options) {
  // @ts-expect-error for the types, an Error takes a string
  throw new LinkError({
    code: 'LINK_INVALID_OPTIONS',
    message: `provider must be one of ${Object.keys(LAUNCHERS).join(', ')}.`,
  });
}

/** The options that are attributes as well. */
const TEXTS = { mode: 'mode', locale: 'locale', label: 'title', 'return-url': 'returnUrl', state: 'state' };

/** What starts and ends a flow. */
const HEARD = ['click', 'command'];

const BUTTON = 'button, [role=button], input:is([type=button], [type=submit], [type=image])';

// A server has neither elements nor a registry of them.
const Base = globalThis.HTMLElement ?? class {};

/** Not the element's own `matches`: in a form a field may have that name. */
const matches = (node, selector) => node.localName && Base.prototype.matches.call(node, selector);

/** An HTML button, or a component library's, whose parts may be in a closed shadow tree. */
const isButton = (node) =>
  matches(node, BUTTON) || (/-button$/.test(node.localName) && !/radio/.test(node.localName));

/** Whether a click on it does something else, or nothing. */
const isForElse = (node) =>
  matches(
    node,
    '[disabled], [aria-disabled=true], [role=checkbox], [role=combobox], [role^=menuitem], [role=option], [role=radio], [role=switch], [role=tab], [popovertarget], [commandfor], [type=reset]',
  );

export class LinkWidgetElement extends Base {
  /**
   * Options besides the attributes, which they override. The page may have set them before this was defined.
   */
  // @ts-expect-error for TypeScript it is not there before
  options = this.options ?? {};
  #flows;
  #stopWarmingUp;

  connectedCallback() {
    // A copy of an element has its attributes, but not its flow.
    if (!this.#flows) this.removeAttribute('status');
    // If it is a session ID, nothing happens.
    this.#stopWarmingUp = warmUp(this.getAttribute('subject'));
    for (const type of HEARD) this.addEventListener(type, this);
  }

  disconnectedCallback() {
    for (const type of HEARD) this.removeEventListener(type, this);
    this.#stopWarmingUp();
    // An element that is moved within a task is there again.
    setTimeout(() => {
      if (this.isConnected) return;
      const before = this.#flows;
      this.#flows = undefined;
      before?.dispose();
    });
  }

  /** `moveBefore` takes nothing away. */
  connectedMoveCallback() {}

  /** A button in the element starts the flow; one elsewhere on the page may command it to start or cancel. */
  handleEvent(event) {
    if (event.type === 'command') {
      if (event.command === '--start') this.start();
      if (event.command === '--cancel') this.cancel();
      return;
    }
    // The path includes the inside of open shadow trees.
    const path = event.composedPath();
    const inside = path.slice(0, path.indexOf(this));
    if (!inside.some(isButton) || inside.some(isForElse)) return;
    // In a form the click would submit it.
    event.preventDefault();
    this.start();
  }

  start() {
    const provider = this.getAttribute('provider') ?? 'fiskil';
    const launcher = Object.hasOwn(LAUNCHERS, provider) ? LAUNCHERS[provider] : refuse;
    const options = Object.create(null);
    for (const name in TEXTS) if (this.hasAttribute(name)) options[TEXTS[name]] = this.getAttribute(name);
    // Those of a class may be inherited.
    for (const name in this.options) {
      // What a script has put on the prototype of all objects is no option.
      if (name in Object.prototype && !Object.hasOwn(this.options, name)) continue;
      const value = this.options[name];
      // An option that is not given leaves the attribute as it is.
      if (value != null || !(name in options)) options[name] = value;
    }
    if (options.mode === 'container' && options.container === undefined) options.container = this;
    const before = this.#flows;
    const flows = controller(
      () => launcher,
      ({ status, result, error, lastStep, event }) => {
        if (event) this.#tell('link-event', event);
        if (status) this.setAttribute('status', status);
        if (status === 'success') this.#tell('link-success', result);
        if (status === 'error') this.#tell('link-error', error);
        if (status === 'idle') this.#tell('link-cancel', lastStep);
      },
    );
    this.#flows = flows;
    before?.dispose();
    // A listener for `link-cancel` may have started another.
    if (this.#flows !== flows) return Promise.resolve(null);
    const subject = this.getAttribute('subject') ?? undefined;
    // A launcher that takes only options has the URL among them.
    return launcher.length === 1
      ? flows.start({ ...options, url: options.url ?? subject })
      : flows.start(subject, options);
  }

  cancel() {
    this.#flows?.cancel();
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }
}

if (globalThis.customElements && !customElements.get('link-widget'))
  customElements.define('link-widget', LinkWidgetElement);

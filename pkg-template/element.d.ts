import type { LinkFailure } from './adapter.js';
import type {
  CallbackResult,
  FinxResult,
  FiskilResult,
  FlinksResult,
  LastStep,
  LinkEvent,
  LinkOptions,
} from './index.js';

/** What the launcher of the element's provider resolves with. */
type Result = FiskilResult | FlinksResult | FinxResult | CallbackResult;

/**
 * `<link-widget>`: a click on a button inside it opens the flow: a `<button>`, an `<input type=button>`, an
 * element with `role="button"`, or a component whose name ends in `-button`. Inside a form, the click does
 * not submit it. A button elsewhere opens it with `commandfor` and `command="--start"`, and ends it with
 * `--cancel`, if the browser knows these attributes.
 *
 * | attribute | |
 * |---|---|
 * | `provider` | the name of a provider, by default `fiskil`; any other name is LINK_INVALID_OPTIONS |
 * | `subject` | what the launcher opens: the session_id, the location, the link or, for Flinks, the URL |
 * | `mode`, `locale`, `label` (the title), `return-url`, `state` | the options with these names |
 * | `status` | set by the element: `idle`, `linking`, `success`, `error`; absent before the first flow |
 *
 * Its DOM events bubble: `link-event`, `link-success`, `link-error`, `link-cancel`, with the event, the
 * result and the failure as `detail`; that of `link-cancel` is where the user stopped, or `null`. Each flow
 * ends with one of the last three; if the element is removed or starts another flow, with `link-cancel`. Once
 * the element has been removed, only listeners on the element itself receive that. With `mode="container"`
 * the page is shown inside the element.
 *
 * @example
 * ```html
 * <link-widget subject="36eDkpZD8997xnPrTX9Z2mBaS0k"><button>Connect your bank</button></link-widget>
 * ```
 */
export class LinkWidgetElement extends HTMLElement {
  /** Further options. They override the attributes. */
  options: LinkOptions & Record<string, any>;
  /** Opens the flow, as a click does. Resolves with the result, or with `null` if there is none. */
  start(): Promise<Result | null>;
  /** Ends it. */
  cancel(): void;
}

declare global {
  /** Types `document.createElement('link-widget')`. */
  interface HTMLElementTagNameMap {
    /** The element, once this file is imported. */
    'link-widget': LinkWidgetElement;
  }
  /** Types `addEventListener`. */
  interface HTMLElementEventMap {
    /** Something has happened in its flow: `detail` says what. */
    'link-event': CustomEvent<LinkEvent>;
    /** Its flow has completed: `detail` is the result. */
    'link-success': CustomEvent<Result>;
    /** Its flow has failed: `detail` is the failure. */
    'link-error': CustomEvent<LinkFailure>;
    /**
     * Its flow was cancelled by the user or the page: `detail` is where the user stopped, or `null` if the
     * provider reported no step, the page started another flow, or the element was removed.
     */
    'link-cancel': CustomEvent<LastStep | null>;
  }
}

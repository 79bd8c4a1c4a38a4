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
 * element with `role="button"`, or a component whose name ends in `-button`. In a form nothing is submitted.
 * A button elsewhere opens it with `commandfor` and `command="--start"`, and ends it with `--cancel`, where
 * the browser knows these attributes.
 *
 * | attribute | |
 * |---|---|
 * | `provider` | the name of a provider, `fiskil` unless given; another is LINK_INVALID_OPTIONS |
 * | `subject` | what the launcher opens: the session_id, the location, the link or, for Flinks, the URL |
 * | `mode`, `locale`, `label` (the title), `return-url`, `state` | the options of these names |
 * | `status` | set by the element: `idle`, `linking`, `success`, `error`; absent before the first flow |
 *
 * Its DOM events bubble: `link-event`, `link-success`, `link-error`, `link-cancel`, with the event, the
 * result and the failure as `detail`; that of `link-cancel` is where the user stopped, or `null`. A flow ends
 * with one of the last three; one that the element takes with it, or that is started anew, with
 * `link-cancel`. Once the element is off the page, only listeners on the element itself hear that. With
 * `mode="container"` the page is shown inside the element.
 *
 * @example
 * ```html
 * <link-widget subject="36eDkpZD8997xnPrTX9Z2mBaS0k"><button>Connect your bank</button></link-widget>
 * ```
 */
export class LinkWidgetElement extends HTMLElement {
  /** Further options. They win over the attributes. */
  options: LinkOptions & Record<string, any>;
  /** Opens the flow, as a click does. Resolves with the result, or with `null` where there is none. */
  start(): Promise<Result | null>;
  /** Ends it. */
  cancel(): void;
}

declare global {
  /** What `document.createElement` and such give. */
  interface HTMLElementTagNameMap {
    /** The element, once this file is imported. */
    'link-widget': LinkWidgetElement;
  }
  /** What `addEventListener` hears. */
  interface HTMLElementEventMap {
    /** Something has happened in its flow: `detail` says what. */
    'link-event': CustomEvent<LinkEvent>;
    /** Its flow has completed: `detail` is the result. */
    'link-success': CustomEvent<Result>;
    /** Its flow has failed: `detail` is what to show. */
    'link-error': CustomEvent<LinkFailure>;
    /**
     * Its flow was cancelled, by the user or the page, or was started anew: `detail` is where the user
     * stopped, or `null` where the provider did not tell, or where the page started it anew or took the
     * element off.
     */
    'link-cancel': CustomEvent<LastStep | null>;
  }
}

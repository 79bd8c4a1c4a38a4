import type { LastStep, LinkError, LinkErrorCode, LinkEvent, LinkFlow } from './index.js';

/** A function that opens a flow, such as `link` or `openFinx`: it takes its options last. */
export type Launcher = (...given: never[]) => LinkFlow<unknown>;

/** What a launcher's flow resolves with. */
export type ResultOf<L extends Launcher> = Awaited<ReturnType<L>>;

/** Where the flow stands. */
export type LinkStatus =
  /** None was started, or the last one was cancelled. */
  | 'idle'
  /** One is open. */
  | 'linking'
  /** The last one has completed: `result` is there. */
  | 'success'
  /** The last one has failed: `error` is there. */
  | 'error';

/** What to show of a failure. */
export interface LinkFailure {
  /** What went wrong: that of the {@link LinkError}. Never LINK_USER_CANCELLED. */
  code: LinkErrorCode;
  /**
   * For the user, in the language of the `locale` option, else of the page, else of the browser, as far as
   * the page has imported it: `import 'link-widget/locales/fr'`. Otherwise in English.
   */
  message: string;
  /** The whole error, for developers. */
  cause: LinkError;
}

/** What to show of a flow. */
export interface LinkState<T> {
  /** `idle`, `linking`, `success` or `error`. */
  status: LinkStatus;
  /** What the launcher resolves with, once it has completed; else `null`. */
  result: T | null;
  /** What to show, once it has failed; else `null`. */
  error: LinkFailure | null;
  /**
   * Where the user stopped, once it was cancelled or took too long and the provider had told of a step; else
   * `null`.
   */
  lastStep: LastStep | null;
  /** What happened last; `null` before anything has. */
  event: LinkEvent | null;
}

/** What is shown before anything has happened. This and the next two are for the adapters alone. */
export const IDLE: LinkState<any>;

/** Runs flows of the launcher that `latest` gives, one at a time, and tells what changes of {@link IDLE}. */
export function controller<L extends Launcher>(
  latest: () => L,
  tell: (change: Partial<LinkState<ResultOf<L>>>) => void,
): LinkActions<L> & {
  /** Ends the flow for somebody who goes, and may come back: until {@link here} is called, none starts. */
  dispose(): void;
  /** Somebody who has gone is back. */
  here(): void;
};

/** Gets ready for a flow in an idle moment. Gives a function that ends the wait for that moment. */
export function warmUp(url?: string | null): () => void;

/** What to do with it. */
export interface LinkActions<L extends Launcher> {
  /**
   * Opens a flow, as the launcher does, and ends the one before. For a popup call it inside the click, before
   * anything that waits. Resolves with the result, or with `null` where there is none: the state says why.
   * Never rejects, and opens nothing once the component has gone. Leave the button enabled meanwhile: the
   * focus goes back to it, which a disabled one cannot take.
   */
  start(...given: Parameters<L>): Promise<ResultOf<L> | null>;
  /**
   * Closes the flow. You need it for a `container`; an overlay, and the dialog beside a popup, have a button
   * of their own.
   */
  cancel(): void;
}

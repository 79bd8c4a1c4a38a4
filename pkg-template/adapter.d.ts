import type { LinkError, LinkErrorCode, LinkEvent, LinkFlow } from './index.js';

/** A function that opens a flow, such as `link` or `openFinx`: it takes its options last. */
export type Launcher = (...given: never[]) => LinkFlow<unknown>;

/** What a launcher's flow resolves with. */
export type ResultOf<L extends Launcher> = Awaited<ReturnType<L>>;

/** Where the flow stands. After a cancel it is `idle` again. */
export type LinkStatus = 'idle' | 'linking' | 'success' | 'error';

/** What to show of a failure. */
export interface LinkFailure {
  code: LinkErrorCode;
  /** For the user, in the language of the `locale` option or of the page. */
  message: string;
  /** For developers. */
  cause: LinkError;
}

/** What to show of a flow. */
export interface LinkState<T> {
  status: LinkStatus;
  /** Once it has completed. */
  result: T | null;
  /** Once it has failed. */
  error: LinkFailure | null;
  /** What happened last. */
  event: LinkEvent | null;
}

/** What to do with it. */
export interface LinkActions<L extends Launcher> {
  /**
   * Opens a flow, as the launcher does, and ends the one before. Call it inside the click. Resolves with the result,
   * or with `null` where there is none: the state says why. Never rejects. Leave the button enabled meanwhile: the focus
   * goes back to it, which a disabled one cannot take.
   */
  start(...given: Parameters<L>): Promise<ResultOf<L> | null>;
  /** Ends it. For a `container`: an overlay and a popup cover the page with a dialog that has a button of its own. */
  cancel(): void;
}

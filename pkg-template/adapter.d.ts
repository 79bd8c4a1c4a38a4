import type { LastStep, LinkError, LinkErrorCode, LinkEvent, LinkFlow } from './index.js';

/** A function that opens a flow, such as `link` or `openFinx`: it takes its options last. */
export type Launcher = (...given: never[]) => LinkFlow<unknown>;

/** What a launcher takes, without options that may be undefined. */
type WithoutOptions<G extends unknown[]> = G extends [...infer Before, infer Last]
  ? undefined extends Last
    ? Before
    : G
  : G;

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

/** A failure, as an app shows it. */
export interface LinkFailure {
  /** The error's code. Never LINK_USER_CANCELLED. */
  code: LinkErrorCode;
  /**
   * For the user, in the language of the `locale` option, else of the page, else of the browser, as far as
   * the page has imported it: `import 'link-widget/locales/fr'`. Otherwise in English.
   */
  message: string;
  /** The whole error, for developers. */
  cause: LinkError;
}

/** A flow, as an app shows it. */
export interface LinkState<T> {
  /** `idle`, `linking`, `success` or `error`. */
  status: LinkStatus;
  /** The launcher's result after `success`; otherwise `null`. */
  result: T | null;
  /** The failure after `error`; otherwise `null`. */
  error: LinkFailure | null;
  /**
   * The user's last step, if the flow was cancelled or timed out and the provider reported one; otherwise
   * `null`.
   */
  lastStep: LastStep | null;
  /** The last event of the flow; `null` before its first. */
  event: LinkEvent | null;
}

/** The state before the first flow. This and the next two are internal to the adapters. */
export const IDLE: LinkState<any>;

/**
 * Runs flows of the launcher that `latest` returns, one at a time, and calls `tell` with each change of
 * {@link IDLE}.
 */
export function controller<L extends Launcher>(
  latest: () => L,
  tell: (change: Partial<LinkState<ResultOf<L>>>) => void,
): LinkActions<L> & {
  /**
   * Ends the flow of a component that unmounts or is hidden; no other starts until {@link here} is called.
   */
  dispose(): void;
  /** The component is shown again. */
  here(): void;
};

/** Warms up in an idle moment. Returns a function that cancels it. */
export function warmUp(url?: string | null): () => void;

/** The actions of a flow. */
export interface LinkActions<L extends Launcher> {
  /**
   * Opens a flow, as the launcher does, and closes the previous one. For a popup, call it inside the click,
   * before any `await`. Resolves with the result, or with `null` if there is none: the state says why. Never
   * rejects, and opens nothing once the component has unmounted. Keep the button enabled: the focus returns
   * to it, and a disabled button cannot take it.
   */
  start(...given: Parameters<L>): Promise<ResultOf<L> | null>;
  /** The same without the options. */
  start(...given: WithoutOptions<Parameters<L>>): Promise<ResultOf<L> | null>;
  /**
   * Closes the flow. You need it for a `container`; an overlay, and the dialog beside a popup, have a button
   * of their own.
   */
  cancel(): void;
}

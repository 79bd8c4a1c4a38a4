import type {
  CallbackResult,
  FinxResult,
  FiskilResult,
  FlinksResult,
  LastStep,
  LinkErrorCode,
  LinkEvent,
  LinkOptions,
  Provider,
  Step,
} from './index.js';
import type * as widget from './index.js';
import type { init } from './wasm.js';

/**
 * A bank for the tests of an app: every export of `link-widget`, with flows that the test drives. It needs no
 * page and opens nothing. The functions that need no page (`parseMessage`, `describeError` and so on) and
 * `LinkError` are the real ones.
 *
 * It stands for the package in `vi.mock` and `jest.mock`, and its launchers are for the adapters:
 * `useLink(bank.link)`.
 *
 * @example
 * ```ts
 * const bank = fakeBank();
 * const flow = bank.link('session');
 * bank.step('credentials');
 * bank.complete({ consentID: 'c1' });
 * await flow; // { consentID: 'c1' }
 * ```
 *
 * @example In Vitest
 * ```ts
 * const bank = await vi.hoisted(async () => (await import('link-widget/testing')).fakeBank());
 * vi.mock('link-widget', () => bank);
 * afterEach(() => bank.reset());
 * ```
 *
 * @example In Jest
 * ```ts
 * jest.mock('link-widget', () => require('link-widget/testing').fakeBank());
 * const bank = jest.requireMock<FakeBank>('link-widget');
 * afterEach(() => bank.reset());
 * ```
 */
export function fakeBank(): FakeBank;

/** The package itself. */
type Widget = typeof widget;

/** The functions of the package that start a flow. */
type LauncherName = {
  [K in keyof Widget]: Widget[K] extends (...given: never[]) => widget.LinkFlow<unknown> | widget.Embed
    ? K
    : never;
}[keyof Widget];

/** What the launcher of each provider resolves with. */
interface Results {
  fiskil: FiskilResult;
  flinks: FlinksResult;
  finx: FinxResult;
  finqlink: CallbackResult;
  fimento: CallbackResult;
}

/** Drives an open flow. Throws if the flow has ended. */
export interface Driver {
  /** The provider's page has loaded: emits `load`, and resolves {@link widget.Embed.ready}. */
  load(): void;
  /**
   * The user reaches a step: emits `step`, and sets the {@link LastStep} of a later LINK_USER_CANCELLED or
   * LINK_TIMEOUT.
   */
  step(
    step: Step,
    more?: {
      /** The step's name at the provider. Default: `step`. */
      providerStep?: string;
      /** Further data from the provider, such as `institution`. Default: none. */
      data?: Record<string, unknown>;
    },
  ): void;
  /** One of the rarer events. */
  emit(
    event:
      | {
          /** A Cross-Origin-Opener-Policy cut the popup off. */
          type: 'popup-severed';
        }
      | {
          /** A message was dropped. */
          type: 'foreign-message';
          /** Where it came from. */
          origin: string;
        },
  ): void;
  /** The user is done: the flow resolves with this. Not for `embedFimento`, which has no outcome. */
  complete(result: Results[Provider]): void;
  /** The flow rejects with a `LinkError` of this code. */
  fail(code: LinkErrorCode, more?: Failure): void;
  /** The user closes it: it rejects with LINK_USER_CANCELLED. */
  cancel(): void;
}

/** What a `LinkError` has besides its code. */
export interface Failure {
  /** For developers. Default: that the test ended the flow. */
  message?: string;
  /** As in `LinkError.details`. For LINK_USER_CANCELLED and LINK_TIMEOUT, the {@link LastStep} is added. */
  details?: Record<string, unknown>;
}

/** A flow that the app has started: what it asked for, and how it goes on. */
export interface FakeFlow extends Driver {
  /** The function that the app called. */
  readonly launcher: LauncherName;
  /** Whose page it would have opened. */
  readonly provider: Provider;
  /**
   * What the app passed to open: the session_id, the location or the link. That of Flinks is among the
   * options.
   */
  readonly subject: string | undefined;
  /** The options as the app passed them; an adapter adds its own `onEvent`. They are not validated. */
  readonly options: (LinkOptions & Record<string, any>) | undefined;
  /** How it ended, as in the event `settled`; `undefined` while it is open. */
  readonly outcome: Extract<LinkEvent, { type: 'settled' }>['outcome'] | undefined;
  /** How often the app has called `focus()` on it while it was open. */
  readonly focusCalls: number;
}

/**
 * Every export of `link-widget`, and what a test does with them. The driving methods act on
 * {@link FakeBank.current} and throw if no flow is open. Events and answers come in microtasks, as the real
 * ones do, and no timer runs: for a timeout, `fail('LINK_TIMEOUT')`. All are plain functions of a plain
 * object, so that `vi.spyOn(bank, 'completeCallback')` works.
 */
export interface FakeBank extends Widget, Driver {
  /** For apps that use `link-widget/wasm`: there is nothing to compile. */
  init: typeof init;
  /** Every flow that the app has started, also with `embedFimento`, the oldest first. */
  readonly flows: readonly FakeFlow[];
  /** The newest open flow; `undefined` if there is none. */
  readonly current: FakeFlow | undefined;
  /**
   * The user comes back from a redirect: `resume()` resolves with this from now on, and until then with
   * `null`.
   */
  comesBackWith<P extends Provider>(provider: P, result: Results[P]): void;
  /** The user comes back from a redirect that failed: `resume()` rejects from now on. */
  comesBackFailing(provider: Provider, code: LinkErrorCode, more?: Failure): void;
  /** Forgets all flows, without ending them, and the answer of `resume()`. Call it in `afterEach`. */
  reset(): void;
}

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
 * page and opens nothing. What needs no page in the package either (`LinkError`, `parseMessage`,
 * `describeError` and so on) is the real one.
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

/** How a test drives a flow that is open. A flow that has ended throws. */
export interface Driver {
  /** The provider's page has loaded: the event `load`, and {@link widget.Embed.ready}. */
  load(): void;
  /** The user is a step further: the event `step`, and the {@link LastStep} of what ends the flow. */
  step(
    step: Step,
    more?: {
      /** In the provider's own words. Default: `step`. */
      providerStep?: string;
      /** What the provider says of it beyond that, such as `institution`. Default: nothing. */
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

/** What a `LinkError` has beside its code. */
export interface Failure {
  /** For developers. Default: that the test ended the flow. */
  message?: string;
  /** As in `LinkError.details`. Of LINK_USER_CANCELLED and LINK_TIMEOUT, the {@link LastStep} is added. */
  details?: Record<string, unknown>;
}

/** A flow that the app has started: what it asked for, and how it goes on. */
export interface FakeFlow extends Driver {
  /** The function that the app called. */
  readonly launcher: LauncherName;
  /** Whose page it would have opened. */
  readonly provider: Provider;
  /** What the app gave it to open: the session_id, the location or the link. Flinks' is among the options. */
  readonly subject: string | undefined;
  /** The options, as the app gave them, under an adapter with its `onEvent` beside. No bank checks them. */
  readonly options: (LinkOptions & Record<string, any>) | undefined;
  /** How it ended, in the words of the event `settled`; `undefined` while it is open. */
  readonly outcome: Extract<LinkEvent, { type: 'settled' }>['outcome'] | undefined;
  /** How often the app has called `focus()` on it while it was open. */
  readonly focusCalls: number;
}

/**
 * Every export of `link-widget`, and what a test does with them. What drives a flow drives {@link
 * FakeBank.current}, and throws where none is open. Events and answers come in microtasks, as the real ones
 * do, and no timer runs: for a timeout, `fail('LINK_TIMEOUT')`. All are plain functions of a plain object, so
 * that `vi.spyOn(bank, 'completeCallback')` works.
 */
export interface FakeBank extends Widget, Driver {
  /** For apps that use `link-widget/wasm`: there is nothing to compile. */
  init: typeof init;
  /** Every flow that the app has started, also with `embedFimento`, the oldest first. */
  readonly flows: readonly FakeFlow[];
  /** The newest flow that is open; `undefined` where none is. */
  readonly current: FakeFlow | undefined;
  /** The user comes back from a redirect: what `resume()` gives from now on. Until then it gives `null`. */
  comesBackWith<P extends Provider>(provider: P, result: Results[P]): void;
  /** The user comes back from a redirect that failed: `resume()` rejects from now on. */
  comesBackFailing(provider: Provider, code: LinkErrorCode, more?: Failure): void;
  /** Forgets every flow, which stays as it is, and what `resume()` gives: for `afterEach`. */
  reset(): void;
}

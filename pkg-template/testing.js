// For the tests of an app: every export of the package, with flows that the test drives. No page is needed.
import * as real from 'link-widget:real';
import { PROVIDERS } from 'link-widget:providers';
import { DESCRIPTIONS } from 'link-widget:registry';
import { STEPS } from 'link-widget:steps';

/** Throws if `word` is none of `words`: a mistyped one would test nothing. */
function check(call, word, words) {
  if (!words.includes(word))
    throw new Error(`${call}() does not take ${JSON.stringify(word)}. Use one of ${words.join(', ')}.`);
}

/** @param {import('./testing.js').Failure} more */
function linkError(call, provider, code, more = {}) {
  const { message = `The test ended the flow with ${code}.`, details } = more;
  check(call, code, Object.keys(DESCRIPTIONS));
  return new real.LinkError({ code, message, provider, details });
}

/**
 * Starts a flow. Returns the test's side of it, and the app's promise. Its events come in microtasks, as the
 * real ones do.
 */
function start({ launcher, provider, subject, options, mode, onEvent }) {
  const began = Date.now();
  let resolve, reject, outcome, lastStep;
  let focusCalls = 0;
  const promise = new Promise((...functions) => ([resolve, reject] = functions));
  const { signal } = options ?? {};

  function tell(event) {
    if (!onEvent) return;
    const told = { provider, elapsedMs: Date.now() - began, ...event };
    // Not queueMicrotask for the event: Jest's fake timers hold it. For what the listener throws: a rejection
    // would be lost.
    Promise.resolve(told)
      .then(onEvent)
      .catch((error) =>
        queueMicrotask(() => {
          throw error;
        }),
      );
  }

  function settle(how, answer) {
    outcome = how;
    signal?.removeEventListener('abort', close);
    tell({ type: 'settled', outcome });
    answer();
  }

  /** @param {import('./testing.js').Failure} more */
  function end(call, code, more = {}) {
    const stopped = lastStep && ['LINK_USER_CANCELLED', 'LINK_TIMEOUT'].includes(code);
    const details = stopped ? { lastStep, ...more.details } : more.details;
    const error = linkError(call, provider, code, { ...more, details });
    // A cancellation that nobody waits for is no unhandled rejection.
    if (code === 'LINK_USER_CANCELLED') promise.catch(() => {});
    settle(code, () => reject(error));
  }

  function close() {
    if (!outcome) end('close', 'LINK_USER_CANCELLED', { message: 'The page closed the flow.' });
  }

  /** A function by which the test drives the flow, while it is open. */
  const driving =
    (call, drive) =>
    (...given) => {
      if (outcome)
        throw new Error(`${call}() needs an open flow, but this one of ${launcher}() has ended: ${outcome}.`);
      drive(...given);
    };

  const flow = {
    launcher,
    provider,
    subject,
    options,
    get outcome() {
      return outcome;
    },
    get focusCalls() {
      return focusCalls;
    },
    load: driving('load', () => tell({ type: 'load' })),
    step: driving('step', (step, more = {}) => {
      const { providerStep = step, data = {} } = more;
      check('step', step, STEPS);
      // When the user picks another bank, the earlier choice no longer counts.
      const institution = data.institution ?? (step === 'institution' ? undefined : lastStep?.institution);
      lastStep = { step, providerStep, ...(institution !== undefined && { institution }) };
      tell({ type: 'step', step, providerStep, data });
    }),
    emit: driving('emit', tell),
    complete: driving('complete', (result) => {
      if (Object(result) !== result) {
        throw new Error(
          `complete() takes what ${launcher}() resolves with, such as { consentID: 'c1' } for link().`,
        );
      }
      settle('completed', () => resolve(result));
    }),
    fail: driving('fail', (code, more) => end('fail', code, more)),
    cancel: driving('cancel', () =>
      end('cancel', 'LINK_USER_CANCELLED', { message: 'The user closed the flow.' }),
    ),
  };

  if (signal?.aborted) {
    close();
  } else {
    signal?.addEventListener('abort', close);
    tell({ type: 'open', mode: options?.mode ?? (options?.container ? 'container' : mode) });
  }
  const focus = () => {
    if (!outcome) focusCalls += 1;
  };
  return { flow, promise: Object.assign(promise, { close, focus }) };
}

export function fakeBank() {
  const flows = [];
  let answer;

  function launch(call) {
    const { flow, promise } = start({ onEvent: call.options?.onEvent, ...call });
    flows.push(flow);
    return promise;
  }

  // Adapters find the options by the number of parameters.
  const launchers = Object.entries(PROVIDERS).map(
    ([provider, { function: launcher, subject: isNamed, mode }]) => {
      const open = (subject, options) => launch({ launcher, provider, subject, options, mode });
      return [
        launcher,
        isNamed ? (subject, options) => open(subject, options) : (options) => open(undefined, options),
      ];
    },
  );

  function embedFimento(subject, options) {
    let resolve, reject;
    const ready = new Promise((...functions) => ([resolve, reject] = functions));
    ready.catch(() => {});
    const onEvent = (event) => {
      if (event.type !== 'load') return;
      resolve();
      options?.onEvent?.(event);
    };
    const shown = launch({
      launcher: 'embedFimento',
      provider: 'fimento',
      subject,
      options,
      mode: 'container',
      onEvent,
    });
    shown.catch(reject);
    flows.at(-1).complete = () => {
      throw new Error(
        'complete() is not for embedFimento(), which has no outcome: ' +
          'drive it with load(), fail() or cancel().',
      );
    };
    return { ready, close: shown.close };
  }

  const current = () => flows.filter(({ outcome }) => !outcome).at(-1);

  /** Drives the newest flow that is open. */
  const driving =
    (call) =>
    (...given) => {
      const flow = current();
      if (flow) return flow[call](...given);
      const last = flows.at(-1);
      const why = last
        ? `is left: the last one, of ${last.launcher}(), has ended: ${last.outcome}. Start another first.`
        : 'was started. Call a launcher of this bank first, or have the app call it. If it did, it called the ' +
          "real one: mock 'link-widget' with this bank, or give the adapter the launcher, useLink(bank.link).";
      throw new Error(`${call}() needs an open flow, but none ${why}`);
    };

  return {
    ...real,
    ...Object.fromEntries(launchers),
    embedFimento,
    resume: (_url) => answer ?? Promise.resolve(null),
    completeCallback: (_url) => {},
    preload: () => {},
    init: async () => {},
    flows,
    get current() {
      return current();
    },
    ...Object.fromEntries(
      ['load', 'step', 'emit', 'complete', 'fail', 'cancel'].map((call) => [call, driving(call)]),
    ),
    comesBackWith(provider, result) {
      check('comesBackWith', provider, Object.keys(PROVIDERS));
      answer = Promise.resolve({ provider, result });
    },
    comesBackFailing(provider, code, more) {
      check('comesBackFailing', provider, Object.keys(PROVIDERS));
      answer = Promise.reject(linkError('comesBackFailing', provider, code, more));
      // Until the app asks for it.
      answer.catch(() => {});
    },
    reset() {
      flows.length = 0;
      answer = undefined;
    },
  };
}

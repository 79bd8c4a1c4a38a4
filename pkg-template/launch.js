// Starts flows.
import { linkError, needPage } from './errors.js';
import { ask } from './instance.js';

/** Starts a flow. Everything that needs the click happens before this returns; any error rejects. */
export function launch(provider, subject, options) {
  let resolve, reject, stage, used;
  const promise = new Promise((...functions) => ([resolve, reject] = functions));
  function leave() {
    if (used) used.flows = used.flows.filter((other) => other !== fail);
  }
  function complete(result) {
    leave();
    resolve(result);
  }
  function fail(thrown) {
    leave();
    const error = linkError(thrown, provider);
    // A cancellation that nobody waits for is no unhandled rejection.
    if (error.code === 'LINK_USER_CANCELLED') promise.catch(() => {});
    reject(error);
  }
  try {
    needPage();
    stage = ask((instance) => {
      used = instance;
      used.flows.push(fail);
      return instance.open(provider, subject, options, complete, fail);
    });
  } catch (error) {
    fail(error);
  }
  return Object.assign(promise, { close: () => stage?.close(), focus: () => stage?.focus() });
}

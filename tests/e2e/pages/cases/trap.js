// The WebAssembly traps, for real: every open flow ends, the page is in order, and the next call works.

const { timers, accidents, hosts, start, started, outcome, end, frame, run, say, trap, parseMessage, is } =
  window.kit;

const answer = (consentID) => ({ isCompleted: true, consentID });

// what makes the WebAssembly run while two flows are open
const saysAnAnswer = () => say(answer('arr_1'));
const saysNothing = () => say({ noise: 1 });
const timerRunsOut = () => [...timers.values()][0].fire();
const pageLoads = () => run(frame().contentWindow, 'location.reload()');
const closes = ({ flow }) => flow.close();
const aborts = ({ controller }) => controller.abort();
const opensAnother = ({ ends }) => ends.push(end(start()));
const parses = () => parseMessage('fiskil', answer('arr_1'));

/** `throws`: whether the caller is told, in place of what it would have been given. */
async function traps(kind, act, throws = false) {
  const controller = new AbortController();
  const { flow } = await started({ signal: controller.signal });
  const { flow: other } = await started({ container: 'bank' });
  const ends = [end(flow), end(other)];

  trap(kind);
  let threw = false;
  try {
    act({ flow, controller, ends });
  } catch {
    threw = true;
  }
  is(threw, throws);
  for (const ended of await Promise.all(ends)) is(ended, 'LINK_INTERNAL_ERROR');
  is([hosts().length, timers.size], [0, 0]);

  for (const ended of [flow, other]) {
    ended.close();
    ended.focus();
  }
  const { flow: next } = await started();
  say(answer('arr_2'));
  is(await outcome(next), { completed: { consentID: 'arr_2' } });
  const unexpected = accidents.splice(0).filter((accident) => !accident.includes('unreachable'));
  is(unexpected, []);
}

const trapsAtTheDoor = (act, throws) => traps('export', act, throws);
const trapsDeepInside = (act, throws) => traps('import', act, throws);

export const cases = {
  trap: {
    async 'at the door: a message'() {
      await trapsAtTheDoor(saysAnAnswer);
    },

    async 'at the door: a message of no meaning'() {
      await trapsAtTheDoor(saysNothing);
    },

    async 'at the door: a timer'() {
      await trapsAtTheDoor(timerRunsOut);
    },

    async 'at the door: a page that loads'() {
      await trapsAtTheDoor(pageLoads);
    },

    async 'at the door: close()'() {
      await trapsAtTheDoor(closes);
    },

    async 'at the door: an abort'() {
      await trapsAtTheDoor(aborts);
    },

    async 'at the door: another flow'() {
      await trapsAtTheDoor(opensAnother);
    },

    // a function that gives something has nothing to give
    async 'at the door: a pure function'() {
      await trapsAtTheDoor(parses, true);
    },

    async 'deep inside: a message'() {
      await trapsDeepInside(saysAnAnswer);
    },

    async 'deep inside: a message of no meaning'() {
      await trapsDeepInside(saysNothing);
    },

    async 'deep inside: a timer'() {
      await trapsDeepInside(timerRunsOut);
    },

    async 'deep inside: a page that loads'() {
      await trapsDeepInside(pageLoads);
    },

    async 'deep inside: close()'() {
      await trapsDeepInside(closes);
    },

    async 'deep inside: an abort'() {
      await trapsDeepInside(aborts);
    },

    async 'deep inside: another flow'() {
      await trapsDeepInside(opensAnother);
    },

    async 'deep inside: a pure function'() {
      await trapsDeepInside(parses, true);
    },
  },
};

// What the merchant's page has before a candidate comes: the clock and what is asked of it.
'use strict';

/** @type {any} */
const bench = {
  /** When the candidate's module began to be evaluated, from the first statement of its bundle. */
  evaluated: undefined,
  /** The provider, where the app is to call it by itself. */
  origin: undefined,
  /** The flows that are open. */
  flows: [],
  /** When the iframes that were opened at once have loaded. */
  loads: [],
  /** When a message that is waited for has arrived. */
  arrived: undefined,
  /** The milliseconds that the listeners of the page have taken, and for how many messages. */
  foreign: { ms: 0, count: 0 },
};

/** The iframes in the document, in shadow trees as well. */
function* framesIn(tree) {
  yield* tree.querySelectorAll('iframe');
  for (const { shadowRoot } of tree.querySelectorAll('*')) if (shadowRoot) yield* framesIn(shadowRoot);
}

/** The first that the candidate has put there. */
const frameIn = (tree) => framesIn(tree).next().value;

const task = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Until an iframe is in the document, and then has a box: style and layout are done, and what is left is to
 * paint.
 */
async function untilAttached() {
  let frame = frameIn(document);
  if (!frame) {
    frame = await new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        const found = frameIn(document);
        if (!found) return;
        observer.disconnect();
        resolve(found);
      });
      observer.observe(document, { childList: true, subtree: true });
    });
  }
  frame.getBoundingClientRect();
  return performance.now();
}

/**
 * What an app does at the end of its evaluation: it has its candidate, and calls it unless it waits for a
 * click.
 */
function start({ open, prepare }) {
  bench.open = open;
  bench.prepare = prepare;
  if (bench.origin) bench.first = first(bench.origin);
}

async function first(origin) {
  const called = performance.now();
  bench.flows.push(bench.open({ origin }));
  const attached = await untilAttached();
  await new Promise(requestAnimationFrame);
  await task();
  const painted = performance.now();
  return {
    module: called - bench.evaluated,
    call: attached - called,
    attached: attached - bench.evaluated,
    painted: painted - bench.evaluated,
  };
}

/**
 * The first call of a page that was idle before it: in which a candidate that can was told of what would
 * come.
 */
async function firstWarm(origin) {
  bench.prepare?.(origin);
  await wait(300);
  bench.evaluated = performance.now();
  return first(origin);
}

/** Ends every flow. */
async function close() {
  for (const flow of bench.flows.splice(0)) {
    flow.settled.catch(() => {});
    await flow.close();
  }
  await task();
}

/** Opens that many at once. */
async function openMany(origin, count) {
  const known = new Set();
  bench.loads = [];
  for (let flow = 0; flow < count; flow += 1) {
    bench.flows.push(bench.open({ origin }));
    for (const frame of framesIn(document)) {
      if (known.has(frame)) continue;
      known.add(frame);
      bench.loads.push(new Promise((resolve) => frame.addEventListener('load', resolve, { once: true })));
    }
    await task();
  }
  await untilAttached();
}

/** Opens and ends one flow after the other. */
async function cycle(origin, times) {
  for (let time = 0; time < times; time += 1) {
    bench.flows.push(bench.open({ origin }));
    await untilAttached();
    await close();
  }
}

/** Calls it again, one flow after the other. */
async function again(origin, times) {
  const took = [];
  for (let time = 0; time < times; time += 1) {
    const called = performance.now();
    const flow = bench.open({ origin });
    took.push((await untilAttached()) - called);
    bench.flows.push(flow);
    await close();
    await wait(5);
  }
  return took.sort((one, other) => one - other)[times >> 1];
}

/** From the arrival of the message that ends a flow to whoever awaits the flow. */
async function settled() {
  const [flow] = bench.flows;
  await flow.settled;
  return performance.now() - bench.arrived;
}

/** Messages of a window that is not the provider's, from an origin that is not the provider's. */
async function strangers(count) {
  const data = { isCompleted: true, consentID: 'forged' };
  const began = performance.now();
  bench.foreign = { ms: 0, count: 0 };
  for (let sent = 0; sent < count; sent += 1) postMessage(data, '*');
  while (bench.foreign.count < count) await task();
  return { listeners: bench.foreign.ms / count, whole: (performance.now() - began) / count };
}

// The first listener of all, of the window and of every port. The last one is added after the flows are open.
const arrive = () => (bench.arrived = performance.now());
addEventListener('message', arrive, true);
const { addEventListener: listen } = EventTarget.prototype;
/** @param {[any, any?]} how */
MessagePort.prototype.addEventListener = function (type, ...how) {
  if (type === 'message') listen.call(this, type, arrive);
  listen.call(this, type, ...how);
};

/** From here on counts what the listeners between the first and this one take. */
function listenLast() {
  addEventListener('message', () => {
    bench.foreign.ms += performance.now() - bench.arrived;
    bench.foreign.count += 1;
  });
}

/** Opens a popup in the next click, and tells how long the call has taken. */
const clicked = (origin) =>
  new Promise((resolve) => {
    /** @type {HTMLButtonElement} */ (document.querySelector('button')).onclick = () => {
      const called = performance.now();
      bench.flows.push(bench.open({ origin, isPopup: true }));
      resolve(performance.now() - called);
    };
  });

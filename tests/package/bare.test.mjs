// The pure functions in a JavaScript engine that has no page, no timers and no console: a WebView's, or an
// app's.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const { resolve } = createRequire(import.meta.url);
const read = (entry) => readFile(resolve(entry), 'utf8');

/**
 * Runs in a thread of its own: a context takes a module only behind a flag. Functions cross over as their
 * text.
 */
async function inBareEngine({ source, isModule, without, calls }) {
  const vm = require('node:vm');
  // nothing but the language and these
  const context = vm.createContext({ URL, URLSearchParams, TextDecoder, TextEncoder });
  for (const name of without) vm.runInContext(`delete globalThis.${name}`, context);
  if (isModule) {
    const module = new vm.SourceTextModule(source, { context });
    await module.link((specifier) => {
      throw new Error(`it imports ${specifier}`);
    });
    await module.evaluate();
    context.LinkWidget = module.namespace;
  } else {
    vm.runInContext(source, context);
  }
  const names = '{ parseMessage, parseCallback, scaQueryString, describeError }';
  return JSON.parse(
    vm.runInContext(`JSON.stringify([typeof WebAssembly, ...((${names}) => ${calls})(LinkWidget)])`, context),
  );
}

async function told(workerData) {
  const script = `const { parentPort, workerData } = require("node:worker_threads");
    (${inBareEngine})(workerData).then((told) => parentPort.postMessage(told));`;
  const worker = new Worker(script, {
    eval: true,
    workerData,
    execArgv: ['--experimental-vm-modules', '--no-warnings'],
  });
  // what throws in there is thrown here
  const [answer] = await once(worker, 'message');
  return answer;
}

const CALLS = `[
  parseMessage('flinks', JSON.stringify({ step: 'REDIRECT', loginId: 'l' })),
  parseMessage('fiskil', { isCompleted: true, consentID: 'c', redirectURL: 'javascript:alert(1)' }),
  parseMessage('finx', { type: 'webpackOk' }),
  parseCallback('fiskil', 'myapp://callback?error=access_denied').code,
  parseCallback('finx', 'myapp://callback?code=c&state=s').result.code,
  scaQueryString('myapp://callback?state=s').state,
  describeError('LINK_TIMEOUT').message,
]`;

/**
 * What `require` gives of scripts that require one another, as Metro of React Native makes one file of them.
 */
async function required(entry) {
  const folder = new URL('./cjs/', pathToFileURL(resolve('link-widget/package.json')));
  const define = async (name) =>
    `"./${name}": (module, require) => {${await readFile(new URL(name, folder), 'utf8')}}`;
  return `const scripts = { ${await define(entry)}, ${await define('csp.js')}, ${await define('translation.js')} };
    const require = (name) => {
      const module = { exports: {} };
      scripts[name](module, require);
      return module.exports;
    };
    globalThis.LinkWidget = require("./${entry}");`;
}

const TEXT_AND_WEB_ASSEMBLY = ['TextDecoder', 'TextEncoder', 'WebAssembly'];

for (const { entry, source, isModule, without, webAssembly } of [
  {
    entry: 'link-widget/iife',
    source: await read('link-widget/iife'),
    isModule: false,
    without: [],
    webAssembly: 'object',
  },
  {
    entry: 'link-widget',
    source: await read('link-widget'),
    isModule: true,
    without: [],
    webAssembly: 'object',
  },
  {
    entry: 'link-widget/csp',
    source: await read('link-widget/csp'),
    isModule: true,
    without: ['WebAssembly'],
    webAssembly: 'undefined',
  },
  {
    entry: 'cjs/index.js',
    source: await required('index.js'),
    isModule: false,
    without: TEXT_AND_WEB_ASSEMBLY,
    webAssembly: 'undefined',
  },
]) {
  test(`${entry} reads messages, return URLs and query strings without a page`, async () => {
    assert.deepEqual(await told({ source, isModule, without, calls: CALLS }), [
      webAssembly,
      { kind: 'completed', provider: 'flinks', result: { loginId: 'l' } },
      { kind: 'completed', provider: 'fiskil', result: { consentID: 'c' } },
      null,
      'CONSENT_ENDUSER_DENIED',
      'c',
      's',
      'The session timed out. Please try again.',
    ]);
  });
}

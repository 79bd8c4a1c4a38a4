// What is in the tarball.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const folder = dirname(createRequire(import.meta.url).resolve('link-widget/package.json'));
const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));

test('it holds the entries with their types, what people read, and nothing else', async () => {
  // the list that a release is held to as well
  const listed = (await readFile(new URL('files.txt', import.meta.url), 'utf8')).trim().split('\n');
  const words = ['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE'];
  const files = await readdir(folder, { recursive: true });
  assert.deepEqual(files.sort(), ['cjs', 'cjs/locales', 'locales', ...listed].sort());
  assert.deepEqual(
    [...manifest.files].sort(),
    ['*.js', '*.d.ts', 'cjs', 'link-widget.wasm', 'locales', ...words].sort(),
  );
  assert.deepEqual(Object.keys(manifest.exports), [
    '.',
    './csp',
    './wasm',
    './react',
    './vue',
    './svelte',
    './element',
    './testing',
    './iife',
    './locales/*',
    './link-widget.wasm',
    './package.json',
  ]);
});

test('it depends on nothing, and runs nothing when it is installed', () => {
  for (const name of ['dependencies', 'scripts', 'bin']) assert.equal(manifest[name], undefined, name);
  for (const name of Object.keys(manifest.peerDependencies))
    assert.ok(manifest.peerDependenciesMeta[name].optional, name);
  assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
  assert.notEqual(manifest.version, '0.0.0');
  const done = ['./element.js', './iife.js', './locales/*.js', './cjs/element.js', './cjs/locales/*.js'];
  assert.deepEqual(manifest.sideEffects, done, 'these are imported for what they do');
});

test('every entry is there, with its types before its code', async () => {
  const check = async (name, entry) => {
    if (typeof entry === 'string')
      return assert.ok(
        (await readFile(join(folder, entry.replace('*', 'fr')))).length > 0,
        `${name}: ${entry}`,
      );
    const conditions = Object.keys(entry);
    assert.equal(
      conditions.find((condition) => typeof entry[condition] === 'string'),
      'types',
      name,
    );
    assert.equal(conditions.at(-1), 'default', name);
    for (const condition of conditions) await check(`${name}, ${condition}`, entry[condition]);
  };
  for (const [name, entry] of Object.entries(manifest.exports)) await check(name, entry);
});

test('who requires an entry gets the types of a script, and the code of modules where it can be required', () => {
  for (const [name, { types, require, default: code }] of Object.entries(manifest.exports)) {
    if (!types) continue;
    const inFolder = (path) => path.replace('./', './cjs/');
    assert.deepEqual(
      require,
      { types: inFolder(types), 'module-sync': code, module: code, default: inFolder(code) },
      name,
    );
    assert.deepEqual(
      manifest.exports[name]['react-native'],
      { types: inFolder(types), default: inFolder(code) },
      name,
    );
  }
});

const OF_A_MACHINE = /\/(home|root|Users|work|tmp)\/|\.cargo|registry\/src|rustc\//;

test('it names no folder of the machine that built it', async () => {
  const files = await readdir(folder, { recursive: true });
  for (const file of files.filter((file) => file.includes('.'))) {
    assert.doesNotMatch(await readFile(join(folder, file), 'latin1'), OF_A_MACHINE, file);
  }
});

for (const entry of ['link-widget']) {
  test(`nor does the WebAssembly in ${entry}, nor any function of it`, async () => {
    const { cspDirectives } = await import(entry);
    const { Module } = WebAssembly;
    let bytes;
    // @ts-expect-error it stands for the class
    WebAssembly.Module = function (given) {
      bytes = given;
      return new Module(given);
    };
    try {
      cspDirectives('fiskil');
    } finally {
      WebAssembly.Module = Module;
    }
    const text = Buffer.from(bytes).toString('latin1');
    assert.ok(text.startsWith('\0asm'));
    assert.doesNotMatch(text, OF_A_MACHINE);
    assert.deepEqual(Module.customSections(new Module(bytes), 'name'), []);
  });
}

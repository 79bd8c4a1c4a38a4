/**
 * Bundles the entries of the npm package and prints the size that a user's bundle grows by.
 *
 * node bundle.mjs <repository> <folder whose node_modules holds esbuild> <folder of wasm-bindgen's output>
 * <package>
 *
 * An entry may import
 * - `link-widget:engine`, what the WebAssembly runs in: pkg-template/webassembly.js, or its translation to
 *   JavaScript;
 * - `link-widget:bytes`, a function that gives the WebAssembly;
 * - `link-widget:build`, what tells this build's WebAssembly from another's;
 * - `link-widget:glue`, wasm-bindgen's glue: see glue.mjs;
 * - `link-widget:launchers`, `link-widget:providers`, `link-widget:steps` and `link-widget:registry`, the
 *   crate's lists: see registry.mjs;
 * - `link-widget:real`, the package itself, for the double of it: see `TESTING`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

import { encode } from './ascii-bytes.mjs';
import { TRANSLATION, writeCommonJs } from './commonjs.mjs';
import { glueModule } from './glue.mjs';
import { writeLocales } from './locales.mjs';
import {
  launchersByProvider,
  launchersModule,
  providersModule,
  registryModule,
  stepsModule,
} from './registry.mjs';
import { sizes } from './size.mjs';
import { translationModule } from './translation.mjs';

const [root, packages, made, out] = process.argv.slice(2);
const esbuild = createRequire(join(packages, '/'))('esbuild');

const webAssembly = async () => `export * from "./webassembly.js";`;
const separate = async () => `export * from "./separate.js";`;
const translation = () => translationModule(made);
/** @type {import('esbuild').BuildOptions} */
const CLASSIC_SCRIPT = { format: 'iife', globalName: 'LinkWidget', minify: true };
/** @type {import('esbuild').BuildOptions} */
const COMMON_JS = { format: 'cjs' };
const WITH_TEXT = { ...COMMON_JS, inject: [join(root, 'pkg-template/text.js')] };

/**
 * @typedef {object} Entry
 * @property {string} file in pkg-template
 * @property {string} [name] in the package, where that is another
 * @property {() => string | Promise<string>} [engine] `link-widget:engine`
 * @property {import('esbuild').BuildOptions} [options]
 * @property {Record<string, import('esbuild').OnResolveResult>} [resolved] imports that are found elsewhere
 */

/**
 * Every entry with the most that it may weigh: bundled, minified and compressed with brotli, in bytes.
 * @type {(Entry & { limit: number })[]}
 */
const ENTRIES = [
  { file: 'index.js', limit: 33_700, engine: webAssembly },
  { file: 'csp.js', limit: 40_300, engine: translation },
  { file: 'wasm.js', limit: 11_400, engine: separate },
  { file: 'iife.js', limit: 33_900, engine: webAssembly, options: CLASSIC_SCRIPT },
];

/**
 * The entries that are bundled for `require` as well. They are read from a disk: their sizes do not matter.
 * @type {Entry[]}
 */
const ENTRIES_OF_COMMON_JS = [
  { file: 'csp.js', name: TRANSLATION, engine: translation, options: WITH_TEXT },
  { file: 'wasm.js', engine: separate, options: WITH_TEXT },
];

/**
 * The double for tests, in each module system. It imports the package that it stands for, so that there is
 * one LinkError.
 * @type {(Entry & { folder: string })[]}
 */
const TESTING = [
  {
    file: 'testing.js',
    folder: out,
    resolved: { 'link-widget:real': { path: './index.js', external: true } },
  },
  {
    file: 'testing.js',
    folder: join(out, 'cjs'),
    options: COMMON_JS,
    resolved: {
      'link-widget:real': { path: join(root, 'pkg-template/edge.js') },
      './csp.js': { path: `./${TRANSLATION}`, external: true },
    },
  },
];

const { version, license } = JSON.parse(await readFile(join(out, 'package.json'), 'utf8'));
const wasm = await readFile(join(made, 'link_widget_bg.wasm'));
const hash = createHash('sha256').update(wasm).digest('hex').slice(0, 16);

const common = {
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  write: false,
  logLevel: 'warning',
};

/**
 * What an entry imports that is made from the crate.
 * @param {Pick<Entry, 'engine' | 'resolved'>} entry
 * @returns {import('esbuild').Plugin}
 */
const virtualModules = ({ engine, resolved = {} }) => ({
  name: 'link-widget',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path }) => resolved[path]);
    const modules = {
      'link-widget:bytes': () => encode(wasm).module,
      'link-widget:build': () => `export const BUILD = "${hash}";`,
      'link-widget:engine': engine,
      'link-widget:glue': () => glueModule(esbuild, made),
      'link-widget:launchers': () => launchersModule(made),
      'link-widget:providers': () => providersModule(made),
      'link-widget:registry': () => registryModule(made),
      'link-widget:steps': () => stepsModule(made),
    };
    build.onResolve({ filter: /^link-widget:/ }, ({ path }) => ({ path, namespace: 'link-widget' }));
    build.onLoad({ filter: /.*/, namespace: 'link-widget' }, async ({ path }) => ({
      contents: await modules[path](),
      resolveDir: join(root, 'pkg-template'),
    }));
  },
});

/** @param {Entry} entry */
async function bundle({ file, name = file, options, ...imported }, folder) {
  await esbuild.build({
    ...common,
    ...options,
    entryPoints: [join(root, 'pkg-template', file)],
    outfile: join(folder, name),
    banner: { js: `/*! link-widget ${version} | ${license} */` },
    plugins: [virtualModules(imported)],
    write: true,
  });
}

/**
 * What the entry adds to a page whose author bundles and minifies everything.
 * @param {Entry & { limit: number }} entry
 */
async function measure({ file, limit, options }) {
  const path = join(out, file);
  const bundled = options ? undefined : await esbuild.build({ ...common, entryPoints: [path], minify: true });
  const code = bundled?.outputFiles[0].text ?? (await readFile(path, 'utf8'));
  const { raw, gzip, brotli } = sizes(code);
  const name = relative(root, path);
  console.log(`${name}, bundled and minified: ${raw} bytes, gzip ${gzip}, brotli ${brotli} (limit ${limit})`);
  if (file === 'index.js') {
    const { text } = encode(wasm);
    if (!code.includes(text)) throw new Error('esbuild no longer leaves a string of ASCII as it is');
    const [script, binary] = [sizes(code.replace(text, '')).brotli, sizes(wasm).brotli];
    console.log(`  by themselves with brotli: JavaScript ${script}, WebAssembly ${binary}`);
  }
  if (brotli > limit) {
    console.error(`${name} is ${brotli - limit} bytes over its limit`);
    process.exitCode = 1;
  }
}

/** The WebAssembly, with a custom section that says which build it is: all in it is short. */
function marked() {
  const name = 'link-widget';
  const section = [name.length, ...Buffer.from(name + hash)];
  return Buffer.concat([wasm, Buffer.from([0, section.length, ...section])]);
}

/** The hash by which a page that loads the classic script from elsewhere knows it. */
async function writeIntegrity() {
  const script = await readFile(join(out, 'iife.js'));
  const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`;
  const readme = join(out, 'README.md');
  const text = await readFile(readme, 'utf8');
  if (!text.includes('INTEGRITY'))
    throw new Error('pkg-template/README.md has no place for the hash of iife.js: INTEGRITY');
  await writeFile(readme, text.replaceAll('INTEGRITY', integrity).replaceAll('VERSION', version));
}

await writeLocales(join(root, 'pkg-template/locales'), join(out, 'locales'));
await writeFile(join(out, 'launchers.js'), await launchersByProvider(made));
await writeFile(join(out, 'link-widget.wasm'), marked());
for (const entry of ENTRIES) {
  await bundle(entry, out);
  await measure(entry);
}
for (const entry of ENTRIES_OF_COMMON_JS) await bundle(entry, join(out, 'cjs'));
for (const entry of TESTING) await bundle(entry, entry.folder);
await writeCommonJs(esbuild, out);
await writeIntegrity();

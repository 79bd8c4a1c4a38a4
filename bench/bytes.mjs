/**
 * What each entry of the package adds to a page, beside other packages: bundled by esbuild as an ES module,
 * minified.
 *
 * node bytes.mjs <folder whose node_modules holds esbuild> <folder whose node_modules holds the peers> <file
 * for the figures>
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { sizes } from '../xtask/node/size.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [packages, peers, out] = process.argv.slice(2);
const esbuild = createRequire(join(packages, '/'))('esbuild');

/** What the page has anyway. */
const FRAMEWORKS = ['react', 'react-dom', 'vue'];

/** Each by its ES module, or by its only one where it has none. */
const PEERS = {
  comlink: 'all of it',
  penpal: 'all of it',
  'post-robot': 'all of it (CommonJS)',
  zoid: 'all of it (CommonJS)',
  'oidc-client-ts': 'all of it, with its dependency',
  'pluggy-connect-sdk': 'all of it, with the zoid that it is made of',
  '@mxenabled/web-widget-sdk': 'all of it, with its dependency',
  '@mono.co/connect.js': 'all of it, with its dependency (CommonJS)',
  'react-plaid-link': "all of it, without React; loads the widget's script from its provider besides",
};

async function bundled(input, workingFolder) {
  const { outputFiles } = await esbuild.build({
    ...input,
    absWorkingDir: workingFolder,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    mainFields: ['module', 'browser', 'main'],
    define: { 'process.env.NODE_ENV': '"production"' },
    external: FRAMEWORKS,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

const sum = (one, other) => Object.fromEntries(Object.keys(one).map((key) => [key, one[key] + other[key]]));
const pkg = join(root, 'pkg');
const ours = async (name) => sizes(await bundled({ entryPoints: [join(pkg, name)] }, pkg));
const measured = [];
const add = (name, what, size) => measured.push({ name, what, ...size });

add('link-widget', 'five providers, four modes', await ours('index.js'));
const only = { contents: `export { link } from "./index.js";`, resolveDir: pkg };
add(
  'link-widget, `link` alone',
  'an app that imports nothing else',
  sizes(await bundled({ stdin: only }, pkg)),
);
add('link-widget/csp', 'without WebAssembly', await ours('csp.js'));
const wasm = sizes(readFileSync(join(pkg, 'link-widget.wasm')));
const separate = await ours('wasm.js');
add('link-widget/wasm', 'JavaScript and link-widget.wasm, compressed each by itself', sum(separate, wasm));
add('link-widget.wasm', 'of these, the WebAssembly', wasm);
for (const name of ['react', 'vue', 'svelte']) {
  add(
    `link-widget/${name}`,
    'with `link`, its launcher by default; without the framework',
    await ours(`${name}.js`),
  );
}
add('link-widget/element', 'with every launcher', await ours('element.js'));
add(
  'link-widget/iife',
  'a classic script, as it is in the package',
  sizes(readFileSync(join(pkg, 'iife.js'))),
);
const locales = readdirSync(join(pkg, 'locales')).filter((name) => name.endsWith('.js'));
const weighed = await Promise.all(
  locales.map(async (locale) => ({ locale, size: await ours(`locales/${locale}`) })),
);
const [{ locale, size: largest }] = weighed.sort((one, other) => other.size.brotli - one.size.brotli);
add(
  `link-widget/locales/${locale.replace('.js', '')}`,
  `beside an entry; the largest of ${locales.length}`,
  largest,
);

for (const [name, what] of Object.entries(PEERS)) {
  const { version } = JSON.parse(readFileSync(join(peers, 'node_modules', name, 'package.json'), 'utf8'));
  add(`${name} ${version}`, what, sizes(await bundled({ entryPoints: [name] }, peers)));
}
writeFileSync(out, JSON.stringify(measured));

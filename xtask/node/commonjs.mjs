/**
 * The package once more for `require`, in the folder cjs: for Jest, for React Native, and for versions of
 * Node that cannot require modules. Newer ones and bundlers take the modules for `require` as well (the
 * conditions `module-sync` and `module`), so that a program has one copy. Where a program still loads both,
 * it has two packages: a flow and a LinkError of the one are unknown to the other, for which an error's
 * `name` and `code` tell what it is. Only the words of locales are shared.
 */
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What cjs/csp.js requires, and nothing else is in that. Jest's mock of an entry is one of its file, for
 * whoever requires it: the double of the package, which such a mock makes, takes the real functions from
 * here.
 */
export const TRANSLATION = 'translation.js';

/** Modules of the package that import others of it, with the name that they have for `require`. */
const MODULES = {
  // whoever requires it may not compile WebAssembly: see pkg-template/edge.js
  'edge.js': 'index.js',
  'adapter.js': 'adapter.js',
  'element.js': 'element.js',
  'launchers.js': 'launchers.js',
  'react.js': 'react.js',
  'svelte.js': 'svelte.js',
  'vue.js': 'vue.js',
};

/**
 * @param {typeof import("esbuild")} esbuild
 * @param {string} out the package, whose entries are bundled
 */
export async function writeCommonJs(esbuild, out) {
  const folder = join(out, 'cjs');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), `{ "type": "commonjs" }\n`);
  for (const [module, name] of Object.entries(MODULES)) {
    const { code } = await esbuild.transform(await readFile(join(out, module), 'utf8'), {
      format: 'cjs',
      target: 'es2022',
    });
    await writeFile(join(folder, name), code);
  }
  await writeFile(join(folder, 'csp.js'), `module.exports = require("./${TRANSLATION}");\n`);
  // what the package.json beside them makes of them is all that differs
  await cp(join(out, 'locales'), join(folder, 'locales'), { recursive: true });
  const types = (await readdir(out)).filter((file) => file.endsWith('.d.ts'));
  for (const file of types) await cp(join(out, file), join(folder, file));
}

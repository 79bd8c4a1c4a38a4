/**
 * wasm-bindgen's glue as a factory. The glue keeps an instance's state in the variables of a module, of which
 * there is only one; in a function there is one at each call, together with the timers that it is given.
 * Nothing of the glue is changed but the names of the exports, which wasm-opt has shortened: esbuild puts it,
 * and the files of src/browser that it imports, into one piece of code. What the package has outside as well
 * is not put in a second time.
 */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Files of src/browser/page that pkg-template imports as well and that keep no state, with what they export.
 */
const SHARED = {
  callback: ['CHANNEL', 'closeSoon', 'hand', 'scrubAddress'],
  undo: ['create', 'element', 'listen', 'style', 'stylePage', 'undo'],
  words: ['wordsIn'],
  zone: ['inside', 'outside'],
};

/** Gives the glue the variables around it in place of their code. */
const shared = {
  name: 'shared',
  setup(build) {
    for (const [file, names] of Object.entries(SHARED)) {
      const contents = names.map((name) => `export const ${name} = outer_${name};`).join('\n');
      build.onLoad({ filter: new RegExp(`[/\\\\]page[/\\\\]${file}\\.js$`) }, () => ({ contents }));
    }
  },
};

const GLUE = 'link_widget_bg.js';

/**
 * Has the glue call the instance's exports, `wasm.name`, by the shorter names that wasm-opt has given them.
 * @param {typeof import("esbuild")} esbuild
 * @param {string} glue
 * @param {[name: string, shorter: string][]} exports
 */
function renamed(esbuild, glue, exports) {
  const names = exports.map(([name]) => name).join('|');
  const others = glue.match(new RegExp(`(?<!\\bwasm)\\.(${names})\\b`));
  if (others) throw new Error(`the glue has a property with the name of an export: ${others[0]}`);
  const options = { mangleProps: new RegExp(`^(${names})$`), mangleCache: Object.fromEntries(exports) };
  return {
    name: 'renamed',
    setup(build) {
      build.onLoad({ filter: new RegExp(`${GLUE}$`) }, async () => ({
        contents: (await esbuild.transform(glue, options)).code,
      }));
    },
  };
}

/**
 * A module that exports `createGlue(setTimeout, clearTimeout)`. What that gives:
 * - `imports`, what the WebAssembly is instantiated with;
 * - `setWasm(exports)`, to be called with what the instance exports;
 * - `takeEverythingOff()` of src/browser/page/stage.js;
 * - the functions that src/npm.rs exports.
 * @param {typeof import("esbuild")} esbuild
 * @param {string} made the folder with wasm-bindgen's output and the names that wasm-opt has given
 */
export async function glueModule(esbuild, made) {
  const names = JSON.parse(await readFile(join(made, 'names.json'), 'utf8'));
  // the folder's name holds a hash
  const [snippets] = await readdir(join(made, 'snippets'));
  const lines = [`import { takeEverythingOff } from "./snippets/${snippets}/src/browser/page/stage.js";`];

  // wasm-opt has made one module of all
  const imports = names.imports.map(([module, name, short]) => {
    lines.push(`import { ${name} as import_${short} } from ${JSON.stringify(module)};`);
    return `${short}: import_${short}`;
  });
  const glue = await readFile(join(made, GLUE), 'utf8');
  const functions = names.exports
    .map(([name]) => name)
    .filter((name) => glue.includes(`export function ${name}(`));
  lines.push(`import { __wbg_set_wasm, ${functions.join(', ')} } from "./link_widget_bg.js";`);
  lines.push(`created = {
    imports: { a: { ${imports.join(', ')} } },
    setWasm: __wbg_set_wasm,
    takeEverythingOff,
    ${functions.join(', ')}
  };`);

  const built = await esbuild.build({
    stdin: { contents: lines.join('\n'), resolveDir: made },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    plugins: [shared, renamed(esbuild, glue, names.exports)],
  });
  const outer = Object.entries(SHARED).map(([file, names]) => {
    const imported = names.map((name) => `${name} as outer_${name}`).join(', ');
    return `import { ${imported} } from "../src/browser/page/${file}.js";\n`;
  });
  return `${outer.join('')}export default function createGlue(setTimeout, clearTimeout) {
let created;
${built.outputFiles[0].text}
return created;
}`;
}

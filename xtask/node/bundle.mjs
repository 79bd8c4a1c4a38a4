/**
 * Bundles the entries of the npm package and prints the size that a user's bundle grows by.
 *
 * node bundle.mjs <repository> <folder whose node_modules holds esbuild> <folder of wasm-bindgen's output> <package>
 *
 * An entry may import
 * - `link-widget:bytes`, a function that gives the WebAssembly;
 * - `link-widget:glue`, `createGlue()`, which gives wasm-bindgen's glue with fresh state at each call: what traps is
 *   thrown away together with the glue, which caches views of its memory. `imports` are what the WebAssembly is
 *   instantiated with; then comes `set(exports)`; the rest are the crate's own functions;
 * - `link-widget:codes`, what the error codes mean.
 */
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { encode } from "./ascii-bytes.mjs";
import { lean } from "./lean-glue.mjs";

/**
 * Every entry with the WebAssembly that it holds, and the most that it may weigh: bundled, minified and compressed with
 * brotli, in bytes.
 */
const ENTRIES = [
  { file: "index.js", variant: "fiskil", limit: 16 * 1024 },
  { file: "all.js", variant: "all" },
];

const [root, packages, made, out] = process.argv.slice(2);
const esbuild = createRequire(join(packages, "/"))("esbuild");

const { version, license } = JSON.parse(await readFile(join(out, "package.json"), "utf8"));

const common = {
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  write: false,
  logLevel: "warning",
};

const webAssembly = (glue) => readFile(join(glue, "link_widget_bg.wasm"));

/** What an entry imports that is made from the WebAssembly in the folder `glue`. */
const virtualModules = (glue) => ({
  name: "link-widget",
  setup(build) {
    const modules = {
      "link-widget:bytes": async () => encode(await webAssembly(glue)).module,
      "link-widget:codes": async () => `export default ${await readFile(join(made, "codes.json"), "utf8")};`,
      "link-widget:glue": () => glueModule(glue),
    };
    build.onResolve({ filter: /^link-widget:/ }, ({ path }) => ({ path, namespace: "link-widget" }));
    build.onLoad({ filter: /.*/, namespace: "link-widget" }, async ({ path }) => ({
      contents: await modules[path](),
      resolveDir: root,
    }));
  },
});

/**
 * wasm-bindgen's glue keeps its state in the variables of a module, of which there is only one; in a function there is
 * one at each call. What the glue imports stays outside: a class must be the same for all.
 */
async function glueModule(glue) {
  const names = JSON.parse(await readFile(join(glue, "names.json"), "utf8"));
  const imports = [];
  /** The name of what `path` exports. wasm-bindgen has copied it from the repository; the entries import the original. */
  const outside = (path) => {
    const original = path.replace(/^\.\/snippets\/link-widget-[0-9a-f]+\//, "");
    if (!imports.includes(original)) imports.push(original);
    return `outside${imports.indexOf(original)}`;
  };
  const importsOutside = {
    name: "imports-outside",
    setup(build) {
      build.onResolve({ filter: /^\.\/snippets\// }, ({ path }) => ({ path: outside(path), namespace: "outside" }));
      build.onLoad({ filter: /.*/, namespace: "outside" }, async ({ path }) => {
        const exported = await exportsOf(join(root, imports[path.slice("outside".length)]));
        return { contents: exported.map((name) => `export const ${name} = ${path}.${name};`).join("\n") };
      });
    },
  };
  const short = new Map(names.exports);
  if (short.has("__wbindgen_start")) throw new Error("the WebAssembly must be started, and instance.js does not do that");
  const source = lean(await readFile(join(glue, "link_widget_bg.js"), "utf8"))
    .replace(/\bwasm\.(\w+)/g, (_, name) => {
      if (!short.has(name)) throw new Error(`wasm-bindgen's glue uses ${name}, which the WebAssembly does not export`);
      return `wasm.${short.get(name)}`;
    })
    .replace(/^export function /gm, "function ");
  // the crate's own functions have the same name in the glue as in the WebAssembly
  const functions = [...source.matchAll(/^function (\w+)/gm)].map(([, name]) => name);
  const offered = functions.filter((name) => short.has(name));
  // what needs no conversion is imported by the WebAssembly itself, straight from its file
  const imported = names.imports.map(([module, name, to]) => (module === "./link_widget_bg.js" ? `${to}: ${name}` : `${to}: ${outside(module)}.${name}`));
  const contents = [
    source,
    `const imports = { a: { ${imported.join(", ")} } };`,
    `export { imports, __wbg_set_wasm as set, ${offered.join(", ")} };`,
  ].join("\n");
  const result = await esbuild.build({ ...common, stdin: { contents, resolveDir: glue }, plugins: [importsOutside] });
  const { text } = result.outputFiles[0];
  const statement = /^export \{([^}]*)\};\s*$/m;
  if (!statement.test(text)) throw new Error("esbuild no longer ends a module with one export statement");
  const body = text.replace(statement, (_, exported) => `return {${exported.replace(/([\w$]+) as ([\w$]+)/g, "$2: $1")}};`);
  return [
    ...imports.map((path, index) => `import * as outside${index} from ${JSON.stringify(`./${path}`)};`),
    `export default function createGlue() {\n${body}}`,
  ].join("\n");
}

async function exportsOf(file) {
  const { metafile } = await esbuild.build({ ...common, entryPoints: [file], metafile: true });
  return Object.values(metafile.outputs)[0].exports;
}

async function bundle({ file, variant }) {
  await esbuild.build({
    ...common,
    entryPoints: [join(root, "pkg-template", file)],
    outfile: join(out, file),
    banner: { js: `/*! link-widget ${version} | ${license} */` },
    plugins: [virtualModules(join(made, variant))],
    write: true,
  });
}

function brotli(code) {
  const size = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: code.length };
  return brotliCompressSync(code, { params: size }).length;
}

/** What the entry adds to a page whose author bundles and minifies everything. */
async function measure({ file, variant, limit = Infinity }) {
  const result = await esbuild.build({ ...common, entryPoints: [join(out, file)], minify: true });
  const code = result.outputFiles[0].text;
  const wasm = await webAssembly(join(made, variant));
  const { text } = encode(wasm);
  if (!code.includes(text)) throw new Error("esbuild no longer leaves a string of ASCII as it is");
  const size = brotli(code);
  const path = relative(root, join(out, file));
  const most = limit < Infinity ? ` (limit ${limit})` : "";
  console.log(`${path}, bundled and minified: ${code.length} bytes, gzip ${gzipSync(code, { level: 9 }).length}, brotli ${size}${most}`);
  console.log(`  by themselves with brotli: JavaScript ${brotli(code.replace(text, ""))}, WebAssembly ${brotli(wasm)}`);
  if (size > limit) {
    console.error(`${path} is ${size - limit} bytes over its limit`);
    process.exitCode = 1;
  }
}

for (const entry of ENTRIES) {
  await bundle(entry);
  await measure(entry);
}

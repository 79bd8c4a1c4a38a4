/**
 * Bundles the entries of the npm package and prints the size that a user's bundle grows by.
 *
 * node bundle.mjs <repository> <folder whose node_modules holds esbuild> <folder of wasm-bindgen's output> <package>
 *
 * An entry may import
 * - `link-widget:engine`, what the WebAssembly runs in: pkg-template/webassembly.js, or its translation to JavaScript;
 * - `link-widget:bytes`, a function that gives the WebAssembly;
 * - `link-widget:glue`, `createGlue()`, which gives wasm-bindgen's glue with fresh state at each call: what traps is
 *   thrown away together with the glue, which caches views of its memory. `imports` are what the WebAssembly is
 *   instantiated with; then comes `set(exports)`; the rest are the crate's own functions;
 * - `link-widget:codes`, what the error codes mean.
 */
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join, relative } from "node:path";

import { encode } from "./ascii-bytes.mjs";
import { lean } from "./lean-glue.mjs";
import { sizes } from "./size.mjs";

/** Every entry with the most that it may weigh: bundled, minified and compressed with brotli, in bytes. */
const ENTRIES = [
  { file: "index.js", limit: 15_440, engine: webAssembly },
  { file: "csp.js", limit: 18_340, engine: translation },
  { file: "wasm.js", limit: 8_560, engine: separate },
  { file: "iife.js", limit: 15_560, engine: webAssembly, options: { format: "iife", globalName: "LinkWidget", minify: true } },
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

const wasm = await readFile(join(made, "link_widget_bg.wasm"));

/** What an entry imports that is made from the WebAssembly. */
const virtualModules = (engine) => ({
  name: "link-widget",
  setup(build) {
    const modules = {
      "link-widget:bytes": async () => encode(wasm).module,
      "link-widget:codes": async () => readFile(join(made, "codes.js"), "utf8"),
      "link-widget:engine": engine,
      "link-widget:glue": glueModule,
    };
    build.onResolve({ filter: /^link-widget:/ }, ({ path }) => ({ path, namespace: "link-widget" }));
    build.onLoad({ filter: /.*/, namespace: "link-widget" }, async ({ path }) => ({
      contents: await modules[path](),
      resolveDir: join(root, "pkg-template"),
    }));
  },
});

async function webAssembly() {
  return `export * from "./webassembly.js";`;
}

async function separate() {
  return `export * from "./separate.js";`;
}

/** What wasm2js wrote is a module whose imports and memory are its own; in a function they are an instance's. */
async function translation() {
  const module = await readFile(join(made, "translation.js"), "utf8");
  const body = /^import \* as a from 'a';\n([^]*)\nvar retasmFunc = /.exec(module)?.[1];
  if (!body) throw new Error(`wasm2js writes another form than bundle.mjs reads:\n${module.slice(0, 300)}`);
  return `export const DIRECTIVES = {};
export function instantiate(imports) {
${body}
return asmFunc(imports);
}`;
}

/**
 * wasm-bindgen's glue keeps its state in the variables of a module, of which there is only one; in a function there is
 * one at each call. What the glue imports stays outside: a class must be the same for all. Functions become methods,
 * under the short names that wasm-opt has given.
 */
async function glueModule() {
  const names = JSON.parse(await readFile(join(made, "names.json"), "utf8"));
  const exports = new Map(names.exports);
  if (exports.has("__wbindgen_start")) throw new Error("the WebAssembly must be started, and instance.js does not do that");
  // wasm-bindgen has copied what `path` names from the repository; the entries import the original
  const original = (path) => path.replace(/^\.\/snippets\/link-widget-[0-9a-f]+\//, "../");
  const outside = [];
  const offered = [];
  const converting = new Map();
  const body = lean(await readFile(join(made, "link_widget_bg.js"), "utf8"))
    .replace(/^import (\{.*\}) from '(.*)';\n/gm, (_, imported, path) => {
      outside.push(`import ${imported} from ${JSON.stringify(original(path))};`);
      return "";
    })
    .replace(/\bwasm\.(\w+)/g, (_, name) => {
      if (!exports.has(name)) throw new Error(`wasm-bindgen's glue uses ${name}, which the WebAssembly does not export`);
      return `wasm.${exports.get(name)}`;
    })
    .replace(/^export function (\w+)(\(.*\) \{\n(?:[ \n].*\n|\n)*?\})\n/gm, (_, name, rest) => {
      // the crate's own functions have the same name here as in the WebAssembly
      if (exports.has(name)) offered.push(name + rest);
      else if (name === "__wbg_set_wasm") offered.push(`set${rest}`);
      else converting.set(name, rest);
      return "";
    });
  if (/^(?:ex|im)port\b/m.test(body)) throw new Error(`wasm-bindgen's glue has another form than bundle.mjs reads:\n${body}`);
  const imports = names.imports.map(([module, name, short]) => {
    if (converting.has(name)) return short + converting.get(name);
    if (module === "./link_widget_bg.js") throw new Error(`wasm-bindgen's glue has no ${name}, which the WebAssembly imports`);
    // what needs no conversion is imported by the WebAssembly itself
    outside.push(`import { ${name} as direct_${short} } from ${JSON.stringify(original(module))};`);
    return `${short}: direct_${short}`;
  });
  return `${outside.join("\n")}
export default function createGlue() {
${body}
return { imports: { a: { ${imports.join(",\n")} } },
${offered.join(",\n")} };
}`;
}

async function bundle({ file, engine, options }) {
  await esbuild.build({
    ...common,
    ...options,
    entryPoints: [join(root, "pkg-template", file)],
    outfile: join(out, file),
    banner: { js: `/*! link-widget ${version} | ${license} */` },
    plugins: [virtualModules(engine)],
    write: true,
  });
}

/** What the entry adds to a page whose author bundles and minifies everything. */
async function measure({ file, limit, engine, options }) {
  const bundled = options ? undefined : await esbuild.build({ ...common, entryPoints: [join(out, file)], minify: true });
  const code = bundled?.outputFiles[0].text ?? (await readFile(join(out, file), "utf8"));
  const { raw, gzip, brotli } = sizes(code);
  const path = relative(root, join(out, file));
  console.log(`${path}, bundled and minified: ${raw} bytes, gzip ${gzip}, brotli ${brotli} (limit ${limit})`);
  if (file === "index.js") {
    const { text } = encode(wasm);
    if (!code.includes(text)) throw new Error("esbuild no longer leaves a string of ASCII as it is");
    console.log(`  by themselves with brotli: JavaScript ${sizes(code.replace(text, "")).brotli}, WebAssembly ${sizes(wasm).brotli}`);
  }
  if (brotli > limit) {
    console.error(`${path} is ${brotli - limit} bytes over its limit`);
    process.exitCode = 1;
  }
}

/** Words in other languages, each a module that puts them where src/browser/words.js looks for them. */
async function writeLocales() {
  const from = join(root, "pkg-template/locales");
  const to = join(out, "locales");
  await mkdir(to);
  for (const file of await readdir(from)) {
    const lang = file.replace(/\.json$/, "");
    const words = { lang, ...JSON.parse(await readFile(join(from, file), "utf8")) };
    const code = `(globalThis[Symbol.for("link-widget")] ??= new Map()).set("${lang}", ${JSON.stringify(words, null, 2)});\n`;
    await writeFile(join(to, `${lang}.js`), code);
    await writeFile(join(to, `${lang}.d.ts`), "export {};\n");
  }
}

/** The hash by which a page that loads the classic script from elsewhere knows it. */
async function writeIntegrity() {
  const script = await readFile(join(out, "iife.js"));
  const integrity = `sha384-${createHash("sha384").update(script).digest("base64")}`;
  const readme = join(out, "README.md");
  const text = await readFile(readme, "utf8");
  if (!text.includes("INTEGRITY")) throw new Error("pkg-template/README.md has no place for the hash of iife.js: INTEGRITY");
  await writeFile(readme, text.replaceAll("INTEGRITY", integrity).replaceAll("VERSION", version));
}

await writeLocales();
await writeFile(join(out, "link-widget.wasm"), wasm);
for (const entry of ENTRIES) {
  await bundle(entry);
  await measure(entry);
}
await writeIntegrity();

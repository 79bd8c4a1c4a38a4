// What is in the tarball.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";

const folder = dirname(createRequire(import.meta.url).resolve("link-widget/package.json"));
const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));

test("it holds the entries with their types, what people read, and nothing else", async () => {
  // the list that a release is held to as well
  const listed = (await readFile(new URL("files.txt", import.meta.url), "utf8")).trim().split("\n");
  const words = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];
  const files = await readdir(folder, { recursive: true });
  assert.deepEqual(files.sort(), ["locales", ...listed].sort());
  assert.deepEqual([...manifest.files].sort(), ["*.js", "*.d.ts", "link-widget.wasm", "locales", ...words].sort());
  assert.deepEqual(Object.keys(manifest.exports), [
    ".", "./csp", "./wasm", "./react", "./vue", "./svelte", "./element", "./iife", "./locales/*", "./link-widget.wasm", "./package.json",
  ]);
});

test("it depends on nothing, and runs nothing when it is installed", () => {
  for (const name of ["dependencies", "scripts", "bin"]) assert.equal(manifest[name], undefined, name);
  for (const name of Object.keys(manifest.peerDependencies)) assert.ok(manifest.peerDependenciesMeta[name].optional, name);
  assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
  assert.notEqual(manifest.version, "0.0.0");
  assert.deepEqual(manifest.sideEffects, ["./element.js", "./iife.js", "./locales/*.js"], "these are imported for what they do");
});

test("every entry is there, with its types first", async () => {
  for (const [name, entry] of Object.entries(manifest.exports)) {
    const paths = typeof entry === "string" ? [entry] : Object.values(entry);
    for (const path of paths) assert.ok((await readFile(join(folder, path.replace("*", "fr")))).length > 0, `${name}: ${path}`);
    if (typeof entry !== "string") assert.equal(Object.keys(entry)[0], "types", name);
  }
});

const OF_A_MACHINE = /\/(home|root|Users|work|tmp)\/|\.cargo|registry\/src|rustc\//;

test("it names no folder of the machine that built it", async () => {
  const files = await readdir(folder, { recursive: true });
  for (const file of files.filter((file) => file.includes("."))) {
    assert.doesNotMatch(await readFile(join(folder, file), "latin1"), OF_A_MACHINE, file);
  }
});

for (const entry of ["link-widget"]) {
  test(`nor does the WebAssembly in ${entry}, nor any function of it`, async () => {
    const { preload } = await import(entry);
    const { Module } = WebAssembly;
    let bytes;
    WebAssembly.Module = function (given) {
      bytes = given;
      return new Module(given);
    };
    try {
      preload();
    } finally {
      WebAssembly.Module = Module;
    }
    const text = Buffer.from(bytes).toString("latin1");
    assert.ok(text.startsWith("\0asm"));
    assert.doesNotMatch(text, OF_A_MACHINE);
    assert.deepEqual(Module.customSections(new Module(bytes), "name"), []);
  });
}

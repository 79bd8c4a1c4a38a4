// What is in the tarball.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";

const folder = dirname(createRequire(import.meta.url).resolve("link-widget/package.json"));
const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));

test("it holds what it names, and nothing else", async () => {
  const files = await readdir(folder, { recursive: true });
  assert.deepEqual(files.sort(), ["package.json", ...manifest.files].sort());
});

test("it depends on nothing, and runs nothing when it is installed", () => {
  for (const name of ["dependencies", "peerDependencies", "scripts", "bin"]) assert.equal(manifest[name], undefined, name);
  assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
  assert.notEqual(manifest.version, "0.0.0");
  assert.equal(manifest.sideEffects, false);
});

test("every entry is there, with its types first", async () => {
  for (const [name, entry] of Object.entries(manifest.exports)) {
    const paths = typeof entry === "string" ? [entry] : Object.values(entry);
    for (const path of paths) assert.ok((await readFile(join(folder, path))).length > 0, `${name}: ${path}`);
    if (typeof entry !== "string") assert.equal(Object.keys(entry)[0], "types", name);
  }
});

test("it names no folder of the machine that built it", async () => {
  for (const file of manifest.files.filter((name) => /\.(js|ts|md)$/.test(name))) {
    const text = await readFile(join(folder, file), "latin1");
    assert.doesNotMatch(text, /\/(home|root|Users|work|tmp)\/|\.cargo|registry\/src|rustc\//, file);
  }
});

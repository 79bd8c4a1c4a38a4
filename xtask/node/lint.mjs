/**
 * Looks in the JavaScript of the repository for what neither biome nor TypeScript looks for: exports that
 * nobody imports, and comments that are too wide, which the formatter leaves as they are.
 *
 * node lint.mjs, in the repository
 *
 * What is imported goes by the name of its file alone, since a file has other paths where it is served. Pages
 * import, code that is put together as text, and Rust, by `module = "/src/…"`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const COLUMNS = 110;
const COMMENT = /^\s*(\/\/|\/\*|\*)|\s\/\/ [^'"`]*$/;

/** Whose exports are for others. */
const PUBLIC = [
  // the entries of the package, and what esbuild puts into those for `require`
  /^pkg-template\/(csp|edge|element|iife|index|react|svelte|testing|text|vue|wasm)\.js$/,
  // types, and what is compiled with them, never run
  /\.ts$/,
  // tests/e2e/scripts.rs runs them
  /^tests\/e2e\/pages\/cases\//,
  // `start` in bench/page.js, whichever is measured
  /^bench\/candidates\//,
  // frameworks and their tools
  /^tests\/bundlers\//,
];

const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
});
const files = listed
  .split('\n')
  .filter((name) => /\.(m?js|jsx|tsx?|svelte|vue|html|rs)$/.test(name) && existsSync(name))
  .map((name) => ({ name, text: readFileSync(name, 'utf8') }));
const rust = files.filter(({ name }) => name.endsWith('.rs'));
const scripts = files.filter(({ name }) => !/\.(html|rs)$/.test(name));

/** The names in `{ a, b as c }`: `at` 0 is the one before `as`, -1 the one after. */
const inBraces = (clause, at) =>
  (/\{([^}]*)\}/.exec(clause)?.[1] ?? '')
    .split(',')
    .map((part) =>
      part
        .trim()
        .replace(/^type /, '')
        .split(' as ')
        .at(at),
    )
    .filter(Boolean);

/** What a text imports, as `[file, name]`; the name `*` is all of it. */
function* importsOf(text) {
  for (const [, clause, from] of text.matchAll(
    /\b(?:import|export)\s([^;'"`()]*?)\sfrom\s*['"]([^'"]+)['"]/g,
  )) {
    const file = basename(from);
    for (const name of inBraces(clause, 0)) yield [file, name];
    if (clause.includes('*')) yield [file, '*'];
  }
  for (const [, from] of text.matchAll(/\bimport\(\s*['"`]([^'"`]+)['"`]/g)) yield [basename(from), '*'];
}

function* exportsOf(text) {
  const declared = text.matchAll(/^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm);
  for (const [, name] of declared) yield name;
  for (const [, clause] of text.matchAll(/^export (\{[^}]*\})/gm)) yield* inBraces(clause, -1);
}

/** Whether a block of Rust declares a function or a class of JavaScript's. */
const isNamed = (block, name) =>
  [`js_name = ${name}\\b`, `fn ${name}\\(`, `type ${name};`].some((form) => new RegExp(form).test(block));

const imports = new Set();
for (const { text } of files) {
  for (const [file, name] of importsOf(text)) imports.add(`${file} ${name}`);
}
const isImported = (path, name) =>
  imports.has(`${basename(path)} ${name}`) ||
  imports.has(`${basename(path)} *`) ||
  rust.some(({ text }) => {
    const blocks = text.matchAll(/module = "\/([^"]+)"\)\]\n( *)extern "C" \{\n([\s\S]*?)\n\2\}/g);
    return Array.from(blocks).some(([, from, , block]) => from === path && isNamed(block, name));
  });

const found = [];
for (const { name: path, text } of scripts) {
  for (const [index, line] of text.split('\n').entries()) {
    if (line.length > COLUMNS && COMMENT.test(line))
      found.push(`${path}:${index + 1}: a comment of more than ${COLUMNS} columns`);
  }
  if (PUBLIC.some((pattern) => pattern.test(path))) continue;
  for (const name of exportsOf(text))
    if (!isImported(path, name)) found.push(`${path}: nobody imports ${name}`);
}
for (const line of found) console.error(line);
if (found.length) process.exitCode = 1;

// What the files in this folder hold, for Node. tests/vectors.rs says what their fields mean.
import { readFile, readdir } from 'node:fs/promises';

const folder = new URL('./', import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();

export const contracts = await Promise.all(
  files.map(async (name) => JSON.parse(await readFile(new URL(name, folder), 'utf8'))),
);

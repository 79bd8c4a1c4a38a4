/**
 * What the package's JavaScript takes from the crate's one list of providers, and from its lists of steps and
 * error codes.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param {string} made the folder that holds registry.json */
const read = async (made) => JSON.parse(await readFile(join(made, 'registry.json'), 'utf8'));

/**
 * The functions that open each provider's page. Adapters see by the number of parameters where the options
 * are.
 */
export async function launchersModule(made) {
  const { providers } = await read(made);
  const launchers = Object.entries(providers).map(([provider, { function: name, subject }]) =>
    subject
      ? `export const ${name} = (${subject}, options) => launch("${provider}", ${subject}, options);`
      : `export const ${name} = (options) => launch("${provider}", undefined, options);`,
  );
  return [`import { launch } from "./launch.js";`, ...launchers].join('\n');
}

/** The same, by provider, as a file of the package. */
export async function launchersByProvider(made) {
  const { providers } = await read(made);
  const names = Object.values(providers).map(({ function: name }) => name);
  const fields = Object.entries(providers).map(([provider, { function: name }]) => `${provider}: ${name}`);
  return `import { ${names.join(', ')} } from './index.js';\n\nexport const LAUNCHERS = { ${fields.join(', ')} };\n`;
}

/**
 * The lists themselves, each a module of its own: the other entries stay byte for byte as they would be
 * without them.
 */
export const registryModule = async (made) =>
  `export const DESCRIPTIONS = ${JSON.stringify((await read(made)).descriptions)};`;
export const providersModule = async (made) =>
  `export const PROVIDERS = ${JSON.stringify((await read(made)).providers)};`;
export const stepsModule = async (made) =>
  `export const STEPS = ${JSON.stringify((await read(made)).steps)};`;

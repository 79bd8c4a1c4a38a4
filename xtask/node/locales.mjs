/** Words in other languages, each a module that puts them where src/browser/page/words.js looks for them. */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @param {string} from pkg-template/locales
 * @param {string} to the package's folder for them
 */
export async function writeLocales(from, to) {
  await mkdir(to);
  for (const file of await readdir(from)) {
    const lang = file.replace(/\.json$/, '');
    const words = { lang, ...JSON.parse(await readFile(join(from, file), 'utf8')) };
    const code = `(globalThis[Symbol.for("link-widget")] ??= new Map()).set("${lang}", ${JSON.stringify(words, null, 2)});\n`;
    await writeFile(join(to, `${lang}.js`), code);
    await writeFile(join(to, `${lang}.d.ts`), 'export {};\n');
  }
}

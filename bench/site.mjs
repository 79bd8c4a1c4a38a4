// The candidates, bundled as an app has them, a merchant's page for them, and the provider's page that they
// show.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * What is compared, each with its file in `candidates/`. The first is what the others are measured against.
 */
export const CANDIDATES = {
  'plain JavaScript': { file: 'plain' },
  'link-widget': { file: 'link-widget', entry: 'index.js' },
  'link-widget/csp': { file: 'link-widget', entry: 'csp.js' },
  penpal: { file: 'penpal' },
  'pluggy-connect-sdk': { file: 'pluggy-connect-sdk', hasNoPopup: true },
};

/** Where the merchant serves it. */
export const pathOf = (name) => `/${encodeURIComponent(name)}.js`;

/** What makes a page's clock as fine as browsers have it, 5 µs: it shares its process with nobody. */
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin' };

const COMMON = {
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'cross-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const merchant = (script) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A shop</title>
<link rel="icon" href="data:,">
<style>body { font: 1rem/1.5 system-ui, sans-serif }</style>
<h1>A shop</h1>
<p>It has text, and so its fonts are there: 10 × coffee…</p>
<button>Connect your bank</button>
<script>${script}</script>
</html>`;

const provider = (script) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A bank</title>
<link rel="icon" href="data:,">
<h1>Your bank</h1>
<script type="module">${script}</script>
</html>`;

/** The page of a provider that posts one message, as Fiskil's. */
const SAYS = `
globalThis.say = () => (globalThis.opener ?? parent).postMessage({ isCompleted: true, consentID: "consent" }, "*");
globalThis.isReady = true;`;

/**
 * Serves it all on loopback, the provider on another host, which browsers keep in a process of its own.
 * `packages`, `peers`: folders whose node_modules hold esbuild, and the peers.
 */
export async function serve(packages, peers) {
  const esbuild = createRequire(join(packages, '/'))('esbuild');
  const bundle = async (input, entry) => {
    const { outputFiles } = await esbuild.build({
      ...input,
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      nodePaths: [join(peers, 'node_modules')],
      mainFields: ['module', 'browser', 'main'],
      define: { 'process.env.NODE_ENV': '"production"' },
      alias: entry && { 'link-widget': join(here, '../pkg', entry) },
      logLevel: 'error',
    });
    return outputFiles[0].text;
  };

  const shop = new Map();
  const bank = new Map();
  const page = (body, headers) => ({ type: 'text/html', body, headers });
  const script = readFileSync(join(here, 'page.js'), 'utf8');
  shop.set('/', page(merchant(script), ISOLATED));
  // one that is isolated has no way to a popup of another origin
  shop.set('/popups', page(merchant(script)));
  for (const [name, { file, entry }] of Object.entries(CANDIDATES)) {
    const contents = `import * as candidate from "./candidates/${file}.js"; start(candidate);`;
    const banner = { js: 'bench.evaluated=performance.now();' };
    const body = await bundle({ stdin: { contents, resolveDir: here }, banner }, entry);
    shop.set(pathOf(name), { type: 'text/javascript', body, headers: { 'cache-control': 'max-age=3600' } });
  }
  bank.set('/', page(provider(SAYS)));
  for (const name of ['penpal', 'pluggy-connect-sdk']) {
    const body = await bundle({ entryPoints: [join(here, `candidates/${name}-provider.js`)] });
    bank.set(`/${name}`, page(provider(body)));
  }

  const listen = async (pages) => {
    const server = createServer(({ url = '/' }, response) => {
      const found = pages.get(new URL(url, 'http://localhost').pathname);
      if (!found) return response.writeHead(404).end();
      response.writeHead(200, {
        ...COMMON,
        'content-type': `${found.type}; charset=utf-8`,
        ...found.headers,
      });
      response.end(found.body);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    return server;
  };
  const servers = await Promise.all([listen(shop), listen(bank)]);
  const ports = servers.map(
    (server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port,
  );
  return {
    merchant: `http://127.0.0.1:${ports[0]}`,
    provider: `http://localhost:${ports[1]}`,
    end() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

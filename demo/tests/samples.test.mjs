// Every sample that the demo's page can print is a module that a browser can read.
// LINK_WIDGET_DEMO: the origin of a shop.
import assert from 'node:assert/strict';
import test from 'node:test';
import { SourceTextModule } from 'node:vm';
import { sample } from '../../www/code.js';
import { describeLaunch } from '../../www/launch.js';
import { withMistakes } from '../../www/mistakes.js';

const shop = process.env.LINK_WIDGET_DEMO;
// What the page's modules ask of a page.
globalThis.location = new URL(shop);
globalThis.document = {
  createElement: () => ({ contentWindow: {}, remove() {} }),
  body: { appendChild: (frame) => frame },
};

const { providers } = await (await fetch(`${shop}/api/providers`)).json();

for (const provider of providers) {
  for (const mode of provider.modes) {
    test(`${provider.id}, ${mode}`, async () => {
      const { launch } = await (
        await fetch(`${shop}/api/${provider.id}/start`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ mode }),
        })
      ).json();
      const scenarios = withMistakes(provider).filter(({ modes }) => modes.includes(mode));
      assert.notEqual(scenarios.length, 0);
      for (const scenario of scenarios) {
        const choice = { provider, mode, scenario };
        for (const again of [undefined, 'ref']) {
          const source = sample(choice, describeLaunch(choice, launch), again);
          assert.doesNotThrow(() => new SourceTextModule(source), source);
        }
      }
    });
  }
}

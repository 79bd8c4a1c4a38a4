import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

import * as all from "link-widget";
import * as csp from "link-widget/csp";

import { differences, isKnown } from "../vectors/check.mjs";

const folder = new URL("../vectors/", import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));
const contracts = await Promise.all(files.map(async (name) => JSON.parse(await readFile(new URL(name, folder), "utf8"))));

const ENTRIES = [
  { name: "link-widget", widget: all, providers: ["fimento", "finqlink", "finx", "fiskil", "flinks"] },
  { name: "link-widget/csp", widget: csp, providers: ["fimento", "finqlink", "finx", "fiskil", "flinks"] },
];

for (const { name, widget, providers } of ENTRIES) {
  const known = contracts.filter(({ provider }) => isKnown(widget, provider));

  test(`the providers that ${name} knows`, () => {
    assert.deepEqual(known.map(({ provider }) => provider).sort(), providers);
  });

  for (const contract of known) {
    test(`${name}: every row of ${contract.provider}'s contract`, () => {
      assert.ok(contract.messages.length > 0 && contract.callbacks.length > 0);
      assert.deepEqual(differences(widget, contract), []);
    });
  }

  for (const { provider, messages } of contracts.filter((contract) => !known.includes(contract))) {
    test(`${name}: ${provider} says nothing`, () => {
      for (const { name, data } of messages) assert.equal(widget.parseMessage(provider, data), null, name);
      const { kind, code } = widget.parseCallback(provider, "https://app.example/callback?code=c&state=s");
      assert.deepEqual([kind, code], ["failed", "LINK_INVALID_OPTIONS"]);
    });
  }
}

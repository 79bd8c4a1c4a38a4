import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

import * as widget from "link-widget";

import { differences, isKnown } from "../vectors/check.mjs";

const folder = new URL("../vectors/", import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));
const contracts = await Promise.all(files.map(async (name) => JSON.parse(await readFile(new URL(name, folder), "utf8"))));

test("the providers that the package knows", () => {
  const known = contracts.map(({ provider }) => provider).filter((provider) => isKnown(widget, provider));
  assert.ok(known.includes("fiskil"), known.join());
});

for (const contract of contracts.filter(({ provider }) => isKnown(widget, provider))) {
  test(`every row of ${contract.provider}'s contract`, () => {
    assert.ok(contract.messages.length + contract.callbacks.length > 0);
    assert.deepEqual(differences(widget, contract), []);
  });
}

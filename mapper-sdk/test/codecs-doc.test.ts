import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { byteOrders, bytePositions, codecFields, codecTypes } from "@edgetwin/mapper-sdk/codecs";

const page = readFileSync(new URL("../../../docs/reference/codecs.md", import.meta.url), "utf8");
const part = (title: string): string => page.split(`## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
const firstCells = (title: string): string[] =>
  [...part(title).matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell]) =>
    [...(cell as string).matchAll(/`(.+?)`/g)].map(([, name]) => name as string),
  );

test("the page of codecs names every setting and every type, and no other", () => {
  assert.deepEqual(firstCells("Settings"), Object.keys(codecFields));
  assert.deepEqual(firstCells("Types").sort(), [...codecTypes].sort());
});

test("the page of codecs names every order, and with it the letters that mean the same", () => {
  const rows = [...part("Orders").matchAll(/^\| `(.+?)` +\| (.+?) +\|/gm)].map(([, order, letters]) => ({
    order: order as (typeof byteOrders)[number],
    letters: [...(letters as string).matchAll(/`(.+?)`/g)].map(([, name]) => name as (typeof byteOrders)[number]),
  }));
  assert.deepEqual(rows.flatMap(({ order, letters }) => [order, ...letters]).sort(), [...byteOrders].sort());
  for (const { order, letters } of rows)
    for (const name of letters) assert.deepEqual(bytePositions(name, name.length), bytePositions(order, name.length));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import * as yaml from "yaml";
import { deepestLevel, isNestedTooDeeply } from "./nesting.ts";

const isTooDeep = (text: string) => isNestedTooDeeply(yaml, text);
const deep = 20_000;
const indented = (levels: number) => Array.from({ length: levels }, (_, level) => `${" ".repeat(level)}a:`).join("\n");

test("a text nested without end is found before a parser sees it, in whatever way it is nested", () => {
  const endless = {
    lists: "[".repeat(deep),
    "closed lists": "[".repeat(deep) + "]".repeat(deep),
    objects: '{"a":'.repeat(deep),
    "lists whose ends are hidden in text": '["]",'.repeat(deep),
    "items in one line": "- ".repeat(deep),
    "keys in one line": "? ".repeat(deep),
    indentation: indented(deepestLevel + 10),
    "a later document": `a: 1\n---\n${"[".repeat(deep)}`,
  };
  for (const [how, text] of Object.entries(endless)) assert.equal(isTooDeep(text), true, how);
});

test("long texts, and brackets inside of texts, are not deep", () => {
  const flat = {
    "many objects": `[${'{"a":[1]},'.repeat(deep)}1]`,
    "many items": "- a: [1]\n".repeat(deep),
    "brackets in quotes": `"${"[".repeat(deep)}"`,
    "brackets in a block of text": `a: |\n  ${"[".repeat(deep)}\n`,
    "a block of text far to the right": `a: |\n${" ".repeat(300)}text\n`,
    "blanks in front of a value": `a:${" ".repeat(300)}1`,
    "what people write": indented(20),
  };
  for (const [what, text] of Object.entries(flat)) assert.equal(isTooDeep(text), false, what);
});

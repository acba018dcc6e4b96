import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createOutput } from "./output.ts";
import { printStructured } from "./structured.ts";

async function printed(format: "json" | "yaml", value: unknown): Promise<string> {
  let text = "";
  const stream = {
    write(part: string) {
      text += part;
    },
  };
  await printStructured(createOutput({ stdout: stream, stderr: stream }, {}), format, value);
  return text;
}

test("JSON is printed as JSON.stringify with two spaces would", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      // Numbers that large are written so that they cannot be mistaken for exact integers.
      fc.pre(!/\d{16}/.test(JSON.stringify(value)));
      assert.equal(await printed("json", value), `${JSON.stringify(value, undefined, 2)}\n`);
    }),
  );
});

test("integers beyond 2^53 keep their digits in JSON and YAML", async () => {
  const value = { count: 9007199254740993n };
  assert.equal(await printed("json", value), '{\n  "count": 9007199254740993\n}\n');
  assert.equal(await printed("yaml", value), "count: 9007199254740993\n");
});

test("YAML quotes text that other readers would take for something else", async () => {
  assert.equal(await printed("yaml", { red: "true", blue: "12" }), 'red: "true"\nblue: "12"\n');
});

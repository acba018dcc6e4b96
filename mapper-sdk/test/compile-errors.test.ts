import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { compile, workspace } from "./fixtures/compile.ts";

/** What the compiler has to say about each mistake in src/types.test.ts, in words a newcomer understands. */
const sayings: readonly (readonly [mistake: string, says: RegExp])[] = [
  ["a writable property needs a write handler", /Property 'write' is missing in type '\{ read: \(\) => boolean; \}'/],
  ["power is a boolean, not a number", /Type 'number' is not assignable to type 'Awaitable<boolean>'/],
  ["every property of the model needs handlers", /Property 'power' is missing in type '\{\}'/],
  [
    "a read-only property cannot be written",
    /this property is read-only; declare it with access: \\"rw\\" in the model/,
  ],
  ["levle is no property of the sensor", /'levle' does not exist[\s\S]*Did you mean to write 'level'\?/],
  [
    "text is pushed where a number is read",
    /'AsyncGenerator<string, void, any>' is not assignable to type 'AsyncIterable<number \| Error>'/,
  ],
  [
    "text is returned where many are read and one is a number",
    /Type 'string' is not assignable to type 'number \| Error'/,
  ],
  ["lien is no setting of the visitor, line is", /'lien' does not exist in type '\{ readonly activeLow\?: boolean;/],
  ["the line is missing", /Property 'line' is missing in type '\{ activeLow: true; \}'/],
  ["level has no visitor", /Argument of type '\{\}' is not assignable/],
  ["a line is a number", /Type 'string' is not assignable to type 'number'/],
  ["the sensor has no property levle that could have a visitor", /'levle' does not exist in type/],
  ["computed visitors are checked too: lien is no setting", /Property 'line' is missing in type '\{ lien: number; \}'/],
  [
    "the traffic light has no property blue",
    /'"blue"' is not assignable to parameter of type '"brightness" \| "energy"/,
  ],
  ["lux is read-only", /'"lux"' is not assignable to parameter of type '"brightness" \| "state"'/],
  ["the state cannot be blue", /'"blue"' is not assignable to parameter of type '"amber" \| "green" \| "red"'/],
  ["a meter has no method rest", /'"rest"' is not assignable to parameter of type '"reset"'/],
  ["reset takes a register", /'regster' does not exist[\s\S]*Did you mean to write 'register'\?/],
  ["reset needs its input", /Expected 2-3 arguments, but got 1/],
  ["a method answers what it declared", /Type '\{ m: number; \}' is not assignable to type/],
  ["a traffic light has no property amber", /'amber' does not exist/],
  ["state is a boolean", /Type 'string' is not assignable to type 'boolean \| undefined'/],
  ['access is "r" or "rw"', /Type '"w"' is not assignable to type 'Access \| undefined'/],
  ["bounds of a 64-bit number are bigints", /Type 'number' is not assignable to type 'bigint'/],
];

test("every mistake a mapper author can make is told in readable words, where it was made", async () => {
  const source = await readFile(join(workspace, "mapper-sdk", "src", "types.test.ts"), "utf8");
  const mistakes = [...source.matchAll(/\/\/ @ts-expect-error (.*)/g)].map(([, mistake]) => mistake);
  assert.deepEqual(
    mistakes,
    sayings.map(([mistake]) => mistake),
    "every @ts-expect-error of src/types.test.ts needs a line here",
  );

  const packaged = source
    .replaceAll("@ts-expect-error", "mistake:")
    .replaceAll('"./index.ts"', '"@edgetwin/mapper-sdk"')
    .replaceAll('"./testing/index.ts"', '"@edgetwin/mapper-sdk/testing"');
  const { said } = await compile({ "mistakes.ts": packaged });
  const lines = packaged.split("\n");
  for (const [mistake, says] of sayings) {
    const line = lines.findIndex((text) => text.includes(`mistake: ${mistake}`)) + 2;
    const [, found = ""] = said.split(`mistakes.ts(${line},`);
    assert.match(found.split("mistakes.ts(")[0] ?? "", says, `line ${line}: ${mistake}\n${said}`);
  }
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { lines } from "./lines.ts";

async function linesOf(chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const seen: string[] = [];
  lines(stream, (line) => seen.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await once(stream, "close");
  return seen;
}

test("lines come whole, however they are cut, the last one without its end too", async () => {
  assert.deepEqual(await linesOf(["on", "e\ntwo\r\n", "\n", "three"]), ["one", "two", "three"]);
  const bytes = Buffer.from("äöü\n");
  assert.deepEqual(await linesOf([bytes.subarray(0, 1), bytes.subarray(1)]), ["äöü"]);
});

test("a line without an end is cut, and the rest of it dropped", async () => {
  const seen = await linesOf(["x".repeat(10_000), "x".repeat(100_000), "\nnext\n"]);
  assert.deepEqual(
    seen.map(({ length }) => length),
    [8193, 4],
  );
});

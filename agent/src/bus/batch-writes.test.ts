import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { settle } from "@edgetwin/mapper-sdk/testing";
import { batchWrites } from "./batch-writes.ts";

/** Writes as mqtt-packet does: each packet corks for itself and lets go at the end of the tick. */
function writePacket(stream: Writable, text: string): void {
  stream.cork();
  stream.write(text);
  process.nextTick(() => stream.uncork());
}

test("packets of one turn leave together, those of the next turn on their own, all in order", async () => {
  const writes: string[] = [];
  const stream = new Writable({
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join(""));
      done();
    },
  });
  batchWrites(stream);
  for (const text of ["a", "b"]) writePacket(stream, text);
  // Microtasks and next ticks still belong to the same turn.
  await Promise.resolve();
  writePacket(stream, "c");
  await settle();
  writePacket(stream, "d");
  await settle();
  assert.deepEqual(writes, ["abc", "d"]);
});

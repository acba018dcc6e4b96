import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type Log, recordBoard, silentLog } from "@edgetwin/mapper-sdk";
import { loadCapture, ManualClock, parseCapture, replayBoard, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { temporaryDirectory } from "../test/support/temporary-directory.ts";
import { CaptureFile } from "./capture-file.ts";

const lines = async (path: string) => (await readFile(path, "utf8")).trimEnd().split("\n");

test("a capture of the run before is kept beside the new one", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "deep", "capture.jsonl");
  for (const run of ["first", "second", "third"]) {
    await using file = await CaptureFile.open({ path, limit: 1e6, preamble: () => [], log: silentLog });
    file.write(run);
  }
  assert.deepEqual(await lines(path), ["third"]);
  assert.deepEqual(await lines(`${path}.1`), ["second"]);
});

test("two files share the limit, and each of them can be replayed alone", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "capture.jsonl");
  const clock = new ManualClock();
  const limit = 20_000;
  {
    let preamble = (): readonly string[] => [];
    await using file = await CaptureFile.open({ path, limit, preamble: () => preamble(), log: silentLog });
    const board = recordBoard(new SimBoard({ clock }), { clock, sink: (line) => file.write(line) });
    preamble = () => board.preamble();
    await using lamp = await board.gpio.output("GPIO17");
    for (let nth = 0; nth < 1000; nth++) {
      await using _ = await board.gpio.output("GPIO4");
      await lamp.set(nth % 2 === 0);
      await clock.advance(1);
    }
  }
  const sizes = await Promise.all([path, `${path}.1`].map(async (name) => (await readFile(name)).length));
  assert.ok((sizes[0] as number) > 0 && (sizes[0] as number) + (sizes[1] as number) < limit * 1.1, `${sizes}`);
  for (const name of [path, `${path}.1`]) {
    const capture = await loadCapture(name);
    assert.equal(capture.damage, undefined);
    await using replay = replayBoard(capture, { clock: new ManualClock() });
    const lamp = await replay.gpio.output("GPIO17");
    const first = capture.entries.find(({ do: what }) => what === "set");
    await lamp.set(first?.out === true);
    assert.deepEqual(replay.mismatches, []);
  }
});

test("what a slow card cannot take is left out, and the capture says so", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "capture.jsonl");
  const header = '{"capture":1,"board":"b","startedAt":""}';
  {
    await using file = await CaptureFile.open({ path, limit: 1e9, preamble: () => [], log: silentLog });
    file.write(header);
    // All at once: the card has not taken the first one when the last one comes.
    for (let n = 1; n <= 20_000; n++) file.write(JSON.stringify({ n, ms: n, on: "gpio GPIO4", do: "x".repeat(200) }));
    while ((await readFile(path, "utf8")).split("\n").length < 100)
      await new Promise((resolve) => setImmediate(resolve));
    file.write(JSON.stringify({ n: 20_001, ms: 0, on: "gpio GPIO4", do: "get" }));
  }
  assert.match(parseCapture(await readFile(path, "utf8")).damage ?? "", /\d+ lines were lost while it was recorded/);
});

test("a card that fails ends the capture with one line in the log, and control goes on", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "capture.jsonl");
  const errors: unknown[] = [];
  const log: Log = { ...silentLog, error: (event) => void errors.push(event) };
  await mkdir(`${path}.1`, { recursive: true });
  const file = await CaptureFile.open({ path, limit: 100, preamble: () => [], log });
  // The folder is in the way of keeping the first file.
  for (let nth = 0; nth < 50; nth++) {
    file.write("x".repeat(20));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await file[Symbol.asyncDispose]();
  assert.deepEqual(errors, ["capture.failed"]);
  await assert.rejects(CaptureFile.open({ path: "/dev/null/capture", limit: 100, preamble: () => [], log }));
});

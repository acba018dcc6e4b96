import assert from "node:assert/strict";
import { existsSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadCapture, ManualClock, replayBoard } from "@edgetwin/mapper-sdk/testing";
import { freePort } from "./support/free-port.ts";
import { RealAgent } from "./support/real-agent.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

/** Resolves when something in `folder` has changed so that `reached` says yes. */
async function until(folder: string, reached: () => boolean): Promise<void> {
  const watcher = watch(folder);
  await new Promise<void>((resolve) => watcher.on("change", () => reached() && resolve()));
  watcher.close();
}

test("an agent that is killed leaves a capture which can be replayed, and the next one keeps it", async () => {
  using directory = temporaryDirectory();
  const record = join(directory.path, "capture.jsonl");
  await using agent = new RealAgent(await freePort(), { board: { use: "simulated", record } });
  const recorded = until(
    directory.path,
    () => existsSync(record) && /"open output"/.test(readFileSync(record, "utf8")),
  );
  await agent.start();
  await recorded;
  await agent.end("SIGKILL");
  const capture = await loadCapture(record);
  assert.equal(capture.damage, undefined);
  const [opened] = capture.entries.filter(({ do: what }) => what === "open output");
  assert.ok(opened, JSON.stringify(capture.entries));
  const clock = new ManualClock();
  await using replay = replayBoard(capture, { clock });
  await clock.runUntil(replay.gpio.output(opened.on.replace("gpio ", ""), opened.out as object));
  assert.deepEqual(replay.mismatches, []);

  await agent.start();
  await agent.end("SIGTERM");
  assert.equal((await loadCapture(`${record}.1`)).header.startedAt, capture.header.startedAt);
  const closed = (await loadCapture(record)).entries.filter(({ do: what }) => what === "close");
  assert.ok(closed.length > 0, "a clean stop is recorded to its end");
});

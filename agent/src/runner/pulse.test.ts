import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { createLog } from "@edgetwin/program";
import { BusQueues } from "./bus-queues.ts";
import { Pulse } from "./pulse.ts";

function bench() {
  const clock = new ManualClock();
  const lines: string[] = [];
  const beats: number[] = [];
  const log = createLog({
    level: "info",
    format: "json",
    clock,
    journald: false,
    write: (line) => void lines.push(line),
  });
  const start = clock.monotonic();
  const pulse = new Pulse({ clock, log, everyMs: 10_000, beat: () => void beats.push(clock.monotonic() - start) });
  return { clock, lines, beats, pulse, queues: new BusQueues(clock, pulse) };
}

describe("the pulse", () => {
  test("beats at the start, and then as often as it is to, without any device", async () => {
    const { clock, beats } = bench();
    await clock.advance(35_000);
    assert.deepEqual(beats, [0, 10_000, 20_000, 30_000]);
  });

  test("beats no more often for devices that turn a thousand times as often", async () => {
    const { clock, beats, queues } = bench();
    const { lane } = queues.acquire("i2c:1");
    for (let turn = 0; turn < 3_000; turn++) {
      await lane.run({ priority: "poll" }, () => Promise.resolve());
      await clock.advance(10);
    }
    assert.ok(beats.length >= 3 && beats.length <= 4, beats.join(", "));
  });

  test("ends while a conversation with a bus never ends, although everything else turns; says so once; goes on when it ends", async () => {
    const { clock, beats, queues, lines } = bench();
    const { lane } = queues.acquire("i2c:1");
    let end = () => {};
    const stuck = lane.run({ priority: "poll" }, () => new Promise<void>((resolve) => (end = resolve)));
    const other = queues.acquire("serial").lane;
    for (let minute = 0; minute < 20; minute++) {
      await other.run({ priority: "poll" }, () => Promise.resolve());
      await clock.advance(60_000);
    }
    assert.ok((beats.at(-1) ?? 0) <= 310_000, `${beats.at(-1)}`);
    assert.equal(lines.filter((line) => line.includes("stands still")).length, 1);
    assert.match(lines.join(""), /conversations with i2c:1/);
    end();
    await stuck;
    await clock.advance(20_000);
    assert.ok((beats.at(-1) ?? 0) > 1_200_000);
  });

  test("ends when polls that were to go on do not", async () => {
    const { clock, beats, queues, lines } = bench();
    queues.acquire("i2c:1").lane.rests(1_000);
    await clock.advance(600_000);
    assert.ok((beats.at(-1) ?? 0) <= 310_000);
    assert.match(lines.join(""), /polls through i2c:1/);
  });

  test("waits for what may take long: polls once an hour, a method with the patience of its caller, a device that was closed", async () => {
    const { clock, beats, queues } = bench();
    queues.acquire("hourly").lane.rests(3_600_000);
    const closed = queues.acquire("closed");
    closed.lane.rests(1_000);
    closed[Symbol.dispose]();
    const { lane } = queues.acquire("door");
    const method = lane.run({ priority: "interactive", longestMs: 3_000_000 }, () => new Promise(() => {}));
    method.catch(() => {});
    await clock.advance(3_000_000);
    assert.equal(beats.at(-1), 3_000_000);
  });

  test("stops with the agent", async () => {
    const { clock, beats, pulse } = bench();
    pulse[Symbol.dispose]();
    await clock.advance(60_000);
    assert.deepEqual(beats, [0]);
  });
});

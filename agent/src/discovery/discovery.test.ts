import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Discovered, defineProtocol, f, fields, silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard, settle } from "@edgetwin/mapper-sdk/testing";
import { fixedCatalogue } from "../../test/support/fixed-catalogue.ts";
import { BusQueues } from "../runner/bus-queues.ts";
import { Discovery, type DiscoveryItem, mostFindings, mostLooks } from "./discovery.ts";

type Find = (context: {
  readonly signal: AbortSignal;
  turn<T>(action: () => Promise<T>): Promise<T>;
}) => AsyncIterable<Discovered>;

const finding = (name: string): Discovered => ({ name, description: `${name} answered`, confidence: 1 });

function bench(find: Find) {
  const clock = new ManualClock();
  const queues = new BusQueues(clock);
  const wire = defineProtocol({
    protocol: "wire",
    visitor: fields({}),
    open: () => null,
    read: () => 1,
    discover: { description: "Asks.", options: fields({ units: f.optional(f.int()) }), bus: () => "1", find },
  });
  const mute = defineProtocol({ protocol: "mute", visitor: fields({}), open: () => null, read: () => 1 });
  const catalogue = fixedCatalogue(wire, mute);
  const discovery = new Discovery({ catalogue, board: new SimBoard(), queues, clock, log: silentLog });
  const start = (options?: unknown, signal = new AbortController().signal, protocol = "wire") =>
    discovery.start({ protocol, options, forMs: 5_000, signal, devices: {} });
  return { clock, queues, discovery, start };
}

async function collect(items: AsyncIterable<DiscoveryItem>): Promise<string[]> {
  const told: string[] = [];
  for await (const item of items) told.push(item.kind === "done" ? item.reason : item.found.name);
  return told;
}

describe("discovery", () => {
  test("tells what is found and that everything was looked at", async () => {
    const { start, discovery } = bench(async function* () {
      yield finding("a");
      yield finding("b");
    });
    assert.deepEqual(await collect(start()), ["a", "b", "complete"]);
    assert.deepEqual(
      discovery.offers().map(({ protocol, options }) => [protocol, options?.length]),
      [["wire", 1]],
    );
  });

  test("ends when the time is over, also with a mapper that ignores its signal", async () => {
    const { clock, start } = bench(async function* () {
      yield finding("a");
      await new Promise(() => {});
    });
    const told = collect(start());
    await clock.advance(5_000);
    assert.deepEqual(await told, ["a", "time"]);
  });

  test("ends with whoever asked, and tells the mapper", async () => {
    let aborted = false;
    const { start } = bench(async function* ({ signal }) {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      yield finding("a");
      await new Promise(() => {});
    });
    const caller = new AbortController();
    const told = collect(start(undefined, caller.signal));
    await settle();
    caller.abort();
    assert.deepEqual(await told, ["a", "time"]);
    assert.equal(aborted, true);
  });

  test("tells no more than its limit, and runs no more looks than its limit", async () => {
    const endless = bench(async function* () {
      for (let count = 0; ; count++) yield finding(`${count}`);
    });
    const told = await collect(endless.start());
    assert.deepEqual([told.length, told.at(-1)], [mostFindings + 1, "limit"]);

    const { clock, start } = bench(async function* () {
      await new Promise(() => {});
    });
    const looks = Array.from({ length: mostLooks }, () => collect(start()));
    await settle();
    assert.throws(() => start(), { code: "LIMIT", message: /4 looks for devices are under way/ });
    await clock.advance(5_000);
    await Promise.all(looks);
    const next = collect(start());
    await clock.advance(5_000);
    assert.deepEqual(await next, ["time"]);
  });

  test("probes in turn with the devices on the bus, and a probe that hangs gives it back", async () => {
    const probes: number[] = [];
    const { clock, queues, start } = bench(async function* ({ turn }) {
      for (let unit = 1; unit <= 2; unit++) {
        await turn(async () => {
          probes.push(unit);
          if (unit === 2) await new Promise(() => {});
        });
      }
    });
    const { lane } = queues.acquire("wire:1");
    let letGo = () => {};
    const reading = lane.run(
      { priority: "poll" },
      () =>
        new Promise<void>((resolve) => {
          letGo = resolve;
        }),
    );
    const told = collect(start());
    await settle();
    assert.deepEqual(probes, [], "probed while a device was being read");
    letGo();
    await reading;
    await settle();
    assert.deepEqual(probes, [1, 2]);
    let served = false;
    const write = lane.run({ priority: "write" }, async () => {
      served = true;
    });
    await clock.advance(5_000);
    assert.deepEqual(await told, ["time"]);
    await write;
    assert.equal(served, true);
  });

  test("refuses a protocol that nobody looks for, and options that do not fit", () => {
    const { start } = bench(async function* () {});
    assert.throws(() => start({}, undefined, "wier"), {
      code: "NOT_FOUND",
      message: /no mapper looks for wier.*"wire"/,
    });
    assert.throws(() => start({}, undefined, "mute"), { code: "NOT_FOUND" });
    assert.throws(() => start({ unit: 1 }), { code: "VALUE_INVALID", message: /did you mean "units"/ });
  });

  test("a failing mapper is told as its error, after what it found", async () => {
    const { start } = bench(async function* () {
      yield finding("a");
      throw new Error("the stick was pulled");
    });
    await assert.rejects(collect(start()), { name: "MapperError", message: "the stick was pulled" });
  });
});

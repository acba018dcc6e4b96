import assert from "node:assert/strict";
import { test } from "node:test";
import { type Discovered, silentLog } from "@edgetwin/mapper-sdk";
import { bacnet } from "../src/index.ts";
import { analog, EmulatedDevice, EmulatedNode } from "../src/testing/index.ts";
import { MemoryBench } from "./memory-bench.ts";

async function found(
  bench: MemoryBench,
  options: object = {},
  devices: Readonly<Record<string, unknown>> = {},
): Promise<Discovered[]> {
  const { board, clock } = bench;
  const all: Discovered[] = [];
  const look = async () => {
    const environment = { board, clock, log: silentLog, signal: new AbortController().signal, devices };
    for await (const one of bacnet.discover?.find({ timeoutMs: 500, ...options }, environment) ?? []) all.push(one);
  };
  await bench.run(look());
  assert.deepEqual(board.held(), []);
  return all;
}

for (const library of ["bacnet-js", "bacstack"])
  for (const options of [{}, { segments: false, maxApdu: 206 }])
    test(`a fan coil${options.maxApdu ? " with short answers" : ""} is proposed as a device that opens, by ${library}`, async () => {
      const bench = new MemoryBench();
      const coil = bench.fanCoil(301, "10.0.0.5:47808", options);
      const [one, ...more] = await found(bench, { library });
      assert.deepEqual(more, []);
      const { name, confidence, connection, model, visitors, facts } = one as Required<Discovered>;
      assert.deepEqual([name, confidence, facts.product], ["FCU-301", 1, "fan coil"]);
      assert.deepEqual(connection, { device: 301, ...(library === "bacstack" && { library }) });
      const facets = Object.entries(model.properties).map(([key, { type, access, unit, min, max, options }]) => [
        key,
        type,
        access,
        unit ?? options?.join("|") ?? "",
        `${min ?? ""}..${max ?? ""}`,
      ]);
      assert.equal(model.name, "fcu-301");
      assert.deepEqual(facets, [
        ["room-temperature", "FLOAT", "r", "Cel", ".."],
        ["setpoint", "FLOAT", "rw", "Cel", "10..30"],
        ["valve", "FLOAT", "rw", "%", "0..100"],
        ["window-contact", "BOOLEAN", "r", "", ".."],
        ["fan", "BOOLEAN", "rw", "", ".."],
        ["mode", "STRING", "rw", "off|heat|cool|auto", ".."],
        ["filter", "STRING", "r", "clean|soiled|clogged", ".."],
      ]);
      assert.ok(
        [...coil.objects.values()].every(({ commands }) => commands.length === 0),
        "something was written",
      );
      await using device = await bench.open(model, visitors, connection);
      assert.equal(await bench.run(device.read("mode")), "off");
    });

test("devices are told in the order they answer, known ones as known, and one that cannot be read all the same", async () => {
  const bench = new MemoryBench();
  bench.fanCoil(301);
  const broken = bench.fanCoil(302);
  broken.faults.refuse = () => ({ kind: "abort", reason: 9 });
  bench.fanCoil(4000);
  const all = await found(bench, { to: 999 }, { "default/fcu": { device: "301" } });
  assert.deepEqual(
    all.map(({ name, known, model }) => [name, known, model?.name]),
    [
      ["FCU-301", "default/fcu", "fcu-301"],
      ["bacnet 302", undefined, undefined],
    ],
  );
  assert.match(all[1]?.description ?? "", /refuses to be read \(abort out-of-resources \(9\)\)/);
});

test("names of objects become names of properties: unique, short and without signs", async () => {
  const bench = new MemoryBench();
  const names = ["Temp. Rück/Lauf", "temp ruck lauf", "***", "x".repeat(90)];
  const objects = names.map((name, instance) => analog("input", instance, { name, value: 1, units: 95 }));
  const device = new EmulatedDevice({ instance: 7, name: "Ünit #7", objects, clock: bench.clock });
  bench.network.plug("10.0.0.7:47808", new EmulatedNode({ device }));
  const [one] = await found(bench);
  assert.equal(one?.model?.name, "unit-7");
  assert.deepEqual(Object.keys(one?.model?.properties ?? {}), [
    "temp-ruck-lauf",
    "temp-ruck-lauf-2",
    "analog-input-2",
    "x".repeat(63),
  ]);
});

test("a network where nobody answers is looked through in the time of its rounds", async () => {
  const bench = new MemoryBench();
  assert.deepEqual(await found(bench, { rounds: 3 }), []);
  assert.ok(bench.clock.monotonic() <= 2000);
});

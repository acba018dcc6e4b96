import assert from "node:assert/strict";
import { test } from "node:test";
import { i2c } from "@edgetwin/mapper-i2c";
import { attachChip } from "@edgetwin/mapper-i2c/testing";
import type { Discovered } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";

test("chips that are devices already are told as such, however their manifests name bus and address", async () => {
  const clock = new ManualClock();
  const board = new SimBoard({ clock });
  for (const name of ["sht31", "bme280"] as const) attachChip(board, name, { clock });
  const devices = {
    "default/climate": { chip: "bme280" },
    "default/roof": { bus: "/dev/i2c-1", chip: "sht31", address: "0x44" },
    "default/broken": { chip: "bme28O" },
    "default/elsewhere": { bus: 3, address: 0x44 },
  };
  const environment = { board, clock, signal: new AbortController().signal, devices };
  const known: unknown[] = [];
  await clock.runUntil(
    (async () => {
      for await (const one of i2c.discover?.find({}, environment) ?? []) known.push([one.name, one.known]);
    })(),
  );
  assert.deepEqual(known, [
    ["sht31 at 0x44", "default/roof"],
    ["bme280 at 0x76", "default/climate"],
  ]);
});

test("what is found becomes a device that measures, and each probe is a turn of its own", async () => {
  const clock = new ManualClock();
  const board = new SimBoard({ clock });
  for (const name of ["sht31", "at24c"] as const) attachChip(board, name, { clock });
  let turns = 0;
  const turn = <T>(bus: string, action: () => Promise<T>): Promise<T> => {
    assert.equal(bus, "i2c:i2c-1");
    turns++;
    return action();
  };
  const found: Discovered[] = [];
  const environment = { board, clock, signal: new AbortController().signal, turn };
  assert.ok(i2c.discover);
  const finding = i2c.discover.find({}, environment);
  await clock.runUntil(
    (async () => {
      for await (const one of finding) found.push(one);
    })(),
  );
  assert.deepEqual(
    found.map(({ name, confidence }) => [name, confidence]),
    [
      ["sht31 at 0x44", 1],
      ["at24c at 0x50", 0.3],
    ],
  );
  assert.ok(turns >= 112);
  assert.equal(board.open, 0);
  const [sensor, memory] = found;
  assert.equal(memory?.model, undefined);
  assert.ok(sensor?.model && sensor.visitors);
  const config = { connection: sensor.connection, visitors: sensor.visitors };
  await using device = await clock.runUntil(i2c.serve(sensor.model).open(config, { board, clock }));
  assert.equal(Number(await clock.runUntil(device.read("temperature"))).toFixed(1), "21.5");
});

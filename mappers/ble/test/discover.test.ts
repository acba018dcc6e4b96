import assert from "node:assert/strict";
import { test } from "node:test";
import { ble } from "@edgetwin/mapper-ble";
import { bthomeAdvertised, bthomeEncrypted, ruuviAdvertised, SimDevice } from "@edgetwin/mapper-ble/testing";
import type { Discovered } from "@edgetwin/mapper-sdk";
import { Bench, newLamp, path } from "./bench.ts";

test("what is heard becomes a device that measures; others are told with their address", async () => {
  const [roomAt, tagAt, sealedAt] = ["a4:c1:38:00:00:11", "cb:b8:33:4c:88:4f", "a4:c1:38:00:00:12"];
  const climate = { temperature: 21.5, humidity: 45, battery: 90 };
  const bindKey = Buffer.alloc(16, 1);
  const bench = new Bench([
    new SimDevice({ address: roomAt, name: "Room", ...bthomeAdvertised(climate) }),
    new SimDevice({ address: tagAt, addressType: "random", ...ruuviAdvertised(tagAt, climate) }),
    new SimDevice({ address: sealedAt, ...bthomeEncrypted(climate, { address: sealedAt, bindKey, counter: 1 }) }),
    newLamp(),
  ]);
  const found: Discovered[] = [];
  const { board, clock } = bench;
  assert.ok(ble.discover);
  const devices = { "default/room": { adapter: path, macAddress: roomAt.toUpperCase(), format: "bthome" } };
  const finding = ble.discover.find({ adapter: path }, { board, clock, devices, signal: new AbortController().signal });
  await bench.run(
    (async () => {
      for await (const one of finding) found.push(one);
    })(),
  );
  assert.equal(board.open, 0);
  assert.deepEqual(
    found.map(({ name, confidence, model }) => [name, confidence, model?.name]).sort(),
    [
      ["Lamp at a4:c1:38:00:00:01", 0.3, undefined],
      [`Room at ${roomAt}`, 1, "bthome-sensor"],
      [`bthome at ${sealedAt}`, 0.5, undefined],
      [`ruuvi at ${tagAt}`, 1, "ruuvi-sensor"],
    ].sort(),
  );
  assert.match(found.find(({ confidence }) => confidence === 0.5)?.description ?? "", /set bindKey/);
  const room = found.find(({ name }) => name.startsWith("Room"));
  assert.ok(room?.model && room.visitors);
  assert.equal(room.known, "default/room");
  const config = { connection: room.connection, visitors: room.visitors };
  await using device = await bench.open(config, room.model as never);
  assert.equal(await bench.run(device.read("temperature")), 21.5);
});

test("a search of a missing adapter says so", async () => {
  const bench = new Bench([]);
  bench.board.serialPort(path).unplug();
  const { board, clock } = bench;
  const finding = ble.discover?.find({ adapter: path }, { board, clock, signal: new AbortController().signal });
  await assert.rejects(
    bench.run(
      (async () => {
        for await (const _ of finding ?? []);
      })(),
    ),
    { code: "DEVICE_IO", message: /there is no \/dev\/ttyACM0/ },
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { bthomeAdvertised, SimDevice } from "@edgetwin/mapper-ble/testing";
import { defineModel, MapperError, p } from "@edgetwin/mapper-sdk";
import { address, Bench, newLamp, path } from "./bench.ts";

const failure = async (outcome: PromiseLike<unknown>): Promise<MapperError> => {
  const error = await outcome.then(
    () => assert.fail("it did not fail"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof MapperError, String(error));
  assert.ok(error.retryable, `${error.message} would not be tried again`);
  return error;
};

const room = defineModel("room", { temperature: p.float() });
const asSensor = { connection: { format: "bthome" }, visitors: { temperature: {} } };
const sensor = (temperature: number) =>
  new SimDevice({ address, ...bthomeAdvertised({ temperature, humidity: 40, packetId: Math.round(temperature) }) });

test("a link that is cut in the middle of a write fails it at once, and the next session writes it once", async () => {
  const device = newLamp();
  const bench = new Bench([device]);
  const level = device.server.characteristic("fff1");
  level.onWrite = () => {
    level.onWrite = undefined;
    bench.controller.cut(device);
  };
  {
    await using lamp = await bench.open();
    const error = await failure(bench.run(lamp.write("level", 33)));
    assert.match(error.message, /the link to a4:c1:38:00:00:01 broke/);
    await failure(bench.run(lamp.read("level")));
    await lamp[Symbol.asyncDispose]();
  }
  await using lamp = await bench.open();
  // As the agent does: read back first, write what differs.
  if ((await bench.run(lamp.read("level"))) !== 33) await bench.run(lamp.write("level", 33));
  assert.deepEqual(
    level.written.map((bytes) => [...bytes]),
    [[33]],
  );
});

test("watchers of a link that breaks are told, so that the device is opened again", async () => {
  const device = newLamp();
  const bench = new Bench([device]);
  await using lamp = await bench.open();
  const next = lamp.watch("rate")?.[Symbol.asyncIterator]().next();
  assert.ok(next);
  bench.controller.cut(device);
  assert.match((await failure(bench.run(next))).message, /broke/);
});

test("a device that stops answering loses its link after the deadline, and works when it answers again", async () => {
  const device = newLamp();
  const bench = new Bench([device]);
  {
    await using lamp = await bench.open();
    device.isMute = true;
    assert.match(
      (await failure(bench.run(lamp.read("level")))).message,
      /did not answer a read of fff1 within 3000 ms/,
    );
    await lamp[Symbol.asyncDispose]();
  }
  assert.equal(bench.controller.links, 0);
  device.isMute = false;
  await using lamp = await bench.open();
  assert.equal(await bench.run(lamp.read("level")), 7);
});

test("an adapter that is pulled is told to all its devices, and works when it is plugged in again", async () => {
  const device = newLamp();
  const thermometer = new SimDevice({
    address: "a4:c1:38:00:00:02",
    ...bthomeAdvertised({ temperature: 20, humidity: 40 }),
  });
  const bench = new Bench([device, thermometer]);
  const sensorAt = { ...asSensor, connection: { ...asSensor.connection, address: "a4:c1:38:00:00:02" } };
  {
    await using lamp = await bench.open();
    await using climate = await bench.open(sensorAt, room as never);
    bench.board.serialPort(path).unplug();
    bench.controller.powerCycle();
    assert.match((await failure(bench.run(lamp.read("level")))).message, /unplugged/);
    assert.match((await failure(bench.run(climate.read("temperature")))).message, /unplugged/);
    await lamp[Symbol.asyncDispose]();
    await climate[Symbol.asyncDispose]();
  }
  assert.match((await failure(bench.open())).message, /adapter \/dev\/ttyACM0: there is no \/dev\/ttyACM0/);
  bench.board.serialPort(path).plug();
  await using lamp = await bench.open();
  await using climate = await bench.open(sensorAt, room as never);
  assert.equal(await bench.run(lamp.read("level")), 7);
  assert.equal(await bench.run(climate.read("temperature")), 20);
});

test("a controller that hangs at the start is reset, then opened anew, then left alone for a while", async () => {
  const bench = new Bench([sensor(21)]);
  bench.controller.isHung = true;
  const error = await failure(bench.open(asSensor, room as never));
  assert.match(error.message, /adapter \/dev\/ttyACM0: the controller does not answer command 0x0c03/);
  assert.deepEqual(
    bench.told.filter((event) => event.startsWith("ble.adapter")),
    ["ble.adapter-reset", "ble.adapter-reopen", "ble.adapter-lost"],
  );
  bench.controller.isHung = false;
  await using climate = await bench.open(asSensor, room as never);
  assert.equal(await bench.run(climate.read("temperature")), 21);
});

test("a controller that hangs once is up again after one reset, and nobody notices", async () => {
  const bench = new Bench([sensor(21)]);
  bench.controller.isHung = true;
  bench.clock.after(1000, () => {
    bench.controller.isHung = false;
  });
  await using climate = await bench.open(asSensor, room as never);
  assert.equal(await bench.run(climate.read("temperature")), 21);
  assert.ok(bench.told.includes("ble.adapter-reset"));
});

test("a controller that dies silently while it scans is found out by its heartbeat", async () => {
  const bench = new Bench([sensor(21)]);
  await using climate = await bench.open(asSensor, room as never);
  const next = climate.watch("temperature")?.[Symbol.asyncIterator]();
  const lost = (async () => {
    for (let one = await next?.next(); one && !one.done; one = await next?.next());
  })();
  bench.controller.isHung = true;
  const before = bench.clock.monotonic();
  assert.match((await failure(bench.run(lost))).message, /does not answer command 0x1009/);
  assert.ok(bench.clock.monotonic() - before < 90_000);
});

test("a sensor that falls silent is lost after its time, and found again", async () => {
  const device = sensor(21);
  const bench = new Bench([device]);
  {
    await using climate = await bench.open(
      { ...asSensor, connection: { format: "bthome", silentMs: 60_000 } },
      room as never,
    );
    device.isPresent = false;
    const watching = climate.watch("temperature")?.[Symbol.asyncIterator]().next();
    assert.ok(watching);
    assert.match((await failure(bench.run(watching))).message, /was not heard for 60 s/);
    await climate[Symbol.asyncDispose]();
  }
  device.isPresent = true;
  await using climate = await bench.open(asSensor, room as never);
  assert.equal(await bench.run(climate.read("temperature")), 21);
});

test("a sensor whose values cannot be read says why it is not there", async () => {
  const device = new SimDevice({
    address,
    serviceData: { fcd2: Buffer.from("41a47266c95f730011223378237214", "hex") },
  });
  const error = await failure(new Bench([device]).open(asSensor, room as never));
  assert.match(error.message, /was not heard within 20 s; it encrypts its values; set bindKey/);
});

test("a sensor that says its name only when it is asked is found with its first advertisement", async () => {
  const device = new SimDevice({ address, name: "Room", ...bthomeAdvertised({ temperature: 21, humidity: 40 }) });
  const bench = new Bench([device]);
  const connection = { address: undefined, name: "Room", format: "bthome", dutyPercent: 100 };
  await using climate = await bench.open({ ...asSensor, connection }, room as never);
  assert.equal(await bench.run(climate.read("temperature")), 21);
  assert.equal(device.advertisements, 1);
});

test("scans listen a part of the time, stop when nobody needs them, and never begin twice in a second", async () => {
  const bench = new Bench([sensor(21), newLampElsewhere()]);
  await using climate = await bench.open(
    { ...asSensor, connection: { format: "bthome", dutyPercent: 20 } },
    room as never,
  );
  assert.deepEqual(bench.controller.scanParameters, { active: false, intervalMs: 100, windowMs: 20 });
  assert.equal(bench.controller.isScanning, true);
  await bench.clock.advance(600_000);
  const starts = bench.controller.commands.filter((command) => command === "0x200b").length;
  assert.ok(starts <= 3, `${starts} scans were begun for one sensor in ten minutes`);
  await climate[Symbol.asyncDispose]();
  assert.equal(bench.controller.isScanning, false);
});

const newLampElsewhere = () => new SimDevice({ address: "a4:c1:38:00:00:09", gatt: [] });

test("devices that were heard are remembered up to a limit, whatever wanders by", async () => {
  const { Sightings } = await import("../src/adapter/sightings.ts");
  const sightings = new Sightings();
  for (let index = 0; index < 5000; index++) {
    const wandering = `00:00:00:00:${(index >> 8).toString(16).padStart(2, "0")}:${(index & 255).toString(16).padStart(2, "0")}`;
    sightings.add(
      {
        ...{
          address: wandering,
          addressType: "random",
          connectable: true,
          isScanResponse: false,
          rssi: -50,
          name: undefined,
        },
        ...{ services: [], serviceData: new Map(), manufacturerData: new Map(), data: new Uint8Array() },
      },
      index,
    );
  }
  assert.equal(sightings.size, 500);
  assert.equal(sightings.get("00:00:00:00:00:00"), undefined);
});

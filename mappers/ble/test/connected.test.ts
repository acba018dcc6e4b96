import assert from "node:assert/strict";
import { test } from "node:test";
import { ble } from "@edgetwin/mapper-ble";
import { SimDevice } from "@edgetwin/mapper-ble/testing";
import { defineModel, MapperError, p } from "@edgetwin/mapper-sdk";
import { Bench, newLamp, path, service } from "./bench.ts";

const rejected = async (outcome: PromiseLike<unknown>): Promise<MapperError> => {
  const error = await outcome.then(
    (value) => assert.fail(`resolved with ${String(value)}`),
    (error: unknown) => error,
  );
  assert.ok(error instanceof MapperError, String(error));
  return error;
};

test("reads, writes, long writes, single bits, descriptors and standard characteristics", async () => {
  const device = newLamp();
  const bench = new Bench([device], { commandMs: 2 });
  await using lamp = await bench.open();
  assert.deepEqual(
    { ...(await bench.run(lamp.readMany(["level", "title", "battery"]))) },
    {
      level: { value: 7 },
      title: { value: "Level" },
      battery: { value: 80 },
    },
  );
  await bench.run(lamp.write("level", 200));
  await bench.run(lamp.write("power", true));
  await bench.run(lamp.write("label", "a name that is longer than one packet"));
  const { server } = device;
  assert.deepEqual(
    server.characteristic("fff1").written.map((bytes) => [...bytes]),
    [[200]],
  );
  assert.deepEqual([...server.characteristic("fff2").value], [0xf8], "the other bits stay");
  assert.equal(await bench.run(lamp.read("label")), "a name that is longer than one packet");
  assert.equal(server.mtu, 247);
  assert.equal(bench.controller.overruns, 0, "no command before the last one is answered");
  await lamp[Symbol.asyncDispose]();
  assert.equal(bench.controller.links, 0);
  assert.equal(bench.board.open, 0);
});

test("a value longer than what was agreed on is written in parts", async () => {
  const device = newLamp();
  device.server.largestMtu = 23;
  const bench = new Bench([device]);
  await using lamp = await bench.open();
  await bench.run(lamp.write("label", "0123456789012345678901234567890123456789"));
  assert.equal(await bench.run(lamp.read("label")), "0123456789012345678901234567890123456789");
  assert.ok(device.server.requests.includes(0x16), "prepared writes");
});

test("notifications and indications are pushed, and what can only be pushed is read from the last push", async () => {
  const device = newLamp();
  const bench = new Bench([device]);
  await using lamp = await bench.open();
  assert.match((await rejected(bench.run(lamp.read("rate")))).message, /has not done so yet/);
  const rates = lamp.watch("rate")?.[Symbol.asyncIterator]();
  const levels = lamp.watch("battery")?.[Symbol.asyncIterator]();
  assert.ok(rates && levels);
  const next = Promise.all([rates.next(), levels.next()]);
  device.server.push("2a37", Buffer.of(0, 72));
  device.server.push("2a19", Buffer.of(55));
  assert.deepEqual(
    (await bench.run(next)).map(({ value }) => value),
    [72, 55],
  );
  assert.equal(await bench.run(lamp.read("rate")), 72);
  await bench.clock.advance(100);
  assert.ok(device.server.requests.includes(0x1e), "an indication is confirmed");
});

test("a device that refuses is told with what it says, at once, and the link stays", async () => {
  const device = newLamp();
  const bench = new Bench([device]);
  await using lamp = await bench.open();
  const level = device.server.characteristic("fff1");
  for (const [refusal, code, words] of [
    [0x13, "VALUE_INVALID", /writing level: refused with ATT error 0x13/],
    [0x03, "CONFIG_INVALID", /cannot be written/],
    [0x0e, "DEVICE_IO", /could not do it/],
    [0x80, "DEVICE_IO", /in its own code/],
  ] as const) {
    level.refusal = refusal;
    const before = bench.clock.monotonic();
    const error = await rejected(bench.run(lamp.write("level", 1)));
    assert.deepEqual([error.code, words.test(error.message)], [code, true], error.message);
    assert.ok(bench.clock.monotonic() - before < 100, "it does not wait for a deadline");
  }
  assert.match((await rejected(bench.run(lamp.read("level")))).message, /reading fff1: refused/);
  level.refusal = undefined;
  await bench.run(lamp.write("level", 9));
  assert.equal(device.connections, 1);
  assert.deepEqual(
    level.written.map((bytes) => [...bytes]),
    [[9]],
  );
});

test("a device that wants to be paired is told so", async () => {
  const device = newLamp();
  device.server.characteristic("fff1").refusal = 0x0f;
  const bench = new Bench([device]);
  await using lamp = await bench.open();
  assert.match((await rejected(bench.run(lamp.read("level")))).message, /wants to be paired and refuses to be/);
});

test("visitors that name what the device has not got are refused with what it has", async () => {
  const bench = new Bench([newLamp()]);
  const model = defineModel("x", { level: p.int({ access: "rw" }) });
  const error = await rejected(
    bench.open({ visitors: { level: { characteristic: "aaaa", type: "u8" } } }, model as never),
  );
  assert.equal(error.code, "CONFIG_INVALID");
  assert.match(error.message, /visitors\.level\.characteristic: a4:c1:38:00:00:01 has none; it has 2a19 in 180f/);
  assert.equal(bench.board.open, 0);
});

test("a device that is not there is looked for, and told with what may be wrong", async () => {
  const device = newLamp();
  device.isPresent = false;
  const bench = new Bench([device]);
  const error = await rejected(bench.open());
  assert.deepEqual([error.code, error.retryable], ["DEVICE_IO", true]);
  assert.match(error.message, /was not heard within 20 s; is it in range, powered/);
});

test("devices are found by name and by service, the name asked for when it is not advertised", async () => {
  const other = new SimDevice({ address: "a4:c1:38:00:00:02", name: "Lamp 2", gatt: [] });
  for (const connection of [{ name: "La?p" }, { name: "Lam*", service }, { service: service.toUpperCase() }]) {
    const bench = new Bench([other, newLamp()]);
    const opened = bench.open({ connection: { address: undefined, ...connection } });
    if (connection.name === "La?p") {
      assert.match((await rejected(opened)).message, /a device named La\?p was not heard/);
      continue;
    }
    await using lamp = await opened;
    assert.equal(await bench.run(lamp.read("level")), 7);
    assert.equal(bench.controller.scanParameters.active, connection.name !== undefined);
  }
});

test("devices are connected one after the other, however many want to be", async () => {
  const addresses = Array.from({ length: 8 }, (_, index) => `a4:c1:38:00:01:0${index}`);
  const devices = addresses.map(
    (own) =>
      new SimDevice({
        ...{ address: own, intervalMs: 200 },
        gatt: [{ uuid: "180f", characteristics: [{ uuid: "2a19", uses: ["read"], value: Buffer.of(50) }] }],
      }),
  );
  const bench = new Bench(devices);
  const model = defineModel("x", { battery: p.int() });
  const serving = ble.serve(model);
  const { board, clock } = bench;
  const opened = await bench.run(
    Promise.all(
      addresses.map((own) =>
        serving.open(
          { connection: { adapter: path, address: own }, visitors: { battery: {} } },
          { board, clock, name: own },
        ),
      ),
    ),
  );
  for (const one of opened) assert.equal(await bench.run(one.read("battery")), 50);
  assert.equal(bench.controller.links, 8);
  await bench.run(Promise.all(opened.map((one) => one[Symbol.asyncDispose]())));
  assert.equal(bench.board.open, 0);
});

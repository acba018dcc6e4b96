import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Device,
  type Discovered,
  defineModel,
  type Mapper,
  p,
  silentLog,
  systemClock,
} from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import fc from "fast-check";
import { zigbee2mqtt } from "../src/index.ts";
import { decodeValue, encodeValue, parsePayload } from "../src/zigbee2mqtt/payload.ts";
import { Zigbee2mqttBench } from "./zigbee2mqtt-bench.ts";

const lamp = zigbee2mqtt.serve(
  defineModel("lamp", {
    power: p.boolean({ access: "rw" }),
    level: p.int({ access: "rw", min: 0, max: 100 }),
    x: p.float(),
  }),
) as unknown as Mapper;
const visitors = { power: { key: "state" }, level: { key: "brightness", scale: 100 / 254 }, x: { key: "color.x" } };

const environment = () => ({ board: new SimBoard(), clock: systemClock, log: silentLog });

const open = (url: string, settings = {}): Promise<Device> =>
  lamp.open({ connection: { url, device: "lamp/desk", ...settings }, visitors }, environment());

test("a device of a zigbee2mqtt is read, written once, and tells its changes", { timeout: 30_000 }, async () => {
  await using bench = new Zigbee2mqttBench();
  await bench.start();
  await using device = await open(bench.url);
  assert.deepEqual(
    { ...(await device.readMany(["power", "level", "x"])) },
    {
      power: { value: false },
      level: { value: 100 },
      x: { value: Math.fround(0.3127) },
    },
  );
  await device.write("power", true);
  await device.write("level", 50);
  assert.deepEqual(bench.told, [{ state: "ON" }, { brightness: 127 }]);
  assert.equal(await device.read("level"), 50);
  const pushes = device.watch("power")?.[Symbol.asyncIterator]();
  const pushed = pushes?.next();
  await new Promise((resolve) => setImmediate(resolve));
  bench.lamp.state = "OFF";
  bench.tell();
  assert.deepEqual(await pushed, { done: false, value: false });
  await pushes?.return?.();
});

test("a lamp that does not confirm fails the write, and one that is offline fails at once", {
  timeout: 30_000,
}, async () => {
  await using bench = new Zigbee2mqttBench();
  await bench.start();
  await using device = await open(bench.url, { timeoutMs: 200 });
  bench.isMute = true;
  await assert.rejects(device.write("power", true), { code: "DEVICE_IO", message: /did not take power within 200 ms/ });
  const pushes = device.watch("power")?.[Symbol.asyncIterator]();
  const pushed = pushes?.next();
  await new Promise((resolve) => setImmediate(resolve));
  bench.say("lamp/desk/availability", { state: "offline" });
  await assert.rejects(pushed ?? Promise.resolve(), { code: "DEVICE_IO", message: /lamp\/desk is offline/ });
  await assert.rejects(device.read("power"), { message: /is offline/ });
  await assert.rejects(open(bench.url, { timeoutMs: 200, device: "nobody" }), {
    code: "DEVICE_IO",
    message: /nobody did not say/,
  });
});

test("a broker that goes away fails who watches; it is found again when it is back", { timeout: 60_000 }, async () => {
  const bench = new Zigbee2mqttBench();
  await bench.start();
  await using device = await open(bench.url);
  const pushes = device.watch("power")?.[Symbol.asyncIterator]();
  const pushed = pushes?.next();
  await new Promise((resolve) => setImmediate(resolve));
  await bench.stop();
  await assert.rejects(pushed ?? Promise.resolve(), { code: "DEVICE_IO", message: /no connection/ });
  await assert.rejects(device.write("power", true), { code: "DEVICE_IO" });
  await bench.start();
  await using again = await open(bench.url, { timeoutMs: 20_000 }).catch(
    async () => await open(bench.url, { timeoutMs: 20_000 }),
  );
  await again.write("power", true);
  assert.deepEqual(bench.told, [{ state: "ON" }]);
  await bench.stop();
});

test("every device of the list is proposed with its model, and the dongle is not", { timeout: 30_000 }, async () => {
  await using bench = new Zigbee2mqttBench();
  await bench.start();
  const all: Discovered[] = [];
  const world = { ...environment(), signal: new AbortController().signal };
  for await (const found of zigbee2mqtt.discover?.find({ url: bench.url }, world) ?? []) all.push(found);
  assert.deepEqual(
    all.map(({ name, model, confidence }) => [name, model?.name, confidence]),
    [
      ["lamp/desk", "zigbee2mqtt-ikea-led1545g12", 1],
      ["unknown", undefined, 0.1],
    ],
  );
  const [found] = all as [Required<Discovered>];
  const facts = Object.entries(found.model.properties).map(([name, { type, access }]) => [name, type, access]);
  assert.deepEqual(facts, [
    ["state", "BOOLEAN", "rw"],
    ["brightness", "DOUBLE", "rw"],
    ["effect", "STRING", "rw"],
    ["child-lock", "BOOLEAN", "rw"],
    ["linkquality", "DOUBLE", "r"],
  ]);
  assert.deepEqual(found.visitors["child-lock"], { key: "child_lock", on: "LOCK", off: "UNLOCK" });
  const { connection, visitors } = found;
  zigbee2mqtt.serve(found.model).modelFor({ connection, visitors });
});

test("settings that do not fit are refused in words, and no password may stand in the URL", async () => {
  const refuse = (config: object, message: RegExp) =>
    assert.rejects(lamp.open(config as never, environment()), { code: "CONFIG_INVALID", message });
  await refuse({ connection: { url: "mqtt://me:secret@host", device: "lamp" }, visitors }, /connection\.url/);
  await refuse({ connection: { device: "lamp/#" }, visitors }, /connection\.device/);
  await refuse(
    { connection: { device: "lamp" }, visitors: { ...visitors, x: { key: "color..x" } } },
    /visitors\.x\.key/,
  );
  await refuse({ connection: { device: "lamp", credential: "none" }, visitors }, /nobody here knows none/);
});

test("no message makes a wrong value: nonsense is an error or nothing", () => {
  const visitor = { key: "a.b", scale: undefined, on: "ON", off: "OFF" };
  const properties = [p.boolean(), p.int(), p.double(), p.string()] as const;
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), fc.constantFrom(...properties), (text, property) => {
      const payload = parsePayload(Buffer.from(text));
      if (!payload) return;
      for (const message of [payload, { a: payload }, { a: { b: Object.values(payload)[0] } }]) {
        try {
          const value = decodeValue(property, visitor, message);
          if (value !== undefined) property.accept(value);
        } catch (error) {
          assert.match((error as Error).message, /which is no value of this property|2\^53/);
        }
      }
    }),
  );
  assert.deepEqual(encodeValue(p.double(), { ...visitor, key: "color.x" }, 0.25), { color: { x: 0.25 } });
});

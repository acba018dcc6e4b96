import assert from "node:assert/strict";
import { test } from "node:test";
import { type Device, defineModel, type Mapper, p } from "@edgetwin/mapper-sdk";
import { zigbee } from "../src/index.ts";
import { runningNetwork } from "../src/network/networks.ts";
import {
  clusters,
  colorBulb,
  contactSensor,
  type EmulatedDevice,
  meteringPlug,
  serveZnp,
  temperatureSensor,
  ZnpCoordinator,
} from "../src/testing/index.ts";
import { hurryLibrary, ZigbeeBench } from "./zigbee-bench.ts";

hurryLibrary();

const lamp = zigbee.serve(defineModel("lamp", { power: p.boolean({ access: "rw" }) })) as unknown as Mapper;
const thermometer = zigbee.serve(defineModel("thermometer", { temperature: p.float() })) as unknown as Mapper;

const openLamp = (bench: ZigbeeBench, { ieee }: EmulatedDevice, settings = {}): Promise<Device> =>
  lamp.open(
    { connection: { ieee, timeoutMs: 500, ...settings }, visitors: { power: { feature: "onOff" } } },
    { board: bench.board, clock: bench.clock, log: bench.log },
  );

/** What `state` of the dongle says until it says `wanted`. */
async function until(dongle: Device, wanted: string): Promise<void> {
  for await (const state of dongle.watch("state") ?? []) if (state === wanted) return;
}

test("a dongle that is pulled and plugged again is found again, and whoever used it is told at once", {
  timeout: 30_000,
}, async () => {
  await using bench = new ZigbeeBench();
  const [bulb, door] = [colorBulb(), contactSensor()];
  const dongle = await bench.start();
  await bench.join(bulb, door);
  const device = await openLamp(bench, bulb);
  const pushes = device.watch("power")?.[Symbol.asyncIterator]();
  const pushed = pushes?.next();
  const lost = until(dongle, "lost");
  bench.served.unplug();
  await lost;
  await assert.rejects(pushed ?? Promise.resolve(), { code: "DEVICE_IO", message: /does not run: the dongle is gone/ });
  await assert.rejects(device.write("power", true), { code: "DEVICE_IO" });
  await assert.rejects(openLamp(bench, bulb), { code: "DEVICE_IO", message: /does not run now/ });
  const back = until(dongle, "online");
  bench.served.plug();
  await back;
  await using again = await openLamp(bench, bulb);
  await again.write("power", true);
  assert.equal(bulb.get(clusters.onOff, 0), true);
  assert.equal(await dongle.read("devices"), 2);
  assert.equal(bench.log.count("zigbee.lost"), 1);
  assert.equal(bench.log.count("zigbee.back"), 1);
  await device[Symbol.asyncDispose]();
});

test("a device that forgot its reports while nobody listened to it is told them again", {
  timeout: 30_000,
}, async () => {
  await using bench = new ZigbeeBench();
  const bulb = colorBulb();
  await bench.start();
  await bench.join(bulb);
  await (await openLamp(bench, bulb))[Symbol.asyncDispose]();
  assert.ok(bulb.endpoint.isReported(clusters.onOff, 0));
  bulb.endpoint.forget();
  bench.znp.announce(bulb);
  await bench.settle();
  await using device = await openLamp(bench, bulb);
  assert.ok(bulb.endpoint.isReported(clusters.onOff, 0));
  const values = device.watch("power")?.[Symbol.asyncIterator]();
  const next = values?.next();
  bulb.set(clusters.onOff, 0, true);
  assert.equal((await next)?.value, true);
});

test("a lost answer fails the write, the frame is not sent twice, and reading back shows that it was done", {
  timeout: 30_000,
}, async () => {
  await using bench = new ZigbeeBench();
  const bulb = colorBulb();
  await bench.start();
  await bench.join(bulb);
  await using device = await openLamp(bench, bulb);
  bulb.received.length = 0;
  bench.znp.air.loseAnswers = 2; // the report of the change, and the answer
  await assert.rejects(device.write("power", true), { code: "DEVICE_IO", message: /did not answer to power in time/ });
  assert.equal(bulb.commands(clusters.onOff).length, 1);
  assert.equal(await device.read("power"), true);
  await device.write("power", false);
  assert.equal(bulb.commands(clusters.onOff).length, 2);
});

test("a frame that does not arrive is sent again, and so is one that the dongle has no room for", {
  timeout: 30_000,
}, async () => {
  await using bench = new ZigbeeBench();
  const bulb = colorBulb();
  await bench.start();
  await bench.join(bulb);
  await using device = await openLamp(bench, bulb);
  bench.znp.air.loseRequests = 1;
  await device.write("power", true);
  bench.znp.air.fullBuffers = 1;
  await device.write("power", false);
  assert.equal(bulb.commands(clusters.onOff).length, 2);
  bench.znp.air.answersLateMs = 100;
  await device.write("power", true);
  assert.equal(await device.read("power"), true);
});

test("a device that is switched off fails, and is served again when it announces itself", {
  timeout: 30_000,
}, async () => {
  await using bench = new ZigbeeBench();
  const bulb = colorBulb();
  await bench.start();
  await bench.join(bulb);
  await using device = await openLamp(bench, bulb);
  const pushes = device.watch("power")?.[Symbol.asyncIterator]();
  bulb.isOn = false;
  bench.znp.air.loseRequests = 0;
  const failed = assert.rejects(device.read("power"), { code: "DEVICE_IO" });
  await failed;
  // Somebody switched it on at the wall: it comes up lit, and has forgotten when to report.
  bulb.isOn = true;
  bulb.endpoint.forget();
  bulb.endpoint.put(clusters.onOff, 0, true);
  const pushed = pushes?.next();
  bench.znp.announce(bulb);
  assert.deepEqual(await pushed, { done: false, value: true });
  assert.ok(bulb.endpoint.isReported(clusters.onOff, 0));
  await pushes?.return?.();
});

test("a device that leaves ends its pushes; one that is removed is gone from the list", {
  timeout: 30_000,
}, async () => {
  await using bench = new ZigbeeBench();
  const [bulb, plug] = [colorBulb(), meteringPlug()];
  const dongle = await bench.start();
  await bench.join(bulb, plug);
  const device = await openLamp(bench, bulb);
  const pushes = device.watch("power")?.[Symbol.asyncIterator]();
  const pushed = pushes?.next();
  bench.znp.leave(bulb);
  await assert.rejects(pushed ?? Promise.resolve(), { message: /has left the network/ });
  await assert.rejects(openLamp(bench, bulb), { code: "DEVICE_IO", message: /is not in the network/ });
  assert.deepEqual(await dongle.call("remove", { ieee: plug.ieee }), { removed: true });
  assert.deepEqual(await dongle.call("remove", { ieee: plug.ieee }), { removed: false });
  assert.equal(plug.nwk, undefined);
  assert.equal(await dongle.read("devices"), 0);
  await device[Symbol.asyncDispose]();
});

test("a device joins only while the window is open; a full table keeps it out", { timeout: 30_000 }, async () => {
  await using bench = new ZigbeeBench({ capacity: 1 });
  const [bulb, plug] = [colorBulb(), meteringPlug()];
  const dongle = await bench.start();
  assert.equal(bench.znp.join(bulb), false);
  await dongle.call("permitJoin", { seconds: 60 });
  assert.equal(await dongle.read("permitJoin"), true);
  assert.equal(bench.znp.join(bulb), true);
  assert.equal(bench.znp.join(plug), false);
  await dongle.write("permitJoin", false);
  assert.equal(bench.znp.isJoinable, false);
});

test("a new dongle takes over from the backup: same network, same key, same devices", { timeout: 30_000 }, async () => {
  await using bench = new ZigbeeBench();
  const bulb = colorBulb();
  const dongle = await bench.start();
  await bench.join(bulb);
  const before = await dongle.readMany(["panId", "extendedPanId", "channel"]);
  const { path } = (await dongle.call("backup")) as { path: string };
  assert.ok(path.startsWith(bench.state));
  await bench.stop();
  const blank = new ZnpCoordinator({ ieee: "0x00124b0099999999" });
  await using served = await serveZnp(blank);
  const restored = await bench.start({ path: served.path });
  assert.deepEqual({ ...(await restored.readMany(["panId", "extendedPanId", "channel"])) }, { ...before });
  assert.equal(blank.nv.ieee, bench.znp.nv.ieee);
  assert.deepEqual(blank.nv.key, bench.znp.nv.key);
  assert.ok(blank.nv.frameCounter > bench.znp.nv.frameCounter, "frames with old counters are dropped by the devices");
  assert.deepEqual([...blank.nv.addresses.keys()], [bulb.ieee]);
  blank.admit(bulb);
  await using device = await openLamp(bench, bulb);
  await device.write("power", true);
  assert.equal(bulb.get(clusters.onOff, 0), true);
});

test("a network keeps its identity; another PAN is refused before the dongle is touched", {
  timeout: 30_000,
}, async () => {
  await using bench = new ZigbeeBench();
  const dongle = await bench.start({ panId: 0x1a62 });
  assert.equal(await dongle.read("panId"), 0x1a62);
  await bench.stop();
  const before = bench.znp.traffic;
  await assert.rejects(bench.start({ panId: 0x1a63 }), {
    code: "CONFIG_INVALID",
    message: /all its devices would be lost/,
  });
  assert.equal(bench.znp.traffic, before);
  await assert.rejects(bench.start({ networkKeyFile: "/nowhere/key" }), {
    code: "CONFIG_INVALID",
    message: /networkKeyFile/,
  });
});

test("a dongle that takes everything and answers nothing is started anew", { timeout: 30_000 }, async () => {
  await using bench = new ZigbeeBench();
  const bulb = colorBulb();
  const dongle = await bench.start();
  await bench.join(bulb);
  const network = runningNetwork(undefined);
  const lost = until(dongle, "lost");
  const failing = () => network?.request(() => Promise.reject(new Error("SRSP - AF - dataRequest after 6000ms")));
  for (let nth = 0; nth < 3; nth++) await assert.rejects(failing() ?? Promise.resolve());
  await lost;
  await until(dongle, "online");
  assert.equal(bench.log.count("zigbee.lost"), 1);
  await using device = await openLamp(bench, bulb);
  await device.write("power", true);
});

test("a second Device for the dongle is refused, and names the first", { timeout: 30_000 }, async () => {
  await using bench = new ZigbeeBench();
  await bench.start();
  await assert.rejects(bench.start(), { code: "DEVICE_BUSY", message: /belongs to another Device/ });
});

test("a sleepy device has its values from the day it joined on, and over a restart", { timeout: 30_000 }, async () => {
  await using bench = new ZigbeeBench();
  const sensor = temperatureSensor();
  await bench.start();
  await bench.join(sensor);
  await bench.stop();
  await bench.start();
  await using device = await thermometer.open(
    { connection: { ieee: sensor.ieee }, visitors: { temperature: { feature: "temperature" } } },
    { board: bench.board, clock: bench.clock, log: bench.log },
  );
  assert.equal(await device.read("temperature"), 21.5);
});

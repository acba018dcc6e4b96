import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { ble } from "@edgetwin/mapper-ble";
import { defineModel, p, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { startBtvirt } from "./btvirt.ts";

const world = () => ({ board: new SimBoard(), clock: systemClock });
const lamp = defineModel("lamp", { temperature: p.float(), level: p.int({ min: 0, max: 255, access: "rw" }) });
const room = defineModel("room", { temperature: p.float(), humidity: p.float() });

for (const library of ["stoprocent", "abandonware"])
  test(`@${library}/noble and bleno talk over controllers of btvirt: advertisements, GATT, a lost peripheral`, {
    timeout: 120_000,
  }, async () => {
    await using btvirt = await startBtvirt();
    const { adapter } = btvirt;
    let peripheral = await btvirt.startPeripheral();
    {
      const visitors = { temperature: {}, humidity: {} };
      const connection = { adapter, library, name: "lamp", format: "bthome", dutyPercent: 100 };
      await using sensor = await ble.serve(room).open({ connection, visitors }, world());
      assert.deepEqual([await sensor.read("temperature"), await sensor.read("humidity")], [21.5, 45]);
    }
    const visitors = { temperature: { characteristic: "temperature" }, level: { characteristic: "fff1", type: "u8" } };
    const config = { connection: { adapter, library, name: "lamp", dutyPercent: 100 }, visitors };
    {
      const subscribed = peripheral.next("subscribed");
      await using device = await ble.serve(lamp).open(config, world());
      await subscribed;
      assert.deepEqual([await device.read("temperature"), await device.read("level")], [21.5, 7]);
      const written = peripheral.next("written");
      await device.write("level", 200);
      assert.deepEqual(await written, { written: "c8" });
      assert.equal(await device.read("level"), 200);
      const pushed = device.watch("temperature")?.[Symbol.asyncIterator]().next();
      peripheral.process.send({ push: "18fc" });
      assert.equal((await pushed)?.value, -10);
      await peripheral.kill();
      const error = await device.read("level").then(
        () => assert.fail("a dead peripheral answered"),
        (cause: Error & { code?: string }) => cause,
      );
      assert.equal(error.code, "DEVICE_IO", error.message);
    }
    peripheral = await btvirt.startPeripheral();
    await using again = await ble.serve(lamp).open(config, world());
    assert.equal(await again.read("level"), 7);
  });

test("an adapter of the kernel", (t) => {
  const why = existsSync("/dev/vhci")
    ? "there is /dev/vhci, but no bench uses it yet: btvirt above speaks H4 on a socket"
    : "this kernel has no /dev/vhci (CONFIG_BT_HCIVHCI), so there is no virtual hci0; btvirt above speaks H4 on a socket";
  t.skip(why);
});

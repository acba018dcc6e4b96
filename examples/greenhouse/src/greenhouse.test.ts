import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { i2c } from "@edgetwin/mapper-i2c";
import { relayBoard8, sdm120 } from "@edgetwin/mapper-modbus";
import { completeConfig, type DeviceConfig, defineModel, type Mapper, type Model, p } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { startEmulator } from "./emulator.ts";

const insideAt = { chip: "bme280", bus: 1, address: "0x76" };
const lineAt = { path: "/dev/serial0", baudRate: 9600 };
const airModel = defineModel("air", { temperature: p.float(), humidity: p.float() });

/** The emulated greenhouse at noon, and a clock that stands still. */
function bench() {
  const clock = new ManualClock(Date.UTC(2026, 3, 1, 12));
  const board = new SimBoard({ clock });
  const start = (connection: object) => startEmulator({ board, clock, connection });
  const open = <M extends Model>(mapper: Mapper<M>, config: DeviceConfig) =>
    clock.runUntil(mapper.open(completeConfig(mapper, { config }), { board, clock }));
  return { clock, board, start, open };
}

describe("the emulated greenhouse", () => {
  test("counts in the meter what relays switch on", async () => {
    const { clock, start, open } = bench();
    using _ = start({ ...lineAt, unit: 1 });
    await using relays = await open(relayBoard8, { connection: { ...lineAt, unit: 2 } });
    await using meter = await open(sdm120, { connection: { ...lineAt, unit: 1 } });
    assert.equal(await clock.runUntil(meter.read("power")), 0);
    await clock.runUntil(relays.write("relay1", true));
    await clock.runUntil(relays.write("relay2", true));
    await clock.advance(3_600_000);
    assert.equal(await clock.runUntil(meter.read("power")), 1060);
    const energy = await clock.runUntil(meter.read("energy-imported"));
    assert.ok(Math.abs(energy - 1.06) < 0.001, `${energy} kWh`);
    await clock.runUntil(relays.write("relay1", false));
    await clock.advance(1000);
    assert.equal(await clock.runUntil(meter.read("power")), 60);
    assert.ok(Math.abs((await clock.runUntil(meter.read("power-factor"))) - 0.8) < 1e-6);
  });

  test("gets warm by the heater and cool by the fan, as its sensor shows", async () => {
    const { clock, board, start, open } = bench();
    using _ = start(insideAt);
    using __ = start({ ...lineAt, unit: 2 });
    const visitors = { temperature: { channel: "temperature" }, humidity: { channel: "humidity" } };
    await using inside = await open(i2c.serve(airModel), { connection: insideAt, visitors });
    await using relays = await open(relayBoard8, { connection: { ...lineAt, unit: 2 } });
    const before = await clock.runUntil(inside.read("temperature"));
    await clock.runUntil(relays.write("relay1", true));
    await clock.advance(300_000);
    const heated = await clock.runUntil(inside.read("temperature"));
    assert.ok(heated > before + 2, `${before} to ${heated}`);
    await clock.runUntil(relays.write("relay1", false));
    await using fan = await board.pwm.output("GPIO18", { frequencyHz: 25_000 });
    await fan.setDuty(1);
    await clock.advance(900_000);
    const cooled = await clock.runUntil(inside.read("temperature"));
    assert.ok(cooled < heated - 2, `${heated} to ${cooled}`);
  });

  test("does nothing any more once all its devices are taken away, and none of them answers", async () => {
    const { clock, board, start } = bench();
    const started = [insideAt, { chip: "sht31" }, { ...lineAt, unit: 1 }, { ...lineAt, unit: 2 }, {}].map(start);
    assert.equal(clock.timers, 1);
    for (const device of started) device[Symbol.dispose]();
    assert.equal(clock.timers, 0);
    await using bus = await board.i2c.open(1);
    for (const address of [0x76, 0x44]) {
      await assert.rejects(bus.transfer(address, [{ read: 1 }]), { kind: "nack" });
    }
  });

  test("says what it has when a manifest wants something else", () => {
    const { start } = bench();
    assert.throws(() => start({ chip: "tmp102" }), /nothing is at {"chip":"tmp102"}; the greenhouse has a bme280/);
    assert.throws(() => start({ ...lineAt, unit: 3 }), /"unit":3.*the meter \(unit 1\), relays \(unit 2\)/);
  });
});

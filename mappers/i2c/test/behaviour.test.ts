import assert from "node:assert/strict";
import { test } from "node:test";
import { findChips, i2c } from "@edgetwin/mapper-i2c";
import { attachChip, RegisterChip, SimAt24c } from "@edgetwin/mapper-i2c/testing";
import { type Device, type DeviceConfig, defineModel, type Model, p } from "@edgetwin/mapper-sdk";
import { crc8Smbus } from "@edgetwin/mapper-sdk/codecs";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { chipFixture } from "./chip-fixture.ts";

function world() {
  const clock = new ManualClock();
  const board = new SimBoard({ clock });
  const open = (model: Model, config: DeviceConfig, initial = {}): Promise<Device> =>
    clock.runUntil(i2c.serve(model).open(config, { board, clock, initial }));
  const whole = (name: string, options?: Parameters<typeof chipFixture>[1], initial = {}) => {
    const { model, config } = chipFixture(name, options);
    return open(model, config, initial);
  };
  return { clock, board, open, whole };
}

const transfers = (board: SimBoard) => board.faults.trace.filter((step) => / 0x/.test(step));

test("a climate sensor measures what the air is like, all three in one measurement", async () => {
  const { clock, board, whole } = world();
  const { chip } = attachChip(board, "bme280", { clock });
  await using device = await whole("bme280");
  for (const climate of [
    { temperature: 21.5, pressure: 1013.25, humidity: 45 },
    { temperature: -12.25, pressure: 870.5, humidity: 93.5 },
  ]) {
    chip.setClimate(climate);
    const before = transfers(board).length;
    const read = await clock.runUntil(device.readMany(["temperature", "pressure", "humidity"]));
    assert.equal(transfers(board).length - before, 3);
    const near = (name: keyof typeof climate, within: number) =>
      assert.ok(Math.abs(Number(read[name]?.value) - climate[name]) < within, `${name}: ${read[name]?.value}`);
    near("temperature", 0.02);
    near("pressure", 0.05);
    near("humidity", 0.1);
  }
});

test("a chip that says it is another one is refused with what it is", async () => {
  const { board, clock, whole } = world();
  attachChip(board, "bme280", { clock }).chip.cells[0xd0] = 0x58;
  await assert.rejects(whole("bme280"), { code: "DEVICE_IO", message: /0x58.*that is a BMP280/ });
});

test("a sensor that is pulled fails, and works by itself when it is back", async () => {
  const { clock, board, whole } = world();
  const { detach } = attachChip(board, "sht31", { clock });
  await using device = await whole("sht31", { only: ["temperature"] });
  assert.equal(Number(await clock.runUntil(device.read("temperature"))).toFixed(1), "21.5");
  detach();
  await assert.rejects(clock.runUntil(device.read("temperature")), { code: "DEVICE_IO", message: /0x44/ });
  attachChip(board, "sht31", { clock }).chip.temperature = 30;
  assert.equal(Number(await clock.runUntil(device.read("temperature"))).toFixed(1), "30.0");
});

test("outputs that lost their power show their last values again at the next use", async () => {
  const { clock, board, whole } = world();
  const { chip } = attachChip(board, "pca9685", { clock });
  await using device = await whole("pca9685", { only: ["pwm0", "pwm3"], settings: { frequencyHz: 50 } }, { pwm3: 25 });
  assert.equal(chip.duty(3), 0.25);
  await clock.runUntil(device.write("pwm0", 75));
  assert.equal(chip.frequencyHz.toFixed(1), "50.0");
  chip.powerDown();
  await assert.rejects(clock.runUntil(device.read("pwm0")));
  chip.powerUp();
  assert.equal(await clock.runUntil(device.read("pwm0")), 75);
  assert.deepEqual([chip.duty(0), chip.duty(3)], [0.75, 0.25]);
});

test("a restart of the agent leaves running outputs alone", async () => {
  const { clock, board, whole } = world();
  const { chip } = attachChip(board, "pca9685", { clock });
  const options = { only: ["pwm0"] };
  await (await whole("pca9685", options, { pwm0: 40 }))[Symbol.asyncDispose]();
  const seen: number[] = [];
  const before = board.faults.trace.length;
  await using _ = await whole("pca9685", options, { pwm0: 40 });
  seen.push(chip.duty(0));
  assert.deepEqual(
    seen.map((duty) => duty.toFixed(2)),
    ["0.40"],
  );
  assert.ok(!board.faults.trace.slice(before).some((step) => /write 00 3/.test(step)), "the oscillator never slept");
});

test("lines of an expander come up at their level in one step", async () => {
  const { clock, board, whole } = world();
  const { chip } = attachChip(board, "mcp23017", { clock });
  const settings = { outputs: ["A0", "B7"], activeLow: ["B7"], pullUps: ["A1"] };
  await using device = await whole("mcp23017", { settings, only: ["A0", "A1", "B7"] }, { A0: true });
  assert.deepEqual([chip.level("A0"), chip.level("B7")], [true, true]);
  assert.equal(await clock.runUntil(device.read("A1")), true, "pulled up");
  chip.outside.set("A1", false);
  assert.equal(await clock.runUntil(device.read("A1")), false);
  await clock.runUntil(device.write("B7", true));
  assert.equal(chip.level("B7"), false);
});

test("voltages have the sign and the step of their range", async () => {
  const { clock, board, whole } = world();
  const { chip } = attachChip(board, "ads1115", { clock });
  chip.volts[0] = 1.5;
  chip.volts[1] = 1.75;
  await using device = await whole("ads1115", { only: ["ain0", "ain0-ain1"], settings: { range: 4.096 } });
  assert.equal(await clock.runUntil(device.read("ain0")), 1.5);
  assert.equal(await clock.runUntil(device.read("ain0Toain1")), -0.25);
});

test("a supply tells volts, amperes and watts, and says when they are more than it was set up for", async () => {
  const { clock, board, whole } = world();
  const { chip } = attachChip(board, "ina219", { clock });
  await using device = await whole("ina219");
  const read = async (name: string) => Number(await clock.runUntil(device.read(name))).toFixed(3);
  assert.deepEqual([await read("voltage"), await read("current"), await read("power")], ["11.980", "0.500", "5.990"]);
  chip.amps = -0.25;
  assert.equal(await read("current"), "-0.250");
  chip.amps = 40;
  await assert.rejects(read("current"), /more current than maxAmps/);
  await assert.rejects(
    whole("ina219", { settings: { shuntOhms: 1, maxAmps: 5 } }),
    /5000 mV; the INA219 measures up to 320 mV/,
  );
});

test("a clock is set, goes on, and says that it stood still", async () => {
  const { clock, board, whole } = world();
  const { chip } = attachChip(board, "ds3231", { clock });
  await using device = await whole("ds3231");
  assert.equal(await clock.runUntil(device.read("stopped")), true);
  await clock.runUntil(device.write("time", "2099-12-31T23:59:58Z"));
  assert.equal(await clock.runUntil(device.read("stopped")), false);
  await clock.advance(3000);
  assert.equal(await clock.runUntil(device.read("time")), "2100-01-01T00:00:01Z");
  await assert.rejects(clock.runUntil(device.write("time", "tomorrow")), { code: "VALUE_INVALID" });
  chip.celsius = -3.25;
  assert.equal(await clock.runUntil(device.read("temperature")), -3.25);
});

test("text is drawn in its line, cut where the display ends", async () => {
  const { clock, board, whole } = world();
  const { chip } = attachChip(board, "ssd1306", { clock });
  await using device = await whole("ssd1306", {}, { line1: "21.5 °C" });
  await clock.runUntil(device.write("line0", "Hello, World! This is too long"));
  assert.deepEqual([chip.text(0), chip.text(1), chip.text(2)], ["Hello, World! This is", "21.5 °C", ""]);
  await clock.runUntil(device.write("contrast", 10));
  assert.deepEqual([chip.contrast, chip.isOn, chip.lines], [10, true, 64]);
});

test("a text across pages of an EEPROM is stored page by page, also above the first 256 bytes", async () => {
  const { clock, board, open } = world();
  const memory = new SimAt24c({ clock, bytes: 2048, pageBytes: 16 });
  memory.attach(board, 1, 0x50);
  const model = defineModel("note", { text: p.string({ access: "rw" }) });
  await using device = await open(model, {
    connection: { chip: "at24c", settings: { size: "24c16" } },
    visitors: { text: { register: 0x1f8, type: "string", length: 40 } },
  });
  const text = "forty characters of text in three pages.";
  await clock.runUntil(device.write("text", text));
  assert.equal(Buffer.from(memory.memory.subarray(0x1f8, 0x1f8 + 40)).toString(), text);
  assert.deepEqual([...memory.stores.keys()], [0x1f, 0x20, 0x21]);
  assert.equal(await clock.runUntil(device.read("text")), text);
});

test("any chip can be described by its registers, with start-up writes, blocks, bit fields and checksums", async () => {
  const { clock, board, open } = world();
  const chip = new RegisterChip({ reset: { 16: 0x01, 17: 0x02, 18: 0xfe, 19: 0b1010_0000 } });
  board.i2cBus(3).attach(0x29, chip);
  const model = defineModel("unknown", {
    big: p.int({ min: 0, max: 65535 }),
    signed: p.int({ min: -128, max: 127 }),
    mode: p.string({ access: "rw" }),
    scaled: p.float(),
  });
  await using device = await open(model, {
    connection: { bus: 3, address: "0x29", startUp: ["0x01 5a", "02 a5"], startUpMs: 5, blockBytes: 32 },
    visitors: {
      big: { register: 0x10, type: "u16" },
      signed: { register: 0x12, type: "i8" },
      mode: { register: 0x13, type: "u8", bits: { at: 5, length: 3 }, values: { off: 0, slow: 3, fast: 5 } },
      scaled: { register: "0x10", type: "u16", order: "little", scale: 0.1, offset: -40 },
    },
  });
  assert.deepEqual([chip.cells[1], chip.cells[2]], [0x5a, 0xa5]);
  const before = transfers(board).length;
  const read = await clock.runUntil(device.readMany(["big", "signed", "mode", "scaled"]));
  assert.equal(transfers(board).length - before, 1, "one block");
  assert.deepEqual([read.big?.value, read.signed?.value, read.mode?.value], [0x0102, -2, "fast"]);
  assert.equal(Number(read.scaled?.value).toFixed(1), "11.3");
  await clock.runUntil(device.write("mode", "slow"));
  assert.equal(chip.cells[0x13], 0b0110_0000, "the other bits stay");
});

test("a wrong packet error code is an error, never a value", async () => {
  const { clock, board, open } = world();
  let spoilt = 0;
  board.i2cBus(1).attach(0x5a, {
    write: () => {},
    read: () => {
      const value = Uint8Array.of(0xd2, 0x3a);
      return Uint8Array.of(...value, crc8Smbus(Uint8Array.of(0xb4, 0x07, 0xb5, ...value)) ^ spoilt);
    },
  });
  const model = defineModel("infrared", { object: p.float({ unit: "°C" }) });
  const visitors = {
    object: { register: 7, type: "u16", order: "little", scale: 0.02, offset: -273.15, crc: "smbus" },
  };
  await using device = await open(model, { connection: { address: 0x5a }, visitors });
  assert.equal(Number(await clock.runUntil(device.read("object"))).toFixed(2), "28.01");
  spoilt = 1;
  await assert.rejects(clock.runUntil(device.read("object")), { code: "DEVICE_IO", message: /smbus checksum/ });
});

test("what another master or a busy chip disturbs is tried again; a bus that is held low is not", async () => {
  const { clock, board, whole } = world();
  attachChip(board, "tmp102", { clock });
  await using device = await whole("tmp102", { only: ["temperature"] });
  const wires = board.i2cBus(1);
  wires.fault = "arbitration";
  clock.after(2, () => {
    wires.fault = undefined;
  });
  assert.equal(await clock.runUntil(device.read("temperature")), 21.5);
  wires.fault = "bus-stuck";
  const before = transfers(board).length;
  await assert.rejects(clock.runUntil(device.read("temperature")), /SDA low/);
  assert.equal(transfers(board).length - before, 1);
  wires.fault = undefined;
  assert.equal(await clock.runUntil(device.read("temperature")), 21.5);
});

test("chips on a bus are named by what they say, and nothing on them changes", async () => {
  const { clock, board } = world();
  for (const name of ["bme280", "sht31", "tmp102", "mcp23017", "ds3231", "pca9685", "at24c", "ssd1306"] as const) {
    attachChip(board, name, { clock });
  }
  board.i2cBus(1).attach(0x12, new RegisterChip());
  await using bus = await board.i2c.open(1);
  const found: string[] = [];
  const finding = (async () => {
    for await (const { address, candidates } of findChips(bus, { clock, signal: new AbortController().signal })) {
      const [first] = candidates;
      found.push(`0x${address.toString(16)} ${first ? `${first.chip.name} ${first.confidence}` : "?"}`);
    }
  })();
  await clock.runUntil(finding);
  assert.deepEqual(found, [
    "0x12 ?",
    "0x20 mcp23017 likely",
    "0x3c ssd1306 possible",
    "0x40 pca9685 likely",
    "0x44 sht31 certain",
    "0x48 tmp102 likely",
    "0x50 at24c possible",
    "0x68 ds3231 likely",
    "0x76 bme280 certain",
  ]);
});

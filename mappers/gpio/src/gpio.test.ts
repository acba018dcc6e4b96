import assert from "node:assert/strict";
import { test } from "node:test";
import { type DeviceConfig, defineModel, type Environment, MapperError, p } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard, settle } from "@edgetwin/mapper-sdk/testing";
import { configOf, manifest, modelOf } from "../test/workbench.ts";
import { gpio } from "./gpio.ts";

const invalid =
  (...patterns: RegExp[]) =>
  (error: unknown) =>
    error instanceof MapperError &&
    error.code === "CONFIG_INVALID" &&
    patterns.every((pattern) => pattern.test(error.message));

function bench() {
  const clock = new ManualClock();
  const board = new SimBoard({ clock });
  const environment: Environment = { board, clock, name: "default/test" };
  return { clock, board, environment };
}

const lights = defineModel("lights", {
  red: p.string({ access: "rw" }),
  green: p.string({ access: "rw" }),
});

const lightsConfig = (red: object, green: object = { pin: 19 }): DeviceConfig => ({ visitors: { red, green } });

test("a STRING output knows its two words only, in any case, and ON and OFF unless told otherwise", async () => {
  const { board, environment } = bench();
  const config = lightsConfig({ pin: 26 }, { pin: 19, on: "GO", off: "DARK" });
  const { red, green } = (await gpio.serve(lights).modelFor(config)).properties;
  assert.deepEqual(
    [red?.options, green?.options],
    [
      ["OFF", "ON"],
      ["DARK", "GO"],
    ],
  );
  await using device = await gpio.serve(lights).open(config, environment);
  await device.write("red", "on");
  await device.write("green", "go");
  assert.deepEqual([board.line(26).high, board.line(19).high], [true, true]);
  assert.deepEqual([await device.read("red"), await device.read("green")], ["ON", "GO"]);
  await assert.rejects(device.write("red", "BLUE"), /"OFF" or "ON".*"BLUE"/);
});

test("outputs come up at the last desired value, then the visitor's initial, then inactive", async () => {
  const { board, environment } = bench();
  const model = defineModel("three", {
    a: p.boolean({ access: "rw" }),
    b: p.boolean({ access: "rw" }),
    c: p.boolean({ access: "rw" }),
  });
  const visitors = { a: { pin: 1, initial: false }, b: { pin: 2, initial: true }, c: { pin: 3, activeLow: true } };
  await using _ = await gpio.serve(model).open({ visitors }, { ...environment, initial: { a: true } });
  assert.deepEqual(
    [1, 2, 3].map((pin) => board.line(pin).high),
    [true, true, true],
  );
  assert.deepEqual(
    board.faults.trace.filter((operation) => operation.includes(" set ")),
    [],
  );
});

test("inactive outputs are claimed first, so that no instant shows two permissions", async () => {
  const { board, environment } = bench();
  const initial = { red: "ON", green: "OFF" };
  await using _ = await gpio.serve(lights).open(lightsConfig({ pin: 26 }), { ...environment, initial });
  assert.deepEqual(board.faults.trace, ["GPIO19 open out", "GPIO26 open out"]);
});

test("lines are held in the name of the device and the property", async () => {
  const { board, environment } = bench();
  await using _ = await gpio.serve(lights).open(lightsConfig({ pin: 26 }), environment);
  assert.equal(board.line(26).holder, "default/test red");
  await assert.rejects(
    gpio.serve(lights).open(lightsConfig({ pin: 26 }, { pin: 4 }), environment),
    (error: unknown) =>
      error instanceof MapperError && error.code === "DEVICE_BUSY" && /default\/test red/.test(error.message),
  );
});

test("two properties on one line are refused before any line is claimed", async () => {
  const { board, environment } = bench();
  const opening = gpio.serve(lights).open(lightsConfig({ pin: "GPIO19" }), environment);
  await assert.rejects(opening, invalid(/visitors\.green\.pin: GPIO19 already belongs to red/));
  assert.deepEqual(board.faults.trace, []);
});

test("every wrong pin is named at once", async () => {
  const { environment } = bench();
  const opening = gpio.serve(lights).open(lightsConfig({ pin: 77 }, { pin: "nowhere" }), environment);
  await assert.rejects(opening, invalid(/visitors\.red\.pin: .*77/, /visitors\.green\.pin: .*nowhere/));
});

test("bare numbers are counted as the connection or the visitor says; names are left alone", async () => {
  const asked: (string | number)[] = [];
  const clock = new ManualClock();
  const board = new SimBoard({ clock, pins: (pin) => `line ${asked[asked.push(pin) - 1]}` });
  const model = defineModel("four", { a: p.boolean(), b: p.boolean(), c: p.boolean(), d: p.boolean() });
  const visitors = { a: { pin: 25 }, b: { pin: "23" }, c: { pin: 37, numbering: "BOARD" }, d: { pin: "GPIO4" } };
  await using _ = await gpio.serve(model).open({ connection: { numbering: "wiringPi" }, visitors }, { board, clock });
  assert.deepEqual([...new Set(asked)], ["wiringPi 25", "wiringPi 23", "pin 37", "GPIO4"]);
});

test("settings that do nothing for the direction are refused with where they belong", () => {
  const refuse = (visitor: object, ...patterns: RegExp[]) =>
    assert.throws(() => gpio.serve(lights).modelFor(lightsConfig({ pin: 26, ...visitor })), invalid(...patterns));
  refuse({ pull: "up" }, /visitors\.red\.pull: goes with direction "in", and this one is "out"/);
  refuse({ minPulseUs: 500 }, /visitors\.red\.minPulseUs: goes with direction "servo"/);
  refuse({ frequencyHz: 50 }, /visitors\.red\.direction: .*"pwm" cannot show STRING; percent are INT/);
  refuse({ direction: "in" }, /an input cannot be written; make the property ReadOnly/);
  refuse({ on: "X", off: "X" }, /visitors\.red\.on: "X" also means off/);
  refuse({ initial: "maybe" }, /visitors\.red\.initial: expected "OFF" or "ON", got "maybe"/);
  refuse({ drive: "open" }, /visitors\.red\.drive: expected "push-pull" or "open-drain"/);
  refuse({ acitveLow: true }, /visitors\.red\.acitveLow: .*did you mean "activeLow"/);
});

test("properties that no line can show are refused with the types that fit", () => {
  const refuse = (property: Parameters<typeof defineModel>[1][string], visitor: object, pattern: RegExp) =>
    assert.throws(
      () => gpio.serve(defineModel("one", { x: property })).modelFor({ visitors: { x: { pin: 4, ...visitor } } }),
      invalid(pattern),
    );
  refuse(p.bytes({ access: "rw" }), {}, /cannot show BYTES; a level is BOOLEAN, STRING/);
  refuse(p.float(), {}, /"in" cannot show FLOAT/);
  refuse(p.boolean({ access: "rw" }), { direction: "servo" }, /"servo" cannot show BOOLEAN; degrees are INT/);
  refuse(p.boolean(), { direction: "out" }, /output of a ReadOnly property; make it ReadWrite/);
  refuse(p.boolean({ access: "rw" }), { on: "YES" }, /words go with STRING, and the property is BOOLEAN/);
  refuse(p.oneOf(["OPEN", "SHUT"], { access: "rw" }), {}, /the model knows "OPEN", "SHUT"; set off and on/);
  refuse(p.int({ access: "rw", min: 200 }), { direction: "pwm" }, /shows 0 to 100, the model allows 200 to -/);
  refuse(p.int({ access: "rw" }), { direction: "servo", minPulseUs: 2500 }, /pulse from 2500 to 2000 us is impossible/);
});

test("a level as INT is 0 or 1, and PWM is percent within what the model allows", async () => {
  const { board, environment } = bench();
  const model = defineModel("ints", { bit: p.int({ access: "rw" }), fan: p.int({ access: "rw", min: 20, max: 200 }) });
  const visitors = { bit: { pin: 4 }, fan: { pin: 18, frequencyHz: 25_000 } };
  await using device = await gpio.serve(model).open({ visitors }, environment);
  assert.equal(board.line(18).duty, 0.2);
  await device.write("fan", 75);
  assert.equal(board.line(18).duty, 0.75);
  await assert.rejects(device.write("bit", 2), /from 0 to 1/);
  await assert.rejects(device.write("fan", 101), /from 20 to 100/);
});

test("what PWM hardware rounds is read back as it was written, and what somebody else set as it is", async () => {
  const { board, environment } = bench();
  const model = defineModel("dimmer", { level: p.double({ access: "rw" }) });
  await using device = await gpio.serve(model).open({ visitors: { level: { pin: 18 } } }, environment);
  await device.write("level", 33.333333);
  board.line(18).duty = 0.33332;
  assert.equal(await device.read("level"), 33.333333);
  board.line(18).duty = 0.5;
  assert.equal(await device.read("level"), 50);
});

test("a servo turns degrees into the width of its pulse", async () => {
  const { board, environment } = bench();
  const model = defineModel("servo", { angle: p.float({ access: "rw" }) });
  const visitors = { angle: { pin: 18, direction: "servo", minPulseUs: 500, maxPulseUs: 2500, initial: 90 } };
  await using device = await gpio.serve(model).open({ visitors }, environment);
  const pulseUs = () => Math.round(board.line(18).duty * 20_000);
  assert.equal(pulseUs(), 1500);
  await device.write("angle", 180);
  assert.equal(pulseUs(), 2500);
  await assert.rejects(device.write("angle", 181), /from 0 to 180/);
});

test("a change between the last reading and the start of watching is pushed first", async () => {
  const { board, environment } = bench();
  const model = defineModel("button", { pressed: p.boolean() });
  await using device = await gpio.serve(model).open({ visitors: { pressed: { pin: 5 } } }, environment);
  assert.equal(await device.read("pressed"), false);
  board.line(5).drive(true);
  const values = device.watch("pressed")?.[Symbol.asyncIterator]();
  assert.deepEqual(await values?.next(), { done: false, value: true });
  await values?.return?.();
});

test("a bouncing button is pushed once", async () => {
  const { board, clock, environment } = bench();
  const model = defineModel("button", { pressed: p.boolean() });
  const visitors = { pressed: { pin: 5, pull: "up", activeLow: true, debounceMs: 20 } };
  await using device = await gpio.serve(model).open({ visitors }, environment);
  const seen: unknown[] = [];
  const watching = (async () => {
    for await (const value of device.watch("pressed") ?? []) seen.push(value);
  })();
  await settle();
  for (const level of [false, true, false, true, false]) {
    board.line(5).drive(level);
    await clock.advance(5);
  }
  await clock.advance(20);
  assert.deepEqual(seen, [true]);
  await device[Symbol.asyncDispose]();
  await watching;
});

test("a line that is unplugged fails the device and works again when it is opened anew", async () => {
  const { board, environment } = bench();
  const device = await gpio.serve(lights).open(lightsConfig({ pin: 26 }), environment);
  board.faults.breakAll(/GPIO26/);
  await assert.rejects(
    device.write("red", "ON"),
    (error: unknown) => error instanceof MapperError && error.code === "DEVICE_IO" && error.retryable,
  );
  await device[Symbol.asyncDispose]();
  board.faults.mend();
  await using again = await gpio.serve(lights).open(lightsConfig({ pin: 26 }), environment);
  await again.write("red", "ON");
  assert.equal(board.line(26).high, true);
});

test("the example manifest opens on the simulated board and does what it says", async () => {
  const { board, clock, environment } = bench();
  const model = modelOf(await manifest("model"));
  const device = await manifest("device");
  assert.equal(device.spec.deviceModelRef?.name, model.name);
  assert.equal(device.spec.protocol?.protocolName, gpio.protocol);
  await using opened = await gpio.serve(model).open(configOf(device), environment);
  await opened.write("lamp", "ON");
  await opened.write("fan", 40);
  assert.equal(board.line(26).high, true);
  assert.equal(board.line(19).high, true, "an active-low relay is off while its wire is high");
  assert.equal(board.line(18).duty, 0.4);
  assert.equal(await opened.read("button"), false);
  assert.equal(await opened.read("door"), "OPEN");
  board.line(6).drive(false);
  await clock.advance(1);
  assert.equal(await opened.read("door"), "CLOSED");
  assert.equal(await opened.read("flap"), 45);
});

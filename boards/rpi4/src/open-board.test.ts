import assert from "node:assert/strict";
import { test } from "node:test";
import { HalError } from "@edgetwin/mapper-sdk";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import { FakeOnoff } from "../test/fake-onoff.ts";
import { FakePigpio } from "../test/fake-pigpio.ts";
import { type FakeRoot, fakeRoot, pi4DeviceTree } from "../test/fake-root.ts";
import { KernelEmulator } from "../test/kernel-emulator.ts";
import { detect } from "./detect.ts";
import { explainBoard, openBoard } from "./open-board.ts";
import type { Ports } from "./ports.ts";
import { simulatedBoard } from "./simulated.ts";

const sysfsFiles = {
  "sys/class/gpio/export": "",
  "sys/class/gpio/gpiochip512/label": "pinctrl-bcm2711\n",
  "sys/class/gpio/gpiochip512/base": "512\n",
  "sys/class/gpio/gpiochip512/ngpio": "58\n",
};

interface Bench extends AsyncDisposable {
  readonly root: FakeRoot;
  readonly kernel: KernelEmulator;
  readonly onoff: FakeOnoff;
  readonly pigpio: FakePigpio;
  readonly ports: Ports;
  readonly options: { readonly clock: ManualClock; readonly root: string };
}

async function bench(files: Record<string, string>, { withPigpio = false } = {}): Promise<Bench> {
  const root = await fakeRoot({ "etc/group": `root:x:99999:\ngpio:x:${process.getgid?.()}:\n`, ...files });
  const kernel = new KernelEmulator();
  const onoff = new FakeOnoff();
  const pigpio = new FakePigpio();
  const ports: Ports = {
    syscalls: async () => kernel,
    onoff: async () => onoff.open,
    pigpio: async () => {
      if (withPigpio) return pigpio;
      throw new HalError("unsupported", "the pigpio add-on is not usable (test)");
    },
    i2c: () => Promise.reject(new Error("no i2c-bus in this test")),
    rdwr: () => Promise.reject(new Error("no koffi in this test")),
    serial: () => Promise.reject(new Error("no serialport in this test")),
  };
  const options = { clock: new ManualClock(), root: root.path };
  return { root, kernel, onoff, pigpio, ports, options, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

const pi4 = { ...pi4DeviceTree, "dev/gpiochip0": "", "dev/gpiochip1": "" };

const halKind =
  (kind: string, ...patterns: RegExp[]) =>
  (error: unknown) =>
    error instanceof HalError && error.kind === kind && patterns.every((pattern) => pattern.test(error.message));

test("the header's chip is found by its label, not by its number", async () => {
  await using b = await bench({ ...pi4, "dev/gpiochip4": "" });
  b.kernel.chips
    .set("gpiochip0", "raspberrypi-exp-gpio")
    .set("gpiochip1", "brcmvirt-gpio")
    .set("gpiochip4", "pinctrl-rp1");
  await using board = await openBoard(b.options, b.ports);
  const [, backend] = await board.explain();
  assert.equal(backend?.state, "ok");
  assert.match(backend?.message ?? "", /gpiochip4 \(pinctrl-rp1, 58 lines\): first that works/);
});

test("a pin is driven under any of its names, and two names of one pin are one line", async () => {
  await using b = await bench(pi4);
  await using board = await openBoard(b.options, b.ports);
  assert.equal(board.name, "Raspberry Pi 4 Model B Rev 1.4");
  const red = await board.gpio.output("wiringPi 25", { consumer: "default/traffic-light-instance-01 red" });
  await red.set(true);
  assert.equal(b.kernel.lines[26]?.high, true);
  await assert.rejects(
    board.gpio.output("pin 37"),
    halKind("busy", /GPIO26 is already held by default\/traffic-light-instance-01 red in this agent/),
  );
  await red[Symbol.asyncDispose]();
  await using again = await board.gpio.input("GPIO26");
  assert.equal(await again.get(), true);
});

test("a line that could not be opened is free for the next try", async () => {
  await using b = await bench(pi4);
  await using board = await openBoard(b.options, b.ports);
  Object.assign(b.kernel.lines[8] ?? {}, { used: true, consumer: "spi0 CS0" });
  await assert.rejects(board.gpio.output(8), halKind("busy", /spi0 CS0/));
  Object.assign(b.kernel.lines[8] ?? {}, { used: false, consumer: "" });
  await using line = await board.gpio.output(8);
  assert.equal(await line.get(), false);
});

test("closing the board closes the chip", async () => {
  await using b = await bench(pi4);
  const board = await openBoard(b.options, b.ports);
  assert.equal(b.kernel.openFiles, 1);
  await board[Symbol.asyncDispose]();
  assert.equal(b.kernel.openFiles, 0);
});

test("a chip that may not be opened is a missing group, with the command that adds it", async () => {
  await using b = await bench(pi4);
  b.kernel.denied.set("gpiochip0", "EACCES").set("gpiochip1", "EACCES");
  await assert.rejects(
    openBoard(b.options, b.ports),
    halKind("permission", /gpiochip0 may not be opened by user/, /sudo usermod -aG gpio /),
  );
});

test("without a usable chip sysfs is taken, and the doctor says why", async () => {
  await using b = await bench({ ...pi4DeviceTree, ...sysfsFiles });
  await using board = await openBoard(b.options, b.ports);
  await using _ = await board.gpio.output(26, { initial: true });
  assert.equal(b.onoff.line(538).high, true);
  const findings = (await board.explain()).map(({ check, state }) => `${check} ${state}`);
  assert.deepEqual(findings.slice(0, 4), ["board ok", "gpio gpiochip warn", "gpio sysfs ok", "GPIO26 ok"]);
});

test("a backend asked for by name is the only one that is tried", async () => {
  await using b = await bench({ ...pi4, ...sysfsFiles }, { withPigpio: true });
  const board = await openBoard({ ...b.options, backend: "pigpio" }, b.ports);
  await using _ = await board.gpio.output(17, { initial: true });
  assert.equal(b.pigpio.line(17).level, 1);
  assert.equal(b.kernel.openFiles, 0);
  await board[Symbol.asyncDispose]();
  assert.equal(b.pigpio.terminated, 1);
  await assert.rejects(
    openBoard({ ...b.options, backend: "gpiochp" }, b.ports),
    halKind("unknown", /no backend "gpiochp".*did you mean "gpiochip"/),
  );
});

test("a machine without GPIO is refused with every reason, and the doctor tells the same without failing", async () => {
  await using b = await bench({});
  await assert.rejects(
    openBoard(b.options, b.ports),
    halKind(
      "unsupported",
      /gpio gpiochip: no chip/,
      /gpio sysfs: no chip/,
      /gpio pigpio: the pigpio add-on is not usable/,
    ),
  );
  const findings = await explainBoard(b.options, b.ports);
  assert.deepEqual(
    findings.map(({ check, state }) => `${check} ${state}`),
    ["board fail", "gpio gpiochip fail", "gpio sysfs fail", "gpio pigpio fail", "pwm warn", "i2c warn"],
  );
  for (const finding of findings) assert.ok(finding.fix, `${finding.check} has a fix`);
});

test("the doctor names the holder of every line and leaves nothing open", async () => {
  await using b = await bench(pi4);
  Object.assign(b.kernel.lines[8] ?? {}, { used: true, consumer: "spi0 CS0" });
  Object.assign(b.kernel.lines[40] ?? {}, { used: true, consumer: "not on the header" });
  const findings = await explainBoard(b.options, b.ports);
  const held = findings.filter(({ check }) => /^GPIO\d/.test(check));
  assert.deepEqual(
    held.map(({ check, state, message }) => ({ check, state, message })),
    [{ check: "GPIO8", state: "warn", message: "pin 24 is held by spi0 CS0" }],
  );
  assert.equal(b.kernel.openFiles, 0);
});

test("the lines of the header are listed by position with their holders, whole for those of this agent", async () => {
  await using b = await bench(pi4);
  Object.assign(b.kernel.lines[8] ?? {}, { used: true, consumer: "spi0 CS0" });
  await using board = await openBoard(b.options, b.ports);
  const long = "default/a-device-with-a-name-of-more-than-31-bytes red";
  await using _ = await board.gpio.output(26, { consumer: long });
  const lines = (await board.gpio.lines?.()) ?? [];
  assert.equal(lines.length, 28);
  assert.deepEqual(lines[0], { name: "GPIO2", pin: 3, labels: ["SDA1", "SDA"] });
  const held = lines.filter(({ holder }) => holder !== undefined).map(({ name, pin, holder }) => [name, pin, holder]);
  assert.deepEqual(held, [
    ["GPIO8", 24, "spi0 CS0"],
    ["GPIO26", 37, long],
  ]);
  const simulated = await simulatedBoard().gpio.lines?.();
  assert.deepEqual(
    simulated,
    lines.map(({ name, pin, labels }) => ({ name, pin, labels })),
  );
});

test("PWM without an overlay and without pigpio is refused with the overlay to add", async () => {
  await using b = await bench(pi4);
  await using board = await openBoard(b.options, b.ports);
  await assert.rejects(
    board.pwm.output(18, { frequencyHz: 1000 }),
    halKind(
      "unsupported",
      /"dtoverlay=pwm,pin=18,func=2" to \/boot\/firmware\/config\.txt/,
      /pigpio add-on is not usable/,
    ),
  );
  await assert.rejects(
    board.pwm.output(17, { frequencyHz: 1000 }),
    halKind("unsupported", /"dtoverlay=pwm-gpio,gpio=17"/),
  );
});

test("PWM without an overlay goes to pigpio, but never to a line that somebody holds", async () => {
  await using b = await bench(pi4, { withPigpio: true });
  const board = await openBoard(b.options, b.ports);
  await using _ = await board.pwm.output("GPIO17", { frequencyHz: 1000, initialDuty: 0.5, consumer: "fan" });
  assert.deepEqual(b.pigpio.line(17).calls, ["pwm 20000/40000"]);
  await assert.rejects(board.gpio.output(17), halKind("busy", /GPIO17 is already held by fan/));
  Object.assign(b.kernel.lines[18] ?? {}, { used: true, consumer: "lirc" });
  await assert.rejects(board.pwm.output(18, { frequencyHz: 1000 }), halKind("busy", /GPIO18 is held by lirc/));
  await board[Symbol.asyncDispose]();
  assert.equal(b.pigpio.terminated, 1);
});

test("inputs of an open board push their edges", async () => {
  await using b = await bench(pi4);
  await using board = await openBoard(b.options, b.ports);
  await using button = await board.gpio.input("pin 29", { pull: "up", activeLow: true });
  const first = button.edges()[Symbol.asyncIterator]().next();
  await settle();
  b.kernel.drive(5, true);
  assert.equal((await first).value.active, false);
});

test("a machine is a Raspberry Pi when its device tree says so, and otherwise the reason is given", async () => {
  await using pi = await fakeRoot(pi4DeviceTree);
  assert.deepEqual(await detect({ root: pi.path }), { present: true, model: "Raspberry Pi 4 Model B Rev 1.4" });
  await using other = await fakeRoot({
    "sys/firmware/devicetree/base/model": "Pine64 RockPro64\0",
    "sys/firmware/devicetree/base/compatible": "pine64,rockpro64\0rockchip,rk3399\0",
  });
  const found = await detect({ root: other.path });
  assert.ok(!found.present && /"Pine64 RockPro64", which is no Raspberry Pi/.test(found.reason));
  const none = await detect({ root: "/nowhere" });
  assert.ok(!none.present && /mount \/sys\/firmware/.test(none.reason));
});

test("the simulated board knows the names of this header", async () => {
  await using board = simulatedBoard();
  assert.equal(board.name, "simulated Raspberry Pi 4");
  await using line = await board.gpio.output("wiringPi 25", { initial: true });
  assert.equal(board.line("pin 37").high, true);
  assert.equal(await line.get(), true);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type EdgeEvent, HalError } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { FakeOnoff } from "../../test/fake-onoff.ts";
import { fakeRoot } from "../../test/fake-root.ts";
import { findSysfsChip } from "./find-base.ts";
import { sysfsBackend } from "./sysfs-backend.ts";

const chip = { label: "pinctrl-bcm2711", base: 512, lines: 58 };

function bench(root = "/nowhere") {
  const clock = new ManualClock();
  const onoff = new FakeOnoff();
  return { clock, onoff, backend: sysfsBackend({ chip, open: onoff.open, clock, root }) };
}

const halKind = (kind: string, pattern: RegExp) => (error: unknown) =>
  error instanceof HalError && error.kind === kind && pattern.test(error.message);

test("the chip is found by its label, with its base, whatever its number", async () => {
  await using root = await fakeRoot({
    "sys/class/gpio/gpiochip0/label": "raspberrypi-exp-gpio\n",
    "sys/class/gpio/gpiochip0/base": "0\n",
    "sys/class/gpio/gpiochip0/ngpio": "8\n",
    "sys/class/gpio/gpiochip571/label": "pinctrl-rp1\n",
    "sys/class/gpio/gpiochip571/base": "571\n",
    "sys/class/gpio/gpiochip571/ngpio": "54\n",
  });
  assert.deepEqual(await findSysfsChip(root.path), { chip: { label: "pinctrl-rp1", base: 571, lines: 54 } });
});

test("without a chip of a Raspberry Pi the labels that are there are told", async () => {
  await using root = await fakeRoot({ "sys/class/gpio/gpiochip0/label": "gpio_ich\n" });
  assert.deepEqual(await findSysfsChip(root.path), { seen: ["gpiochip0 (gpio_ich)"] });
  assert.deepEqual(await findSysfsChip("/nowhere"), { seen: [] });
});

test("an output is exported under its global number with its level on the wire", async () => {
  const { onoff, backend } = bench();
  const line = await backend.output(26, { initial: true, activeLow: true });
  assert.equal(onoff.line(538).direction, "out");
  assert.equal(onoff.line(538).high, false);
  await line.set(false);
  assert.equal(onoff.line(538).high, true);
  assert.equal(await line.get(), false);
  await line[Symbol.asyncDispose]();
  await line[Symbol.asyncDispose]();
  assert.equal(onoff.line(538).exported, false);
});

test("an input reports its edges until it is closed", async () => {
  const { clock, onoff, backend } = bench();
  const line = await backend.input(5, { activeLow: true, edge: "falling" });
  const reader = line.edges()[Symbol.asyncIterator]();
  const first = reader.next();
  await clock.advance(7);
  onoff.drive(517, true);
  assert.deepEqual((await first).value, { active: false, monotonicMs: 7 });
  const next = assert.rejects(reader.next(), halKind("disconnected", /GPIO5 was closed/));
  await line[Symbol.asyncDispose]();
  await next;
  assert.equal(onoff.line(517).listeners.size, 0);
});

test("a bounce that ends where it began is not reported, and one that does not is reported once", async () => {
  const { clock, onoff, backend } = bench();
  const line = await backend.input(5, { debounceMs: 20 });
  const reader = line.edges()[Symbol.asyncIterator]();
  const first = reader.next();
  onoff.drive(517, true);
  await clock.advance(5);
  onoff.drive(517, false);
  await clock.advance(30);
  onoff.drive(517, true);
  await clock.advance(20);
  assert.deepEqual((await first).value satisfies EdgeEvent, { active: true, monotonicMs: 55 });
});

test("what sysfs cannot do is refused with another way", async () => {
  const { backend } = bench();
  await assert.rejects(backend.input(5, { pull: "up" }), halKind("unsupported", /pull: up.*gpiochip.*gpio=5=ip,pu/));
  await assert.rejects(backend.output(5, { drive: "open-drain" }), halKind("unsupported", /open-drain.*gpiochip/));
});

test("failures of the export name the line in both numberings and what to do", async () => {
  const { onoff, backend } = bench();
  onoff.failures.set(520, "EBUSY").set(521, "EACCES").set(522, "EINVAL");
  await assert.rejects(backend.output(8, {}), halKind("busy", /GPIO8 \(520 in sysfs\).*gpioinfo/));
  await assert.rejects(backend.output(9, {}), halKind("permission", /GPIO9 \(521 in sysfs\).*group gpio/));
  await assert.rejects(backend.output(10, {}), halKind("unsupported", /GPIO10 \(522 in sysfs\): EINVAL/));
});

test("holders are told as far as sysfs and debugfs know them", async () => {
  await using root = await fakeRoot({
    "sys/class/gpio/gpio517/value": "0",
    "sys/kernel/debug/gpio":
      "gpiochip0: GPIOs 512-569, parent: platform/fe200000.gpio, pinctrl-bcm2711:\n gpio-520 (GPIO8               |spi0 CS0            ) out hi ACTIVE LOW\n gpio-521 (GPIO9               )\n",
  });
  const { backend } = bench(root.path);
  assert.match((await backend.holder(5)) ?? "", /exported 517/);
  assert.equal(await backend.holder(8), "spi0 CS0");
  assert.equal(await backend.holder(9), undefined);
});

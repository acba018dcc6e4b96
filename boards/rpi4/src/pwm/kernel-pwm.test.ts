import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { HalError } from "@edgetwin/mapper-sdk";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import { cells, type FakeRoot, fakeRoot } from "../../test/fake-root.ts";
import { findPwmChannels } from "./find-pwm.ts";
import { openKernelPwm } from "./kernel-pwm.ts";

const tree = "sys/firmware/devicetree/base";

/** A Pi 4 with `dtoverlay=pwm-2chan,pin=12,func=4,pin2=13,func2=4`. */
async function pi4WithPwm(): Promise<FakeRoot> {
  const root = await fakeRoot({
    "sys/class/pwm/pwmchip0/npwm": "2\n",
    "sys/class/pwm/pwmchip0/export": "",
    "sys/class/pwm/pwmchip0/unexport": "",
    [`${tree}/soc/pwm@7e20c000/compatible`]: "brcm,bcm2835-pwm\0",
    [`${tree}/soc/pwm@7e20c000/pinctrl-0`]: cells(0x7b),
    [`${tree}/soc/gpio@7e200000/pwm_pins/phandle`]: cells(0x7b),
    [`${tree}/soc/gpio@7e200000/pwm_pins/brcm,pins`]: cells(12, 13),
    [`${tree}/soc/gpio@7e200000/i2c1/phandle`]: cells(0x10),
    [`${tree}/soc/gpio@7e200000/i2c1/brcm,pins`]: cells(2, 3),
    [`${tree}/__symbols__/gpio`]: "/soc/gpio@7e200000\0",
  });
  await root.link("sys/class/pwm/pwmchip0/device/of_node", `${tree}/soc/pwm@7e20c000`);
  return root;
}

const exported = (period: string, duty: string) => ({
  "sys/class/pwm/pwmchip0/pwm0/period": period,
  "sys/class/pwm/pwmchip0/pwm0/duty_cycle": duty,
  "sys/class/pwm/pwmchip0/pwm0/enable": "0",
});

const halKind = (kind: string, pattern: RegExp) => (error: unknown) =>
  error instanceof HalError && error.kind === kind && pattern.test(error.message);

test("the lines that an overlay switched to PWM are found, with their channels", async () => {
  await using root = await pi4WithPwm();
  const folder = `${root.path}/sys/class/pwm/pwmchip0`;
  assert.deepEqual(await findPwmChannels(root.path), [
    { line: 12, folder, channel: 0, certain: true },
    { line: 13, folder, channel: 1, certain: true },
  ]);
});

test("a Pi 5 names its pins and counts its channels differently", async () => {
  const node = `${tree}/axi/pcie@1000120000/rp1/pwm@98000`;
  const gpio = `${tree}/axi/pcie@1000120000/rp1/gpio@d0000`;
  await using root = await fakeRoot({
    [`${node}/compatible`]: "raspberrypi,rp1-pwm\0",
    [`${node}/pinctrl-0`]: cells(0x90),
    [`${gpio}/rp1_pwm0_gpio18/phandle`]: cells(0x90),
    [`${gpio}/rp1_pwm0_gpio18/pins`]: "gpio18\0",
    [`${tree}/__symbols__/rp1_gpio`]: "/axi/pcie@1000120000/rp1/gpio@d0000\0",
    "sys/class/pwm/pwmchip2/npwm": "4\n",
  });
  await root.link("sys/class/pwm/pwmchip2/device/of_node", node);
  const folder = `${root.path}/sys/class/pwm/pwmchip2`;
  assert.deepEqual(await findPwmChannels(root.path), [{ line: 18, folder, channel: 2, certain: true }]);
});

test("the pwm-gpio overlay brings one channel to any line", async () => {
  await using root = await fakeRoot({
    [`${tree}/pwm_gpio@17/compatible`]: "pwm-gpio\0",
    [`${tree}/pwm_gpio@17/gpios`]: cells(7, 17, 0),
    "sys/class/pwm/pwmchip0/npwm": "1\n",
  });
  await root.link("sys/class/pwm/pwmchip0/device/of_node", `${tree}/pwm_gpio@17`);
  assert.deepEqual(
    (await findPwmChannels(root.path)).map(({ line, channel }) => ({ line, channel })),
    [{ line: 17, channel: 0 }],
  );
});

test("a channel runs with period and duty in nanoseconds, active-low turned around, and is let go of once", async () => {
  await using root = await pi4WithPwm();
  await root.write(exported("0", "0"));
  const [channel] = await findPwmChannels(root.path);
  assert.ok(channel);
  const options = { frequencyHz: 25_000, initialDuty: 0.25, activeLow: true, clock: new ManualClock() };
  const output = await openKernelPwm(channel, options);
  const read = (name: string) => readFile(`${channel.folder}/${name}`, "utf8");
  assert.deepEqual(
    [await read("pwm0/period"), await read("pwm0/duty_cycle"), await read("pwm0/enable")],
    ["40000", "30000", "1"],
  );
  await output.setDuty(1);
  assert.equal(await read("pwm0/duty_cycle"), "0");
  assert.equal(await output.duty(), 1);
  await output[Symbol.asyncDispose]();
  assert.equal(await read("unexport"), "0");
  await root.write({ "sys/class/pwm/pwmchip0/unexport": "" });
  await output[Symbol.asyncDispose]();
  assert.equal(await read("unexport"), "");
});

test("a channel that was not exported is, and is waited for until udev hands it over", async () => {
  await using root = await pi4WithPwm();
  const clock = new ManualClock();
  const [channel] = await findPwmChannels(root.path);
  assert.ok(channel);
  const opening = openKernelPwm(channel, { frequencyHz: 50, clock });
  await settle();
  assert.equal(await readFile(`${channel.folder}/export`, "utf8"), "0");
  await root.write(exported("0", "0"));
  await clock.advance(20);
  const output = await opening;
  assert.equal(await readFile(`${channel.folder}/pwm0/period`, "utf8"), "20000000");
  assert.equal(await output.duty(), 0);
});

test("a channel that never appears is given up after a second", async () => {
  await using root = await pi4WithPwm();
  const clock = new ManualClock();
  const [channel] = await findPwmChannels(root.path);
  assert.ok(channel);
  const opening = assert.rejects(openKernelPwm(channel, { frequencyHz: 50, clock }), halKind("unknown", /GPIO12/));
  await clock.advance(1000);
  await opening;
});

test("an impossible duty is refused before the hardware is touched", async () => {
  await using root = await pi4WithPwm();
  await root.write(exported("0", "0"));
  const [channel] = await findPwmChannels(root.path);
  assert.ok(channel);
  const clock = new ManualClock();
  await assert.rejects(
    openKernelPwm(channel, { frequencyHz: 50, initialDuty: 2, clock }),
    halKind("unsupported", /share from 0 to 1/),
  );
  assert.equal(await readFile(`${channel.folder}/pwm0/enable`, "utf8"), "0");
});

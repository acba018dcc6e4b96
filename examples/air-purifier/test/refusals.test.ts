import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { pureCoolLink } from "../src/purifier.ts";
import { password, serial, servePurifier } from "./bench.ts";

async function opened() {
  const { purifier, server } = await servePurifier();
  const clock = new ManualClock();
  const connection = { url: server.url, serial, credential: "purifier" };
  const credential = () => ({ username: serial, secret: password });
  const device = await pureCoolLink.open({ connection }, { board: new SimBoard({ clock }), clock, credential });
  const end = async () => {
    await device[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    purifier[Symbol.dispose]();
  };
  return { purifier, clock, device, [Symbol.asyncDispose]: end };
}

test("a command that the purifier ignores fails with what it does instead", async () => {
  await using bench = await opened();
  const { purifier, clock, device } = bench;
  purifier.faults.deaf = true;
  await assert.rejects(clock.runUntil(device.write("Speed", 8)), {
    code: "DEVICE_IO",
    message: "the purifier did not do it within 5 s: fnsp is 0002",
  });
  purifier.faults.deaf = false;
  await device.write("Speed", 8);
  assert.equal(await device.read("Speed"), 8);
});

test("sensors that sleep have no value, and the rest goes on", async () => {
  await using bench = await opened();
  const { purifier, device } = bench;
  purifier.broker.publish(`475/${serial}/status/current`, {
    msg: "ENVIRONMENTAL-CURRENT-SENSOR-DATA",
    data: { tact: "OFF", hact: "INIT" },
  });
  await device.write("NightMode", true); // what the broker says comes in order
  await assert.rejects(device.read("Temperature"), { message: "tact: its sensor says OFF" });
  await assert.rejects(device.read("Humidity"), { message: "hact: its sensor says INIT" });
  assert.equal(await device.read("NightMode"), true);
});

test("the emulated purifier ages its filter, counts its timer down and then switches itself off", async () => {
  await using bench = await opened();
  const { purifier, device } = bench;
  await device.write("Timer", 2);
  await purifier.clock.advance(60_000);
  assert.equal(purifier.state.sltm, "0001");
  await purifier.clock.advance(60_000);
  assert.deepEqual([purifier.state.sltm, purifier.state.fmod], ["OFF", "OFF"]);
  await device.write("Speed", 1);
  await purifier.clock.advance(3_600_000);
  assert.equal(purifier.state.filf, "1684");
});

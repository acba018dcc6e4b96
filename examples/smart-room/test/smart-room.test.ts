import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Scope, systemClock } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { clusters } from "@edgetwin/mapper-zigbee/testing";
import { roomOf, startEmulator } from "../src/emulator.ts";
import { ExampleAgent, temporaryDirectory } from "./example-agent.ts";

const shown = [
  ["fan-coil", "temperature"],
  ["fan-coil", "setpoint"],
  ["fan-coil", "valve"],
  ["fan-coil", "valve-position"],
  ["fan-coil", "fan"],
  ["fan-coil", "mode"],
  ["fan-coil", "window-open"],
  ["thermometer", "temperature"],
  ["thermometer", "humidity"],
  ["thermometer", "battery"],
  ["zigbee", "state"],
  ["bulb", "power"],
  ["bulb", "level"],
  ["bulb", "color-temperature"],
  ["plug", "power"],
  ["plug", "active-power"],
  ["plug", "energy"],
] as const;

const allShown = (example: ExampleAgent, only?: string) =>
  example.until(() =>
    shown.every(
      ([device, property]) => (only !== undefined && device !== only) || example.quality(device, property) === "good",
    ),
  );

describe("the smart room", () => {
  test("shows values of all its devices, and they follow their twins", async () => {
    await using example = await ExampleAgent.start();
    await allShown(example);
    assert.equal(example.twin("fan-coil", "mode")?.reported?.value, "AUTO");
    assert.equal(example.twin("thermometer", "battery")?.reported?.value, 90n);
    await example.desire("fan-coil", "setpoint", "25");
    await example.desire("fan-coil", "valve", "70");
    const verified = (property: string) => example.twin("fan-coil", property)?.progress?.phase === "verified";
    await example.until(() => verified("setpoint") && verified("valve"));
    await example.until(() => example.twin("fan-coil", "valve-position")?.reported?.value === 70);
    await example.desire("fan-coil", "valve", "-1");
    await example.until(() => Number(example.twin("fan-coil", "valve-position")?.reported?.value) === 100);
  });

  test("switches bulb and plug, whose meter shows what the heater takes, and goes on with them after a restart", async () => {
    await using scope = new Scope();
    const state = temporaryDirectory(scope);
    {
      await using example = await ExampleAgent.start(state);
      await allShown(example);
      const verified = (device: string, property: string) =>
        example.twin(device, property)?.progress?.phase === "verified";
      await example.desire("bulb", "level", "40");
      await example.desire("plug", "power", "true");
      await example.until(() => verified("bulb", "level") && verified("plug", "power"));
      await example.until(() => example.twin("plug", "active-power")?.reported?.value === 1000);
    }
    await using example = await ExampleAgent.start(state);
    await allShown(example);
    const { zigbee } = roomOf({ board: example.board, clock: systemClock });
    await example.until(() => zigbee?.plug.get(clusters.onOff, 0) === true);
    await example.until(() => example.twin("plug", "active-power")?.reported?.value === 1000);
    await example.until(() => example.twin("bulb", "level")?.reported?.value === 40n);
  });

  test("is told of an open window, and goes on when the network was gone", async () => {
    await using example = await ExampleAgent.start();
    await allShown(example, "fan-coil");
    const room = roomOf({ board: example.board, clock: systemClock });
    room.windowOpen = true;
    await example.until(() => example.twin("fan-coil", "window-open")?.reported?.value === true);
    room.network.isCut = true;
    await example.desire("fan-coil", "setpoint", "22");
    await example.until(() => example.twin("fan-coil", "setpoint")?.progress?.phase !== "verified");
    room.network.isCut = false;
    await example.until(() => example.twin("fan-coil", "setpoint")?.progress?.phase === "verified");
  });
});

test("a sensor in fault has a bad value, and the other values of its device stay good", async () => {
  await using example = await ExampleAgent.start();
  await allShown(example, "fan-coil");
  const room = roomOf({ board: example.board, clock: systemClock });
  room.sensorFault = true;
  await example.until(() => example.quality("fan-coil", "temperature") === "bad");
  assert.equal(example.quality("fan-coil", "setpoint"), "good");
  assert.equal(example.state("fan-coil"), "online");
  room.sensorFault = false;
  await example.until(() => example.quality("fan-coil", "temperature") === "good");
});

describe("the emulated room", () => {
  test("gets warm by its fan coil until it has what is set, and cold by an open window", async () => {
    const clock = new ManualClock();
    const board = new SimBoard({ clock });
    const fanCoil = await startEmulator({ board, clock, connection: { device: "301" } });
    await using scope = new Scope();
    scope.use(fanCoil);
    const room = roomOf({ board, clock });
    await clock.advance(3_600_000);
    assert.ok(room.celsius > 20 && room.celsius < 21.2, `${room.celsius}`);
    room.windowOpen = true;
    await clock.advance(1_800_000);
    assert.ok(room.celsius < 18.5, `${room.celsius}`);
  });

  test("says what it has when a manifest wants something else", async () => {
    const clock = new ManualClock();
    for (const connection of [{ device: 7 }, { ieee: "0x00124b00aaaa0009" }, { path: "/dev/ttyUSB0" }])
      await assert.rejects(async () => await startEmulator({ board: new SimBoard({ clock }), clock, connection }), {
        message: `nothing is at ${JSON.stringify(connection)}; the room has a fan coil, BACnet device 301, a thermometer with an adapter and an address, a Zigbee dongle at tcp://127.0.0.1:PORT, and in its network 0x00124b00aaaa0001 and 0x00124b00aaaa0002`,
      });
  });
});

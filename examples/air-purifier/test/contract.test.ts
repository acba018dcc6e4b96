import { type ManualClock, SimBoard, testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { dysonFanOver, pureCoolLinkOver } from "../src/purifier.ts";
import { password, serial, simulatedPurifiers } from "./bench.ts";

await import("mqtt"); // else the first test waits for it, and takes that for a stalled board

const connection = { url: "mqtt://purifier", serial, credential: "purifier" };
const shared = {
  board: (clock: ManualClock) => new SimBoard({ clock }),
  config: { connection },
  credential: () => ({ username: serial, secret: password }),
  cleanup: /(PUBACK|UNSUBSCRIBE|DISCONNECT)$/,
};

const natural = simulatedPurifiers();
testMapperContract(pureCoolLinkOver(natural.openStream), {
  ...shared,
  badConfigs: [
    {},
    { connection: { ...connection, serial: undefined } },
    { connection: { ...connection, url: "purifier" } },
    { connection: { ...connection, password: "hash" } },
    { connection, visitors: { Speed: { field: "fnsp" } } },
  ],
  writes: { NightMode: [true, false], Speed: [0, 1, 10], Oscillation: [true, false], Timer: [30, 0] },
  pushes: {
    NightMode: [{ change: () => natural.newest().press("night"), value: true }],
    Oscillation: [{ change: () => natural.newest().press("oscillation"), value: true }],
    Timer: [{ change: () => natural.newest().press("timer"), value: 30 }],
    Speed: [
      { change: () => natural.newest().press("faster"), value: 3 },
      { change: () => natural.newest().press("auto"), value: 0 },
    ],
    FilterLife: [{ change: () => natural.newest().clock.advance(3_600_000), value: 1684 }],
    Humidity: [{ change: () => natural.newest().clock.advance(10_000), value: 45 }],
    AQI: [{ change: () => natural.newest().clock.advance(10_000), value: 2 }],
    Dust: [{ change: () => natural.newest().clock.advance(10_000), value: 3 }],
    Temperature: [{ change: () => natural.newest().clock.advance(10_000), value: 24.05 }],
  },
});

const texts = simulatedPurifiers();
testMapperContract(dysonFanOver(texts.openStream), {
  ...shared,
  config: {},
  badConfigs: [{ connection: { url: "http://purifier" } }, { connection: { serial: "" } }],
  writes: { NightMode: ["ON", "OFF"], Speed: ["AUTO", "0001", "0010"], Oscillation: ["ON", "OFF"] },
  pushes: {
    NightMode: [{ change: () => texts.newest().press("night"), value: "ON" }],
    Oscillation: [{ change: () => texts.newest().press("oscillation"), value: "ON" }],
    Speed: [{ change: () => texts.newest().press("slower"), value: "0001" }],
    FilterLife: [{ change: () => texts.newest().clock.advance(3_600_000), value: "1684" }],
    Humidity: [{ change: () => texts.newest().clock.advance(10_000), value: "45" }],
    AQI: [{ change: () => texts.newest().clock.advance(10_000), value: "2" }],
    Dust: [{ change: () => texts.newest().clock.advance(10_000), value: "3" }],
    Temperature: [{ change: () => texts.newest().clock.advance(10_000), value: "24" }],
  },
});

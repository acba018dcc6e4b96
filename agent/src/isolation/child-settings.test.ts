import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChildSettings, childCommand } from "./child-settings.ts";

const settings: ChildSettings = {
  name: "pump",
  package: "./pump.js; rm -rf /",
  directory: "/etc/edgetwin",
  socket: "/run/pump.sock",
  manager: "/run/dmi.sock",
  board: { package: "b", use: "auto", backend: "auto", extensions: [] },
  level: "info",
  credentials: {},
};
const stateDirectory = "/var/lib/edgetwin";
const heapOf = (memory: number) => childCommand("main.js", settings, { memory, stateDirectory }).args[0];

test("settings travel as one argument that no shell ever sees", () => {
  const { file, args } = childCommand("main.js", settings, { memory: 128 * 2 ** 20, stateDirectory });
  assert.equal(file, process.execPath);
  assert.equal(args.at(-2), "main.js");
  assert.deepEqual(JSON.parse(args.at(-1) ?? ""), settings);
});

test("the heap is what the runtime leaves of the memory", () => {
  assert.equal(heapOf(128 * 2 ** 20), "--max-old-space-size=72");
  assert.equal(heapOf(56 * 2 ** 20), "--max-old-space-size=16");
});

test("what it keeps is kept in the state folder of the agent", () => {
  const { env } = childCommand("main.js", settings, { memory: 128 * 2 ** 20, stateDirectory: "/srv/edgetwin" });
  assert.deepEqual(env, { EDGETWIN_STATE_DIR: "/srv/edgetwin" });
});

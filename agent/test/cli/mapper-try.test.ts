import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "@edgetwin/mapper-sdk";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { runLine } from "./support/test-command.ts";

const config = `stateDirectory: state
mappers: ["@edgetwin/mapper-gpio"]
manifests: [door.yaml]
board: { use: simulated }
bus: { broker: "off" }
api: { port: 0 }
log: { level: warn }
`;

const manifest = `apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: door }
spec:
  protocol: gpio
  properties:
    - { name: open, type: BOOLEAN, accessMode: ReadOnly }
    - { name: lock, type: STRING, accessMode: ReadWrite }
---
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: front }
spec:
  deviceModelRef: { name: door }
  protocol: { protocolName: gpio, configData: { numbering: bcm } }
  properties:
    - { name: open, visitors: { protocolName: gpio, configData: { pin: 17 } } }
    - { name: lock, visitors: { protocolName: gpio, configData: { pin: 27 } } }
`;

const emulator = `export function startEmulator({ board, clock, connection }) {
  if (connection.numbering !== "bcm") throw new Error("the connection is missing");
  const timer = clock.after(50, () => board.line(17).drive(true));
  return { [Symbol.dispose]: () => { timer[Symbol.dispose](); globalThis.emulatorsDisposed = (globalThis.emulatorsDisposed ?? 0) + 1; } };
}`;

function folder(files: Readonly<Record<string, string>> = {}) {
  const directory = temporaryDirectory();
  const path = (name: string) => join(directory.path, name);
  const all = { "edgetwin.yaml": config, "door.yaml": manifest, "emulator.mjs": emulator, ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(path(name), text);
  return { path, [Symbol.dispose]: () => directory[Symbol.dispose]() };
}

test("mapper try says what to type, shows what the emulator does, and ends everything with Ctrl-C", async () => {
  using at = folder();
  const stop = new AbortController();
  const { code, out } = await runLine(
    ["mapper", "try", "-c", at.path("edgetwin.yaml"), "--emulator", at.path("emulator.mjs")],
    {
      clock: systemClock,
      signal: stop.signal,
      onOutput: ({ out: said }) => {
        if (said.includes("front open  reported true")) stop.abort(new Error("Ctrl-C"));
      },
    },
  );
  assert.equal(code, 0, out);
  assert.match(out, /npx edgetwin --socket \S+edgetwin\.sock set front lock=ON --wait/);
  assert.match(out, /default\/front {2}device online/);
  assert.equal((globalThis as { emulatorsDisposed?: number }).emulatorsDisposed, 1);
});

const mistakes: readonly (readonly [what: string, files: Record<string, string>, says: RegExp])[] = [
  ["a module that exports no emulator", { "emulator.mjs": "export {};" }, /emulator\.mjs exports no function startEmulator/],
  ["a module that throws", { "emulator.mjs": "throw new Error('no bus')" }, /does not load: it failed while it was loaded: no bus/],
  ["an emulator that does not start", { "emulator.mjs": "export const startEmulator = () => { throw new Error('no bus'); };" }, /the emulator of device front does not start: no bus/],
  ["a manifest that is none", { "door.yaml": manifest.replace("BOOLEAN", "BOOL") }, /door\.yaml:\d+: DeviceModel door: .*"BOOL"/],
  ["a manifest that is not there", { "edgetwin.yaml": config.replace("door.yaml", "gate.yaml") }, /gate\.yaml cannot be read/],
  ["a real board", { "edgetwin.yaml": config.replace("simulated", "auto") }, /an emulator needs the simulated board, board\.use is "auto"/],
]; // biome-ignore format: one mistake a line

for (const [what, files, says] of mistakes) {
  test(`mapper try with ${what} says so, and ends`, async () => {
    using at = folder(files);
    const words = ["mapper", "try", "--config", at.path("edgetwin.yaml"), "--emulator", at.path("emulator.mjs")];
    const { code, err } = await runLine(words, { clock: systemClock });
    assert.notEqual(code, 0);
    assert.match(err, says);
  });
}

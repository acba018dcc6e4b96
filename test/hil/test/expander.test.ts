import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseConfig, startAgent } from "@edgetwin/agent";
import { attachChip } from "@edgetwin/mapper-i2c/testing";
import { Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";

const manifests = [
  {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: { name: "relay" },
    spec: { protocol: "gpio", properties: [{ name: "power", type: "BOOLEAN", accessMode: "ReadWrite" }] },
  },
  {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: { name: "pump" },
    spec: {
      deviceModelRef: { name: "relay" },
      protocol: { protocolName: "gpio" },
      properties: [{ name: "power", visitors: { protocolName: "gpio", configData: { pin: "MCP0:A3" } } }],
    },
  },
];

test("the GPIO mapper drives a line of an expander that the configuration names", async () => {
  await using scope = new Scope();
  const directory = scope.adopt(mkdtempSync(join(tmpdir(), "edgetwin-expander-")), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const board = new SimBoard();
  const { chip } = attachChip(board, "mcp23017", { clock: systemClock, address: 0x21 });
  const raw = {
    mappers: ["@edgetwin/mapper-gpio"],
    board: { extensions: [{ package: "@edgetwin/mapper-i2c", settings: { name: "MCP0", address: "0x21" } }] },
    bus: { broker: "off" },
    api: { port: 0 },
  };
  const paths = { stateDirectory: directory, socket: join(directory, "edgetwin.sock") };
  const here = fileURLToPath(new URL("../../", import.meta.url));
  const config = parseConfig(raw, { where: "the test", directory: here, paths });
  const chosen = { board, simulated: true, description: "simulated", explain: async () => [] };
  const { core } = scope.use(await startAgent(config, { log: silentLog, board: chosen }));
  const origin = { door: "rest", actor: "test" } as const;
  await core.registry.apply(JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }), { origin });
  const change = { kind: "change", at: core.clock.now(), origin, desired: { power: { text: "true" } } } as const;
  await core.engine.submit("default/pump", change);
  await new Promise<void>((resolve) => {
    const look = () =>
      core.engine.device("default/pump")?.twins.get("power")?.progress?.phase === "verified" && resolve();
    core.engine.onApplied(look);
    look();
  });
  assert.equal(chip.level("A3"), true);
  assert.equal(chip.level("A4"), false);
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseConfig, type RunningAgent, startAgent } from "@edgetwin/agent";
import { Scope, silentLog } from "@edgetwin/mapper-sdk";
import type { SimBoard } from "@edgetwin/mapper-sdk/testing";

const example = fileURLToPath(new URL("../../", import.meta.url));
const id = "default/traffic-light-instance-01";
const pins = { red: "GPIO26", yellow: "GPIO19", green: "GPIO13" } as const;

/** The example as `npm start` runs it, on a simulated board, with the manifests of `folder`. */
async function start(scope: Scope, folder: string, stateDirectory = temporaryDirectory(scope)): Promise<RunningAgent> {
  const raw = {
    stateDirectory,
    mappers: ["@edgetwin/mapper-gpio", "@edgetwin/example-traffic-light"],
    manifests: [folder],
    board: { use: "simulated" },
    bus: { broker: "off" },
    api: { port: 0 },
  };
  const paths = { stateDirectory, socket: join(stateDirectory, "edgetwin.sock") };
  const config = parseConfig(raw, { where: "test", directory: example, paths });
  return scope.use(await startAgent(config, { log: silentLog }));
}

function temporaryDirectory(scope: Scope): string {
  const directory = mkdtempSync(join(tmpdir(), "edgetwin-example-"));
  scope.defer(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const boardOf = ({ board }: RunningAgent) => board.board as SimBoard;

const shown = (agent: RunningAgent) =>
  Object.entries(pins)
    .filter(([, pin]) => boardOf(agent).line(pin).high)
    .map(([lamp]) => lamp);

/** Desires lamps and resolves when each is verified or the change was refused. */
async function desire(agent: RunningAgent, lamps: Readonly<Record<string, string>>): Promise<string[]> {
  const { engine, clock } = agent.core;
  const desired = Object.fromEntries(Object.entries(lamps).map(([name, text]) => [name, { text }]));
  const verified = new Promise<void>((resolve) => {
    const stop = engine.onApplied(({ device }) => {
      const done = Object.keys(lamps).every((name) => {
        const twin = device.twins.get(name);
        return twin?.progress?.phase === "verified" && twin.desired?.value === lamps[name];
      });
      if (!done) return;
      stop();
      resolve();
    });
  });
  const origin = { door: "rest", actor: "test" } as const;
  const { refusals } = await engine.submit(id, { kind: "change", at: clock.now(), origin, desired });
  if (refusals.length === 0) await verified;
  return refusals.map(({ code }) => code);
}

for (const folder of ["manifests", "manifests-v1alpha1"]) {
  describe(`the traffic light of ${folder}`, () => {
    test("is served and drives BCM 26, 19 and 13", async () => {
      await using scope = new Scope();
      const agent = await start(scope, folder);
      assert.equal(agent.core.registry.device(id)?.mapper, "gpio");
      await desire(agent, { red: "ON", yellow: "ON" });
      assert.deepEqual(shown(agent), ["red", "yellow"]);
      await desire(agent, { red: "OFF", yellow: "OFF", green: "ON" });
      assert.deepEqual(shown(agent), ["green"]);
    });

    test("refuses red and green together and a lamp that is neither ON nor OFF", async () => {
      await using scope = new Scope();
      const agent = await start(scope, folder);
      await desire(agent, { red: "ON" });
      assert.deepEqual(await desire(agent, { green: "ON" }), ["INTERLOCK"]);
      assert.deepEqual(await desire(agent, { yellow: "DIM" }), ["VALUE_INVALID"]);
      assert.deepEqual(shown(agent), ["red"]);
    });

    test("shows amber when the agent stops, and the desired lamps when it runs again", async () => {
      await using scope = new Scope();
      const state = temporaryDirectory(scope);
      const first = await start(scope, folder, state);
      await desire(first, { green: "ON" });
      await first[Symbol.asyncDispose]();
      assert.deepEqual(shown(first), ["yellow"]);
      const second = await start(scope, folder, state);
      assert.deepEqual(shown(second), ["green"]);
    });
  });
}

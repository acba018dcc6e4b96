import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseConfig, type RunningAgent, startAgent } from "@edgetwin/agent";
import { Scope, silentLog } from "@edgetwin/mapper-sdk";
import { password, type StillPurifier, serial, servePurifier } from "./bench.ts";

const example = fileURLToPath(new URL("../../", import.meta.url));
const id = "default/dysonfan-instance-01";
process.env.PURIFIER_TEST_PASSWORD = password;
process.env.PURIFIER_WRONG_PASSWORD = "guess";

interface Given {
  readonly port: number;
  readonly folder?: string;
  readonly variable?: string;
  readonly state: string;
}

/** The agent with the example's manifests, at a purifier whose port is not known before. */
async function start(scope: Scope, { port, folder = "manifests", variable = "PURIFIER_TEST_PASSWORD", state }: Given) {
  const raw = {
    node: "raspberrypi",
    stateDirectory: state,
    mappers: ["@edgetwin/example-air-purifier"],
    credentials: { purifier: { username: serial, env: variable } },
    board: { use: "simulated" },
    bus: { broker: "off" },
    api: { port: 0 },
    dmi: { socket: "off" },
  };
  const config = parseConfig(raw, {
    where: "test",
    directory: example,
    paths: { stateDirectory: state, socket: join(state, "s") },
  });
  const agent = scope.use(await startAgent(config, { log: silentLog }));
  const { readFile } = await import("node:fs/promises");
  const file = folder === "manifests" ? "air-purifier.yaml" : "dysonfan.yaml";
  const text = await readFile(join(example, folder, file), "utf8");
  const there = folder === "manifests" ? text.replace("127.0.0.1:1885", `127.0.0.1:${port}`) : withAddress(text, port);
  await agent.core.registry.apply(there, { origin: { door: "manifest", actor: "test" } });
  return agent;
}

/** A v1alpha1 model says where its devices are in a constant. */
const withAddress = (text: string, port: number): string =>
  text.replace(
    "spec:\n  properties:\n",
    `spec:\n  properties:\n  - name: host\n    type:\n      string:\n        accessMode: ReadOnly\n        defaultValue: '127.0.0.1:${port}'\n`,
  );

function stateDirectory(scope: Scope): string {
  const directory = mkdtempSync(join(tmpdir(), "edgetwin-purifier-"));
  scope.defer(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const reported = ({ core }: RunningAgent, name: string) => core.engine.device(id)?.twins.get(name)?.reported;

/** Resolves when `holds`, which is looked at whenever something changed. */
async function until(agent: RunningAgent, holds: () => boolean): Promise<void> {
  const { engine, registry } = agent.core;
  const stops: (() => void)[] = [];
  await new Promise<void>((resolve) => {
    const look = () => void (holds() && resolve());
    stops.push(engine.onApplied(look), registry.onChange(look));
    look();
  });
  for (const stop of stops) stop();
}

const isState = (agent: RunningAgent, name: string) => () => agent.core.registry.device(id)?.state.name === name;

async function desire(agent: RunningAgent, desired: Readonly<Record<string, string>>): Promise<void> {
  const { engine, clock } = agent.core;
  const texts = Object.fromEntries(Object.entries(desired).map(([name, text]) => [name, { text }]));
  const origin = { door: "rest", actor: "test" } as const;
  const { refusals } = await engine.submit(id, { kind: "change", at: clock.now(), origin, desired: texts });
  assert.deepEqual(refusals, []);
}

const verified = (agent: RunningAgent, name: string) => () =>
  agent.core.engine.device(id)?.twins.get(name)?.progress?.phase === "verified";

const commands = ({ broker }: StillPurifier) =>
  broker.heard.map(({ payload }) => JSON.parse(payload)).filter(({ msg }) => msg === "STATE-SET");

test("the purifier is driven, and its remote control shows", async () => {
  await using scope = new Scope();
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on("warning", warned);
  scope.defer(() => process.off("warning", warned));
  const { purifier, server } = await servePurifier();
  scope.use(server);
  const agent = await start(scope, { port: server.port, state: stateDirectory(scope) });
  await until(agent, isState(agent, "online"));
  await desire(agent, { Speed: "7", NightMode: "true", Timer: "45" });
  await until(agent, () => ["Speed", "NightMode", "Timer"].every((name) => verified(agent, name)()));
  assert.deepEqual([purifier.state.fnsp, purifier.state.nmod, purifier.state.sltm], ["0007", "ON", "0045"]);
  purifier.press("oscillation");
  await until(agent, () => reported(agent, "Oscillation")?.value === true);
  assert.equal(reported(agent, "Temperature")?.value, 24.05);
  assert.deepEqual(warnings, [], "nine watched properties are no leak");
});

test("dysonfan.yaml of the first demo loads as it is", async () => {
  await using scope = new Scope();
  const { purifier, server } = await servePurifier();
  scope.use(server);
  const agent = await start(scope, { port: server.port, folder: "manifests-v1alpha1", state: stateDirectory(scope) });
  await until(agent, isState(agent, "online"));
  await desire(agent, { Speed: "AUTO", Oscillation: "ON" });
  await until(agent, () => ["Speed", "Oscillation"].every((name) => verified(agent, name)()));
  assert.deepEqual([purifier.state.fmod, purifier.state.oson], ["AUTO", "ON"]);
  await until(
    agent,
    () => reported(agent, "FilterLife")?.value === "1685" && reported(agent, "Humidity")?.value === "45",
  );
});

test("what is desired while the purifier is gone is written once when it is back, and values are stale meanwhile", async () => {
  await using scope = new Scope();
  const first = await servePurifier();
  const agent = await start(scope, { port: first.server.port, state: stateDirectory(scope) });
  await until(agent, isState(agent, "online"));
  await until(agent, () => reported(agent, "Speed")?.quality === "good");
  await first.server[Symbol.asyncDispose]();
  await until(agent, () => reported(agent, "Speed")?.quality === "stale");
  await desire(agent, { Speed: "9" });
  const { purifier, server } = await servePurifier(first.server.port);
  scope.use(server);
  await until(agent, verified(agent, "Speed"));
  assert.deepEqual(
    commands(purifier).map(({ data }) => data),
    [{ fmod: "FAN", fnsp: "0009" }],
  );
});

test("connections that drop now and then lose nothing", async () => {
  await using scope = new Scope();
  const { purifier, server } = await servePurifier();
  scope.use(server);
  const agent = await start(scope, { port: server.port, state: stateDirectory(scope) });
  await until(agent, isState(agent, "online"));
  for (const [index, speed] of ["3", "8", "5"].entries()) {
    purifier.press("wifi");
    await desire(agent, { Speed: speed });
    await until(agent, verified(agent, "Speed"));
    assert.equal(purifier.state.fnsp, `000${speed}`);
    assert.equal(commands(purifier).length, index + 1);
  }
});

test("a wrong password says where to look", async () => {
  await using scope = new Scope();
  const { server } = await servePurifier();
  scope.use(server);
  const variable = "PURIFIER_WRONG_PASSWORD";
  const agent = await start(scope, { port: server.port, variable, state: stateDirectory(scope) });
  const reason = () => {
    const state = agent.core.registry.device(id)?.state;
    return state && "reason" in state ? (state.reason ?? "") : "";
  };
  await until(agent, () => /does not let us in .*look at the credential "purifier"/.test(reason()));
});

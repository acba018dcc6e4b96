import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import type { AgentClient } from "../client.ts";
import { agentFindings, portFindings } from "./agent-checks.ts";
import { diskFindings } from "./disk-checks.ts";
import { doctor } from "./doctor.ts";
import { machineFindings } from "./machine-checks.ts";

test("a check that breaks is a finding, and the others still run", async () => {
  const findings = await doctor([
    () => Promise.reject(new TypeError("oops")),
    () => Promise.resolve([{ check: "b", state: "ok", message: "fine" }]),
  ]);
  assert.deepEqual(
    findings.map(({ check, state, message }) => [check, state, message]),
    [
      ["doctor", "fail", "a check broke: oops"],
      ["b", "ok", "fine"],
    ],
  );
});

test("an old runtime fails, a clock that nobody has set warns", () => {
  const clock = new ManualClock(Date.UTC(1970, 0, 1));
  const states = (nodeVersion: string) =>
    machineFindings({ nodeVersion, arch: "arm64" }, clock).map(({ state }) => state);
  assert.deepEqual(states("v18.20.0"), ["fail", "warn"]);
  assert.deepEqual(states("v20.18.9"), ["fail", "warn"]);
  assert.deepEqual(states("v20.19.0"), ["ok", "warn"]);
  assert.deepEqual(machineFindings({ nodeVersion: "v24.1.0", arch: "arm64" }, new ManualClock())[1]?.state, "ok");
});

test("a state directory is fine when it can be written or created, and a file in its place is not", async () => {
  using temporary = temporaryDirectory();
  const directory = temporary.path;
  assert.equal((await diskFindings(directory))[0]?.state, "ok");
  const [fresh] = await diskFindings(join(directory, "a", "b"));
  assert.deepEqual([fresh?.state, /will be created/.test(fresh?.message ?? "")], ["ok", true]);
  writeFileSync(join(directory, "file"), "");
  const [file] = await diskFindings(join(directory, "file"));
  assert.deepEqual([file?.state, /is no directory/.test(file?.message ?? "")], ["fail", true]);
  assert.match((await diskFindings(directory))[1]?.message ?? "", /MB free/);
});

test("a taken port is a failure with a fix, unless the agent itself runs", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as { port: number };
  const wanted = [{ setting: "bus.port", host: "127.0.0.1", port }];
  const [taken] = await portFindings(wanted, false);
  assert.equal(taken?.state, "fail");
  assert.match(taken?.fix ?? "", /mosquitto/);
  assert.equal((await portFindings(wanted, true))[0]?.state, "ok");
  await new Promise((resolve) => holder.close(resolve));
  assert.equal((await portFindings(wanted, false))[0]?.state, "ok");
});

test("mappers of a running agent that do not serve are findings, each with its reason and what to do", async () => {
  const items = [
    { name: "gpio", home: "inline", state: "serving", devices: 2 },
    { name: "./pump.js", home: "inline", state: "failed", reason: "it failed while it was loaded: oops", devices: 0 },
    { name: "meter", home: "registered", state: "away", reason: "its process ended", devices: 1 },
    { name: "spare", home: "process", state: "starting", devices: 0 },
  ];
  const answers: Readonly<Record<string, unknown>> = {
    "/api/v1": { node: "pi", version: "1" },
    "/readyz": { checks: [] },
    "/api/v1/sinks": { items: [] },
    "/api/v1/mappers": { items },
  };
  const client = { request: (path: string) => Promise.resolve(answers[path]) } as unknown as AgentClient;
  const findings = (await agentFindings(client)).slice(1);
  assert.deepEqual(
    findings.map(({ state, message }) => `${state} ${message}`),
    [
      "ok gpio can be used",
      "fail ./pump.js: it failed while it was loaded: oops",
      "fail meter: its process ended",
      "warn spare: it is starting",
    ],
  );
  assert.ok(findings.slice(1).every(({ fix }) => fix !== undefined));
});

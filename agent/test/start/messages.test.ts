import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Scope } from "@edgetwin/mapper-sdk";
import { lampsManifest } from "../support/real-agent.ts";
import { KeptLog, opened, startLamps, temporaryDirectory } from "./support.ts";

const lamps = "default/lamps-01";

test("manifests that are not there are named with the setting, and the next ones are applied", async () => {
  await using scope = new Scope();
  const log = new KeptLog();
  const directory = temporaryDirectory(scope);
  const agent = scope.use(await startLamps(directory, { manifests: ["absent.yaml", lampsManifest] }, { log }));
  await opened(agent, lamps);
  const absent = `${join(directory, "absent.yaml")}, there is no such file or directory; correct manifests in the configuration`;
  assert.deepEqual(log.lines, [`error manifests cannot be read: ${absent}`]);
  assert.equal(agent.core.registry.device(lamps)?.state.name, "online");
});

test("what is wrong with a manifest is kept for the terminal, with file, path, value and fix; the others are applied", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const bad = join(directory, "bad.yaml");
  const [model, ...rest] = readFileSync(lampsManifest, "utf8").split("\n---\n");
  writeFileSync(bad, (model ?? "").replace("type: BOOLEAN", "type: BOLEAN"));
  assert.ok(rest.length > 0);
  const agent = scope.use(await startLamps(directory, { manifests: [bad, lampsManifest] }, { log: new KeptLog() }));
  await opened(agent, lamps);
  const [trouble, ...others] = agent.manifestTroubles;
  assert.deepEqual(others, []);
  assert.deepEqual([trouble?.path, trouble?.severity], [bad, "error"]);
  assert.match(trouble?.message ?? "", /bad\.yaml:\d+.*type.*BOLEAN.*did you mean "?BOOLEAN/);
});

test("why the store works in memory is told once", async () => {
  await using scope = new Scope();
  const log = new KeptLog();
  const inTheWay = join(temporaryDirectory(scope), "state");
  writeFileSync(inTheWay, "a file where the directory should be");
  scope.use(await startLamps(inTheWay, {}, { log }));
  assert.equal(log.lines.filter((line) => line.includes("Changes are kept in memory only")).length, 1);
});

test("a broker address that nobody knows is told with the fix", async () => {
  await using scope = new Scope();
  // RFC 1035 2.3.4: a label has 63 octets at most, so no name server is asked.
  const bus = { broker: "embedded", host: "x".repeat(64), port: 0 };
  const message = /nobody knows the name x{64}; use 127\.0\.0\.1$/;
  const starting = startLamps(temporaryDirectory(scope), { bus }, { log: new KeptLog() });
  await assert.rejects(starting, { code: "START_FAILED", message });
});

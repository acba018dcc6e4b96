import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Log, type LogFields, silentLog } from "@edgetwin/mapper-sdk";
import { RealAgent } from "../support/real-agent.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { lastWritten } from "./packages/filed-lamp.ts";
import { filedManifests, IsolatedAgent, isolated, packagePath } from "./support.ts";

const id = "default/filed-01";
/** Whether a process is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a process that takes more than its memory is ended with the reason, and the others go on", async () => {
  using directory = temporaryDirectory();
  const said: string[] = [];
  const note =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      void said.push(`${level} ${event} ${JSON.stringify(fields)}`);
  const log: Log = { ...silentLog, info: note("info"), warn: note("warn") };
  const mappers = [isolated("greedy", { memory: "128MiB" })];
  await using agent = await IsolatedAgent.start(directory.path, { mappers }, { log });
  await agent.apply(filedManifests(join(directory.path, "x")));
  await agent.until("ended", () => /more than its memory of 128 MiB/.test(agent.state(id)));
  assert.match(agent.state(id), /^waiting: its mapper greedy is not running: it took \d+ MiB, more than its memory/);
  assert.ok(said.some((line) => /^warn mapper process is ended .*greedy.*it took \d+ MiB/.test(line)));
  assert.ok(
    said.some((line) => line.includes("greedy was loaded")),
    "what it prints is passed on",
  );
});

test("packages that throw, hang or are missing give their devices a reason, in the agent and in processes alike", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "lamp.txt");
  const packages = ["throws", "hangs"].flatMap((name) => [
    { package: packagePath(name), name },
    isolated(name, { name: `${name}-process` }),
  ]);
  const mappers = [...packages, { package: "./nowhere.js", isolation: "process" }, packagePath("filed-lamp")];
  await using agent = await IsolatedAgent.start(directory.path, { mappers });
  await agent.apply(filedManifests(file));
  await agent.desire(id, { level: "3" });
  await agent.until("verified", () => agent.twin(id, "level")?.progress?.phase === "verified");
  await agent.apply(filedManifests(file, "other").replace("protocolName: filed,", "protocolName: unspoken,"));
  const reason = () => agent.state("default/other");
  await agent.until("named", () => /^unserved: .*throws \(.*throws-process \(.*hangs \(/.test(reason()));
  assert.match(reason(), /throws \(it failed while it was loaded: the add-on was built for another Node\.js\)/);
  assert.match(reason(), /throws-process \(it failed while it was loaded: the add-on was built for another Node\.js\)/);
  const states = agent.agent.mappers().map(({ name, state }) => `${name} ${state}`);
  assert.ok(
    states.includes("hangs failed") &&
      states.includes("hangs-process failed") &&
      states.includes("./nowhere.js failed"),
    states.join(),
  );
});

test("a mapper that never answers costs its devices only", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "lamp.txt");
  const mappers = [isolated("deaf"), isolated("filed-lamp")];
  await using agent = await IsolatedAgent.start(directory.path, { mappers });
  const deaf = filedManifests(file, "deaf-01")
    .replaceAll("ReadWrite", "ReadOnly")
    .replaceAll("name: filed ", "name: deaf ");
  await agent.apply(
    deaf.replaceAll("protocol: filed", "protocol: deaf").replaceAll("protocolName: filed", "protocolName: deaf"),
  );
  await agent.apply(filedManifests(file));
  await agent.desire(id, { level: "3" });
  await agent.until("verified", () => agent.twin(id, "level")?.progress?.phase === "verified");
  assert.equal(agent.state("default/deaf-01"), "opening");
});

test("an agent that is killed leaves no process of its mappers behind", async () => {
  await using agent = new RealAgent(0, { bus: { broker: "off" }, manifests: [], mappers: [isolated("filed-lamp")] });
  await agent.start();
  const list = await agent.client.request<{ items: readonly { process: { pid: number } }[] }>("/api/v1/mappers");
  const pid = list.items[0]?.process.pid ?? 0;
  assert.ok(isAlive(pid));
  await agent.end("SIGKILL");
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
});

test("an agent that is told to stop ends its mappers in order, and their devices get their fail-safe values", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "lamp.txt");
  const agent = await IsolatedAgent.start(directory.path, { mappers: [isolated("filed-lamp")] });
  const model = filedManifests(file).replace(
    "metadata: { name: filed }",
    `metadata: { name: filed, annotations: { edgetwin.io/safety: '{"failSafe":{"level":0}}' } }`,
  );
  await agent.apply(model);
  await agent.desire(id, { level: "9" });
  await agent.until("verified", () => agent.twin(id, "level")?.progress?.phase === "verified");
  const pid = agent.agent.mappers()[0]?.process?.pid ?? 0;
  await agent[Symbol.asyncDispose]();
  assert.equal(lastWritten(file, "level"), "0");
  assert.equal(isAlive(pid), false);
});

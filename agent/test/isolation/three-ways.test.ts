import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Scope } from "@edgetwin/mapper-sdk";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { writesIn } from "./packages/filed-lamp.ts";
import { StandaloneMapper } from "./standalone-mapper.ts";
import { filedManifests, IsolatedAgent, isolated, packagePath } from "./support.ts";

const id = "default/filed-01";
const ways = ["inline", "child", "standalone"] as const;

/** An agent whose one mapper runs in the given way. */
async function start(way: (typeof ways)[number], directory: string, scope: Scope): Promise<IsolatedAgent> {
  const mappers = { inline: [packagePath("filed-lamp")], child: [isolated("filed-lamp")], standalone: [] }[way];
  const agent = scope.use(await IsolatedAgent.start(directory, { mappers }));
  if (way !== "standalone") return agent;
  scope.use(await StandaloneMapper.start(packagePath("filed-lamp"), join(directory, "dmi.sock"), "filed-lamp"));
  return agent;
}

/** What happened, as everybody sees it: phases in order, what was written, what stands at the end. */
async function play(way: (typeof ways)[number]) {
  using directory = temporaryDirectory();
  await using scope = new Scope();
  const file = join(directory.path, "lamp.txt");
  const agent = await start(way, directory.path, scope);
  const phases: string[] = [];
  agent.agent.core.engine.onApplied(({ event }) => {
    if (event.kind === "progress") phases.push(`${event.property} ${event.version} ${event.phase}`);
  });
  await agent.apply(filedManifests(file));
  await agent.until("online", () => agent.state(id) === "online");
  const verified = (name: string) => agent.twin(id, name)?.progress?.phase === "verified";
  for (let value = 1; value <= 5; value++) {
    await agent.desire(id, { level: String(value) });
    await agent.until("level", () => verified("level"));
  }
  await agent.desire(id, { blind: "7" });
  await agent.until("blind", () => verified("blind"));
  await agent.desire(id, { level: "0", blind: "0" });
  await agent.until("both", () => verified("level") && verified("blind"));
  const twins = ["level", "blind"].map((name) => {
    const { desired, reported, progress, lastVersion, appliedVersion } = agent.twin(id, name) ?? {};
    const quality = reported?.quality;
    return [name, desired?.value, reported?.value, quality, progress?.phase, lastVersion, appliedVersion];
  });
  return { phases, writes: writesIn(file), twins };
}

test("the same mapper in the agent, as its child and standalone: same twins, same writes, same order of phases", async () => {
  const inline = await play("inline");
  assert.deepEqual(inline.writes, [
    "level=1",
    "level=2",
    "level=3",
    "level=4",
    "level=5",
    "blind=7",
    "level=0",
    "blind=0",
  ]);
  assert.deepEqual(await play("child"), inline);
  assert.deepEqual(await play("standalone"), inline);
});

test("a standalone mapper goes on while the agent is away and is attached again within two seconds", async () => {
  using directory = temporaryDirectory();
  await using scope = new Scope();
  const file = join(directory.path, "lamp.txt");
  const agent = await IsolatedAgent.start(directory.path, { mappers: [] });
  const manager = join(directory.path, "dmi.sock");
  const mapper = scope.use(await StandaloneMapper.start(packagePath("filed-lamp"), manager, "filed-lamp"));
  await agent.apply(filedManifests(file));
  await agent.until("online", () => agent.state(id) === "online");
  await agent.desire(id, { level: "4" });
  await agent.until("verified", () => agent.twin(id, "level")?.progress?.phase === "verified");
  const pid = agent.agent.mappers()[0]?.process?.pid;
  await agent[Symbol.asyncDispose]();

  const before = performance.now();
  const again = scope.use(await IsolatedAgent.start(directory.path, { mappers: [] }));
  const started = performance.now();
  await again.until("online", () => again.state(id) === "online");
  const attachedMs = performance.now() - started;
  assert.ok(attachedMs < 2_000, `${attachedMs} ms after the start, which took ${started - before} ms`);
  const [status] = again.agent.mappers();
  assert.deepEqual([status?.name, status?.home, status?.link?.speaks], ["filed-lamp", "registered", "edgetwin"]);
  assert.equal(status?.process?.pid, pid, "the same process");
  await again.desire(id, { level: "5" });
  await again.until("verified", () => again.twin(id, "level")?.progress?.phase === "verified");
  assert.deepEqual(writesIn(file), ["level=4", "level=5"], "nothing was written twice");
  assert.equal(await mapper.end("SIGTERM"), 0, mapper.log);
  await again.until("waiting", () => again.state(id).startsWith("waiting: its mapper filed-lamp is not running"));
});

test("a standalone mapper that comes before the agent registers when the agent is there", async () => {
  using directory = temporaryDirectory();
  await using scope = new Scope();
  const manager = join(directory.path, "dmi.sock");
  scope.use(await StandaloneMapper.start(packagePath("filed-lamp"), manager, "filed-lamp"));
  const agent = scope.use(await IsolatedAgent.start(directory.path, { mappers: [] }));
  await agent.apply(filedManifests(join(directory.path, "lamp.txt")));
  await agent.until("online", () => agent.state(id) === "online", 5_000);
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { lastWritten, writesIn } from "./packages/filed-lamp.ts";
import { filedManifests, IsolatedAgent, isolated } from "./support.ts";

const id = "default/filed-01";
const kills = Number(process.env.EDGETWIN_CHILD_KILLS ?? 6);

test(`nothing is lost when the process of a mapper is killed ${kills} times during a stream of desired values`, async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "lamp.txt");
  await using agent = await IsolatedAgent.start(directory.path, { mappers: [isolated("filed-lamp")] });
  await agent.apply(filedManifests(file));
  await agent.until("online", () => agent.state(id) === "online");
  let value = 0;
  let isRunning = true;
  const stream = (async () => {
    while (isRunning) {
      value++;
      await agent.desire(id, { level: String(value), ...(value % 3 === 0 && { blind: String(value) }) });
    }
  })();
  const pids = new Set<number>();
  for (let kill = 0; kill < kills; kill++) {
    const [status] = agent.agent.mappers();
    const pid = status?.process?.pid ?? 0;
    pids.add(pid);
    const before = writesIn(file).length;
    await agent.until("writes", () => writesIn(file).length > before + (kill % 5));
    process.kill(pid, "SIGKILL");
    await agent.until("gone", () => agent.state(id).startsWith("waiting"));
    await agent.until("back", () => agent.state(id) === "online", 30_000);
  }
  isRunning = false;
  await stream;
  const done = (name: string) => agent.twin(id, name)?.progress?.phase === "verified";
  await agent.until("verified", () => done("level") && done("blind"));
  assert.equal(pids.size, kills, "each of them was another process");
  assert.equal(lastWritten(file, "level"), String(value));
  assert.equal(agent.twin(id, "level")?.reported?.value, BigInt(value));
  assert.equal(lastWritten(file, "blind"), String(value - (value % 3)));
  const levels = writesIn(file)
    .filter((line) => line.startsWith("level="))
    .map((line) => Number(line.slice(6)));
  assert.deepEqual(
    levels,
    [...levels].sort((a, b) => a - b),
    "no older value after a newer one",
  );
  const [status] = agent.agent.mappers();
  assert.equal(status?.process?.restarts, kills);
  assert.ok((status?.link?.calls ?? 0) > kills);
});

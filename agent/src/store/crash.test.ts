import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { openTestStore } from "./testing/open-test-store.ts";
import { cause, twin } from "./testing/rows.ts";

/** How many processes are killed; the long suite sets hundreds. */
const kills = Number(process.env.EDGETWIN_CRASH_RUNS ?? 24);
const child = fileURLToPath(new URL("./testing/crash-child.js", import.meta.url));

/** Lets a child write until it has acknowledged `acks` commits, kills it, and returns the last version of each device. */
async function writeUntilKilled(directory: string, first: number, acks: number): Promise<Map<number, number>> {
  const acknowledged = new Map<number, number>();
  const writer = spawn(process.execPath, [child, directory, String(first)], { stdio: ["ignore", "pipe", "pipe"] });
  const errors: Buffer[] = [];
  writer.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  let rest = "";
  let count = 0;
  writer.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [device, version] = line.split(" ").map(Number);
      if (version === undefined || device === undefined) continue;
      acknowledged.set(device, version);
      count++;
    }
    if (count >= acks) writer.kill("SIGKILL");
  });
  const [, signal] = (await once(writer, "close")) as [number | null, string | null];
  assert.equal(signal, "SIGKILL", Buffer.concat(errors).toString());
  return acknowledged;
}

test(`every acknowledged commit, durable or lazy, is there after kill -9 (${kills} times)`, async () => {
  using temporary = temporaryDirectory();
  const limits = { walBytes: 64 * 1024, walIdleBytes: 32 * 1024 };
  let first = 1;
  for (let kill = 0; kill < kills; kill++) {
    // Numbers without a common factor with the length of a round: the kills fall on other moments every time.
    const acknowledged = await writeUntilKilled(temporary.path, first, 1 + ((kill * 137) % 997));
    await using store = await openTestStore(temporary.path, { limits });
    const state = await store.load();
    assert.deepEqual(state.notices, []);
    const stored = new Map(state.twins.map((of) => [Number(of.device.slice(1)), of.twin.lastVersion]));
    for (const [device, version] of acknowledged) {
      const has = stored.get(device) ?? 0;
      assert.ok(has >= version, `kill ${kill}: device ${device} has version ${has}, acknowledged was ${version}`);
      // Whole commits only: the cause came with the twin, and the twin is the one that was written.
      assert.deepEqual((await store.causes(`d${device}`, "p")).at(-1), cause("p", has - 1));
      assert.deepEqual(state.twins.find((of) => of.device === `d${device}`)?.twin, twin("p", has));
    }
    first = Math.max(first, ...stored.values()) + 1;
  }
});

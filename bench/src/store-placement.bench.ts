import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildSlowDisk } from "./store-placement/slow-disk.ts";

// Where SQLite should run: on the main thread, or in a worker. docs/adr/0002-sqlite-in-a-worker.md decides by this.

const measure = fileURLToPath(new URL("./store-placement/measure.js", import.meta.url));

function run(where: string, disk: string, environment: Readonly<Record<string, string>> = {}): unknown {
  const output = execFileSync(process.execPath, [measure, where, disk], { env: { ...process.env, ...environment } });
  return JSON.parse(output.toString());
}

using slow = buildSlowDisk();
const metrics: Record<string, unknown> = {};
for (const where of ["main", "worker"]) {
  const preload = slow && { LD_PRELOAD: slow.path };
  metrics[where] = {
    fast: run(where, "fast"),
    syncsTake200Ms: preload ? run(where, "slow", { ...preload, SLOW_SYNC_MS: "200" }) : null,
    writesTake50Ms: preload ? run(where, "slow", { ...preload, SLOW_SYNC_MS: "200", SLOW_WRITE_MS: "50" }) : null,
  };
}
process.stdout.write(`${JSON.stringify({ name: "store-placement", metrics })}\n`);

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row } from "./database.ts";
import { inWorker, onMainThread, type Placement } from "./placements.ts";

// Run as a process of its own for every placement and disk, so that memory and the preloaded disk belong to one of them.
// Arguments: main|worker, fast|slow. Prints one line of JSON.

const [where, disk] = process.argv.slice(2);
const properties = 1000;
let last = 0;

function nextRow(): Row {
  last++;
  return [last % properties, last, `s:value ${last}`, '["rest","admin","req-123456"]', "pending", "desired"];
}

function quantile(sorted: readonly number[], share: number): number {
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(3));
}

async function load(store: Placement, inFlight: number, until: () => boolean) {
  const latencies: number[] = [];
  const start = performance.now();
  const one = async () => {
    while (!until()) {
      const asked = performance.now();
      await store.put(nextRow());
      latencies.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  const perSecond = Math.round((latencies.length / (performance.now() - start)) * 1000);
  latencies.sort((a, b) => a - b);
  return { perSecond, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}

/** How late a timer of 5 ms fires while `work` runs: what a GPIO write of another device would wait, in milliseconds. */
async function lateness(work: () => Promise<unknown>) {
  const late: number[] = [];
  let expected = performance.now() + 5;
  const timer = setInterval(() => {
    late.push(Math.max(0, performance.now() - expected));
    expected = performance.now() + 5;
  }, 5);
  await work();
  await new Promise((resolve) => setImmediate(resolve));
  clearInterval(timer);
  late.push(Math.max(0, performance.now() - expected));
  late.sort((a, b) => a - b);
  return { p50: quantile(late, 0.5), p99: quantile(late, 0.99), max: quantile(late, 1) };
}

const forMs = (ms: number) => {
  const end = performance.now() + ms;
  return () => performance.now() >= end;
};

const directory = mkdtempSync(join(tmpdir(), "edgetwin-placement-"));
try {
  const bare = process.memoryUsage.rss();
  const path = join(directory, "twins.db");
  const store = where === "main" ? onMainThread(path) : await inWorker(path);
  await store.put(nextRow());
  const rssMb = Number(((process.memoryUsage.rss() - bare) / 2 ** 20).toFixed(1));
  const result =
    disk === "slow"
      ? {
          lateDuringCommits: await lateness(() => load(store, 4, forMs(4000))),
          lateDuringCheckpoint: await lateness(() => store.checkpoint()),
        }
      : { rssMb, grouped: await load(store, 64, forMs(3000)), single: await load(store, 1, forMs(3000)) };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  await store.close();
} finally {
  rmSync(directory, { recursive: true, force: true });
}

import { writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "@edgetwin/mapper-sdk";
import type { WatchedLoads } from "./load-watch.ts";

// The body of the thread that sees when a package keeps the agent busy for ever while it loads: the agent itself cannot.

const { packages, patienceMs } = workerData as WatchedLoads;
const loading = new Set(packages);
let heardAt = systemClock.monotonic();
parentPort?.on("message", (loaded: string | undefined) => {
  heardAt = systemClock.monotonic();
  if (loaded !== undefined) loading.delete(loaded);
});

function look(): void {
  if (systemClock.monotonic() - heardAt < patienceMs) {
    parentPort?.postMessage("are you there?");
    systemClock.after(patienceMs / 5, look);
    return;
  }
  const names = [...loading].join(", ");
  // Straight to the descriptor: everything else goes through the thread that hangs.
  writeSync(
    2,
    `error: nothing has run for ${patienceMs / 1000} s, because a mapper package does not come back from being loaded: ${names}. ` +
      "Is there an endless loop at its top level? With `isolation: process` in the configuration it costs its own devices only\n",
  );
}
look();

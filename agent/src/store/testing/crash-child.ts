import { writeSync } from "node:fs";
import { silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { openStore } from "../open-store.ts";
import { change } from "./rows.ts";

// The child of the crash test: writes without end, some commits durable, some lazy, several in flight, and tells on
// its standard output, synchronously, which version of which device was acknowledged. It is killed from outside.

const [directory = "", first = "1"] = process.argv.slice(2);
const devices = 8;
const limits = { walBytes: 64 * 1024, walIdleBytes: 32 * 1024 }; // checkpoints all the time
const store = await openStore({ directory, clock: systemClock, log: silentLog, flushMs: 5, limits });
await store.load();
tell("ready");

/** A line to the test, complete before anything else happens. The pipe does not block: a test that lags makes it full. */
function tell(line: string): void {
  for (let rest = Buffer.from(`${line}\n`); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

async function write(device: number): Promise<never> {
  for (let version = Number(first); ; version++) {
    const durability = (version + device) % 3 === 0 ? "durable" : "lazy";
    await store.commit(change(`d${device}`, "p", version), durability);
    tell(`${device} ${version}`);
  }
}

await Promise.all(Array.from({ length: devices }, (_, device) => write(device)));

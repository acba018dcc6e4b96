import { resolve } from "node:path";
import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { AgentError } from "../errors.ts";
import { explainFailure } from "./explain-failure.ts";
import { checkLimits, type StoreLimits } from "./limits.ts";
import { SqliteStore } from "./sqlite-store.ts";
import type { StartStorageThread } from "./storage-thread.ts";
import type { StoreWithFiles } from "./store.ts";
import { WorkerFailure, WorkerLink } from "./worker-link.ts";

/** Where and how twins are kept. */
export interface StoreOptions {
  /** The state directory; made with mode 0700 when it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long lazy commits may wait for the card, in milliseconds. Default 1000. */
  readonly flushMs?: number;
  /** How long the disk may take for one commit before the condition says so, in milliseconds. Default 10,000. */
  readonly stallMs?: number;
  readonly limits?: Partial<StoreLimits>;
  /** Starts the storage thread; tests put a failing disk in its place. */
  readonly startThread?: StartStorageThread;
}

/**
 * Opens the store in its own thread: takes the lock, checks the database, puts a damaged one aside and restores the
 * daily copy. When the directory cannot be used at all the store works in memory, in degraded condition, so that control
 * goes on; `load()` tells in its notices.
 *
 * @throws AgentError `START_FAILED` when another agent uses the directory, a newer release wrote the database, or
 * SQLite itself cannot be loaded. RangeError when a limit makes no sense.
 */
export async function openStore(options: StoreOptions): Promise<StoreWithFiles> {
  const { directory, flushMs = 1000, stallMs = 10_000, limits = {}, startThread = WorkerLink.open, ...rest } = options;
  const checked = checkLimits(limits);
  try {
    return await SqliteStore.open({
      ...rest,
      directory: resolve(directory),
      flushMs,
      stallMs,
      limits: checked,
      startThread,
    });
  } catch (error) {
    if (!(error instanceof WorkerFailure)) throw error;
    throw new AgentError("START_FAILED", startMessage(error), { cause: error });
  }
}

function startMessage(failure: WorkerFailure): string {
  if (failure.code === "IN_USE" || failure.code === "TOO_NEW") return failure.message;
  if (failure.code.startsWith("WORKER")) {
    return `the storage thread did not start: ${failure.message}; is better-sqlite3 built for this node (npm rebuild better-sqlite3)?`;
  }
  return `the store could not be opened: ${explainFailure(failure)}`;
}

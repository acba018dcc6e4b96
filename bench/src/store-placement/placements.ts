import { closeSync, fdatasync, openSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { openDatabase, type Row } from "./database.ts";
import { GroupCommit } from "./group-commit.ts";

/** A store that makes one changed twin durable. */
export interface Placement {
  put(row: Row): Promise<void>;
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}

/** SQLite on the main thread: commit to the log at once, then wait for its sync in the thread pool. */
export function onMainThread(path: string): Placement {
  const database = openDatabase(path);
  const wal = openSync(`${path}-wal`, "r");
  const sync = () =>
    new Promise<void>((resolve, reject) => fdatasync(wal, (error) => (error ? reject(error) : resolve())));
  const commits = new GroupCommit<Row>((rows) => {
    database.write(rows);
    return sync();
  });
  return {
    put: (row) => commits.submit(row),
    checkpoint: () => Promise.resolve(database.checkpoint()),
    close() {
      closeSync(wal);
      return Promise.resolve(database.close());
    },
  };
}

/** SQLite in a worker thread: one message per group, the worker commits and syncs. */
export async function inWorker(path: string): Promise<Placement> {
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    workerData: path,
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  });
  const ask = (message: unknown) =>
    new Promise<void>((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", () => {
        worker.off("error", reject);
        resolve();
      });
      worker.postMessage(message);
    });
  await ask("ready?");
  const commits = new GroupCommit<Row>((rows) => ask(rows.flat()));
  return {
    put: (row) => commits.submit(row),
    checkpoint: () => ask("checkpoint"),
    async close() {
      await worker.terminate();
    },
  };
}

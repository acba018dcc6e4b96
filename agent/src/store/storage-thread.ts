import type { Job, Opened, Part, WorkerOptions } from "./messages.ts";

/** The port to the thread that may block on the card. Tests put faults in front of the real one. */
export interface StorageThread {
  /** Asks the thread. Rejects with an Error that has a `code` of SQLite, of the system, or `WORKER_…` when the thread is gone. */
  request(job: Job, onPart?: (part: Part) => void): Promise<unknown>;
  /** Ends the thread at once, whatever it is doing. */
  terminate(): Promise<void>;
}

/**
 * Starts the thread and opens the database. `onLost` is called once when an opened thread ends without being asked to.
 * Rejects when the database could not be opened or the thread not started.
 */
export type StartStorageThread = (
  options: WorkerOptions,
  onLost: (error: Error) => void,
) => Promise<{ readonly thread: StorageThread; readonly opened: Opened }>;

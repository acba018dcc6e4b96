import type { Cell } from "./columns.ts";
import type { HistoryAsk } from "./history/history-messages.ts";
import type { StoreLimits } from "./limits.ts";
import type { QueueAsk } from "./queue/queue-messages.ts";

/**
 * First cell of a write in a batch; the cells behind it are: for `putTwin` and `putCause` the device, the property and
 * the columns; for `dropTwin` device and property; for `dropResource` the uid; for the others the columns.
 */
export const op = { putResource: 0, dropResource: 1, putTwin: 2, dropTwin: 3, putCause: 4, putHealth: 5 } as const;

/** What the worker gets at its start. */
export interface WorkerOptions {
  readonly directory: string;
  readonly limits: StoreLimits;
  /** Wall-clock milliseconds, for the time stamps of quarantined files and migrations; the worker has no clock. */
  readonly now: number;
  /** True after a crash or an I/O error: what this process had open before has to be there. */
  readonly again: boolean;
}

/** What the worker is asked to do. All but `sync` and `backup` are done in the order in which they were asked. */
export type Job =
  | { readonly do: "commit"; readonly durable: boolean; readonly cells: readonly Cell[] }
  /** Brings what was committed lazily to the card. */
  | { readonly do: "sync" }
  /** Works off the write-ahead log. */
  | { readonly do: "checkpoint" }
  | { readonly do: "load" }
  | { readonly do: "causes"; readonly device: string; readonly property: string }
  /** A copy at `path`; without it, the daily copy. */
  | { readonly do: "backup"; readonly path?: string }
  | { readonly do: "queue"; readonly ask: QueueAsk }
  | { readonly do: "history"; readonly ask: HistoryAsk }
  | { readonly do: "figures" }
  /** Tries whether the disk takes writes again; opens the database anew when that may help. */
  | { readonly do: "recover"; readonly now: number }
  | { readonly do: "close" };

export interface Request {
  readonly id: number;
  readonly job: Job;
}

/** What went wrong in the worker, in a form that can be sent: SQLite's extended code or the system's (`EIO`). */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

export type Reply =
  | { readonly id: number; readonly part: Part }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure };

/** Some rows of one table on their way to `load()`. */
export interface Part {
  readonly table: "resource" | "twin" | "health";
  /** Twins have device and name in front of their columns. */
  readonly cells: readonly Cell[];
}

/** Number of the worker's first message, which answers its start: `Opened`, or why it could not. */
export const openingId = 0;

/** How the database was opened. */
export interface Opened {
  readonly notices: readonly string[];
  /** Why nothing will reach the disk; undefined when it will. */
  readonly memoryOnly?: string;
  readonly walBytes: number;
  /** Wall-clock milliseconds of the daily copy; undefined when there is none. */
  readonly backupAt?: number;
}

/** What the worker counts. */
export interface WorkerFigures {
  readonly bytesWritten: {
    twin: number;
    cause: number;
    resource: number;
    health: number;
    other: number;
    /** Absent while no value ever had to wait for its sink. */
    sinks?: number;
    /** Absent while there is no history. */
    history?: number;
  };
  readonly commits: number;
  readonly syncs: number;
  readonly rows: number;
  readonly databaseBytes: number;
  readonly walBytes: number;
  readonly osBytesWritten?: number;
}

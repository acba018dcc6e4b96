import type { Cause, Health, PropertyTwin } from "../twin/types.ts";
import type { HistoryStorage } from "./history/history-storage.ts";
import type { QueueStorage } from "./queue/queue-storage.ts";

/** A DeviceModel or Device as it was applied: the manifest in its own version, and who keeps it. */
export interface StoredResource {
  readonly kind: "DeviceModel" | "Device";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Rises by one with every change of the spec. */
  readonly generation: number;
  /** The manifest as it came, JSON. */
  readonly manifest: string;
  /** Wall-clock milliseconds of the first apply. */
  readonly createdAt: number;
}

/** One row to write. Twins and causes belong to a device by its uid. */
export type StoreWrite =
  | { readonly put: "resource"; readonly resource: StoredResource }
  /** Removes a resource; for a Device also its twins, causes and health. */
  | { readonly drop: "resource"; readonly uid: string }
  | { readonly put: "twin"; readonly device: string; readonly twin: PropertyTwin }
  | { readonly drop: "twin"; readonly device: string; readonly property: string }
  | { readonly put: "cause"; readonly device: string; readonly cause: Cause }
  | { readonly put: "health"; readonly device: string; readonly health: Health };

/**
 * `durable`: resolves when the rows survive a power cut. `lazy`: resolves when they survive the death of the process;
 * they reach the card with the next durable commit or the flush timer.
 */
export type Durability = "durable" | "lazy";

/** Everything the agent needs to go on where it stopped. */
export interface StoredState {
  readonly resources: readonly StoredResource[];
  readonly twins: readonly { readonly device: string; readonly twin: PropertyTwin }[];
  readonly health: readonly { readonly device: string; readonly health: Health }[];
  /** What the start-up check found and did, e.g. a quarantined file; empty when all was well. */
  readonly notices: readonly string[];
}

/** Whether the store takes writes, and why not. */
export type StoreCondition =
  | { readonly state: "ok" }
  /** Writes fail: disk full, read-only, I/O error. Tried again by itself; reading and control go on. */
  | { readonly state: "degraded"; readonly reason: string };

/** Figures for `/metrics`. */
export interface StoreFigures {
  /** Bytes handed to the file system since start, by kind of row. */
  readonly bytesWritten: Readonly<Record<"twin" | "cause" | "resource" | "health" | "other", number>> & {
    /** Of the queue of sinks; absent while no value ever had to wait. */
    readonly sinks?: number;
    /** Of the history; absent while there is none. */
    readonly history?: number;
  };
  readonly commits: number;
  readonly syncs: number;
  readonly rows: number;
  readonly databaseBytes: number;
  readonly walBytes: number;
  /** Bytes the storage thread passed to the system since it began, its own counting aside; only where the kernel tells. */
  readonly osBytesWritten?: number;
}

/** A store whose thread also serves the files beside the twins: the queue of sinks and the history. */
export interface StoreWithFiles extends Store {
  readonly queue: QueueStorage;
  readonly history: HistoryStorage;
}

/**
 * Where twins live between power cuts. Commits are grouped but keep their order; once one fails, every commit that
 * was submitted before the failure was reported fails too, so that a caller can roll back what it had assumed.
 */
export interface Store extends AsyncDisposable {
  load(): Promise<StoredState>;
  /** @throws AgentError `STORE_UNAVAILABLE` with the reason and the fix. */
  commit(writes: readonly StoreWrite[], durability: Durability): Promise<void>;
  /** The newest causes of a property, oldest first. */
  causes(device: string, property: string): Promise<readonly Cause[]>;
  /** A consistent copy of the database at `path`. */
  backup(path: string): Promise<void>;
  condition(): StoreCondition;
  /** Called on every change of `condition()`. */
  onCondition(listener: (condition: StoreCondition) => void): () => void;
  figures(): Promise<StoreFigures>;
}

import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { AgentError } from "../errors.ts";
import type { Cause } from "../twin/types.ts";
import type { Cell } from "./columns.ts";
import { type Batch, CommitQueue } from "./commit-queue.ts";
import { ConditionBoard } from "./condition.ts";
import { causesOf, StateReader } from "./decode-rows.ts";
import { encodeWrites } from "./encode-writes.ts";
import { explainFailure, failureOf } from "./explain-failure.ts";
import { HistoryLink } from "./history/history-link.ts";
import type { StoreLimits } from "./limits.ts";
import { Maintenance } from "./maintenance.ts";
import type { Job, Opened, Part, WorkerFigures } from "./messages.ts";
import { QueueLink } from "./queue/queue-link.ts";
import { Recovery } from "./recovery.ts";
import { StallWatch } from "./stall-watch.ts";
import type { StartStorageThread, StorageThread } from "./storage-thread.ts";
import type { Durability, StoreCondition, StoredState, StoreFigures, StoreWithFiles, StoreWrite } from "./store.ts";
import { isDamage, isFull, unavailable } from "./store-failures.ts";
import { WorkerFailure } from "./worker-link.ts";

/** The options of `openStore` with everything filled in. */
export interface SqliteStoreOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly flushMs: number;
  readonly stallMs: number;
  readonly limits: StoreLimits;
  readonly startThread: StartStorageThread;
}

const noBytes = { twin: 0, cause: 0, resource: 0, health: 0, other: 0 };

/** The main thread's side of the store: groups commits, watches the disk's condition, restarts the storage thread. */
export class SqliteStore implements StoreWithFiles {
  readonly queue = new QueueLink((ask) => this.#request({ do: "queue", ask }));
  readonly history = new HistoryLink((ask) => this.#request({ do: "history", ask }));
  readonly #options: SqliteStoreOptions;
  readonly #notices: readonly string[];
  readonly #condition: ConditionBoard;
  readonly #queue = new CommitQueue((batch) => this.#write(batch));
  readonly #maintenance: Maintenance;
  readonly #recovery: Recovery;
  readonly #stall: StallWatch;
  /** Undefined from the end of the storage thread until it was started again. */
  #thread: StorageThread | undefined;
  readonly #memoryOnly: boolean;
  /** The code of what commits fail with; undefined while they do not. */
  #failing: string | undefined;
  #figures: StoreFigures = { bytesWritten: noBytes, commits: 0, syncs: 0, rows: 0, databaseBytes: 0, walBytes: 0 };
  #closing: Promise<void> | undefined;

  private constructor(options: SqliteStoreOptions, opened: Opened) {
    const { clock, log, limits, flushMs, stallMs } = options;
    this.#options = options;
    this.#notices = opened.notices;
    this.#memoryOnly = opened.memoryOnly !== undefined;
    this.#condition = new ConditionBoard(log);
    if (opened.memoryOnly !== undefined) this.#condition.degrade(opened.memoryOnly);
    this.#recovery = new Recovery(clock, () => this.#recover());
    this.#stall = new StallWatch({ clock, stallMs, onStall: (ms) => this.#onStall(ms) });
    this.#maintenance = new Maintenance(
      {
        clock,
        limits,
        flushMs,
        ...(opened.backupAt !== undefined && { backupAt: opened.backupAt }),
        busy: () => this.#queue.busy || this.#failing !== undefined,
        sync: () => this.#maintain({ do: "sync" }),
        checkpoint: () => this.#maintain({ do: "checkpoint" }),
        backup: () => this.#dailyBackup(),
      },
      opened.walBytes,
    );
  }

  /** @throws WorkerFailure when the database must not or cannot be opened. */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    let store: SqliteStore | undefined;
    const { thread, opened } = await startThread(options, {
      again: false,
      onLost: (failure) => {
        if (store) store.#lost(failure);
      },
    });
    store = new SqliteStore(options, opened);
    store.#thread = thread;
    return store;
  }

  async load(): Promise<StoredState> {
    const reader = new StateReader(this.#notices);
    await this.#ask({ do: "load" }, (part) => reader.add(part));
    return reader.state;
  }

  async commit(writes: readonly StoreWrite[], durability: Durability): Promise<void> {
    if (this.#closing !== undefined) throw unavailable("the store is closed");
    // A full disk is tried every time: deleting must stay possible, and failing costs nothing there.
    if (this.#failing !== undefined && !isFull(this.#failing)) throw this.#unavailable();
    return this.#queue.submit((cells) => encodeWrites(writes, cells), durability === "durable");
  }

  async causes(device: string, property: string): Promise<readonly Cause[]> {
    return causesOf(property, (await this.#ask({ do: "causes", device, property })) as Cell[]);
  }

  async backup(path: string): Promise<void> {
    await this.#ask({ do: "backup", path });
  }

  condition(): StoreCondition {
    return this.#condition.now;
  }

  onCondition(listener: (condition: StoreCondition) => void): () => void {
    return this.#condition.listen(listener);
  }

  /** The last known figures while the storage thread is away. */
  async figures(): Promise<StoreFigures> {
    try {
      this.#figures = (await this.#ask({ do: "figures" })) as WorkerFigures;
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      this.#options.log.debug("store figures are old", { error });
    }
    return this.#figures;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#queue.idle();
    this.#maintenance[Symbol.dispose]();
    this.#recovery[Symbol.dispose]();
    this.#stall[Symbol.dispose]();
    const thread = this.#thread;
    this.#thread = undefined;
    if (!thread) return;
    try {
      await thread.request({ do: "close" });
    } catch (error) {
      this.#options.log.warn("store did not close cleanly", { error });
    } finally {
      await thread.terminate();
    }
  }

  async #write({ cells, durable }: Batch): Promise<void> {
    this.#stall.begin();
    try {
      const walBytes = (await this.#request({ do: "commit", cells, durable })) as number;
      if (this.#failing !== undefined || this.#stall.stalled) this.#succeeded();
      this.#maintenance.committed(durable, walBytes);
    } catch (error) {
      this.#failed(error);
      throw this.#unavailable(error);
    } finally {
      this.#stall.end();
    }
  }

  /** Work that nobody waits for: what it fails with shows in the condition. */
  async #maintain(job: Job): Promise<void> {
    try {
      await this.#request(job);
    } catch (error) {
      if (this.#closing === undefined) this.#failed(error);
    }
  }

  /** A copy that fails is worth a warning, but the database is not worse for it. */
  async #dailyBackup(): Promise<void> {
    try {
      await this.#request({ do: "backup" });
    } catch (error) {
      this.#options.log.warn("daily copy of the database failed", { reason: explainFailure(failureOf(error)) });
    }
  }

  #request(job: Job, onPart?: (part: Part) => void): Promise<unknown> {
    return this.#thread
      ? this.#thread.request(job, onPart)
      : Promise.reject(new WorkerFailure({ code: "WORKER_ENDED", message: "the storage thread is not running" }));
  }

  async #ask(job: Job, onPart?: (part: Part) => void): Promise<unknown> {
    try {
      return await this.#request(job, onPart);
    } catch (error) {
      const failure = failureOf(error);
      if (isDamage(failure.code)) this.#failed(error);
      throw unavailable(explainFailure(failure), error);
    }
  }

  #failed(error: unknown): void {
    const failure = failureOf(error);
    this.#failing = failure.code;
    this.#condition.degrade(`writes to ${this.#options.directory} fail: ${explainFailure(failure)}`);
    this.#recovery.start();
  }

  #succeeded(): void {
    this.#failing = undefined;
    this.#recovery.stop();
    if (!this.#memoryOnly) this.#condition.recover();
  }

  #lost(failure: Error): void {
    this.#thread = undefined;
    if (this.#closing === undefined) this.#failed(failure);
  }

  #onStall(ms: number): void {
    const seconds = Math.round(ms / 1000);
    this.#condition.degrade(
      `the disk has not answered for ${seconds} s; a card that does this is worn out, replace it`,
    );
  }

  async #recover(): Promise<void> {
    try {
      const notices = this.#thread ? await this.#reopen(this.#thread) : await this.#restart();
      for (const notice of notices) this.#options.log.error("store notice", { notice });
    } catch (error) {
      const failure = failureOf(error);
      this.#failing = failure.code;
      this.#condition.degrade(`writes to ${this.#options.directory} fail: ${explainFailure(failure)}`);
      throw error;
    }
    this.#maintenance.recovered();
    this.#succeeded();
  }

  async #reopen(thread: StorageThread): Promise<readonly string[]> {
    return (await thread.request({ do: "recover", now: this.#options.clock.now() })) as readonly string[];
  }

  async #restart(): Promise<readonly string[]> {
    const { thread, opened } = await startThread(this.#options, {
      again: !this.#memoryOnly,
      onLost: (failure) => this.#lost(failure),
    });
    if (this.#closing !== undefined) {
      await thread.terminate();
      return [];
    }
    this.#thread = thread;
    return opened.notices;
  }

  #unavailable(cause?: unknown): AgentError {
    const condition = this.#condition.now;
    return unavailable(condition.state === "degraded" ? condition.reason : explainFailure(failureOf(cause)), cause);
  }
}

function startThread(
  { directory, limits, clock, startThread: start }: SqliteStoreOptions,
  { again, onLost }: { readonly again: boolean; readonly onLost: (error: Error) => void },
) {
  return start({ directory, limits, now: clock.now(), again }, onLost);
}

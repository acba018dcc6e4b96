import { statSync } from "node:fs";
import { explainFailure, failureOf } from "../explain-failure.ts";
import { filePath } from "../files.ts";
import type { Opened, WorkerOptions } from "../messages.ts";
import { copyDatabase } from "./copy-database.ts";
import { isDamage } from "./damage.ts";
import { HistoryFile } from "./history-file.ts";
import { holderOf, lock } from "./lock.ts";
import { openInMemory } from "./open-in-memory.ts";
import { openOnDisk, prepareDirectory } from "./open-on-disk.ts";
import { QueueFile } from "./queue-file.ts";
import { OpenRefused } from "./refusal.ts";
import { TwinDatabase } from "./twin-database.ts";
import { undoCommit } from "./undo-commit.ts";

/** The state directory in the hands of this thread: lock, database, and how it gets well again. */
export class Session {
  readonly #options: WorkerOptions;
  #release: (() => void) | undefined;
  #database: TwinDatabase | undefined;
  #memoryOnly: string | undefined;
  #queue: QueueFile | undefined;
  #history: HistoryFile | undefined;
  #seemsDamaged = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** The queue of sinks, which lives and fails on its own; nothing is opened before it is asked something. */
  get queue(): QueueFile {
    this.#queue ??= new QueueFile({ ...this.#options, inMemory: this.#memoryOnly !== undefined });
    return this.#queue;
  }

  /** The past of properties, which lives and fails on its own too. */
  get history(): HistoryFile {
    this.#history ??= new HistoryFile({ ...this.#options, inMemory: this.#memoryOnly !== undefined });
    return this.#history;
  }

  /** @throws Error with code `EIO` when nothing is open because the disk failed. */
  get database(): TwinDatabase {
    if (this.#database) return this.#database;
    throw Object.assign(new Error("the database is closed since the disk failed"), { code: "EIO" });
  }

  /**
   * Opens the directory, or a database in memory when it cannot be used at all; after a failure (`again`) the disk or
   * nothing, so that rows that are already on it are not forgotten.
   *
   * @throws OpenRefused; after a failure also SqliteError or the system's error.
   */
  open(): Opened {
    const { directory, limits, again } = this.#options;
    try {
      this.#lock();
      const { connection, notices } = openOnDisk(this.#options);
      this.#database = new TwinDatabase({ connection, limits, path: filePath(directory, "database") });
      return this.#opened(notices);
    } catch (error) {
      this.#database?.close();
      this.#database = undefined;
      if (error instanceof OpenRefused || again) throw error;
      const { connection, notices } = openInMemory(this.#options);
      this.#database = new TwinDatabase({ connection, limits });
      this.#memoryOnly =
        `${directory} cannot be used: ${explainFailure(failureOf(error))}. ` +
        "Changes are kept in memory only and are lost when the agent stops; restart it when that is mended";
      return this.#opened([this.#memoryOnly, ...notices]);
    }
  }

  /** Remembers what the next `recover` has to look into. */
  noteFailure(error: unknown): void {
    if (isDamage(error)) this.#seemsDamaged = true;
  }

  /**
   * After a failed commit: works off the log and writes a probe, for which the database is opened anew when the failure
   * may lie in what is open (the disk came back as another one, the file is damaged).
   *
   * @throws while the disk does not take writes.
   */
  recover(now: number): readonly string[] {
    if (this.#memoryOnly !== undefined) return [];
    let failure: unknown;
    try {
      const { undoTo } = this.database;
      if (undoTo !== undefined) this.#takeBack(undoTo, now);
      if (!this.#seemsDamaged) {
        this.database.probe();
        return [];
      }
    } catch (error) {
      if (!isDamage(error) && !/^(SQLITE_IOERR|EIO)/.test(failureOf(error).code)) throw error;
      failure = error;
    }
    // With a commit to take back the database stays open, whatever it fails with: nobody else knows where the log ended.
    if (this.#database?.undoTo !== undefined) throw failure;
    this.#closeDatabase();
    const notices = this.#reopen(now);
    this.database.probe();
    return notices;
  }

  #takeBack(undoTo: number, now: number): void {
    const swap = undoCommit(this.#options, undoTo);
    this.#closeDatabase();
    swap();
    this.#reopen(now);
  }

  #reopen(now: number): readonly string[] {
    const { directory, limits } = this.#options;
    const { connection, notices } = openOnDisk({ ...this.#options, now, again: true });
    this.#database = new TwinDatabase({ connection, limits, path: filePath(directory, "database") });
    this.#seemsDamaged = false;
    return notices;
  }

  /** Writes a copy; without a path, the daily one, which a database in memory does not have. */
  async backup(path?: string): Promise<void> {
    if (path === undefined && this.#memoryOnly !== undefined) return;
    const database = this.database;
    database.countOther(await copyDatabase(database.connection, path ?? filePath(this.#options.directory, "backup")));
  }

  close(): void {
    this.#queue?.close();
    this.#queue = undefined;
    this.#history?.close();
    this.#history = undefined;
    this.#closeDatabase();
    this.#release?.();
    this.#release = undefined;
  }

  #closeDatabase(): void {
    const database = this.#database;
    this.#database = undefined;
    database?.close();
  }

  #lock(): void {
    const { directory } = this.#options;
    prepareDirectory(directory);
    const path = filePath(directory, "lock");
    try {
      this.#release ??= lock(path);
    } catch (error) {
      if (failureOf(error).code !== "SQLITE_BUSY") throw error;
      const holder = holderOf(path);
      throw new OpenRefused(
        "IN_USE",
        `${directory} is in use by another agent${holder === undefined ? "" : ` (process ${holder})`}; stop that one, or set another stateDirectory`,
        { cause: error },
      );
    }
  }

  #opened(notices: readonly string[]): Opened {
    const backupAt = modifiedAt(filePath(this.#options.directory, "backup"));
    return {
      notices,
      walBytes: this.database.walBytes(),
      ...(this.#memoryOnly !== undefined && { memoryOnly: this.#memoryOnly }),
      ...(backupAt !== undefined && { backupAt }),
    };
  }
}

function modifiedAt(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return undefined; // absent, or the directory cannot be used, which has been told by then
  }
}

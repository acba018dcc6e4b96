import { existsSync, renameSync, rmSync } from "node:fs";
import { fileNames, filePath } from "../files.ts";
import type { WorkerOptions } from "../messages.ts";
import { sinkQueueMigrations } from "../migrations/sink-queue.ts";
import type { QueueAsk, QueueContent } from "../queue/queue-messages.ts";
import { connect, connectMemory } from "./connection.ts";
import { damageOf, isDamage } from "./damage.ts";
import { createPrivate, syncDirectory } from "./durable-files.ts";
import { migrate, schemaVersion } from "./migrate.ts";
import { QueueDatabase } from "./queue-database.ts";

/** Where the queue lives. */
export interface QueueFileOptions extends WorkerOptions {
  /** The directory cannot be used, so the queue lives as long as the process. */
  readonly inMemory: boolean;
}

/**
 * The file of the sinks' queue in the hands of the storage thread. It is made by the first point that has to wait and
 * removed at a close that finds nothing waiting: sinks that are always there cost the card nothing. A damaged file is put
 * aside and the queue begins empty; twins know nothing of it.
 */
export class QueueFile {
  readonly #options: QueueFileOptions;
  #database: QueueDatabase | undefined;
  #notice: string | undefined;
  #written = 0;

  constructor(options: QueueFileOptions) {
    this.#options = options;
  }

  /** Bytes handed to the file system since the thread began. */
  get bytesWritten(): number {
    return this.#written + (this.#database?.bytesWritten ?? 0);
  }

  /** Answers one question. @throws SqliteError or the system's error. */
  answer(ask: QueueAsk): unknown {
    try {
      return this.#answer(ask);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#putAside(error instanceof Error ? error.message : String(error));
      return this.#answer(ask);
    }
  }

  close(): void {
    const database = this.#database;
    if (!database) return;
    const isEmpty = database.isEmpty();
    this.#release();
    if (isEmpty && !this.#options.inMemory) {
      for (const file of ["sinks", "sinksWal"] as const) rmSync(this.#path(file), { force: true });
    }
  }

  #answer(ask: QueueAsk): unknown {
    if (ask.ask === "append") return (this.#open() ?? this.#create()).append(ask.sources, ask.points);
    const database = this.#open();
    switch (ask.ask) {
      case "content": {
        const found: QueueContent = database?.content() ?? { sources: [], targets: [] };
        const notice = this.#notice;
        this.#notice = undefined;
        return notice === undefined ? found : { ...found, notice };
      }
      case "read":
        return database?.read(ask.target, ask.limit) ?? [];
      case "remove":
        return database?.remove(ask.target, ask.upTo) ?? 0;
      case "forget":
        return database?.forget(ask.target);
    }
  }

  /** The database when there is one. */
  #open(): QueueDatabase | undefined {
    if (this.#database || this.#options.inMemory || !existsSync(this.#path("sinks"))) return this.#database;
    const damage = damageOf(this.#path("sinks"));
    if (damage !== undefined) {
      this.#putAside(damage);
      return undefined;
    }
    this.#database = this.#connected();
    const inside = damageOf(this.#database.connection);
    const isNewer = schemaVersion(this.#database.connection) > sinkQueueMigrations.length;
    if (inside !== undefined || isNewer) this.#putAside(inside ?? "a newer edgetwin wrote it");
    return this.#database;
  }

  #create(): QueueDatabase {
    if (!this.#options.inMemory) createPrivate(this.#path("sinks"));
    this.#database = this.#connected();
    if (!this.#options.inMemory) syncDirectory(this.#options.directory);
    return this.#database;
  }

  #connected(): QueueDatabase {
    const { inMemory, limits, now } = this.#options;
    const path = this.#path("sinks");
    // Its size is bounded by its users, target by target; SQLite's own limit is the store's.
    const connection = inMemory ? connectMemory(limits) : connect(path, limits);
    if (schemaVersion(connection) < sinkQueueMigrations.length) migrate(connection, sinkQueueMigrations, now);
    return new QueueDatabase({ connection, ...(!inMemory && { path }) });
  }

  #putAside(reason: string): void {
    this.#release();
    if (existsSync(this.#path("sinks"))) {
      rmSync(this.#path("sinksDamaged"), { recursive: true, force: true });
      renameSync(this.#path("sinks"), this.#path("sinksDamaged"));
    }
    rmSync(this.#path("sinksWal"), { force: true });
    this.#notice = `${fileNames.sinks} was damaged (${reason}) and put aside as ${fileNames.sinksDamaged}; what waited for sinks is lost`;
  }

  #release(): void {
    const database = this.#database;
    this.#database = undefined;
    if (!database) return;
    this.#written += database.bytesWritten;
    database.close();
  }

  #path(file: "sinks" | "sinksWal" | "sinksDamaged"): string {
    return filePath(this.#options.directory, file);
  }
}

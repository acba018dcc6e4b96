import { existsSync, renameSync, rmSync } from "node:fs";
import { fileNames, filePath, type StoreFile } from "../files.ts";
import type { WorkerOptions } from "../messages.ts";
import type { Migration } from "../migrations/migration.ts";
import { type Connection, connect, connectMemory } from "./connection.ts";
import { damageOf, isDamage } from "./damage.ts";
import { createPrivate, syncDirectory } from "./durable-files.ts";
import { migrate, schemaVersion } from "./migrate.ts";

/** Where a file beside the twins lives. */
export interface SideFileOptions extends WorkerOptions {
  /** The directory cannot be used, so the file lives as long as the process, in memory. */
  readonly inMemory: boolean;
}

/** An open database of a side file. */
export interface SideDatabase {
  readonly connection: Connection;
  /** Bytes handed to the file system since it was opened. */
  readonly bytesWritten: number;
  isEmpty(): boolean;
  close(): void;
}

/** What tells one side file from another. */
export interface SideFileKind<D extends SideDatabase> {
  readonly files: { readonly database: StoreFile; readonly wal: StoreFile; readonly damaged: StoreFile };
  readonly migrations: readonly Migration[];
  /** What is gone when the file is put aside, for people: `"what waited for sinks is lost"`. */
  readonly loss: string;
  /** @param path undefined for a database that lives in memory only. */
  open(parts: { readonly connection: Connection; readonly path?: string }): D;
}

/**
 * A database beside the twins in the hands of the storage thread. It is made when something has to be written, and removed at
 * a close that finds it empty. A damaged one is put aside and begun anew; twins know nothing of it.
 */
export class SideFile<D extends SideDatabase> {
  readonly #kind: SideFileKind<D>;
  readonly #options: SideFileOptions;
  #database: D | undefined;
  #notice: string | undefined;
  #written = 0;

  constructor(kind: SideFileKind<D>, options: SideFileOptions) {
    this.#kind = kind;
    this.#options = options;
  }

  /** Bytes handed to the file system since the thread began. */
  get bytesWritten(): number {
    return this.#written + (this.#database?.bytesWritten ?? 0);
  }

  /** Runs `action`, once more on a new file when the first one proves damaged. @throws SqliteError or the system's error. */
  attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#putAside(error instanceof Error ? error.message : String(error));
      return action();
    }
  }

  /** What was found wrong with the file since the last call, and done about it. */
  takeNotice(): string | undefined {
    const notice = this.#notice;
    this.#notice = undefined;
    return notice;
  }

  /** The database when there is one. */
  existing(): D | undefined {
    const { database } = this.#kind.files;
    if (this.#database || this.#options.inMemory || !existsSync(this.#path(database))) return this.#database;
    const damage = damageOf(this.#path(database));
    if (damage !== undefined) {
      this.#putAside(damage);
      return undefined;
    }
    this.#database = this.#connected();
    const inside = damageOf(this.#database.connection);
    const isNewer = schemaVersion(this.#database.connection) > this.#kind.migrations.length;
    if (inside !== undefined || isNewer) this.#putAside(inside ?? "a newer edgetwin wrote it");
    return this.#database;
  }

  /** The database, made when there is none. */
  writable(): D {
    const found = this.existing();
    if (found) return found;
    const { inMemory, directory } = this.#options;
    if (!inMemory) createPrivate(this.#path(this.#kind.files.database));
    this.#database = this.#connected();
    if (!inMemory) syncDirectory(directory);
    return this.#database;
  }

  close(): void {
    const database = this.#database;
    if (!database) return;
    const isEmpty = database.isEmpty();
    this.#release();
    if (!isEmpty || this.#options.inMemory) return;
    for (const file of [this.#kind.files.database, this.#kind.files.wal]) rmSync(this.#path(file), { force: true });
  }

  #connected(): D {
    const { inMemory, limits, now } = this.#options;
    const { files, migrations, open } = this.#kind;
    const path = this.#path(files.database);
    // Its size is bounded by its users; SQLite's own limit is the store's.
    const connection = inMemory ? connectMemory(limits) : connect(path, limits);
    if (schemaVersion(connection) < migrations.length) migrate(connection, migrations, now);
    return open({ connection, ...(!inMemory && { path }) });
  }

  #putAside(reason: string): void {
    this.#release();
    const { files, loss } = this.#kind;
    if (existsSync(this.#path(files.database))) {
      rmSync(this.#path(files.damaged), { recursive: true, force: true });
      renameSync(this.#path(files.database), this.#path(files.damaged));
    }
    rmSync(this.#path(files.wal), { force: true });
    this.#notice = `${fileNames[files.database]} was damaged (${reason}) and put aside as ${fileNames[files.damaged]}; ${loss}`;
  }

  #release(): void {
    const database = this.#database;
    this.#database = undefined;
    if (!database) return;
    this.#written += database.bytesWritten;
    database.close();
  }

  #path(file: StoreFile): string {
    return filePath(this.#options.directory, file);
  }
}

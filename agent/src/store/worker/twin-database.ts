import { statSync } from "node:fs";
import type { Cell } from "../columns.ts";
import type { StoreLimits } from "../limits.ts";
import type { Part, WorkerFigures } from "../messages.ts";
import { type RowCounts, type WriteApplier, writeApplier } from "./apply-writes.ts";
import { fitCauseRings } from "./cause-ring.ts";
import { type Connection, pageBytes, walFrameHeaderBytes } from "./connection.ts";
import { readCauses, readState } from "./read-state.ts";
import { WalSyncer } from "./wal-syncer.ts";
import { WriteMeter } from "./write-meter.ts";

/** What a `TwinDatabase` is made of. */
export interface TwinDatabaseParts {
  readonly connection: Connection;
  readonly limits: StoreLimits;
  /** Undefined for a database that lives in memory only. */
  readonly path?: string;
}

const walHeader = 32;
const walFrame = pageBytes + walFrameHeaderBytes;

/** An open, checked and migrated database. Everything in it is synchronous but `sync`. */
export class TwinDatabase {
  readonly connection: Connection;
  readonly #path: string | undefined;
  readonly #applier: WriteApplier;
  readonly #meter: WriteMeter;
  readonly #wal: WalSyncer | undefined;
  readonly #begin;
  readonly #commit;
  readonly #walState;
  #undoTo: number | undefined;
  #broken: unknown;
  #commits = 0;
  #syncs = 0;
  #rows: number | undefined;

  constructor({ connection, limits, path }: TwinDatabaseParts) {
    this.connection = connection;
    this.#path = path;
    fitCauseRings(connection, limits.causesPerProperty);
    this.#applier = writeApplier(connection, limits.causesPerProperty);
    this.#wal = path === undefined ? undefined : new WalSyncer(`${path}-wal`);
    // A lazy commit must not sync, and a durable one is synced by us.
    this.#begin = connection.prepare("BEGIN IMMEDIATE");
    this.#commit = connection.prepare("COMMIT");
    // NOOP (SQLite 3.51) checkpoints nothing and tells how many frames the log has.
    this.#walState = connection.prepare<[], [number, number, number]>("PRAGMA wal_checkpoint(NOOP)").raw();
    this.#meter = new WriteMeter(this.#log()[0]);
  }

  /**
   * One transaction, all or nothing. `durable`: it is on the card at return. When the sync fails, `undoTo` tells where
   * the log ended before; the database takes nothing more until it was taken back.
   *
   * @returns bytes in the log that wait for a checkpoint.
   */
  commit(cells: readonly Cell[], durable: boolean): number {
    this.#refuseWhenBroken();
    this.#rows = undefined;
    const [before, copiedBefore] = this.#log();
    this.#begin.run();
    let rows: RowCounts;
    try {
      rows = this.#applier.apply(cells);
      this.#commit.run();
    } catch (error) {
      this.#applier.ids.reset();
      if (this.connection.inTransaction) this.connection.exec("ROLLBACK");
      throw error;
    }
    const [frames, copied] = this.#log();
    this.#meter.committed(frames, rows);
    this.#commits++;
    if (durable) this.#syncNow(frames, before === copiedBefore ? 0 : before);
    return (frames - copied) * walFrame;
  }

  /** Length of the log before a commit whose sync failed; undefined when there is none to take back. */
  get undoTo(): number | undefined {
    return this.#undoTo;
  }

  /** Brings lazy commits to the card. Rejects with the system's error. */
  async sync(): Promise<void> {
    if (this.#wal === undefined || this.#log()[0] === 0) return;
    this.#refuseWhenBroken();
    await this.#wal.sync();
    this.#syncs++;
  }

  /** Copies the pages of the log into the database, syncs both, and lets the log begin anew. */
  checkpoint(mode: "PASSIVE" | "TRUNCATE" = "PASSIVE"): void {
    if (this.#wal === undefined) return;
    this.#refuseWhenBroken();
    const [frames, copied] = this.#log();
    if (frames === copied && mode === "PASSIVE") return;
    this.#meter.checkpoint(Math.min(frames, this.#pages()) * pageBytes, () => {
      const [state] = this.connection.pragma(`wal_checkpoint(${mode})`) as [{ busy: number }];
      if (state.busy !== 0) throw new Error("the write-ahead log is in use");
    });
    this.#meter.restarted();
    this.#syncs += 2;
  }

  /**
   * Empties the log, then makes room, writes and syncs as a commit would.
   * @throws SqliteError while the disk does not take writes.
   */
  probe(): void {
    this.checkpoint("TRUNCATE");
    this.connection.transaction(() => {
      const put = this.connection.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('probe', zeroblob(?))");
      put.run(16 * pageBytes);
      put.run(0);
    })();
    const [frames] = this.#log();
    this.#syncNow(frames, 0);
    this.#meter.committed(frames, { twin: 0, cause: 0, resource: 0, health: 0 });
  }

  load(send: (part: Part) => void): void {
    readState(this.connection, send);
  }

  causes(device: string, property: string): Cell[] {
    return readCauses(this.connection, device, property);
  }

  /** Counts bytes of files that were written beside the database. */
  countOther(bytes: number): void {
    this.#meter.other(bytes);
  }

  figures(): Omit<WorkerFigures, "osBytesWritten"> {
    this.#rows ??= this.#countRows();
    const bytes = this.#meter.bytes;
    return {
      bytesWritten: {
        twin: Math.round(bytes.twin),
        cause: Math.round(bytes.cause),
        resource: Math.round(bytes.resource),
        health: Math.round(bytes.health),
        other: Math.round(bytes.other),
      },
      commits: this.#commits,
      syncs: this.#syncs,
      rows: this.#rows,
      databaseBytes: this.#path === undefined ? this.#pages() * pageBytes : statSync(this.#path).size,
      walBytes: this.#path === undefined ? 0 : (statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0),
    };
  }

  /** Bytes in the log that wait for a checkpoint. */
  walBytes(): number {
    const [frames, copied] = this.#log();
    return (frames - copied) * walFrame;
  }

  /** Closing works off the log and removes it. */
  close(): void {
    this.#wal?.close();
    this.connection.close();
  }

  /** @param before frames in the log that count without the commit to be synced. */
  #syncNow(frames: number, before: number): void {
    if (this.#wal === undefined || frames === 0) return;
    try {
      this.#meter.other(this.#wal.syncNow(walHeader + frames * walFrame));
      this.#syncs++;
    } catch (error) {
      this.#undoTo = before === 0 ? 0 : walHeader + before * walFrame;
      this.#broken = error;
      throw error;
    }
  }

  #refuseWhenBroken(): void {
    if (this.#undoTo !== undefined) throw this.#broken;
  }

  /** Frames in the log, and how many of them the database has already; zeros for a database in memory. */
  #log(): readonly [number, number] {
    const [, frames, copied] = this.#walState.get() ?? [0, 0, 0];
    return frames > 0 ? [frames, copied] : [0, 0];
  }

  #pages(): number {
    return this.connection.pragma("page_count", { simple: true }) as number;
  }

  #countRows(): number {
    const counts = ["resource", "twin", "cause", "health"].map((table) => `(SELECT count(*) FROM ${table})`);
    return this.connection
      .prepare(`SELECT ${counts.join(" + ")}`)
      .pluck()
      .get() as number;
  }
}

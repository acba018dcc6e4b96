import type { Cell } from "../columns.ts";
import { pointOverheadBytes, type QueueContent, type QueuedTarget, queueWidths } from "../queue/queue-messages.ts";
import { type Connection, pageBytes, walFrameHeaderBytes } from "./connection.ts";
import { WalSyncer } from "./wal-syncer.ts";
import { threadBytes } from "./write-meter.ts";

/** At this size the log is worked off. Below it a queue that fills and empties again costs the card its log only. */
const walLimitBytes = 1024 * 1024;

const frameBytes = pageBytes + walFrameHeaderBytes;

/** The open queue of sinks. Everything in it is synchronous but the sync after an append. */
export class QueueDatabase {
  readonly connection: Connection;
  readonly #wal: WalSyncer | undefined;
  readonly #statements;
  #frames = 0;
  #written = 0;

  /** @param path undefined for a database that lives in memory only. */
  constructor({ connection, path }: { readonly connection: Connection; readonly path?: string }) {
    this.connection = connection;
    this.#wal = path === undefined ? undefined : new WalSyncer(`${path}-wal`);
    this.#statements = {
      source: connection.prepare("INSERT OR REPLACE INTO source (id, target, facts) VALUES (?, ?, ?)"),
      // The same points again after a failure whose outcome nobody knows.
      point: connection.prepare(
        "INSERT OR REPLACE INTO point (target, id, source, at, quality, value) VALUES (?, ?, ?, ?, ?, ?)",
      ),
      read: connection
        .prepare<[number, number], Cell[]>(
          "SELECT id, source, at, quality, value FROM point WHERE target = ? ORDER BY id LIMIT ?",
        )
        .raw(),
      remove: connection.prepare("DELETE FROM point WHERE target = ? AND id <= ?"),
      // NOOP (SQLite 3.51) checkpoints nothing and tells how many frames the log has.
      wal: connection.prepare<[], [number, number, number]>("PRAGMA wal_checkpoint(NOOP)").raw(),
    };
    this.#frames = this.#logFrames();
  }

  get bytesWritten(): number {
    return this.#written;
  }

  /** One transaction. Resolves when it is on the card, too. */
  append(sources: readonly Cell[], points: readonly Cell[]): Promise<void> {
    this.#write(() => {
      for (const row of rowsOf(sources, queueWidths.source)) this.#statements.source.run(...row);
      for (const row of rowsOf(points, queueWidths.appendedPoint)) this.#statements.point.run(...row);
    });
    return this.#wal?.sync() ?? Promise.resolve();
  }

  read(target: number, limit: number): Cell[] {
    return this.#statements.read.all(target, limit).flat();
  }

  /** Returns how many points there were. */
  remove(target: number, upTo: number): number {
    return this.#write(() => this.#statements.remove.run(target, upTo).changes);
  }

  forget(target: number): void {
    this.#write(() => {
      for (const table of ["point", "source"]) {
        this.connection.prepare(`DELETE FROM ${table} WHERE target = ?`).run(target);
      }
    });
  }

  content(): QueueContent {
    const sources = this.connection.prepare<[], Cell[]>("SELECT id, target, facts FROM source ORDER BY id").raw().all();
    const targets = this.connection
      .prepare<[number], QueuedTarget>(
        `SELECT target, count(*) AS points, sum(length(value) + ?) AS bytes, min(id) AS firstId, max(id) AS lastId, min(at) AS oldestAt
           FROM point GROUP BY target ORDER BY target`,
      )
      .all(pointOverheadBytes);
    return { sources: sources.flat(), targets };
  }

  isEmpty(): boolean {
    return this.connection.prepare("SELECT 1 FROM point LIMIT 1").get() === undefined;
  }

  close(): void {
    this.#wal?.close();
    this.connection.close();
  }

  #write<T>(change: () => T): T {
    const result = this.connection.transaction(change).immediate();
    const frames = this.#logFrames();
    this.#written += (frames >= this.#frames ? frames - this.#frames : frames) * frameBytes;
    this.#frames = frames;
    if (frames * frameBytes >= walLimitBytes) this.#checkpoint(frames);
    return result;
  }

  #checkpoint(frames: number): void {
    const before = threadBytes();
    this.connection.pragma("wal_checkpoint(PASSIVE)");
    const after = threadBytes();
    this.#written += before !== undefined && after !== undefined ? after - before : frames * pageBytes;
    this.#frames = 0;
  }

  #logFrames(): number {
    if (this.#wal === undefined) return 0;
    const [, frames] = this.#statements.wal.get() ?? [0, 0, 0];
    return Math.max(0, frames);
  }
}

function* rowsOf(cells: readonly Cell[], width: number): Generator<readonly Cell[]> {
  for (let at = 0; at < cells.length; at += width) yield cells.slice(at, at + width);
}

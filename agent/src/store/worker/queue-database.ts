import type { Cell } from "../columns.ts";
import { pointOverheadBytes, type QueueContent, type QueuedTarget, queueWidths } from "../queue/queue-messages.ts";
import type { Connection } from "./connection.ts";
import { WalMeter } from "./wal-meter.ts";
import { WalSyncer } from "./wal-syncer.ts";

/** The open queue of sinks. Everything in it is synchronous but the sync after an append. */
export class QueueDatabase {
  readonly connection: Connection;
  readonly #wal: WalSyncer | undefined;
  readonly #meter: WalMeter;
  readonly #statements;

  /** @param path undefined for a database that lives in memory only. */
  constructor({ connection, path }: { readonly connection: Connection; readonly path?: string }) {
    this.connection = connection;
    this.#wal = path === undefined ? undefined : new WalSyncer(`${path}-wal`);
    this.#meter = new WalMeter(connection, { hasLog: path !== undefined });
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
    };
  }

  get bytesWritten(): number {
    return this.#meter.bytesWritten;
  }

  /** One transaction. Resolves when it is on the card, too. */
  append(sources: readonly Cell[], points: readonly Cell[]): Promise<void> {
    this.#meter.write(() => {
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
    return this.#meter.write(() => this.#statements.remove.run(target, upTo).changes);
  }

  forget(target: number): void {
    this.#meter.write(() => {
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
}

function* rowsOf(cells: readonly Cell[], width: number): Generator<readonly Cell[]> {
  for (let at = 0; at < cells.length; at += width) yield cells.slice(at, at + width);
}

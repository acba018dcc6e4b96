import type { HistoryAppend, HistoryAppended, HistoryQuery } from "../history/history-storage.ts";
import { type Connection, pageBytes } from "./connection.ts";
import { WalMeter } from "./wal-meter.ts";

/** What goes first when the file is too large: the finest tier of numbers, then texts and switches, then the coarser ones. */
const tiersByWorth = [0, 3, 1, 2];

/** The open file of the past. Everything in it is synchronous; the card gets it when the operating system sees fit. */
export class HistoryDatabase {
  readonly connection: Connection;
  readonly #wal: WalMeter;
  readonly #statements;

  /** @param path undefined for a database that lives in memory only. */
  constructor({ connection, path }: { readonly connection: Connection; readonly path?: string }) {
    this.connection = connection;
    this.#wal = new WalMeter(connection, { hasLog: path !== undefined });
    this.#statements = {
      series: connection
        .prepare<[string, string], number>("SELECT id FROM series WHERE device = ? AND property = ?")
        .pluck(),
      addSeries: connection.prepare("INSERT INTO series (device, property) VALUES (?, ?)"),
      // Two rows of one beginning come from a clock that was set back: the newer one counts.
      put: connection.prepare("INSERT OR REPLACE INTO past (series, tier, start, body) VALUES (?, ?, ?, ?)"),
      forgetOld: connection.prepare("DELETE FROM past WHERE series = ? AND tier = ? AND start < ?"),
      read: connection
        .prepare<[number, number, number, number, number, number], Uint8Array>(
          `SELECT body FROM past WHERE series = ? AND tier = ? AND start <= ?
             AND start >= coalesce((SELECT max(start) FROM past WHERE series = ? AND tier = ? AND start <= ?), -1) ORDER BY start`,
        )
        .pluck(),
    };
  }

  get bytesWritten(): number {
    return this.#wal.bytesWritten;
  }

  /** One transaction. */
  append({ rows, forgetBefore, maxBytes }: HistoryAppend): HistoryAppended {
    const before = this.#wal.bytesWritten;
    this.#wal.write(() => {
      for (const { device, property, tier, start, body } of rows) {
        const series = this.#seriesId(device, property);
        this.#statements.put.run(series, tier, start, body);
        this.#statements.forgetOld.run(series, tier, forgetBefore[tier] ?? 0);
      }
      for (let tries = 0; this.#usedBytes() > maxBytes && tries < 16; tries++) this.#forgetOldest();
    });
    return { bytes: this.#wal.bytesWritten - before, fileBytes: this.#pragma("page_count") * pageBytes };
  }

  read({ device, property, tier, from, to }: HistoryQuery): Uint8Array[] {
    const series = this.#statements.series.get(device, property);
    return series === undefined ? [] : this.#statements.read.all(series, tier, to, series, tier, from);
  }

  forget(device: string): void {
    this.#wal.write(() => {
      this.connection.prepare("DELETE FROM past WHERE series IN (SELECT id FROM series WHERE device = ?)").run(device);
      this.connection.prepare("DELETE FROM series WHERE device = ?").run(device);
    });
  }

  isEmpty(): boolean {
    return this.connection.prepare("SELECT 1 FROM past LIMIT 1").get() === undefined;
  }

  close(): void {
    this.connection.close();
  }

  #seriesId(device: string, property: string): number {
    return (
      this.#statements.series.get(device, property) ??
      Number(this.#statements.addSeries.run(device, property).lastInsertRowid)
    );
  }

  #usedBytes(): number {
    return (this.#pragma("page_count") - this.#pragma("freelist_count")) * pageBytes;
  }

  /** The older quarter of the time that the least worthy tier covers. */
  #forgetOldest(): void {
    for (const tier of tiersByWorth) {
      const span = this.connection
        .prepare<[number], { first: number | null; last: number | null }>(
          "SELECT min(start) AS first, max(start) AS last FROM past WHERE tier = ?",
        )
        .get(tier);
      if (!span || span.first === null || span.last === null || span.first === span.last) continue;
      const before = span.first + Math.ceil((span.last - span.first) / 4);
      this.connection.prepare("DELETE FROM past WHERE tier = ? AND start < ?").run(tier, before);
      return;
    }
  }

  #pragma(name: "page_count" | "freelist_count"): number {
    return this.connection.pragma(name, { simple: true }) as number;
  }
}

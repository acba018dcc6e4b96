import { readFileSync } from "node:fs";
import type { RowCounts } from "./apply-writes.ts";
import { pageBytes, walFrameHeaderBytes } from "./connection.ts";

/** Bytes by what they were written for. */
export type BytesByKind = RowCounts & { other: number };

const walHeaderBytes = 32;

/**
 * Counts what SQLite hands to the file system. The log is exact: frames since the last look. Pages that a checkpoint
 * copies back are taken from the kernel's count for this thread where it has one (`/proc/thread-self/io`, `wchar`),
 * else estimated from above. Both are shared out among the kinds by the rows that were written since, because a page
 * may hold several.
 */
export class WriteMeter {
  readonly bytes: BytesByKind = { twin: 0, cause: 0, resource: 0, health: 0, other: 0 };
  #frames: number;
  /** Rows whose pages are still to be copied back. */
  #pending: RowCounts = { twin: 0, cause: 0, resource: 0, health: 0 };

  /** @param frames frames in the log now. */
  constructor(frames: number) {
    this.#frames = frames;
  }

  /** After a commit. @param frames frames in the log now; fewer than before when it was begun anew. */
  committed(frames: number, rows: RowCounts): void {
    const added = frames >= this.#frames ? frames - this.#frames : frames;
    const header = frames > 0 && (frames < this.#frames || this.#frames === 0) ? walHeaderBytes : 0;
    this.#frames = frames;
    this.#share(added * (pageBytes + walFrameHeaderBytes) + header, rows);
    for (const kind of kinds) this.#pending[kind] += rows[kind];
  }

  /** Runs a checkpoint and counts what it wrote. @param mostBytes what it can write at most. */
  checkpoint(mostBytes: number, run: () => void): void {
    const before = threadBytes();
    run();
    const after = threadBytes();
    this.#share(before !== undefined && after !== undefined ? after - before : mostBytes, this.#pending);
    this.#pending = { twin: 0, cause: 0, resource: 0, health: 0 };
  }

  /** Counts bytes that belong to no row: copies, probes, migrations. */
  other(bytes: number): void {
    this.bytes.other += bytes;
  }

  /** The log was emptied. */
  restarted(): void {
    this.#frames = 0;
  }

  #share(bytes: number, rows: RowCounts): void {
    const all = kinds.reduce((sum, kind) => sum + rows[kind], 0);
    if (all === 0) return this.other(bytes);
    for (const kind of kinds) this.bytes[kind] += (bytes * rows[kind]) / all;
  }
}

const kinds = ["twin", "cause", "resource", "health"] as const;

/** Bytes this thread has passed to `write` since it began; undefined where the kernel does not count. */
export function threadBytes(): number | undefined {
  try {
    const match = /^wchar: (\d+)$/m.exec(readFileSync("/proc/thread-self/io", "utf8"));
    return match ? Number(match[1]) : undefined;
  } catch {
    return undefined;
  }
}

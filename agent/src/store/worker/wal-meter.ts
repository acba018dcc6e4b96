import { type Connection, pageBytes, walFrameHeaderBytes } from "./connection.ts";
import { threadBytes } from "./write-meter.ts";

/** At this size the log is worked off. Below it a file that fills and empties again costs the card its log only. */
const walLimitBytes = 1024 * 1024;

const frameBytes = pageBytes + walFrameHeaderBytes;

/** Transactions of a side file, with the bytes that they hand to the file system; keeps the write-ahead log short. */
export class WalMeter {
  readonly #connection: Connection;
  readonly #frameCount;
  #frames = 0;
  #written = 0;

  /** @param hasLog false for a database that lives in memory only. */
  constructor(connection: Connection, { hasLog }: { readonly hasLog: boolean }) {
    this.#connection = connection;
    // NOOP (SQLite 3.51) checkpoints nothing and tells how many frames the log has.
    this.#frameCount = hasLog
      ? connection.prepare<[], [number, number, number]>("PRAGMA wal_checkpoint(NOOP)").raw()
      : undefined;
    this.#frames = this.#logFrames();
  }

  get bytesWritten(): number {
    return this.#written;
  }

  /** Runs `change` as one transaction. */
  write<T>(change: () => T): T {
    const result = this.#connection.transaction(change).immediate();
    const frames = this.#logFrames();
    this.#written += (frames >= this.#frames ? frames - this.#frames : frames) * frameBytes;
    this.#frames = frames;
    if (frames * frameBytes >= walLimitBytes) this.#checkpoint(frames);
    return result;
  }

  #checkpoint(frames: number): void {
    const before = threadBytes();
    this.#connection.pragma("wal_checkpoint(PASSIVE)");
    const after = threadBytes();
    this.#written += before !== undefined && after !== undefined ? after - before : frames * pageBytes;
    this.#frames = 0;
  }

  #logFrames(): number {
    const [, frames] = this.#frameCount?.get() ?? [0, 0, 0];
    return Math.max(0, frames);
  }
}

import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync, writeSync } from "node:fs";

/** Bytes by which the log grows at once. */
const stepBytes = 64 * 1024;
const zeros = new Uint8Array(stepBytes);

/**
 * Brings the log to the card. SQLite would do it with `fsync`, which also writes the file's time stamp: on ext4 with 4 KiB
 * blocks that is a journal commit of 12 KiB for every change, 18.5 kB instead of 6.2 kB on the card. `fdatasync` leaves
 * it out as long as the file does not grow, so the log grows in steps ahead of what is written.
 *
 * The log is a file of its own: nothing locks it, and it stays the same file while the database is open.
 */
export class WalSyncer {
  readonly #path: string;
  #file: number | undefined;
  #length = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Blocks until the log is on the card. @param end bytes in use. @returns bytes it grew by. @throws the system's error. */
  syncNow(end: number): number {
    const file = this.#open();
    const grown = this.#grow(file, end);
    fdatasyncSync(file);
    return grown;
  }

  /** The same in the thread pool, so that commits go on meanwhile. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#open(), (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): number {
    if (this.#file === undefined) {
      this.#file = openSync(this.#path, "r+");
      this.#length = fstatSync(this.#file).size;
    }
    return this.#file;
  }

  /** Zeros behind the last frame mean nothing to SQLite (file format 4.4: their salts do not match). */
  #grow(file: number, end: number): number {
    if (end <= this.#length) return 0;
    const wanted = Math.ceil((end + 1) / stepBytes) * stepBytes;
    for (let at = end; at < wanted; ) at += writeSync(file, zeros, 0, Math.min(stepBytes, wanted - at), at);
    this.#length = wanted;
    return wanted - end;
  }
}

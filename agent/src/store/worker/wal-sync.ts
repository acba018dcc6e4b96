import { closeSync, fdatasync, openSync } from "node:fs";

/**
 * Brings the log to the card without a commit, in the thread pool, so that commits go on meanwhile. It is a file of its
 * own for SQLite and for us: nothing locks it, and it stays the same file for as long as the database is open.
 */
export class WalSync {
  readonly #path: string;
  #file: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when everything written to the log so far is on the card. Rejects with the system's error. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      try {
        this.#file ??= openSync(this.#path, "r");
      } catch (error) {
        return reject(error);
      }
      fdatasync(this.#file, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

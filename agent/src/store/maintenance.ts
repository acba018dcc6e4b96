import type { Clock, Timer } from "@edgetwin/mapper-sdk";
import type { StoreLimits } from "./limits.ts";

/** How long nothing may be committed before maintenance that can wait is done. */
export const quietMs = 500;

/** Wall-clock milliseconds from one daily copy to the next. */
export const backupEveryMs = 24 * 3_600_000;

/** What maintenance needs of the store. */
export interface MaintenanceParts {
  readonly clock: Clock;
  readonly limits: StoreLimits;
  readonly flushMs: number;
  /** Wall-clock milliseconds of the last daily copy. */
  readonly backupAt?: number;
  /** Whether a commit is being written. */
  readonly busy: () => boolean;
  readonly sync: () => Promise<void>;
  readonly checkpoint: () => Promise<void>;
  readonly backup: () => Promise<void>;
}

/**
 * Decides when lazy commits are synced, the log is worked off and the daily copy is made. Every timer is set by a
 * commit: while nothing changes, nothing runs and nothing is written.
 */
export class Maintenance implements Disposable {
  readonly #parts: MaintenanceParts;
  #flush: Timer | undefined;
  #quiet: Timer | undefined;
  #lastCommit = 0;
  #walBytes: number;
  #backupAt: number | undefined;
  #closed = false;

  constructor(parts: MaintenanceParts, walBytes: number) {
    this.#parts = parts;
    this.#walBytes = walBytes;
    this.#backupAt = parts.backupAt;
  }

  /** After each transaction. @param walBytes bytes in the log that wait for a checkpoint. */
  committed(durable: boolean, walBytes: number): void {
    const { clock, limits, flushMs, sync } = this.#parts;
    this.#walBytes = walBytes;
    this.#lastCommit = clock.monotonic();
    if (durable) this.#stopFlush();
    else if (!this.#closed) {
      this.#flush ??= clock.after(
        flushMs,
        () => {
          this.#flush = undefined;
          void sync();
        },
        { background: true },
      );
    }
    if (walBytes >= limits.walBytes) void this.#checkpoint();
    else if (walBytes >= limits.walIdleBytes || this.#backupDue()) this.#waitForQuiet(quietMs);
  }

  /** After a failure everything lazy is either on the card (recovery works off the log) or was rejected. */
  recovered(): void {
    this.#stopFlush();
    this.#walBytes = 0;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#stopFlush();
    this.#quiet?.[Symbol.dispose]();
    this.#quiet = undefined;
  }

  #waitForQuiet(ms: number): void {
    if (this.#closed) return;
    this.#quiet ??= this.#parts.clock.after(ms, () => this.#whenQuiet(), { background: true });
  }

  #whenQuiet(): void {
    this.#quiet = undefined;
    const { clock, limits, busy, backup } = this.#parts;
    const sinceMs = clock.monotonic() - this.#lastCommit;
    if (busy() || sinceMs < quietMs) return this.#waitForQuiet(Math.max(1, quietMs - sinceMs));
    if (this.#walBytes >= limits.walIdleBytes) void this.#checkpoint();
    if (this.#backupDue()) {
      this.#backupAt = clock.now();
      void backup();
    }
  }

  /** Far from now in either direction: a Pi without a battery-backed clock may have made the last copy "tomorrow". */
  #backupDue(): boolean {
    return this.#backupAt === undefined || Math.abs(this.#parts.clock.now() - this.#backupAt) >= backupEveryMs;
  }

  async #checkpoint(): Promise<void> {
    this.#walBytes = 0;
    await this.#parts.checkpoint();
  }

  #stopFlush(): void {
    this.#flush?.[Symbol.dispose]();
    this.#flush = undefined;
  }
}

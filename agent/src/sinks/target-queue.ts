import { encodeValue } from "@edgetwin/models";
import { pointOverheadBytes } from "../store/queue/queue-messages.ts";
import type { QueuedPoint } from "../store/queue/queue-storage.ts";
import type { QueuedValue } from "./source.ts";
import type { Spool } from "./spool.ts";

/** Values in memory when the card does not take them; beyond that the oldest are dropped. */
const mostInMemory = 10_000;

/** How many are looked at at once when room has to be made on the card. */
const dropAtOnce = 500;

/** What waits on the card. */
export interface OnCard {
  points: number;
  bytes: number;
  lastId: number;
  /** Wall-clock milliseconds. */
  oldestAt: number;
}

/**
 * The values that wait for one target, oldest first: those on the card, then those in memory. A value goes to the card only
 * when it was not delivered by the next flush, so a target that answers costs no writes.
 */
export class TargetQueue {
  readonly target: number;
  readonly #spool: Spool;
  readonly #limitBytes: number;
  readonly #onCard: OnCard;
  #memory: QueuedValue[] = [];
  #nextId: number;
  #dropped = 0;
  #wake: (() => void) | undefined;

  constructor(target: number, { spool, limitBytes, onCard }: { spool: Spool; limitBytes: number; onCard?: OnCard }) {
    this.target = target;
    this.#spool = spool;
    this.#limitBytes = limitBytes;
    this.#onCard = onCard ?? { points: 0, bytes: 0, lastId: 0, oldestAt: 0 };
    this.#nextId = this.#onCard.lastId + 1;
  }

  get points(): number {
    return this.#onCard.points + this.#memory.length;
  }

  /** Values that were dropped since the agent started because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Wall-clock milliseconds of the oldest value; undefined when nothing waits. */
  get oldestAt(): number | undefined {
    return this.#onCard.points > 0 ? this.#onCard.oldestAt : this.#memory[0]?.at;
  }

  /** Values that are not on the card. */
  get inMemory(): readonly QueuedValue[] {
    return this.#memory;
  }

  put(value: Omit<QueuedValue, "id">): void {
    this.#memory.push({ ...value, id: this.#nextId++ });
    if (this.#memory.length > mostInMemory) {
      this.#memory.shift();
      this.#drop(1);
    }
    this.#spool.arm();
    this.#wake?.();
  }

  /** Resolves as soon as something waits, or `signal` aborts. */
  whenAny(signal: AbortSignal): Promise<void> {
    if (this.points > 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#wake = undefined;
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#wake = done;
      signal.addEventListener("abort", done, { once: true });
    });
  }

  /** The oldest values; they stay until `done`. Rejects when the card cannot be read. */
  next(limit: number): Promise<readonly QueuedValue[]> {
    return this.#spool.inTurn(async () => {
      if (this.#onCard.points === 0) return this.#memory.slice(0, limit);
      const rows = await this.#spool.storage.read(this.target, limit);
      const [oldest] = rows;
      if (!oldest) {
        this.#forgetCard(); // put aside as damaged meanwhile
        return this.#memory.slice(0, limit);
      }
      this.#onCard.oldestAt = oldest.at;
      const known = rows.flatMap((row) => this.#spool.valueOf(row) ?? []);
      // Rows that nobody understands any more go with the batch they came in.
      if (known.length === 0) await this.#remove(rows);
      return known;
    });
  }

  /** Forgets values that were delivered, or never will be. Rejects when the card does not let us; call it again then. */
  done(values: readonly QueuedValue[]): Promise<void> {
    return this.#spool.inTurn(async () => {
      const last = values.at(-1);
      if (!last) return;
      // A batch is all on the card or all in memory; it may have been brought to the card while it was under way.
      if (last.id > this.#onCard.lastId) this.#memory = this.#memory.filter(({ id }) => id > last.id);
      else await this.#remove(values.map(({ id, at, value }) => ({ id, at, value: encodeValue(value) })));
      if (this.#memory.length === 0) this.#spool.settled();
    });
  }

  /** After an append: what was in memory up to `lastId` is on the card. */
  moved(values: readonly QueuedValue[], bytes: number): void {
    const last = values.at(-1);
    if (!last) return;
    if (this.#onCard.points === 0) this.#onCard.oldestAt = values[0]?.at ?? 0;
    this.#onCard.points += values.length;
    this.#onCard.bytes += bytes;
    this.#onCard.lastId = last.id;
    this.#memory = this.#memory.filter(({ id }) => id > last.id);
  }

  /** Drops the oldest on the card until the limit is kept. Returns how many. */
  async trim(): Promise<number> {
    let dropped = 0;
    while (this.#onCard.bytes > this.#limitBytes && this.#onCard.points > 0) {
      const rows = await this.#spool.storage.read(this.target, dropAtOnce);
      if (rows.length === 0) break;
      const tooMany: QueuedPoint[] = [];
      let excess = this.#onCard.bytes - this.#limitBytes;
      for (const row of rows) {
        if (excess <= 0) break;
        tooMany.push(row);
        excess -= bytesOf(row.value);
      }
      dropped += await this.#remove(tooMany);
    }
    this.#drop(dropped);
    return dropped;
  }

  /** Forgets everything. Returns how many values. */
  async clear(): Promise<number> {
    const lost = this.points;
    this.#memory = [];
    await this.#spool.inTurn(() => this.#spool.storage.forget(this.target));
    this.#forgetCard();
    this.#drop(lost);
    return lost;
  }

  /** Removes rows and everything older. Of those, the oldest may be gone already because the queue was full. */
  async #remove(rows: readonly Pick<QueuedPoint, "id" | "at" | "value">[]): Promise<number> {
    const last = rows.at(-1);
    if (!last) return 0;
    const removed = await this.#spool.storage.remove(this.target, last.id);
    const bytes = rows.slice(-removed || rows.length).reduce((sum, { value }) => sum + bytesOf(value), 0);
    const left = Math.max(0, this.#onCard.points - removed);
    this.#onCard.points = left;
    this.#onCard.bytes = left === 0 ? 0 : Math.max(0, this.#onCard.bytes - bytes);
    this.#onCard.oldestAt = last.at;
    return removed;
  }

  #forgetCard(): void {
    this.#onCard.points = 0;
    this.#onCard.bytes = 0;
  }

  #drop(count: number): void {
    this.#dropped += count;
  }
}

/** What a stored value counts towards the limit. */
export const bytesOf = (encoded: string): number => encoded.length + pointOverheadBytes;

import type { QueuedTarget } from "./queue-messages.ts";

/** Where the points of a property come from and go to: stored once, however many points there are. */
export interface QueueSource {
  readonly id: number;
  readonly target: number;
  /** JSON, the business of whoever stores it. */
  readonly facts: string;
}

/** A point that waits on the card. */
export interface QueuedPoint {
  /** Rises within a target. */
  readonly id: number;
  readonly source: number;
  /** Wall-clock milliseconds. */
  readonly at: number;
  readonly quality: string;
  /** As `encodeValue` writes it. */
  readonly value: string;
}

/** What to append in one transaction. */
export interface QueueBatch {
  readonly sources: readonly QueueSource[];
  readonly points: readonly (QueuedPoint & { readonly target: number })[];
}

/**
 * The queue of sinks on the card, in a file of its own that the storage thread serves. What was appended survives the
 * death of the process; it is brought to the card at once after each append. All methods reject with an Error that has a
 * `code` when the disk does not let us; twins are not touched by that.
 */
export interface QueueStorage {
  /** What is there from before. Makes no file. */
  content(): Promise<{
    readonly sources: readonly QueueSource[];
    readonly targets: readonly QueuedTarget[];
    readonly notice?: string;
  }>;
  append(batch: QueueBatch): Promise<void>;
  /** The oldest points of a target, oldest first. */
  read(target: number, limit: number): Promise<readonly QueuedPoint[]>;
  /** Forgets the points of a target up to an id. Returns how many there were. */
  remove(target: number, upTo: number): Promise<number>;
  /** Forgets a target with everything. */
  forget(target: number): Promise<void>;
}

import type { Priority } from "./bus-queue.ts";

/** What happened on one bus since it came into use. */
export interface BusFigures {
  /** Requests that ran. */
  readonly requests: Record<Priority, number>;
  /** Milliseconds that those waited before. */
  readonly waitedMs: Record<Priority, number>;
  /** Requests that never ran: too many waited already, or they lost their patience. */
  readonly refused: { full: number; late: number };
  /** Reads and writes that had their turn and failed; one request for many properties that fails counts once. */
  failed: number;
  /** Polls that were left out because an earlier one had not had its turn. */
  missedPolls: number;
}

/** The figures of a bus that nobody has used. */
export const emptyFigures = (): BusFigures => ({
  requests: { write: 0, interactive: 0, poll: 0 },
  waitedMs: { write: 0, interactive: 0, poll: 0 },
  refused: { full: 0, late: 0 },
  failed: 0,
  missedPolls: 0,
});

import type { Cell } from "../columns.ts";

/**
 * What the storage thread is asked about the queue of sinks. Rows travel as flat runs of cells: a source as id, target
 * and its facts (JSON); a point as id, source, time, quality and value.
 */
export type QueueAsk =
  | { readonly ask: "content" }
  | { readonly ask: "append"; readonly sources: readonly Cell[]; readonly points: readonly Cell[] }
  | { readonly ask: "read"; readonly target: number; readonly limit: number }
  | { readonly ask: "remove"; readonly target: number; readonly upTo: number }
  | { readonly ask: "forget"; readonly target: number };

/** Cells of one row. A point to append has its target in front. */
export const queueWidths = { source: 3, point: 5, appendedPoint: 6 } as const;

/** What the file holds. */
export interface QueueContent {
  /** Id, target, facts. */
  readonly sources: readonly Cell[];
  readonly targets: readonly QueuedTarget[];
  /** What was found wrong with the file and done about it; undefined when all was well. */
  readonly notice?: string;
}

/** The points of one target. */
export interface QueuedTarget {
  readonly target: number;
  readonly points: number;
  readonly bytes: number;
  readonly firstId: number;
  readonly lastId: number;
  /** Wall-clock milliseconds. */
  readonly oldestAt: number;
}

/** What a point counts towards the limit beside the length of its value: its row, and its share of the pages. */
export const pointOverheadBytes = 32;

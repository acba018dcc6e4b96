import type { Cell } from "./columns.ts";

/** One transaction to be. */
export interface Batch {
  readonly cells: readonly Cell[];
  readonly durable: boolean;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Group {
  readonly cells: Cell[];
  durable: boolean;
  readonly waiting: Waiting[];
}

/** Cells of a group at which the next one begins, so that no commit waits for a transaction without bound. */
const mostCells = 100_000;

/**
 * Group commit: what is submitted while a transaction runs becomes the next one. Order is kept, and the fence holds:
 * when a transaction fails, everything that waits behind it fails with it, in order.
 */
export class CommitQueue {
  readonly #run: (batch: Batch) => Promise<void>;
  readonly #groups: Group[] = [];
  readonly #idlers: (() => void)[] = [];
  #running = false;
  #scheduled = false;

  /** @param run writes one batch; its rejection is what the callers get. */
  constructor(run: (batch: Batch) => Promise<void>) {
    this.#run = run;
  }

  /** Whether anything is being written or waits. */
  get busy(): boolean {
    return this.#running || this.#groups.length > 0;
  }

  /**
   * Adds one commit. Throws what `encode` throws, with nothing added.
   * @param encode appends the cells of the commit.
   */
  submit(encode: (cells: Cell[]) => void, durable: boolean): Promise<void> {
    let group = this.#groups.at(-1);
    if (!group || group.cells.length >= mostCells) {
      group = { cells: [], durable: false, waiting: [] };
      this.#groups.push(group);
    }
    const { cells, waiting } = group;
    const before = cells.length;
    try {
      encode(cells);
    } catch (error) {
      cells.length = before;
      throw error;
    }
    group.durable ||= durable;
    this.#schedule();
    return new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
  }

  /** Resolves when nothing is being written and nothing waits. */
  idle(): Promise<void> {
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => void this.#idlers.push(resolve));
  }

  /** Starts the next group when everything that is ready to submit now has done so: behind the promise queue. */
  #schedule(): void {
    if (this.#running || this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(() => {
      this.#scheduled = false;
      this.#next();
    });
  }

  #next(): void {
    if (this.#running) return;
    const group = this.#groups.shift();
    if (!group) for (const resolve of this.#idlers.splice(0)) resolve();
    if (!group) return;
    if (group.waiting.length === 0) return this.#next();
    this.#running = true;
    this.#run(group).then(
      () => {
        this.#running = false;
        for (const { resolve } of group.waiting) resolve();
        this.#schedule();
      },
      (error: unknown) => {
        this.#running = false;
        for (const { reject } of group.waiting) reject(error);
        for (const { waiting } of this.#groups.splice(0)) for (const { reject } of waiting) reject(error);
        this.#schedule();
      },
    );
  }
}

import type { Cell } from "../columns.ts";
import { type QueueAsk, type QueueContent, queueWidths } from "./queue-messages.ts";
import type { QueueBatch, QueuedPoint, QueueSource, QueueStorage } from "./queue-storage.ts";

/** The main thread's side of the queue of sinks: turns rows into cells and back. */
export class QueueLink implements QueueStorage {
  readonly #ask: (ask: QueueAsk) => Promise<unknown>;

  constructor(ask: (ask: QueueAsk) => Promise<unknown>) {
    this.#ask = ask;
  }

  async content() {
    const { sources, targets, notice } = (await this.#ask({ ask: "content" })) as QueueContent;
    const rows = rowsOf(sources, queueWidths.source).map(
      ([id, target, facts]): QueueSource => ({ id: Number(id), target: Number(target), facts: String(facts) }),
    );
    return { sources: rows, targets, ...(notice !== undefined && { notice }) };
  }

  async append({ sources, points }: QueueBatch): Promise<void> {
    await this.#ask({
      ask: "append",
      sources: sources.flatMap(({ id, target, facts }) => [id, target, facts]),
      points: points.flatMap(({ target, id, source, at, quality, value }) => [target, id, source, at, quality, value]),
    });
  }

  async read(target: number, limit: number): Promise<readonly QueuedPoint[]> {
    const cells = (await this.#ask({ ask: "read", target, limit })) as Cell[];
    return rowsOf(cells, queueWidths.point).map(([id, source, at, quality, value]) => ({
      id: Number(id),
      source: Number(source),
      at: Number(at),
      quality: String(quality),
      value: String(value),
    }));
  }

  async remove(target: number, upTo: number): Promise<number> {
    return (await this.#ask({ ask: "remove", target, upTo })) as number;
  }

  async forget(target: number): Promise<void> {
    await this.#ask({ ask: "forget", target });
  }
}

function rowsOf(cells: readonly Cell[], width: number): Cell[][] {
  const rows: Cell[][] = [];
  for (let at = 0; at < cells.length; at += width) rows.push(cells.slice(at, at + width));
  return rows;
}

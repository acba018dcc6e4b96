import { pointOverheadBytes } from "../../../src/store/queue/queue-messages.ts";
import type { QueueBatch, QueuedPoint, QueueSource, QueueStorage } from "../../../src/store/queue/queue-storage.ts";

/** A card in memory that a test fills up and makes fail. What was appended outlives the spool, as it outlives an agent. */
export class MemoryQueue implements QueueStorage {
  readonly sources = new Map<number, QueueSource>();
  readonly points = new Map<number, Map<number, QueuedPoint>>();
  readonly appends: number[] = [];
  #failures = 0;

  /** Makes the next operations fail. */
  fail(times: number): void {
    this.#failures = times;
  }

  readonly content = async () => ({
    sources: [...this.sources.values()],
    targets: [...this.points].flatMap(([target, rows]) => {
      const all = [...rows.values()];
      const [first] = all;
      const last = all.at(-1);
      if (!first || !last) return [];
      const bytes = all.reduce((sum, { value }) => sum + value.length + pointOverheadBytes, 0);
      return [{ target, points: all.length, bytes, firstId: first.id, lastId: last.id, oldestAt: first.at }];
    }),
  });

  readonly append = async ({ sources, points }: QueueBatch): Promise<void> => {
    this.#maybeFail();
    this.appends.push(points.length);
    for (const source of sources) this.sources.set(source.id, source);
    for (const { target, ...point } of points) {
      const rows = this.points.get(target) ?? new Map<number, QueuedPoint>();
      rows.set(point.id, point);
      this.points.set(target, rows);
    }
  };

  readonly read = async (target: number, limit: number): Promise<readonly QueuedPoint[]> => {
    this.#maybeFail();
    return [...(this.points.get(target)?.values() ?? [])].slice(0, limit);
  };

  readonly remove = async (target: number, upTo: number): Promise<number> => {
    this.#maybeFail();
    const rows = this.points.get(target) ?? new Map<number, QueuedPoint>();
    const gone = [...rows.keys()].filter((id) => id <= upTo);
    for (const id of gone) rows.delete(id);
    return gone.length;
  };

  readonly forget = async (target: number): Promise<void> => {
    this.points.delete(target);
    for (const source of this.sources.values()) if (source.target === target) this.sources.delete(source.id);
  };

  #maybeFail(): void {
    if (this.#failures === 0) return;
    this.#failures--;
    throw Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR" });
  }
}

import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import { decodeValue, encodeValue } from "@edgetwin/models";
import type { QueuedPoint, QueueStorage } from "../store/queue/queue-storage.ts";
import type { QueuedValue, Source, SourceFacts } from "./source.ts";
import { bytesOf, type TargetQueue } from "./target-queue.ts";

/** What a spool is made of. */
export interface SpoolParts {
  readonly storage: QueueStorage;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a value may stay in memory only, in milliseconds. */
  readonly flushMs: number;
}

/**
 * Brings what was not delivered in time to the card: all targets in one transaction, on one timer that is set only while
 * something is in memory. Everything that reads or writes the queue goes through its turns, one after the other.
 */
export class Spool {
  readonly storage: QueueStorage;
  readonly #parts: SpoolParts;
  readonly #queues = new Map<number, TargetQueue>();
  readonly #sources = new Map<number, Source>();
  /** Sources that the card has. */
  readonly #stored = new Set<number>();
  #nextSource = 1;
  #timer: Timer | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #failing: string | undefined;
  #closed = false;

  constructor(parts: SpoolParts) {
    this.#parts = parts;
    this.storage = parts.storage;
  }

  add(queue: TargetQueue): void {
    this.#queues.set(queue.target, queue);
  }

  /** Forgets a queue and the sources that led to it. */
  remove(queue: TargetQueue): void {
    this.#queues.delete(queue.target);
    for (const source of this.#sources.values()) {
      if (source.target !== queue.target) continue;
      this.#sources.delete(source.id);
      this.#stored.delete(source.id);
    }
  }

  /** The source of a property; the same one for the same facts. */
  sourceOf(target: number, facts: SourceFacts, config: unknown): Source {
    const text = JSON.stringify(facts);
    for (const source of this.#sources.values()) if (source.target === target && source.text === text) return source;
    const source = { id: this.#nextSource++, target, facts, text, config };
    this.#sources.set(source.id, source);
    return source;
  }

  /** A source that the card has from before. */
  restore(source: Source): void {
    this.#sources.set(source.id, source);
    this.#stored.add(source.id);
    this.#nextSource = Math.max(this.#nextSource, source.id + 1);
  }

  /** What a row on the card means; undefined when its source is unknown or its value unreadable. */
  valueOf({ id, source: number, at, quality, value }: QueuedPoint): QueuedValue | undefined {
    const source = this.#sources.get(number);
    if (!source) return undefined;
    try {
      return { id, source, value: decodeValue(value), at, quality: quality as QueuedValue["quality"] };
    } catch (error) {
      this.#parts.log.warn("a queued value cannot be read", { device: source.facts.device, error });
      return undefined;
    }
  }

  /** Something is in memory: at the latest after the flush time it goes to the card. */
  arm(): void {
    if (this.#closed) return;
    this.#timer ??= this.#parts.clock.after(
      this.#parts.flushMs,
      () => {
        this.#timer = undefined;
        void this.flush();
      },
      { background: true },
    );
  }

  /** A queue has nothing in memory any more. */
  settled(): void {
    for (const queue of this.#queues.values()) if (queue.inMemory.length > 0) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  /** Runs `action` after everything else that touches the queue. */
  inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(action, action);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Brings everything that is in memory to the card. A card that does not take it is tried again; nothing is thrown. */
  flush(): Promise<void> {
    return this.inTurn(async () => {
      const waiting = [...this.#queues.values()].flatMap((queue) => {
        const values = [...queue.inMemory];
        return values.length > 0 ? [{ queue, values }] : [];
      });
      if (waiting.length === 0) return;
      try {
        await this.#append(waiting);
        for (const { queue } of waiting) await this.#trim(queue);
        if (this.#failing !== undefined) this.#parts.log.info("values for sinks are kept on the card again");
        this.#failing = undefined;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (this.#failing !== reason) this.#parts.log.error("values for sinks cannot be kept on the card", { error });
        this.#failing = reason;
        this.arm();
      }
    });
  }

  /** Brings the rest to the card and sets no further timer. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    await this.flush();
  }

  async #append(waiting: readonly { readonly queue: TargetQueue; readonly values: readonly QueuedValue[] }[]) {
    const fresh = new Map<number, Source>();
    const points = waiting.flatMap(({ queue: { target }, values }) =>
      values.map(({ id, source, at, quality, value }) => {
        if (!this.#stored.has(source.id)) fresh.set(source.id, source);
        return { target, id, source: source.id, at: Math.round(at), quality, value: encodeValue(value) };
      }),
    );
    const sources = [...fresh.values()].map(({ id, target, text }) => ({ id, target, facts: text }));
    await this.storage.append({ sources, points });
    for (const { id } of sources) this.#stored.add(id);
    for (const { queue, values } of waiting) {
      const own = points.filter(({ target }) => target === queue.target);
      queue.moved(
        values,
        own.reduce((sum, { value }) => sum + bytesOf(value), 0),
      );
    }
  }

  async #trim(queue: TargetQueue): Promise<void> {
    const before = queue.dropped;
    const dropped = await queue.trim();
    if (dropped === 0 || before > 0) return;
    this.#parts.log.warn("the queue of a sink is full: the oldest values are dropped", {
      target: queue.target,
      dropped,
      fix: "mend the sink, or raise sinks.queueBytes",
    });
  }
}

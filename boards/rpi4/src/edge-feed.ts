import type { EdgeEvent } from "@edgetwin/mapper-sdk";

/** Events that wait for a slow reader before the oldest are dropped; the newest say where the line stands. */
const queueLimit = 1024;

interface Subscriber {
  readonly push: (event: EdgeEvent) => void;
  readonly fail: (error: unknown) => void;
}

/** Where edges come from: told when the first listener arrives and when the last one leaves. */
export interface EdgeSource {
  start(): void;
  stop(): void;
}

/** Hands the edges of one line to any number of readers, each at its own pace. */
export class EdgeFeed {
  readonly #source: EdgeSource;
  readonly #subscribers = new Set<Subscriber>();
  #failure: { readonly error: unknown } | undefined;

  constructor(source: EdgeSource) {
    this.#source = source;
  }

  push(event: EdgeEvent): void {
    for (const { push } of [...this.#subscribers]) push(event);
  }

  /** Ends every reader, now and later, with `error`. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { fail } of [...this.#subscribers]) fail(error);
  }

  /** Every edge from the first `next()` on until `signal` aborts; rejects with what `fail` was given. */
  edges({ signal }: { readonly signal?: AbortSignal } = {}): AsyncIterable<EdgeEvent> {
    return { [Symbol.asyncIterator]: () => this.#subscribe(signal) };
  }

  #subscribe(signal: AbortSignal | undefined): AsyncIterator<EdgeEvent> {
    const queue: EdgeEvent[] = [];
    const waiting: { resolve: (result: IteratorResult<EdgeEvent>) => void; reject: (error: unknown) => void }[] = [];
    let ended: { readonly error?: unknown } | undefined;
    const end = (reason: { readonly error?: unknown }) => {
      if (ended) return;
      ended = reason;
      signal?.removeEventListener("abort", onAbort);
      if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#source.stop();
      for (const { resolve, reject } of waiting.splice(0)) {
        if ("error" in reason) reject(reason.error);
        else resolve({ done: true, value: undefined });
      }
    };
    const onAbort = () => end({});
    const subscriber: Subscriber = {
      push(event) {
        const waiter = waiting.shift();
        if (waiter) return waiter.resolve({ done: false, value: event });
        if (queue.push(event) > queueLimit) queue.shift();
      },
      fail: (error) => end({ error }),
    };
    let started = false;
    const start = () => {
      if (started) return;
      started = true;
      if (ended) return;
      if (signal?.aborted) ended = {};
      else if (this.#failure) ended = this.#failure;
      else {
        signal?.addEventListener("abort", onAbort, { once: true });
        this.#subscribers.add(subscriber);
        if (this.#subscribers.size === 1) this.#source.start();
      }
    };
    return {
      next: () =>
        new Promise((resolve, reject) => {
          start();
          const event = signal?.aborted ? undefined : queue.shift();
          if (event) resolve({ done: false, value: event });
          else if (!ended) waiting.push({ resolve, reject });
          else if ("error" in ended) reject(ended.error);
          else resolve({ done: true, value: undefined });
        }),
      return: async () => {
        end({});
        return { done: true, value: undefined };
      },
    };
  }
}

/** Where values come from: told when the first reader arrives and when the last one leaves. */
export interface FeedSource {
  start?(): void;
  stop?(): void;
}

/** How a feed is set up. */
export interface FeedOptions<T> {
  /** What waits for a slow reader at most, counted by `sizeOf`. Default 1024. */
  readonly limit?: number;
  /** What one value counts. Default 1. */
  readonly sizeOf?: (value: T) => number;
  /**
   * The error that ends a reader which is too far behind. Without it the oldest values go: right where the newest one
   * says how things stand.
   */
  readonly overrun?: () => Error;
}

interface Subscriber<T> {
  readonly push: (value: T) => void;
  readonly fail: (error: unknown) => void;
}

/** Hands what one source pushes (edges of a line, bytes of a port) to any number of readers, each at its own pace. */
export class Feed<T> {
  readonly #source: FeedSource;
  readonly #options: FeedOptions<T>;
  readonly #subscribers = new Set<Subscriber<T>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(source: FeedSource = {}, options: FeedOptions<T> = {}) {
    this.#source = source;
    this.#options = options;
  }

  /** Readers that have begun and not left. */
  get readers(): number {
    return this.#subscribers.size;
  }

  push(value: T): void {
    for (const { push } of [...this.#subscribers]) push(value);
  }

  /** Ends every reader, now and later, with `error`. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { fail } of [...this.#subscribers]) fail(error);
  }

  /** Every value from the first `next()` on until `signal` aborts; rejects with what `fail` was given. */
  values({ signal }: { readonly signal?: AbortSignal } = {}): AsyncIterable<T> {
    return { [Symbol.asyncIterator]: () => this.#subscribe(signal) };
  }

  #subscribe(signal: AbortSignal | undefined): AsyncIterator<T> {
    const { limit = 1024, sizeOf = () => 1, overrun } = this.#options;
    const queue: T[] = [];
    let queued = 0;
    const waiting: { resolve: (result: IteratorResult<T>) => void; reject: (error: unknown) => void }[] = [];
    let ended: { readonly error?: unknown } | undefined;
    const end = (reason: { readonly error?: unknown }) => {
      if (ended) return;
      ended = reason;
      signal?.removeEventListener("abort", onAbort);
      if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#source.stop?.();
      for (const { resolve, reject } of waiting.splice(0)) {
        if ("error" in reason) reject(reason.error);
        else resolve({ done: true, value: undefined });
      }
    };
    const onAbort = () => end({});
    const take = (): T => {
      const value = queue.shift() as T;
      queued -= sizeOf(value);
      return value;
    };
    const subscriber: Subscriber<T> = {
      push(value) {
        const waiter = waiting.shift();
        if (waiter) return waiter.resolve({ done: false, value });
        queue.push(value);
        queued += sizeOf(value);
        if (queued <= limit) return;
        if (overrun) end({ error: overrun() });
        else while (queued > limit) take();
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
        if (this.#subscribers.size === 1) this.#source.start?.();
      }
    };
    return {
      next: () =>
        new Promise((resolve, reject) => {
          start();
          if (!signal?.aborted && queue.length > 0) resolve({ done: false, value: take() });
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

/** `write`: somebody waits for it; `poll`: routine. */
export type Priority = "write" | "poll";

interface Job {
  readonly start: () => Promise<void>;
}

/**
 * One conversation at a time on a physical bus, writes before polls, otherwise first come, first served. A job ends when
 * its promise settles; jobs carry their own deadline.
 */
export class BusQueue {
  readonly #waiting: Record<Priority, Job[]> = { write: [], poll: [] };
  #busy = false;

  /** Jobs that wait or run, for metrics. */
  get length(): number {
    return this.#waiting.write.length + this.#waiting.poll.length + (this.#busy ? 1 : 0);
  }

  /** Runs `action` when the bus is free; settles as it does. Rejects with the signal's reason when it aborts while waiting. */
  run<T>(priority: Priority, action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const start = async () => {
        try {
          signal?.throwIfAborted();
          resolve(await action());
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting[priority].push({ start });
      if (!this.#busy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    for (;;) {
      const job = this.#waiting.write.shift() ?? this.#waiting.poll.shift();
      if (!job) break;
      await job.start();
    }
    this.#busy = false;
  }
}

/** The queue of each bus that is in use; devices without a bus get one of their own. */
export class BusQueues {
  readonly #queues = new Map<string, { readonly queue: BusQueue; users: number }>();

  /** The queue of `bus` and how to let go of it. */
  acquire(bus: string | undefined): { readonly queue: BusQueue } & Disposable {
    if (bus === undefined) return { queue: new BusQueue(), [Symbol.dispose]() {} };
    const entry = this.#queues.get(bus) ?? { queue: new BusQueue(), users: 0 };
    this.#queues.set(bus, entry);
    entry.users++;
    return {
      queue: entry.queue,
      [Symbol.dispose]: () => {
        entry.users--;
        if (entry.users === 0) this.#queues.delete(bus);
      },
    };
  }

  /** Length of every shared queue, for metrics. */
  lengths(): readonly { readonly bus: string; readonly length: number }[] {
    return [...this.#queues].map(([bus, { queue }]) => ({ bus, length: queue.length }));
  }
}

import type { Clock } from "@edgetwin/mapper-sdk";
import type { BusFigures } from "./bus-figures.ts";
import { type BusLane, BusQueue } from "./bus-queue.ts";

/** One shared bus, for metrics. */
export interface BusReport {
  readonly bus: string;
  /** Requests that wait or run. */
  readonly length: number;
  readonly figures: BusFigures;
}

/** The queue of each bus that is in use; devices without a bus get one of their own. */
export class BusQueues {
  readonly #clock: Clock;
  readonly #queues = new Map<string, { readonly queue: BusQueue; users: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A lane for one device on `bus`, and how to let go of it. */
  acquire(bus: string | undefined): { readonly lane: BusLane } & Disposable {
    if (bus === undefined) {
      return { lane: new BusQueue("the device", this.#clock).lane(), [Symbol.dispose]() {} };
    }
    const entry = this.#queues.get(bus) ?? { queue: new BusQueue(bus, this.#clock), users: 0 };
    this.#queues.set(bus, entry);
    entry.users++;
    return {
      lane: entry.queue.lane(),
      [Symbol.dispose]: () => {
        entry.users--;
        if (entry.users === 0) this.#queues.delete(bus);
      },
    };
  }

  /** Every shared bus as it stands. */
  reports(): readonly BusReport[] {
    return [...this.#queues].map(([bus, { queue }]) => ({ bus, length: queue.length, figures: queue.figures }));
  }
}

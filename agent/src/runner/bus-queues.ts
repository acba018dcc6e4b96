import type { Clock } from "@edgetwin/mapper-sdk";
import type { BusFigures } from "./bus-figures.ts";
import { type BusLane, BusQueue } from "./bus-queue.ts";
import { type LoopWatch, unwatched } from "./pulse.ts";

/** One shared bus, for metrics. */
export interface BusReport {
  readonly bus: string;
  /** Requests that wait or run. */
  readonly length: number;
  readonly figures: BusFigures;
}

/** What of the parts of a runner says who looks after its loops. */
export interface WatchedParts {
  /** Is told when loops of the runners turn; by default nobody looks. */
  readonly watch?: LoopWatch;
}

/** The queue of each bus that is in use; devices without a bus get one of their own. */
export class BusQueues {
  readonly #clock: Clock;
  readonly #watch: LoopWatch;
  readonly #queues = new Map<string, { readonly queue: BusQueue; users: number }>();

  constructor(clock: Clock, watch: LoopWatch = unwatched) {
    this.#clock = clock;
    this.#watch = watch;
  }

  /** A lane for one device on `bus`, and how to let go of it. */
  acquire(bus: string | undefined): { readonly lane: BusLane } & Disposable {
    const create = (name: string) => new BusQueue(name, this.#clock, this.#watch);
    if (bus === undefined) {
      const queue = create("the device");
      const lane = queue.lane();
      return {
        lane,
        [Symbol.dispose]: () => {
          lane[Symbol.dispose]();
          queue[Symbol.dispose]();
        },
      };
    }
    const entry = this.#queues.get(bus) ?? { queue: create(bus), users: 0 };
    this.#queues.set(bus, entry);
    entry.users++;
    const lane = entry.queue.lane();
    return {
      lane,
      [Symbol.dispose]: () => {
        lane[Symbol.dispose]();
        entry.users--;
        if (entry.users > 0) return;
        entry.queue[Symbol.dispose]();
        this.#queues.delete(bus);
      },
    };
  }

  /** Every shared bus as it stands. */
  reports(): readonly BusReport[] {
    return [...this.#queues].map(([bus, { queue }]) => ({ bus, length: queue.length, figures: queue.figures }));
  }
}

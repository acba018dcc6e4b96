import { type Clock, MapperError } from "@edgetwin/mapper-sdk";
import { type BusFigures, emptyFigures } from "./bus-figures.ts";
import { type Loop, type LoopWatch, unwatched } from "./pulse.ts";

/** `write`: a device is to change; `interactive`: somebody waits for an answer; `poll`: routine. In this order. */
export type Priority = "write" | "interactive" | "poll";

export const priorities: readonly Priority[] = ["write", "interactive", "poll"];

/** What a request to a bus is besides its action. */
export interface Request {
  readonly priority: Priority;
  /** Ends the waiting. A request that runs gets its end by other ways. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which a request that still waits has failed; without it, it waits for ever. */
  readonly patienceMs?: number;
  /** How long its action may take, where that is longer than any call of the runner's own: a method has the time its caller gave. */
  readonly longestMs?: number;
}

interface Waiting {
  readonly since: number;
  readonly patienceMs: number;
  readonly go: (refusal?: Error) => void;
}

/** Requests of one device that may wait at a time; a program that asks faster than the bus answers is told so. */
export const mostWaiting = 64;

/**
 * One conversation at a time on a physical bus. Writes go before whatever else waits, polls come last, and among equals
 * the devices on the bus take turns: one with a thousand properties delays no other by more than one reading.
 */
export class BusQueue implements Disposable {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #watch: LoopWatch;
  /** Turns with every conversation. */
  readonly #loop: Loop;
  readonly figures: BusFigures = emptyFigures();
  /** Lanes with something to do, next first. */
  readonly #ready: Record<Priority, Lane[]> = { write: [], interactive: [], poll: [] };
  #running: Running | undefined;
  #length = 0;

  /** @param name of the bus, for messages. */
  constructor(name: string, clock: Clock, watch: LoopWatch = unwatched) {
    this.#name = name;
    this.#clock = clock;
    this.#watch = watch;
    this.#loop = watch.loop(`conversations with ${name}`);
  }

  /** Requests that wait or run. */
  get length(): number {
    return this.#length;
  }

  /** A place in the queue for one device. */
  lane(): BusLane & Disposable {
    return new Lane(this, this.#watch.loop(`polls through ${this.#name}`));
  }

  /** For lanes: runs `action` as soon as it is its turn. */
  async run<T>(lane: Lane, request: Request, action: () => Promise<T>): Promise<T> {
    const { priority } = request;
    if (this.#running) await this.#wait(lane, request);
    else this.#running = lane.running[priority];
    this.figures.requests[priority]++;
    this.#length++;
    try {
      request.signal?.throwIfAborted();
      this.#loop.turns(request.longestMs ?? 0);
      return await action();
    } finally {
      this.#length--;
      this.#loop.rests();
      this.#next();
    }
  }

  /** For lanes: whether something that waits should go before what runs. */
  get isWanted(): boolean {
    const { write, interactive, poll } = this.#ready;
    const priority = this.#running?.priority;
    if (write.length > 0) return true;
    if (priority !== "write" && interactive.length > 0) return true;
    return priority === "poll" && poll.length > 0;
  }

  /** Nobody uses the bus any more. */
  [Symbol.dispose](): void {
    this.#loop[Symbol.dispose]();
  }

  #wait(lane: Lane, { priority, signal, patienceMs = Number.POSITIVE_INFINITY }: Request): Promise<void> {
    const { figures } = this;
    if (lane.waiting >= mostWaiting) {
      figures.refused.full++;
      const message = `${mostWaiting} requests of this device wait for ${this.#name} already; ask less often`;
      return Promise.reject(new MapperError("DEVICE_BUSY", message));
    }
    const line = lane.lines[priority];
    const since = this.#clock.monotonic();
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        line.splice(line.indexOf(waiting), 1);
        if (line.length === 0) this.#ready[priority].splice(this.#ready[priority].indexOf(lane), 1);
        this.#length--;
        reject(signal?.reason);
      };
      const go = (refusal?: Error) => {
        signal?.removeEventListener("abort", onAbort);
        this.#length--;
        if (refusal) return reject(refusal);
        figures.waitedMs[priority] += this.#clock.monotonic() - since;
        resolve();
      };
      const waiting: Waiting = { since, patienceMs, go };
      signal?.addEventListener("abort", onAbort, { once: true });
      if (line.length === 0) this.#ready[priority].push(lane);
      line.push(waiting);
      this.#length++;
    });
  }

  /** Hands the bus to whoever is next. */
  #next(): void {
    this.#running = undefined;
    for (const priority of priorities) {
      const ready = this.#ready[priority];
      for (let lane = ready.shift(); lane; lane = ready.shift()) {
        const line = lane.lines[priority];
        const waiting = line.shift();
        if (line.length > 0) ready.push(lane);
        if (!waiting) continue;
        const waitedMs = this.#clock.monotonic() - waiting.since;
        if (waitedMs <= waiting.patienceMs) {
          this.#running = lane.running[priority];
          return waiting.go();
        }
        this.figures.refused.late++;
        const message = `waited ${Math.round(waitedMs)} ms for ${this.#name}, which is busy; poll its devices less often`;
        waiting.go(new MapperError("DEVICE_BUSY", message));
      }
    }
  }
}

/** The place of one device in the queue of its bus. */
export interface BusLane {
  /**
   * Runs `action` when it is its turn; settles as it does. Rejects with the reason of the request's signal when that
   * aborts while waiting, with `DEVICE_BUSY` when it waited longer than its patience or too many wait already.
   */
  run<T>(request: Request, action: () => Promise<T>): Promise<T>;
  /** Whether what runs now should end soon, because something that is more urgent, or another device, waits. */
  readonly isWanted: boolean;
  /** Polls that were due while an earlier one of this device still waited; they are left out, not piled up. */
  missed(polls: number): void;
  /** Something that had its turn failed. */
  failed(): void;
  /** The polls of this device rest for `forMs`; undefined: they do not rest any more. */
  rests(forMs: number | undefined): void;
}

interface Running {
  readonly lane: Lane;
  readonly priority: Priority;
}

class Lane implements BusLane, Disposable {
  readonly #queue: BusQueue;
  readonly #polls: Loop;
  readonly lines: Record<Priority, Waiting[]> = { write: [], interactive: [], poll: [] };
  /** What the queue remembers while this lane runs; made once. */
  readonly running: Readonly<Record<Priority, Running>> = {
    write: { lane: this, priority: "write" },
    interactive: { lane: this, priority: "interactive" },
    poll: { lane: this, priority: "poll" },
  };

  constructor(queue: BusQueue, polls: Loop) {
    this.#queue = queue;
    this.#polls = polls;
  }

  get waiting(): number {
    return this.lines.write.length + this.lines.interactive.length + this.lines.poll.length;
  }

  get isWanted(): boolean {
    return this.#queue.isWanted;
  }

  run<T>(request: Request, action: () => Promise<T>): Promise<T> {
    return this.#queue.run(this, request, action);
  }

  missed(polls: number): void {
    this.#queue.figures.missedPolls += polls;
  }

  failed(): void {
    this.#queue.figures.failed++;
  }

  rests(forMs: number | undefined): void {
    if (forMs === undefined) this.#polls.rests();
    else this.#polls.turns(forMs);
  }

  [Symbol.dispose](): void {
    this.#polls[Symbol.dispose]();
  }
}

import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";

/**
 * How much later than promised a loop may turn. Every call to a device has a deadline, and the longest of them are far
 * below: beyond it there is no slow device but a mistake of ours, which only a new start mends.
 */
const graceMs = 300_000;

/** One loop of the device runner: the conversations on a bus, or the polls of a device. Disposing it ends the loop. */
export interface Loop extends Disposable {
  /** It turned now, and will again within `withinMs`. */
  turns(withinMs: number): void;
  /** It turned now; when it will again is up to others. */
  rests(): void;
}

/** Where loops tell that they turn. */
export interface LoopWatch {
  /** @param name of the loop, for messages. */
  loop(name: string): Loop;
}

/** For runners that nobody watches. */
export const unwatched: LoopWatch = {
  loop: () => ({ turns() {}, rests() {}, [Symbol.dispose]() {} }),
};

/** What a pulse is made of. */
export interface PulseParts {
  readonly clock: Clock;
  readonly log: Log;
  /** How often `beat` is called while everything turns. */
  readonly everyMs: number;
  readonly beat: () => void;
}

/**
 * Calls `beat` from the turns of the device runner's loops, as long as none of them stands still. Where no device gives a
 * reason to turn, a loop of its own does.
 */
export class Pulse implements LoopWatch, Disposable {
  readonly #parts: PulseParts;
  readonly #loops = new Map<object, { readonly name: string; dueAt: number }>();
  #beatAt: number;
  #timer: Timer | undefined;
  #told = false;

  constructor(parts: PulseParts) {
    this.#parts = parts;
    this.#beatAt = this.#now();
    const idle = this.loop("the agent without devices");
    const turn = () => {
      idle.turns(parts.everyMs);
      this.#timer = parts.clock.after(parts.everyMs, turn, { background: true });
    };
    parts.beat();
    turn();
  }

  loop(name: string): Loop {
    const state = { name, dueAt: Number.POSITIVE_INFINITY };
    this.#loops.set(state, state);
    return {
      turns: (withinMs) => {
        state.dueAt = this.#now() + Math.ceil(withinMs);
        this.#turned();
      },
      rests: () => {
        state.dueAt = Number.POSITIVE_INFINITY;
        this.#turned();
      },
      [Symbol.dispose]: () => void this.#loops.delete(state),
    };
  }

  #turned(): void {
    const now = this.#now();
    if (now - this.#beatAt < this.#parts.everyMs) return;
    // Asked as seldom as it beats, so that a standing loop is not looked for with every reading.
    this.#beatAt = now;
    for (const { name, dueAt } of this.#loops.values()) {
      if (now - dueAt <= graceMs) continue;
      if (!this.#told) this.#parts.log.error("a loop stands still", { loop: name, lateMs: now - dueAt });
      this.#told = true;
      return;
    }
    this.#told = false;
    this.#parts.beat();
  }

  /** Whole milliseconds: a fraction is an object on the heap. */
  #now(): number {
    return Math.floor(this.#parts.clock.monotonic());
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }
}

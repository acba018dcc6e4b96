import {
  type EdgeEvent,
  HalError,
  type InputLine,
  type InputOptions,
  type LineOptions,
  type OutputLine,
  type OutputOptions,
  type PwmOptions,
  type PwmOutput,
} from "../hal.ts";
import type { Faults } from "./faults.ts";

/** One wire of a simulated board, seen from outside. */
export class SimLine {
  readonly name: string;
  /** Who holds the line, as it introduced itself. */
  holder: string | undefined;
  direction: "in" | "out" | undefined;
  /** Share of the period the wire is high; 0 or 1 unless PWM drives it. */
  duty = 0;
  readonly #faults: Faults;
  readonly #listeners = new Set<(high: boolean) => void>();

  constructor(name: string, faults: Faults) {
    this.name = name;
    this.#faults = faults;
  }

  /** The level on the wire. */
  get high(): boolean {
    return this.duty > 0.5;
  }

  /** Drives the wire from outside, as a button does. Ignored while the board drives it itself. */
  drive(high: boolean): void {
    if (this.direction !== "out") this.#setDuty(high ? 1 : 0);
  }

  /** Calls `listener` on every change of level; the returned function stops that. */
  onChange(listener: (high: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For the board: claims the line as an output. */
  async openOutput({ activeLow = false, initial = false, consumer }: OutputOptions): Promise<OutputLine> {
    await this.#claim("out", consumer);
    this.#setDuty(initial !== activeLow ? 1 : 0);
    return {
      set: async (active) => {
        await this.#faults.step(`${this.name} set ${active}`);
        this.#setDuty(active !== activeLow ? 1 : 0);
      },
      get: async () => {
        await this.#faults.step(`${this.name} get`);
        return this.high !== activeLow;
      },
      [Symbol.asyncDispose]: () => this.#release(),
    };
  }

  /** For the board: claims the line as an input. */
  async openInput({ activeLow = false, pull, edge = "both", consumer }: InputOptions): Promise<InputLine> {
    await this.#claim("in", consumer);
    if (pull === "up") this.#setDuty(1);
    return {
      get: async () => {
        await this.#faults.step(`${this.name} get`);
        return this.high !== activeLow;
      },
      edges: ({ signal } = {}) => this.#edges({ activeLow, edge }, signal),
      [Symbol.asyncDispose]: () => this.#release(),
    };
  }

  /** For the board: claims the line for PWM. */
  async openPwm({ activeLow = false, initialDuty = 0, consumer }: PwmOptions & LineOptions): Promise<PwmOutput> {
    await this.#claim("out", consumer);
    const wire = (duty: number) => (activeLow ? 1 - duty : duty);
    this.#setDuty(wire(initialDuty));
    return {
      setDuty: async (duty) => {
        await this.#faults.step(`${this.name} duty ${duty}`);
        this.#setDuty(wire(duty));
      },
      duty: async () => {
        await this.#faults.step(`${this.name} duty`);
        return wire(this.duty);
      },
      [Symbol.asyncDispose]: () => this.#release(),
    };
  }

  async #claim(direction: "in" | "out", consumer = "a driver"): Promise<void> {
    await this.#faults.step(`${this.name} open ${direction}`);
    if (this.holder !== undefined) throw new HalError("busy", `${this.name} is already held by ${this.holder}`);
    this.holder = consumer;
    this.direction = direction;
  }

  async #release(): Promise<void> {
    if (this.holder === undefined) return;
    this.#faults.note(`${this.name} close`);
    this.holder = undefined;
    this.direction = undefined;
  }

  #setDuty(duty: number): void {
    const before = this.high;
    this.duty = duty;
    if (this.high !== before) for (const listener of [...this.#listeners]) listener(this.high);
  }

  async *#edges(
    { activeLow, edge }: { activeLow: boolean; edge: "rising" | "falling" | "both" },
    signal?: AbortSignal,
  ): AsyncIterable<EdgeEvent> {
    const queue: EdgeEvent[] = [];
    let wake = () => {};
    const onAbort = () => wake();
    const stop = this.onChange((high) => {
      const active = high !== activeLow;
      if (edge !== "both" && (edge === "rising") !== active) return;
      queue.push({ active, monotonicMs: performance.now() });
      wake();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal?.aborted) {
        const next = queue.shift();
        if (next) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      stop();
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

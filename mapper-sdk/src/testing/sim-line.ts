import type { Clock } from "../clock.ts";
import {
  HalError,
  type InputLine,
  type InputOptions,
  type OutputLine,
  type OutputOptions,
  type Pull,
  type PwmOptions,
  type PwmOutput,
} from "../hal.ts";
import type { Faults } from "./faults.ts";
import { simEdges } from "./sim-edges.ts";

/** One driver's hold on a line. */
class Claim {
  isReleased = false;
  #end: AbortController | undefined;

  /** Aborts on release. Made for those who ask: a board with a thousand outputs has no use for a thousand of them. */
  get signal(): AbortSignal {
    this.#end ??= new AbortController();
    if (this.isReleased) this.#end.abort();
    return this.#end.signal;
  }

  release(): void {
    this.isReleased = true;
    this.#end?.abort();
  }
}

/** One wire of a simulated board, seen from outside. */
export class SimLine {
  readonly name: string;
  /** Who holds the line, as it introduced itself. */
  holder: string | undefined;
  direction: "in" | "out" | undefined;
  /** Share of the period the wire is high; 0 or 1 unless PWM drives it. */
  duty = 0;
  readonly #faults: Faults;
  readonly #clock: Clock;
  /** What the trace of the board says of the commonest operations, written once: it holds thousands of them. */
  readonly #get: string;
  readonly #setTrue: string;
  readonly #setFalse: string;
  /** Copied on change, so that the list that is being told is never the one that changes. */
  #listeners: readonly ((high: boolean) => void)[] = [];
  #dutyListeners: readonly ((duty: number) => void)[] = [];
  /** Level that something outside holds the wire at; a pull resistor is too weak to change it. */
  #outside: boolean | undefined;

  constructor(name: string, faults: Faults, clock: Clock) {
    this.name = name;
    this.#faults = faults;
    this.#clock = clock;
    this.#get = `${name} get`;
    this.#setTrue = `${name} set true`;
    this.#setFalse = `${name} set false`;
  }

  /** The level on the wire. */
  get high(): boolean {
    return this.duty > 0.5;
  }

  /** Callbacks registered and not yet taken back; what a driver forgets to take back stays here. */
  get listeners(): number {
    return this.#listeners.length + this.#dutyListeners.length;
  }

  /** Drives the wire from outside, as a button does. Ignored while the board drives it itself. */
  drive(high: boolean): void {
    if (this.direction === "out") return;
    this.#outside = high;
    this.#setDuty(high ? 1 : 0);
  }

  /** Calls `listener` on every change of level; the returned function stops that. */
  onChange(listener: (high: boolean) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Calls `listener` on every change of the share the wire is high; the returned function stops that. */
  onDuty(listener: (duty: number) => void): () => void {
    this.#dutyListeners = [...this.#dutyListeners, listener];
    return () => {
      this.#dutyListeners = this.#dutyListeners.filter((other) => other !== listener);
    };
  }

  /** For the board: claims the line as an output. */
  async openOutput({ activeLow = false, initial = false, consumer }: OutputOptions): Promise<OutputLine> {
    const claim = await this.#claim("out", consumer);
    this.#setDuty(initial !== activeLow ? 1 : 0);
    return {
      set: async (active) => {
        const stalled = this.#step(claim, active ? this.#setTrue : this.#setFalse);
        if (stalled !== undefined) await stalled;
        this.#setDuty(active !== activeLow ? 1 : 0);
      },
      get: () => this.#level(claim, activeLow),
      [Symbol.asyncDispose]: () => this.#release(claim),
    };
  }

  /** For the board: claims the line as an input. */
  async openInput({
    activeLow = false,
    pull,
    edge = "both",
    debounceMs = 0,
    consumer,
  }: InputOptions): Promise<InputLine> {
    const claim = await this.#claim("in", consumer);
    this.#setDuty(levelOf(this.#outside, pull) ?? this.duty);
    return {
      get: () => this.#level(claim, activeLow),
      edges: ({ signal } = {}) =>
        simEdges({
          line: this,
          clock: this.#clock,
          claimed: claim.signal,
          wanted: { activeLow, edge, debounceMs },
          ...(signal && { signal }),
        }),
      [Symbol.asyncDispose]: () => this.#release(claim),
    };
  }

  /** For the board: claims the line for PWM. */
  async openPwm({ activeLow = false, initialDuty = 0, consumer }: PwmOptions): Promise<PwmOutput> {
    const claim = await this.#claim("out", consumer);
    const wire = (duty: number) => (activeLow ? 1 - duty : duty);
    this.#setDuty(wire(initialDuty));
    return {
      setDuty: async (duty) => {
        const stalled = this.#step(claim, `${this.name} duty ${duty}`);
        if (stalled !== undefined) await stalled;
        this.#setDuty(wire(duty));
      },
      duty: async () => {
        const stalled = this.#step(claim, `${this.name} duty`);
        if (stalled !== undefined) await stalled;
        return wire(this.duty);
      },
      [Symbol.asyncDispose]: () => this.#release(claim),
    };
  }

  async #claim(direction: "in" | "out", consumer = "a driver"): Promise<Claim> {
    await this.#faults.step(`${this.name} open ${direction}`);
    if (this.holder !== undefined)
      throw new HalError("busy", `${this.name} is already held by ${this.holder}; give one of the two another pin`);
    this.holder = consumer;
    this.direction = direction;
    return new Claim();
  }

  /** Whether the line is active; a promise only while the hardware is stalled. */
  #level(claim: Claim, activeLow: boolean): boolean | Promise<boolean> {
    const stalled = this.#step(claim, this.#get);
    return stalled === undefined ? this.high !== activeLow : stalled.then(() => this.high !== activeLow);
  }

  /** What the driver does with a line it has; fails like a closed file descriptor when it has let go of it. */
  #step(claim: Claim, operation: string): Promise<void> | undefined {
    const stalled = this.#faults.enter(operation);
    if (stalled !== undefined) return stalled.then(() => this.#refuseLate(claim, operation));
    this.#refuseLate(claim, operation);
    return undefined;
  }

  #refuseLate(claim: Claim, operation: string): void {
    if (claim.isReleased) {
      const late = operation.slice(this.name.length + 1);
      throw new HalError("disconnected", `${this.name} has been released; ${late} is too late`);
    }
  }

  async #release(claim: Claim): Promise<void> {
    if (claim.isReleased) {
      this.#faults.misuse.push(`${this.name} was released twice`);
      return;
    }
    claim.release();
    this.#faults.note(`${this.name} close`);
    this.holder = undefined;
    this.direction = undefined;
  }

  #setDuty(duty: number): void {
    const { duty: dutyBefore, high: highBefore } = this;
    this.duty = duty;
    if (duty !== dutyBefore) for (const listener of this.#dutyListeners) listener(duty);
    if (this.high !== highBefore) for (const listener of this.#listeners) listener(this.high);
  }
}

function levelOf(outside: boolean | undefined, pull: Pull | undefined): 0 | 1 | undefined {
  if (outside !== undefined) return outside ? 1 : 0;
  return pull === "up" ? 1 : pull === "down" ? 0 : undefined;
}

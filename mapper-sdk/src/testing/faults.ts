import { HalError } from "../hal.ts";

interface Stall {
  readonly promise: Promise<void>;
  readonly release: () => void;
}

/** Records every operation of a simulated board and makes chosen ones fail, stall or slow down. */
export class Faults {
  /** Every operation in order, e.g. `GPIO17 set true`. Bounded: the oldest half goes when 10,000 are reached. */
  readonly trace: string[] = [];
  /** What no driver should do, in words, e.g. releasing a line twice; empty for a sound one. */
  readonly misuse: string[] = [];
  #count = 0;
  #failAt = 0;
  #stallAt = 0;
  #broken: RegExp | undefined;
  #stalled: Stall | undefined;

  /** Operations so far, also those that the trace has forgotten. */
  get count(): number {
    return this.#count;
  }

  /** Makes the `nth` operation from now fail once, counting from 1. */
  failAt(nth: number): void {
    this.#failAt = this.#count + nth;
  }

  /** Makes every operation that matches fail until `mend()`: an unplugged cable, a dead chip. */
  breakAll(matching: RegExp): void {
    this.#broken = matching;
  }

  /** Takes back `breakAll`, and a `failAt` that is still ahead. */
  mend(): void {
    this.#broken = undefined;
    this.#failAt = 0;
  }

  /** Makes every operation from now on wait until `resume()`, as on a bus that somebody holds low. */
  stall(): void {
    this.stallAt(1);
  }

  /** Makes the `nth` operation from now and all after it wait until `resume()`, counting from 1. */
  stallAt(nth: number): void {
    this.#stallAt = this.#count + nth;
    this.#stalled ??= newStall();
  }

  /** Lets everything that waits go on. */
  resume(): void {
    this.#stalled?.release();
    this.#stalled = undefined;
  }

  /** Records `operation`; rejects when it is meant to fail; waits while the hardware is stalled. */
  async step(operation: string): Promise<void> {
    await this.enter(operation);
  }

  /**
   * The same without a promise where there is nothing to wait for, for what happens a thousand times a second: throws
   * what is meant to fail at once, and returns what has to be awaited while the hardware is stalled.
   */
  enter(operation: string): Promise<void> | undefined {
    this.note(operation);
    if (this.#count === this.#failAt) throw new HalError("other", `injected failure: ${operation}`);
    if (this.#stalled && this.#count >= this.#stallAt) {
      return this.#stalled.promise.then(() => this.#refuseBroken(operation));
    }
    this.#refuseBroken(operation);
    return undefined;
  }

  /** Looked at after a wait: what was unplugged meanwhile does not answer. */
  #refuseBroken(operation: string): void {
    if (this.#broken && operation.search(this.#broken) !== -1)
      throw new HalError("disconnected", `${operation}: the device is gone`);
  }

  /** Records something that cannot fail, such as a release. */
  note(operation: string): void {
    if (this.trace.length >= 10_000) this.trace.splice(0, 5_000);
    this.trace.push(operation);
    this.#count++;
  }
}

function newStall(): Stall {
  let release = () => {};
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

import { HalError } from "../hal.ts";

/** Records every operation of a simulated board and makes chosen ones fail, stall or slow down. */
export class Faults {
  /** Every operation in order, e.g. `GPIO17 set true`. Bounded: the oldest half goes when 10,000 are reached. */
  readonly trace: string[] = [];
  #count = 0;
  #failAt = 0;
  #broken: RegExp | undefined;
  #stalled: { readonly promise: Promise<void>; readonly release: () => void } | undefined;

  /** Makes the `nth` operation from now fail once, counting from 1. */
  failAt(nth: number): void {
    this.#failAt = this.#count + nth;
  }

  /** Makes every operation that matches fail until `mend()`: an unplugged cable, a dead chip. */
  breakAll(matching: RegExp): void {
    this.#broken = matching;
  }

  mend(): void {
    this.#broken = undefined;
  }

  /** Makes every later wait on the hardware last until its signal aborts or `resume()`. */
  stall(): void {
    let release = () => {};
    const promise = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#stalled ??= { promise, release };
  }

  resume(): void {
    this.#stalled?.release();
    this.#stalled = undefined;
  }

  /** Records `operation`; throws when it is meant to fail; waits while the hardware is stalled. */
  async step(operation: string): Promise<void> {
    this.note(operation);
    if (this.#count === this.#failAt) throw new HalError("other", `injected failure: ${operation}`);
    if (this.#broken?.test(operation)) throw new HalError("disconnected", `${operation}: the device is gone`);
    await this.#stalled?.promise;
  }

  /** Records something that cannot fail, such as a release. */
  note(operation: string): void {
    if (this.trace.length >= 10_000) this.trace.splice(0, 5_000);
    this.trace.push(operation);
    this.#count++;
  }
}

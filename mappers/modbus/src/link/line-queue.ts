import { MapperError } from "@edgetwin/mapper-sdk";

/** More requests than any agent has devices on one line wait only when something is wrong. */
const mostWaiting = 1024;

interface Waiting {
  readonly signal: AbortSignal;
  readonly go: () => void;
  readonly giveUp: () => void;
}

/** One user of a line at a time; urgent ones before others, otherwise first come, first served. */
export class LineQueue {
  #urgent: Waiting[] = [];
  #routine: Waiting[] = [];
  /** Signals of those who wait, with one listener each: the requests of a device share theirs. */
  readonly #listeners = new Map<AbortSignal, () => void>();
  #busy = false;

  /**
   * Resolves when the line is free, with how to let go of it. Rejects with the signal's reason when it aborts while
   * waiting, with `DEVICE_BUSY` when too many wait.
   */
  take({ urgent, signal }: { readonly urgent: boolean; readonly signal: AbortSignal }): Promise<Disposable> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (!this.#busy) {
        this.#busy = true;
        return resolve(this.#turn());
      }
      if (this.#urgent.length + this.#routine.length >= mostWaiting)
        return reject(new MapperError("DEVICE_BUSY", `${mostWaiting} requests wait for the line already`));
      const waiting = urgent ? this.#urgent : this.#routine;
      waiting.push({ signal, go: () => resolve(this.#turn()), giveUp: () => reject(signal.reason) });
      this.#listenTo(signal);
    });
  }

  #turn(): Disposable {
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (over) return;
        over = true;
        const next = this.#urgent.shift() ?? this.#routine.shift();
        if (!next) this.#busy = false;
        else {
          this.#unlisten(next.signal);
          next.go();
        }
      },
    };
  }

  #listenTo(signal: AbortSignal): void {
    if (this.#listeners.has(signal)) return;
    const onAbort = () => {
      const all = [...this.#urgent, ...this.#routine];
      this.#urgent = this.#urgent.filter((one) => one.signal !== signal);
      this.#routine = this.#routine.filter((one) => one.signal !== signal);
      this.#listeners.delete(signal);
      for (const one of all) if (one.signal === signal) one.giveUp();
    };
    this.#listeners.set(signal, onAbort);
    signal.addEventListener("abort", onAbort, { once: true });
  }

  /** Lets go of a signal with which nobody waits any more. */
  #unlisten(signal: AbortSignal): void {
    const waits = (one: Waiting) => one.signal === signal;
    if (this.#urgent.some(waits) || this.#routine.some(waits)) return;
    const onAbort = this.#listeners.get(signal);
    if (onAbort) signal.removeEventListener("abort", onAbort);
    this.#listeners.delete(signal);
  }
}

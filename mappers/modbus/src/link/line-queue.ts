import { MapperError } from "@edgetwin/mapper-sdk";

/** More requests than any agent has devices on one line wait only when something is wrong. */
const mostWaiting = 1024;

interface Waiting {
  readonly go: () => void;
}

/** One user of a line at a time; urgent ones before others, otherwise first come, first served. */
export class LineQueue {
  readonly #urgent: Waiting[] = [];
  readonly #routine: Waiting[] = [];
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
      const waiting = urgent ? this.#urgent : this.#routine;
      if (waiting.length >= mostWaiting)
        return reject(new MapperError("DEVICE_BUSY", `${mostWaiting} requests wait for the line already`));
      const onAbort = () => {
        waiting.splice(waiting.indexOf(one), 1);
        reject(signal.reason);
      };
      const one: Waiting = {
        go: () => {
          signal.removeEventListener("abort", onAbort);
          resolve(this.#turn());
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      waiting.push(one);
    });
  }

  #turn(): Disposable {
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (over) return;
        over = true;
        const next = this.#urgent.shift() ?? this.#routine.shift();
        if (next) next.go();
        else this.#busy = false;
      },
    };
  }
}

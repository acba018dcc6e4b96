interface Waiting {
  readonly signal: AbortSignal;
  readonly go: () => void;
  readonly onAbort: () => void;
}

/**
 * One request to a device at a time: many devices have room for no more. Urgent ones go first, else first come, first
 * served.
 */
export class Turns {
  readonly #urgent: Waiting[] = [];
  readonly #routine: Waiting[] = [];
  #busy = false;

  /** Runs `action` when it is its turn. Rejects with the signal's reason when it aborts while waiting. */
  async run<T>(
    options: { readonly urgent: boolean; readonly signal: AbortSignal },
    action: () => Promise<T>,
  ): Promise<T> {
    await this.#take(options);
    try {
      options.signal.throwIfAborted();
      return await action();
    } finally {
      const next = this.#urgent.shift() ?? this.#routine.shift();
      if (!next) this.#busy = false;
      else {
        next.signal.removeEventListener("abort", next.onAbort);
        next.go();
      }
    }
  }

  async #take({ urgent, signal }: { readonly urgent: boolean; readonly signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted();
    if (!this.#busy) {
      this.#busy = true;
      return;
    }
    const line = urgent ? this.#urgent : this.#routine;
    await new Promise<void>((go, reject) => {
      const onAbort = () => {
        line.splice(line.indexOf(waiting), 1);
        reject(signal.reason);
      };
      const waiting: Waiting = { signal, go, onAbort };
      line.push(waiting);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}

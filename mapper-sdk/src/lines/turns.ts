/** Lets one action run at a time, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `action` when all before it have ended; rejects with the signal's reason when it aborts before its turn. */
  async take<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.#last;
    const turn = before.then(() => {
      signal.throwIfAborted();
      return action();
    });
    this.#last = turn.catch(() => undefined); // told to its own caller
    return await turn;
  }
}

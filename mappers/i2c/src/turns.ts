/** Lets one thing happen after the other: a chip is in the middle of a conversation while somebody talks to it. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `action` when everything before it has ended. Rejects with the signal's reason when it aborted before its turn. */
  take<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      signal.throwIfAborted();
      return action();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

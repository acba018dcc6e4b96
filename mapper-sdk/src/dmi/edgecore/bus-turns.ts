/** Conversations with the devices of one bus, one at a time; writes go before readings. */
export class BusTurns {
  readonly #writes: (() => void)[] = [];
  readonly #readings: (() => void)[] = [];
  #busy = false;

  /** Whether somebody waits who goes before a reading that is under way. */
  get urgent(): boolean {
    return this.#writes.length > 0;
  }

  /** Runs `action` when it is its turn. */
  async run<T>(kind: "write" | "read", action: () => Promise<T>): Promise<T> {
    if (this.#busy) await new Promise<void>((go) => (kind === "write" ? this.#writes : this.#readings).push(go));
    this.#busy = true;
    try {
      return await action();
    } finally {
      const next = this.#writes.shift() ?? this.#readings.shift();
      if (next) next();
      else this.#busy = false;
    }
  }
}

/** Makes everything submitted while a write runs the next write; both placements group the same way. */
export class GroupCommit<Row> {
  readonly #write: (rows: readonly Row[]) => Promise<void>;
  #waiting: { readonly row: Row; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #running = false;

  constructor(write: (rows: readonly Row[]) => Promise<void>) {
    this.#write = write;
  }

  submit(row: Row): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ row, resolve, reject });
      if (!this.#running) this.#schedule();
    });
  }

  #schedule(): void {
    this.#running = true;
    process.nextTick(() => {
      const group = this.#waiting;
      this.#waiting = [];
      this.#write(group.map(({ row }) => row)).then(
        () => this.#ended(() => group.forEach(({ resolve }) => void resolve())),
        (error: unknown) => this.#ended(() => group.forEach(({ reject }) => void reject(error))),
      );
    });
  }

  #ended(tell: () => void): void {
    this.#running = false;
    tell();
    if (this.#waiting.length > 0) this.#schedule();
  }
}

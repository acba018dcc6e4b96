/** Work of one node, one after the other, and how much of it waits. */
export class TurnQueue {
  readonly #jobs: (() => Promise<void>)[] = [];
  #isRunning = false;

  /** Jobs that wait or run. */
  get length(): number {
    return this.#jobs.length + (this.#isRunning ? 1 : 0);
  }

  /** Runs `job` after those before it; a job handles its own failures. */
  add(job: () => Promise<void>): void {
    this.#jobs.push(job);
    if (!this.#isRunning) void this.#run();
  }

  /** Drops what has not begun. */
  clear(): void {
    this.#jobs.length = 0;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) await job();
    this.#isRunning = false;
  }
}

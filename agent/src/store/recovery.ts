import type { Clock, Timer } from "@edgetwin/mapper-sdk";

const firstDelayMs = 1000;
const longestDelayMs = 60_000;
/** A disk that works this long counts as well again; one that fails sooner goes on with the delay it had. */
const steadyMs = 60_000;

/** Tries `attempt` again and again, waiting 1, 2, 4 … 60 seconds, until it resolves. */
export class Recovery implements Disposable {
  readonly #clock: Clock;
  readonly #attempt: () => Promise<void>;
  #timer: Timer | undefined;
  #running = false;
  #delayMs = firstDelayMs;
  #lastSuccess = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** @param attempt rejects while it has to be tried again. */
  constructor(clock: Clock, attempt: () => Promise<void>) {
    this.#clock = clock;
    this.#attempt = attempt;
  }

  /** Asks for attempts; does nothing while they go on. */
  start(): void {
    if (this.#timer || this.#running || this.#closed) return;
    if (this.#clock.monotonic() - this.#lastSuccess >= steadyMs) this.#delayMs = firstDelayMs;
    this.#schedule();
  }

  /** What was to be recovered has recovered by itself. */
  stop(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.stop();
  }

  #schedule(): void {
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(longestDelayMs, delayMs * 2);
    this.#timer = this.#clock.after(
      delayMs,
      () => {
        this.#timer = undefined;
        this.#running = true;
        this.#attempt().then(
          () => this.#ended(true),
          () => this.#ended(false),
        );
      },
      { background: true },
    );
  }

  #ended(success: boolean): void {
    this.#running = false;
    if (success) this.#lastSuccess = this.#clock.monotonic();
    else if (!this.#closed) this.#schedule();
  }
}

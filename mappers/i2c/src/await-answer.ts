import { type Clock, delay, HalError, type I2cTarget } from "@edgetwin/mapper-sdk";

/** How long a chip may be busy with itself, and who waits for it. */
export interface AwaitOptions {
  readonly clock: Clock;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/**
 * Waits until `target` acknowledges its address again: some chips do not while they measure or store. Rejects with the
 * last HalError `"nack"` when it does not within the time. Give it a target that does not try again by itself.
 */
export async function awaitAnswer(target: I2cTarget, { clock, withinMs, signal }: AwaitOptions): Promise<void> {
  const begin = clock.monotonic();
  for (;;) {
    try {
      return await target.write([], { signal });
    } catch (error) {
      const isBusy = error instanceof HalError && error.kind === "nack";
      if (!isBusy || clock.monotonic() - begin >= withinMs) throw error;
    }
    await delay(clock, 1, signal);
  }
}

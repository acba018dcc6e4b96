import { type Clock, delay, HalError, type HalErrorKind, type I2cBus } from "@edgetwin/mapper-sdk";

/** How often a transaction is tried again after an error of one kind, and how long after it. */
const retries: Readonly<Partial<Record<HalErrorKind, { readonly times: number; readonly pauseMs: number }>>> = {
  // The other master needs the bus for one transaction.
  arbitration: { times: 3, pauseMs: 1 },
  // A chip that is busy with itself, or a spike on a long wire.
  nack: { times: 1, pauseMs: 2 },
  timeout: { times: 1, pauseMs: 10 },
};

/**
 * `bus`, on which a failed transaction is tried again where that can help. A byte that a chip refused, a bus that is held
 * low and one that is gone are told at once: the next try would end the same way.
 */
export function steadyBus(bus: I2cBus, clock: Clock): I2cBus {
  return {
    name: bus.name,
    async transfer(address, operations, options = {}) {
      for (let tried = 0; ; tried++) {
        try {
          return await bus.transfer(address, operations, options);
        } catch (error) {
          const retry = error instanceof HalError && error.phase !== "data" ? retries[error.kind] : undefined;
          if (!retry || tried >= retry.times) throw error;
          await delay(clock, retry.pauseMs, options.signal);
        }
      }
    },
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
}

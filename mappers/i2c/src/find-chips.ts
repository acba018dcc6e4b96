import { type Clock, HalError, type I2cBus, i2cTarget, scanI2c } from "@edgetwin/mapper-sdk";
import type { Chip } from "./chip.ts";
import { chips } from "./chips.ts";
import { steadyBus } from "./steady-bus.ts";

/** A chip that may be at an address, and how sure that is. */
export interface Candidate {
  readonly chip: Chip;
  /** `certain`: it says so itself; `likely`: its registers look like it; `possible`: it could have the address. */
  readonly confidence: "certain" | "likely" | "possible";
}

/** Something that answers on a bus. */
export interface FoundChip {
  readonly address: number;
  /** What it may be, the likeliest first; empty for an address that no known chip has. */
  readonly candidates: readonly Candidate[];
  /** Why nothing was asked, e.g. because a driver of the kernel owns the address. */
  readonly reason?: string;
}

const order = { certain: 0, likely: 1, possible: 2 } as const;

/** Scans `bus` and asks every chip there what it is, changing nothing on it. Rejects with what the bus fails with. */
export async function* findChips(
  bus: I2cBus,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<FoundChip> {
  const steady = steadyBus(bus, clock);
  for (const address of await scanI2c(bus, { signal })) {
    const target = i2cTarget(steady, address);
    const candidates: Candidate[] = [];
    let reason: string | undefined;
    for (const chip of chips.values()) {
      if (reason !== undefined || !chip.addresses.includes(address)) continue;
      try {
        const answer = chip.identify ? await chip.identify(target, signal) : "possible";
        if (answer !== "no") candidates.push({ chip, confidence: answer });
      } catch (error) {
        if (!(error instanceof HalError)) throw error;
        // A chip that refuses a question is another one.
        if (error.kind === "busy") reason = error.message;
        else if (error.kind !== "nack" && error.kind !== "other") throw error;
      }
    }
    candidates.sort((a, b) => order[a.confidence] - order[b.confidence]);
    yield { address, candidates, ...(reason !== undefined && { reason }) };
  }
}

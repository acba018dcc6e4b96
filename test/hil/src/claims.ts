import type { Clock } from "@edgetwin/mapper-sdk";
import type { Bench } from "./bench.ts";
import type { Scenario } from "./scenario.ts";

/** One row of the table: whether a promise was seen to hold on a bench. */
export interface Claim {
  readonly claim: string;
  readonly result: "shown" | "failed";
  /** What was seen instead. */
  readonly reason?: string;
  readonly ms: number;
}

/** Carries out each scenario on a bench of its own. */
export async function tableOfClaims(
  scenarios: readonly Scenario[],
  open: () => Bench,
  clock: Clock,
): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for (const scenario of scenarios) {
    const { claim } = scenario;
    const start = clock.monotonic();
    const ms = () => Math.round(clock.monotonic() - start);
    try {
      await using bench = open();
      await scenario.run(bench);
      claims.push({ claim, result: "shown", ms: ms() });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      claims.push({ claim, result: "failed", reason, ms: ms() });
    }
  }
  return claims;
}

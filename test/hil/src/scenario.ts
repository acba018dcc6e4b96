import type { Bench } from "./bench.ts";

/** Something the product promises, shown on a bench from outside. */
export interface Scenario {
  /** The promise as a sentence; the row of the table. */
  readonly claim: string;
  /** Carries it out on a bench where no agent runs yet. Rejects with what was seen instead. */
  run(bench: Bench): Promise<void>;
}

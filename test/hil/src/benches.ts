import type { Bench } from "./bench.ts";
import { SimBench } from "./sim/sim-bench.ts";

/** How to set up a fresh bench, by the name that `npm run hil -- --bench` takes. */
export const benches: Readonly<Record<string, () => Bench>> = { sim: () => new SimBench() };

export type { Bench, Levels } from "./bench.ts";
export { benches } from "./benches.ts";
export { type Claim, tableOfClaims } from "./claims.ts";
export type { Desired, Door, Twin } from "./door.ts";
export type { Scenario } from "./scenario.ts";
export { scenarios } from "./scenarios.ts";
